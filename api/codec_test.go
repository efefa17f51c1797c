package api_test

import (
	"fmt"
	"net/http"
	"strings"
	"testing"

	"github.com/prometheus/client_golang/prometheus"
	"github.com/stretchr/testify/require"
	"go.temporal.io/api/common/v1"
	"go.temporal.io/api/proxy"
	"go.temporal.io/sdk/converter"
	"google.golang.org/protobuf/encoding/protojson"
	"google.golang.org/protobuf/proto"

	"homeward/api"
	"homeward/casework"
	"homeward/internal/codec"
	"homeward/internal/teststack"
)

const decodePath = "/v1/temporal/codec/decode"

// decode asks for payloads to be decoded, as the Temporal UI does.
func (s *service) decode(token string, payloads ...*common.Payload) response {
	s.tb.Helper()
	body, err := protojson.Marshal(&common.Payloads{Payloads: payloads})
	require.NoError(s.tb, err)
	return s.ask(request{
		method: http.MethodPost, path: decodePath + "?preserveStorageRefs=true", token: token, body: string(body),
		header: http.Header{"X-Namespace": {teststack.Namespace}, "Content-Type": {"application/json"}},
	})
}

// payloads reads the answer.
func (r response) payloads() []*common.Payload {
	r.tb.Helper()
	require.Equal(r.tb, http.StatusOK, r.status, r.text)
	var answered common.Payloads
	require.NoError(r.tb, protojson.Unmarshal([]byte(r.text), &answered))
	return answered.GetPayloads()
}

// stored lists the payloads of a record's workflow as Temporal holds them.
func stored(t *testing.T, stack *teststack.Stack, record string) []*common.Payload {
	t.Helper()
	var found []*common.Payload
	for _, event := range stack.Stored(t, record, "") {
		require.NoError(t, proxy.VisitPayloads(t.Context(), event, proxy.VisitPayloadsOptions{
			SkipSearchAttributes: true,
			Visitor: func(_ *proxy.VisitPayloadsContext, payloads []*common.Payload) ([]*common.Payload, error) {
				found = append(found, payloads...)
				return payloads, nil
			},
		}))
	}
	require.NotEmpty(t, found)
	return found
}

// sealedFor is a payload of a workflow that says text.
func sealedFor(t *testing.T, keys, workflow, text string) *common.Payload {
	t.Helper()
	data := converter.WithDataConverterSerializationContext(
		teststack.Codec(teststack.Namespace, teststack.Ring(t, keys)).DataConverter(),
		converter.WorkflowSerializationContext{WorkflowID: workflow})
	p, err := data.ToPayload(text)
	require.NoError(t, err)
	return p
}

func TestDecode_ShowsSupervisorsAWorkflowAndKeepsItOnRecord(t *testing.T) {
	t.Parallel()
	stack := teststack.New(t, teststack.Options{})
	s := overStack(t, stack)
	r := takeReport(t, s)
	encrypted := stored(t, stack, "report-"+r.number)

	answered := s.decode(s.token(casework.RoleSupervisor), encrypted...).payloads()

	require.Len(t, answered, len(encrypted))
	var names []string
	for i, p := range answered {
		require.True(t, codec.Sealed(encrypted[i]))
		require.False(t, codec.Sealed(p))
		names = append(names, string(p.GetData()))
	}
	require.Contains(t, strings.Join(names, "\n"), "screening-decision due", "a timer can be read")
	log := s.log.String()
	require.Equal(t, 1, strings.Count(log, `msg="workflow decoded"`))
	require.Contains(t, log, "worker="+person(casework.RoleSupervisor)+" role=supervisor record=report-"+r.number)
	require.NotContains(t, log, "screening-decision due")
	require.Contains(t, s.ask(request{path: "/metrics"}).text,
		fmt.Sprintf("homeward_decoded_payloads_total{outcome=\"decoded\"} %d\n", len(encrypted)))
}

func TestDecode_IsForSupervisorsAndForRecordsThatAreThere(t *testing.T) {
	t.Parallel()
	stack := teststack.New(t, teststack.Options{})
	s := overStack(t, stack)
	r := takeReport(t, s)
	genuine := sealedFor(t, teststack.Keys, "report-"+r.number, "SECRET")
	for _, role := range []casework.Role{casework.RoleHotline, casework.RoleInvestigator, casework.RoleCaseworker} {
		s.decode(s.token(role), genuine).refused(http.StatusForbidden, casework.Forbidden, "")
	}
	s.decode("", genuine).refused(http.StatusUnauthorized, casework.Unauthenticated, "")
	s.decode("e30.e30.e30", genuine).refused(http.StatusUnauthorized, casework.Unauthenticated, "")
	manager := s.token(casework.RoleManager)
	require.Equal(t, `"SECRET"`, string(s.decode(manager, genuine).payloads()[0].GetData()))

	for _, record := range []string{"report-999999999", "report-0" + r.number, "speaker-1", "report-1' OR 1=1", strings.Repeat("r", 1<<20)} {
		foreign := sealedFor(t, teststack.Keys, record, "SECRET")
		refused := s.decode(manager, genuine, foreign)
		p := refused.refused(http.StatusNotFound, casework.NotFound, "")
		require.Equal(t, "There is no such record.", p.Detail)
		require.NotContains(t, refused.text, "SECRET", "not even what could have been shown")
	}
	log := s.log.String()
	require.Contains(t, log, `msg="decode refused"`)
	require.Contains(t, log, "worker="+person(casework.RoleManager)+" role=manager record=report-999999999\n")
	require.NotContains(t, log, "OR 1=1", "what could be no record is not repeated")
	many := make([]*common.Payload, 101)
	for i := range many {
		many[i] = sealedFor(t, teststack.Keys, fmt.Sprint("report-", i+1), "SECRET")
	}
	s.decode(manager, many...).refused(http.StatusRequestEntityTooLarge, casework.TooLarge, "")
}

func TestDecode_LeavesAsItIsWhatItCannotRead(t *testing.T) {
	t.Parallel()
	stack := teststack.New(t, teststack.Options{})
	s := overStack(t, stack)
	record := "report-" + takeReport(t, s).number
	plain := &common.Payload{
		Metadata: map[string][]byte{converter.MetadataEncoding: []byte("json/plain")}, Data: []byte(`"never sealed"`),
	}
	retired := sealedFor(t, "retired QUJDREVGR0hJSktMTU5PUFFSU1RVVldYWVphYmNkZWY=", record, "SECRET")
	altered := sealedFor(t, teststack.Keys, record, "SECRET")
	altered.Data[20] ^= 1
	task := sealedFor(t, teststack.Keys, "", "the error of a failed task")

	answered := s.decode(s.token(casework.RoleSupervisor), plain, retired, altered, task,
		sealedFor(t, teststack.Keys, record, "SECRET")).payloads()

	for i, want := range []*common.Payload{plain, retired, altered} {
		require.True(t, proto.Equal(want, answered[i]), i)
	}
	require.Equal(t, `"the error of a failed task"`, string(answered[3].GetData()))
	require.Equal(t, `"SECRET"`, string(answered[4].GetData()))
	require.Empty(t, s.decode(s.token(casework.RoleSupervisor)).payloads())
}

func TestDecode_RefusesBadRequests(t *testing.T) {
	t.Parallel()
	s := overStack(t, teststack.New(t, teststack.Options{}))
	ask := func(namespace, media, body string) response {
		return s.ask(request{
			method: http.MethodPost, path: decodePath, token: s.token(casework.RoleSupervisor), body: body,
			header: http.Header{"X-Namespace": {namespace}, "Content-Type": {media}},
		})
	}
	const json = "application/json"
	ask("", json, "{}").refused(http.StatusBadRequest, "malformed", "X-Namespace")
	ask("another", json, "{}").refused(http.StatusBadRequest, "malformed", "X-Namespace")
	ask(teststack.Namespace, "text/plain", "{}").refused(http.StatusUnsupportedMediaType, "unsupported-media-type", "")
	for _, body := range []string{"", "[]", `{"payloads": [null]}`, `{"payloads": [{"data": "*"}]}`, `{"payload": []}`, strings.Repeat("[", 1<<20)} {
		ask(teststack.Namespace, json, body).refused(http.StatusBadRequest, "malformed", "payloads")
	}
	ask(teststack.Namespace, json, `{"payloads": [`+strings.Repeat("{},", 1000)+`{}]}`).
		refused(http.StatusRequestEntityTooLarge, casework.TooLarge, "")
	ask(teststack.Namespace, json, strings.Repeat(" ", 8<<20)+"{}").
		refused(http.StatusRequestEntityTooLarge, casework.TooLarge, "")
	for _, other := range []string{"/v1/temporal/codec/encode", "/v1/temporal/codec/download"} {
		s.ask(request{method: http.MethodPost, path: other, token: s.token(casework.RoleSupervisor), body: "{}"}).
			refused(http.StatusNotFound, casework.NotFound, "")
	}
}

// A page of another site can neither send the request with a token nor read an
// answer.
func TestDecode_AnswersPagesOfTheTemporalUIAlone(t *testing.T) {
	t.Parallel()
	s := overStack(t, teststack.New(t, teststack.Options{}))
	from := func(method, origin string) response {
		return s.ask(request{method: method, path: decodePath, header: http.Header{
			"Origin": {origin}, "Access-Control-Request-Method": {http.MethodPost},
			"Access-Control-Request-Headers": {"authorization,content-type,x-namespace"},
		}})
	}
	allowed := from(http.MethodOptions, "http://ui.example")
	require.Equal(t, http.StatusNoContent, allowed.status)
	require.Equal(t, "http://ui.example", allowed.header.Get("Access-Control-Allow-Origin"))
	for _, header := range []string{"Authorization", "Content-Type", "X-Namespace"} {
		require.Contains(t, allowed.header.Get("Access-Control-Allow-Headers"), header)
	}
	require.Equal(t, http.MethodPost, allowed.header.Get("Access-Control-Allow-Methods"))
	refused := from(http.MethodPost, "http://ui.example")
	require.Equal(t, http.StatusUnauthorized, refused.status)
	require.Equal(t, "http://ui.example", refused.header.Get("Access-Control-Allow-Origin"), "the page can say why")

	for _, origin := range []string{"", "null", "http://ui.example.org", "https://ui.example", "http://ui.example:81"} {
		for _, method := range []string{http.MethodOptions, http.MethodPost} {
			answered := from(method, origin)
			require.Empty(t, answered.header.Get("Access-Control-Allow-Origin"), origin)
			require.Equal(t, "Origin", answered.header.Get("Vary"))
		}
	}
	require.Empty(t, allowed.header.Get("Access-Control-Allow-Credentials"), "no cookie is ever asked for")
}

// A worker that encrypts with a key which the API does not have yet takes the
// step, and the API answers from the log.
func TestStep_WhoseAnswerCannotBeReadIsAnsweredFromTheLog(t *testing.T) {
	t.Parallel()
	ahead := teststack.Ring(t, "fresh QUJDREVGR0hJSktMTU5PUFFSU1RVVldYWVphYmNkZWY=\n"+teststack.Keys)
	s := overStack(t, teststack.New(t, teststack.Options{WorkerKeys: ahead}))
	a := s.post(casework.RoleHotline, "/v1/reports", receipt()).taken(http.StatusCreated)
	s.post(casework.RoleSupervisor, a.Links["self"]+"/screen-out", body{"reason": "not-maltreatment", "note": "No."}).taken(http.StatusOK)
}

func TestNew_RefusesAUIWithoutAnAddress(t *testing.T) {
	t.Parallel()
	var options api.Options
	newService(t, func(o *api.Options) {
		o.Temporal, o.Store, o.Namespace = absentTemporal(t), absentDatabase(t), "homeward"
		options = *o
	})
	options.UIURL, options.Registerer = "ui.example", prometheus.NewRegistry()
	_, err := api.New(options)
	require.ErrorContains(t, err, "is no URL")
}
