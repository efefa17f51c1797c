package api

import (
	"encoding/json"
	"fmt"
	"log/slog"
	"net/http"
	"net/url"
	"slices"

	"go.temporal.io/api/common/v1"
	"google.golang.org/protobuf/encoding/protojson"

	"homeward/casework"
	"homeward/internal/access"
	"homeward/internal/codec"
)

const (
	// codecPath is where the Temporal UI and its command line send what they want
	// decoded; "/v1/temporal/codec" is the endpoint that they are given.
	codecPath = "/v1/temporal/codec/decode"
	// maxPayloads is the most that one request may ask for, and maxRecords of how
	// many records they may be.
	maxPayloads = 1000
	maxRecords  = 100
	// maxPayloadBody has room for the largest message that Temporal passes on
	// (4 MiB), written in base64.
	maxPayloadBody = 8 << 20
)

// decodePayloads answers POST /v1/temporal/codec/decode in the form that the
// Temporal UI speaks. A request is answered whole or not at all: whoever may not
// see one of the records in it gets the answer of one that is not there. A
// payload whose key is missing stays as it is, and the others are readable.
func (a *API) decodePayloads(c *call) (reply, error) {
	if err := a.permit(c, access.Act{Action: access.ReadWorkflow}); err != nil {
		return reply{}, err
	}
	payloads, err := a.readPayloads(c)
	if err != nil {
		return reply{}, err
	}
	records, err := a.behind(c, recordsOf(payloads))
	if err != nil {
		return reply{}, err
	}
	if len(records) > maxRecords {
		return reply{}, casework.NewError(casework.TooLarge, fmt.Sprintf("Send payloads of at most %d records at once.", maxRecords))
	}
	for _, record := range records {
		if err := a.mayDecode(c, record); err != nil {
			return reply{}, err
		}
	}
	unreadable := a.decode(payloads)
	if err := a.recordDecode(c, records, payloads, unreadable); err != nil {
		return reply{}, err
	}
	body, err := protojson.Marshal(&common.Payloads{Payloads: payloads})
	return reply{body: json.RawMessage(body)}, err
}

// readPayloads reads the body: {"payloads": [...]}.
func (a *API) readPayloads(c *call) ([]*common.Payload, error) {
	if c.Header.Get("X-Namespace") != a.namespace {
		return nil, badRequest("X-Namespace", "This is the codec of the namespace "+a.namespace+" alone.")
	}
	data, err := readBody(c, maxPayloadBody)
	if err != nil {
		return nil, err
	}
	var read common.Payloads
	if err := protojson.Unmarshal(data, &read); err != nil {
		return nil, badRequest("payloads", "The body is not a list of Temporal payloads.")
	}
	if len(read.GetPayloads()) > maxPayloads {
		return nil, casework.NewError(casework.TooLarge, fmt.Sprintf("Send at most %d payloads at once.", maxPayloads))
	}
	return read.GetPayloads(), nil
}

// recordsOf lists the records whose payloads these are, each once. Payloads of
// no record are the errors of failed workflow tasks.
func recordsOf(payloads []*common.Payload) []string {
	var records []string
	for _, p := range payloads {
		if codec.Sealed(p) && codec.WorkflowOf(p) != "" {
			records = append(records, codec.WorkflowOf(p))
		}
	}
	slices.Sort(records)
	return slices.Compact(records)
}

// mayDecode refuses a record that is not there, and in the same words one that
// is not for the caller.
func (a *API) mayDecode(c *call, record string) error {
	if _, _, ok := casework.SplitAggregate(record); !ok {
		return hidden()
	}
	_, err := a.enter(c, record, access.Act{Action: access.ReadWorkflow})
	if casework.KindOf(err) == casework.NotFound {
		a.log.WarnContext(c.Context(), "decode refused", slog.String("request_id", c.exchange.id),
			slog.String("worker", c.who.ID), slog.String("role", string(c.who.Role)), slog.String("record", record))
	}
	return err
}

// decode replaces payloads by what they hold, and counts those that it could
// not read.
func (a *API) decode(payloads []*common.Payload) (unreadable int) {
	for i, p := range payloads {
		opened, err := a.codec.Decode([]*common.Payload{p})
		if err != nil {
			unreadable++
			continue
		}
		payloads[i] = opened[0]
	}
	return unreadable
}

// recordDecode keeps on record who has read which records' workflows, before the
// answer goes out.
func (a *API) recordDecode(c *call, records []string, payloads []*common.Payload, unreadable int) error {
	for _, record := range records {
		entry := c.entry(access.Act{Action: access.ReadWorkflow}, record)
		entry.Part = "workflow"
		if err := a.store.Audit(c.Context(), entry); err != nil {
			return err
		}
		a.log.InfoContext(c.Context(), "workflow decoded", slog.String("request_id", c.exchange.id),
			slog.String("worker", c.who.ID), slog.String("role", string(c.who.Role)), slog.String("record", record))
	}
	a.metrics.decoded.WithLabelValues("decoded").Add(float64(len(payloads) - unreadable))
	a.metrics.decoded.WithLabelValues("unreadable").Add(float64(unreadable))
	return nil
}

// fromUI lets pages of the Temporal UI read the answers, and those of no other
// site. No cookie is ever asked for: the UI sends its token along.
func (a *API) fromUI(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		h := w.Header()
		h.Add("Vary", "Origin")
		if a.uiOrigin != "" && r.Header.Get("Origin") == a.uiOrigin {
			h.Set("Access-Control-Allow-Origin", a.uiOrigin)
			h.Set("Access-Control-Allow-Methods", http.MethodPost)
			h.Set("Access-Control-Allow-Headers", "Authorization, Authorization-Extras, Content-Type, X-Namespace")
			h.Set("Access-Control-Max-Age", "600")
		}
		next.ServeHTTP(w, r)
	})
}

// preflight answers a browser that asks whether it may send the request at all.
func preflight(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(http.StatusNoContent) }

// originOf returns what a browser sends as Origin from pages at an address.
func originOf(address string) (string, error) {
	if address == "" {
		return "", nil
	}
	u, err := url.Parse(address)
	if err != nil || u.Scheme == "" || u.Host == "" {
		return "", fmt.Errorf("the address of the Temporal UI, %q, is no URL", address)
	}
	return u.Scheme + "://" + u.Host, nil
}
