package api_test

import (
	"bytes"
	"context"
	"crypto/rand"
	"encoding/json"
	"io"
	"log/slog"
	"maps"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/getkin/kin-openapi/openapi3"
	"github.com/getkin/kin-openapi/openapi3filter"
	"github.com/getkin/kin-openapi/routers"
	"github.com/prometheus/client_golang/prometheus"
	"github.com/stretchr/testify/require"

	"homeward/api"
	"homeward/casework"
	"homeward/internal/app"
	"homeward/internal/config"
	"homeward/internal/devtoken"
	"homeward/internal/teststack"
	"homeward/postgres"
	"homeward/workflows"
)

// pack is what new reports are pinned to in these tests.
const pack = "washington@2025.1"

// morePacks holds the packs of an agency, which records are moved to.
const morePacks = "../workflows/testdata/packs"

// service is an API under test, its people, and what it has logged.
type service struct {
	tb       testing.TB
	url      string
	key      devtoken.Key
	log      *buffer
	registry *prometheus.Registry
	spec     *openapi3.T
	store    *watch
	server   *http.Server
}

// watch is the real store, and remembers what was written to it.
type watch struct {
	api.Store

	mu       sync.Mutex
	texts    []string
	reserved int
}

func (w *watch) SaveTexts(ctx context.Context, texts []postgres.Text) error {
	w.note(texts, 0)
	return w.Store.SaveTexts(ctx, texts)
}

func (w *watch) Reserve(ctx context.Context, r postgres.Reservation) (postgres.Reserved, error) {
	w.note(r.Texts, 1)
	return w.Store.Reserve(ctx, r)
}

func (w *watch) note(texts []postgres.Text, reserved int) {
	w.mu.Lock()
	defer w.mu.Unlock()
	for _, text := range texts {
		w.texts = append(w.texts, text.ID)
	}
	w.reserved += reserved
}

// kept returns the narratives that are there, of all that were ever saved.
func (w *watch) kept(tb testing.TB) []postgres.Text {
	tb.Helper()
	w.mu.Lock()
	defer w.mu.Unlock()
	kept, err := w.Texts(context.WithoutCancel(tb.Context()), w.texts)
	require.NoError(tb, err)
	return kept
}

// newService serves an API over parts that the test has chosen.
func newService(tb testing.TB, change func(*api.Options)) *service {
	tb.Helper()
	file := tb.TempDir() + "/key.json"
	key, err := devtoken.LoadOrCreate(file)
	require.NoError(tb, err)
	public, err := devtoken.PublicKeys(file)
	require.NoError(tb, err)
	law, err := allPacks()
	require.NoError(tb, err)
	s := &service{tb: tb, key: key, log: new(buffer), registry: prometheus.NewRegistry()}
	options := api.Options{
		TaskQueue: "nobody", Law: law, Pack: pack, Vaults: vaultsWith(tb, compartmentKeys()),
		Codec: teststack.Codec("", teststack.Ring(tb, teststack.Keys)), Now: time.Now, Verifier: api.DevelopmentVerifier(public, time.Now),
		Log:        slog.New(slog.NewTextHandler(s.log, &slog.HandlerOptions{Level: slog.LevelDebug})),
		Registerer: s.registry, Gatherer: s.registry,
	}
	change(&options)
	handler, err := api.New(options)
	require.NoError(tb, err)
	server := httptest.NewUnstartedServer(handler)
	server.Config = handler.Server()
	server.Start()
	tb.Cleanup(server.Close)
	s.url, s.server = server.URL, server.Config
	s.spec, err = specification().read(s.ask(request{path: "/openapi.yaml"}).text)
	require.NoError(tb, err)
	return s
}

// allPacks are the packs of every service, read once.
var allPacks = sync.OnceValues(func() (workflows.Packs, error) { return app.Law(config.Packs{Folder: morePacks}) })

// document is the specification that every service serves. It is read once: under the
// race detector, that takes longer than most tests. Nobody changes it.
type document struct {
	mu     sync.Mutex
	text   string
	parsed *openapi3.T
}

var specification = sync.OnceValue(func() *document { return &document{} })

func (d *document) read(text string) (*openapi3.T, error) {
	d.mu.Lock()
	defer d.mu.Unlock()
	if d.text == text {
		return d.parsed, nil
	}
	parsed, err := openapi3.NewLoader().LoadFromData([]byte(text))
	if err != nil {
		return nil, err
	}
	d.text, d.parsed = text, parsed
	return parsed, nil
}

// overStack serves an API over a worker with its parts.
func overStack(tb testing.TB, stack *teststack.Stack, changes ...func(*api.Options)) *service {
	tb.Helper()
	store := &watch{Store: stack.DB}
	s := newService(tb, func(o *api.Options) {
		o.Temporal, o.TaskQueue, o.Store = stack.Client, stack.TaskQueue, store
		o.UpdateTimeout = 20 * time.Second
		o.Namespace, o.UIURL, o.Codec = stack.Namespace, "http://ui.example", stack.Codec
		for _, change := range changes {
			change(o)
		}
	})
	s.store = store
	return s
}

// in returns the service for a subtest, which fails by itself.
func (s *service) in(tb testing.TB) *service {
	tb.Helper()
	own := *s
	own.tb = tb
	return &own
}

// person is the worker of a role in these tests.
func person(role casework.Role) string { return "w-" + string(role) }

func (s *service) token(role casework.Role) string {
	return s.tokenFor(person(role), role)
}

// tokenFor signs somebody in who works in the office of the reports of these tests.
func (s *service) tokenFor(id string, role casework.Role) string { return s.tokenAt("north", id, role) }

func (s *service) tokenAt(office, id string, role casework.Role) string {
	s.tb.Helper()
	signed, err := devtoken.Sign(s.key, devtoken.Claims{Subject: id, Role: role, Office: office}, time.Hour, time.Now())
	require.NoError(s.tb, err)
	return signed
}

// request is one request. A POST without a key gets one.
type request struct {
	method string
	path   string
	token  string
	key    string
	header http.Header
	body   any // a string is sent as it is
}

// response is what came back.
type response struct {
	tb     testing.TB
	status int
	header http.Header
	text   string
}

// into decodes the answer strictly.
func (r response) into(v any) {
	r.tb.Helper()
	decoder := json.NewDecoder(strings.NewReader(r.text))
	decoder.DisallowUnknownFields()
	require.NoError(r.tb, decoder.Decode(v), r.text)
}

// problem is the form of a refusal.
type problem struct {
	Type      string             `json:"type"`
	Title     string             `json:"title"`
	Status    int                `json:"status"`
	Detail    string             `json:"detail"`
	Instance  string             `json:"instance"`
	Kind      casework.Kind      `json:"kind"`
	Field     string             `json:"field"`
	Missing   []casework.Blocker `json:"missing"`
	Next      []nextStep         `json:"next"`
	Record    map[string]any     `json:"record"`
	StatusURL string             `json:"status_url"`
}

type nextStep struct {
	Step    string             `json:"step"`
	Title   string             `json:"title"`
	Subject string             `json:"subject"`
	Roles   []casework.Role    `json:"roles"`
	Ready   bool               `json:"ready"`
	Missing []casework.Blocker `json:"missing"`
	Yours   bool               `json:"yours"`
	Href    string             `json:"href"`
}

// answer is the form of what a write returns.
type answer struct {
	Aggregate  string              `json:"aggregate"`
	Number     string              `json:"number"`
	Revision   int                 `json:"revision"`
	Stage      casework.Stage      `json:"stage"`
	RecordedAt time.Time           `json:"recorded_at"`
	Duties     []casework.DutyLine `json:"duties"`
	Ref        string              `json:"ref"`
	Advice     string              `json:"advice"`
	Links      map[string]string   `json:"links"`
}

// refused requires a refusal of a kind, about a field where one is named.
func (r response) refused(status int, kind casework.Kind, field string) problem {
	r.tb.Helper()
	require.Equal(r.tb, status, r.status, r.text)
	require.Equal(r.tb, "application/problem+json", r.header.Get("Content-Type"))
	var p problem
	r.into(&p)
	require.Equal(r.tb, kind, p.Kind, r.text)
	require.Equal(r.tb, field, p.Field, r.text)
	require.Equal(r.tb, status, p.Status)
	require.Equal(r.tb, "/problems/"+string(kind), p.Type)
	require.NotEmpty(r.tb, p.Detail)
	require.Equal(r.tb, "/requests/"+r.header.Get("X-Request-Id"), p.Instance)
	return p
}

// taken requires that a step was taken.
func (r response) taken(status int) answer {
	r.tb.Helper()
	require.Equal(r.tb, status, r.status, r.text)
	var a answer
	r.into(&a)
	return a
}

// get reads as somebody of a role.
func (s *service) get(role casework.Role, path string) response {
	s.tb.Helper()
	return s.ask(request{path: path, token: s.token(role)})
}

// post takes a step as somebody of a role, under a fresh key.
func (s *service) post(role casework.Role, path string, body any) response {
	s.tb.Helper()
	return s.ask(request{method: http.MethodPost, path: path, token: s.token(role), body: body})
}

// ask sends a request and holds the answer to the specification.
func (s *service) ask(q request) response {
	s.tb.Helper()
	return s.askUntil(s.tb.Context(), q)
}

func (s *service) askUntil(ctx context.Context, q request) response {
	s.tb.Helper()
	if q.method == "" {
		q.method = http.MethodGet
	}
	sent, err := http.NewRequestWithContext(ctx, q.method, s.url+q.path, q.content(s.tb))
	require.NoError(s.tb, err)
	if q.token != "" {
		sent.Header.Set("Authorization", "Bearer "+q.token)
	}
	if q.method == http.MethodPost && q.key == "" {
		q.key = rand.Text()
	}
	if q.key != "" {
		sent.Header.Set("Idempotency-Key", q.key)
	}
	if q.body != nil {
		sent.Header.Set("Content-Type", "application/json")
	}
	maps.Copy(sent.Header, q.header)
	received, err := http.DefaultClient.Do(sent)
	require.NoError(s.tb, err)
	defer func() { require.NoError(s.tb, received.Body.Close()) }()
	text, err := io.ReadAll(received.Body)
	require.NoError(s.tb, err)
	answered := response{tb: s.tb, status: received.StatusCode, header: received.Header, text: string(text)}
	s.conforms(sent, answered)
	return answered
}

func (q request) content(tb testing.TB) io.Reader {
	tb.Helper()
	switch body := q.body.(type) {
	case nil:
		return http.NoBody
	case string:
		return strings.NewReader(body)
	}
	data, err := json.Marshal(q.body)
	require.NoError(tb, err)
	return bytes.NewReader(data)
}

// conforms requires that the specification knows the answer: its status, its
// headers and every field. What no route has, no operation describes.
func (s *service) conforms(sent *http.Request, r response) {
	s.tb.Helper()
	item := s.operation(sent)
	if item == nil {
		return
	}
	require.NoError(s.tb, openapi3filter.ValidateResponse(sent.Context(), &openapi3filter.ResponseValidationInput{
		RequestValidationInput: &openapi3filter.RequestValidationInput{Request: sent, Route: item},
		Status:                 r.status, Header: r.header, Body: io.NopCloser(strings.NewReader(r.text)),
		Options: &openapi3filter.Options{IncludeResponseStatus: true},
	}), "%s %s: %s", sent.Method, sent.URL.Path, r.text)
	everyAnswer().note(sent.Method, item.Path, r.status)
}

// operation finds what the specification says about a request.
func (s *service) operation(sent *http.Request) *routers.Route {
	if s.spec == nil {
		return nil
	}
	for _, path := range s.spec.Paths.InMatchingOrder() { // a word before a parameter
		item := s.spec.Paths.Value(path)
		operation := item.GetOperation(sent.Method)
		if operation != nil && fits(path, sent.URL.Path) {
			return &routers.Route{Spec: s.spec, Path: path, PathItem: item, Method: sent.Method, Operation: operation}
		}
	}
	return nil
}

// fits says whether a path is one of a template. Only a duty spans slashes.
func fits(template, path string) bool {
	if before, ok := strings.CutSuffix(template, "/{duty}"); ok {
		parts := strings.Split(path, "/")
		return len(parts) > 5 && fits(before, strings.Join(parts[:5], "/"))
	}
	want, have := strings.Split(template, "/"), strings.Split(path, "/")
	if len(want) != len(have) {
		return false
	}
	for i := range want {
		if !strings.HasPrefix(want[i], "{") && want[i] != have[i] {
			return false
		}
	}
	return true
}

// buffer is a log that can be read while it is written.
type buffer struct {
	mu   sync.Mutex
	text bytes.Buffer
}

func (b *buffer) Write(p []byte) (int, error) {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.text.Write(p)
}

func (b *buffer) String() string {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.text.String()
}
