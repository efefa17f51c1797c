package api

import (
	"bytes"
	"context"
	"encoding/json"
	"net/http"
	"strconv"
	"strings"
	"time"
	"unicode"
	"unicode/utf8"

	"github.com/gorilla/mux"

	"homeward/casework"
	"homeward/internal/access"
)

// exchange is one request and what was answered, for the log and the metrics.
type exchange struct {
	http.ResponseWriter

	// id names the request in the log and in problem documents.
	id string
	// route is the template of the route, empty where none matched.
	route  string
	who    Person
	status int
	bytes  int
}

// WriteHeader notes the status.
func (x *exchange) WriteHeader(status int) {
	if x.status == 0 {
		x.status = status
	}
	x.ResponseWriter.WriteHeader(status)
}

// Write counts the bytes.
func (x *exchange) Write(data []byte) (int, error) {
	if x.status == 0 {
		x.status = http.StatusOK
	}
	n, err := x.ResponseWriter.Write(data)
	x.bytes += n
	return n, err
}

// Unwrap lets [http.ResponseController] reach the connection.
func (x *exchange) Unwrap() http.ResponseWriter { return x.ResponseWriter }

type exchangeKey struct{}

func exchangeOf(ctx context.Context) *exchange {
	x, _ := ctx.Value(exchangeKey{}).(*exchange)
	return x
}

// call is a request on its way through a handler.
type call struct {
	*http.Request

	exchange *exchange
	who      Person
}

// param returns a part of the path.
func (c *call) param(name string) string { return mux.Vars(c.Request)[name] }

// reply is what a handler answers when all is well.
type reply struct {
	// status is 200 when it is zero.
	status int
	body   any
	// revision of the record that the body shows, 0 for none.
	revision int
	location string
	// poll asks the caller to come back for more.
	poll bool
	// did is what the answer amounts to, where that is more than the route says:
	// a list of children with their names in it.
	did access.Action
	// shown are the records that the answer tells of, where it is about many.
	shown []string
	// file is written instead of body, where one was asked for.
	file *file
	// reason is a code for why it was asked, for the audit.
	reason string
}

// handler answers a request, or says why not. It never writes by itself, so no
// answer is ever half a success.
type handler func(c *call) (reply, error)

// serve runs a handler under the template of its route and within the time that
// a request may take.
func (a *API) serve(route string, h handler) http.Handler {
	h = a.measured(readable(h))
	return a.named(route, http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) {
		ctx, cancel := context.WithTimeout(r.Context(), a.updateTimeout+grace)
		defer cancel()
		x := exchangeOf(ctx)
		answer, err := h(&call{Request: r.WithContext(ctx), exchange: x})
		if err != nil {
			a.refuse(ctx, x, err)
			return
		}
		setIf(x.Header(), "Location", answer.location)
		if answer.revision > 0 {
			x.Header().Set("ETag", etag(answer.revision))
		}
		if answer.poll {
			x.Header().Set("Retry-After", seconds(pollAfter))
		}
		if answer.file != nil {
			writeFile(x, answer.file)
			return
		}
		writeJSON(x, answer.status, "application/json", answer.body)
	}))
}

// readable answers an address that no link of ours can have as an unknown one,
// before its parts reach a store that cannot hold them.
func readable(next handler) handler {
	return func(c *call) (reply, error) {
		if !utf8.ValidString(c.URL.Path) || strings.ContainsFunc(c.URL.Path, unicode.IsControl) {
			return reply{}, noRoute()
		}
		return next(c)
	}
}

// named tells the log and the metrics which route a request took.
func (a *API) named(route string, h http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		exchangeOf(r.Context()).route = route
		h.ServeHTTP(w, r)
	})
}

// writeJSON writes a whole answer. The body is encoded before the status is
// sent; that it cannot be is a mistake that the panic handler reports.
func writeJSON(w http.ResponseWriter, status int, media string, body any) {
	var data bytes.Buffer
	encoder := json.NewEncoder(&data)
	encoder.SetEscapeHTML(false)
	if err := encoder.Encode(body); err != nil {
		panic(err)
	}
	if status == 0 {
		status = http.StatusOK
	}
	w.Header().Set("Content-Type", media)
	w.Header().Set("Content-Length", strconv.Itoa(data.Len()))
	w.WriteHeader(status)
	_, _ = w.Write(data.Bytes()) // The caller has gone away.
}

func seconds(d time.Duration) string { return strconv.Itoa(int(d.Seconds())) }

func noRoute() error {
	return casework.NewError(casework.NotFound, "There is no such page. GET /openapi.yaml lists what there is.")
}

// wrongMethod says which methods the path has.
func wrongMethod(routes *mux.Router, r *http.Request) error {
	allow := ""
	for _, method := range []string{http.MethodGet, http.MethodPost, http.MethodPut} {
		other := r.Clone(r.Context())
		other.Method = method
		if match := (mux.RouteMatch{}); routes.Match(other, &match) && match.MatchErr == nil {
			setList(&allow, method)
		}
	}
	return &refusal{
		cause: casework.NewError(notAllowed, "This page has no "+knownMethod(r.Method)+". Use "+allow+"."), allow: allow,
	}
}

func setList(list *string, value string) {
	if *list != "" {
		*list += ", "
	}
	*list += value
}
