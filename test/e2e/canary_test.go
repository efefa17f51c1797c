package e2e

import (
	"bytes"
	"crypto/rand"
	"database/sql"
	"encoding/base64"
	"encoding/json"
	"fmt"
	"io"
	"io/fs"
	"net"
	"net/http"
	"net/url"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/getkin/kin-openapi/openapi3"
	"github.com/stretchr/testify/require"
	"go.temporal.io/api/workflowservice/v1"

	"homeward/casework"
	"homeward/internal/access"
	"homeward/internal/app"
	"homeward/internal/keyring"
	"homeward/internal/story"
	"homeward/internal/teststack"
	"homeward/notify/notifytest"
)

// planter puts a mark into every personal field of every request that passes
// through, and keeps each answer that is a refusal.
type planter struct {
	next http.RoundTripper
	spec *openapi3.T
	mark string
	// fill adds the personal fields that a body leaves out.
	fill bool

	mu sync.Mutex
	// planted are the fields that were sent, by the schema or route and the name.
	planted map[string]bool
	// leaks are the refusals that repeat a mark.
	leaks []string
	asked int
}

// personal says whether a field may hold what is personal: narratives, names,
// addresses, whatever the specification calls so.
func personal(name string, schema *openapi3.SchemaRef) bool {
	if strings.HasSuffix(schema.Ref, "/NarrativeWords") {
		return true
	}
	return slices.Contains([]string{"name", "address", "phone", "email", "words", "identifier"}, name) && schema.Value.Type.Is("string")
}

// RoundTrip implements [http.RoundTripper].
func (p *planter) RoundTrip(r *http.Request) (*http.Response, error) {
	if operation := p.operation(r); operation != nil && operation.RequestBody != nil && r.Body != nil {
		var sent any
		if err := json.NewDecoder(r.Body).Decode(&sent); err != nil {
			return nil, err
		}
		schema := operation.RequestBody.Value.Content["application/json"].Schema
		sent = p.plant(operation.OperationID, "", schema, sent)
		content, err := json.Marshal(sent)
		if err != nil {
			return nil, err
		}
		r = r.Clone(r.Context())
		r.Body, r.ContentLength = io.NopCloser(bytes.NewReader(content)), int64(len(content))
	}
	answered, err := p.next.RoundTrip(r)
	if err != nil || answered.StatusCode < http.StatusBadRequest {
		return answered, err
	}
	text, err := io.ReadAll(answered.Body)
	answered.Body = io.NopCloser(bytes.NewReader(text))
	p.mu.Lock()
	defer p.mu.Unlock()
	p.asked++
	if strings.Contains(string(text)+fmt.Sprint(answered.Header), p.mark) {
		p.leaks = append(p.leaks, r.Method+" "+r.URL.Path+": "+string(text))
	}
	return answered, err
}

// operation finds what the specification says about a request.
func (p *planter) operation(r *http.Request) *openapi3.Operation {
	have := strings.Split(r.URL.Path, "/")
	for path, item := range p.spec.Paths.Map() {
		want := strings.Split(path, "/")
		fits := len(want) == len(have)
		for i := 0; fits && i < len(want); i++ {
			fits = strings.HasPrefix(want[i], "{") || want[i] == have[i]
		}
		if fits {
			return item.GetOperation(r.Method)
		}
	}
	return nil
}

// plant marks the personal fields of a value.
func (p *planter) plant(operation, path string, schema *openapi3.SchemaRef, value any) any {
	switch v := value.(type) {
	case map[string]any:
		for name, described := range schema.Value.Properties {
			if v[name] == nil && p.fill && personal(name, described) {
				v[name] = "Words."
			}
		}
		for name, field := range v {
			described := schema.Value.Properties[name]
			if described == nil {
				continue
			}
			if text, ok := field.(string); ok && personal(name, described) {
				v[name] = p.marked(operation, path+"."+name, text)
				continue
			}
			v[name] = p.plant(operation, path+"."+name, described, field)
		}
	case []any:
		for i := range v {
			v[i] = p.plant(operation, path+"[]", schema.Value.Items, v[i])
		}
	}
	return value
}

func (p *planter) marked(operation, path, text string) string {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.planted[operation+path] = true
	if strings.Contains(text, "@") {
		return p.mark + strconv.Itoa(len(p.planted)) + "." + text
	}
	return text + " " + p.mark + strconv.Itoa(len(p.planted))
}

// fields are all personal fields of the specification.
func (p *planter) fields() []string {
	var all []string
	for _, item := range p.spec.Paths.Map() {
		for _, operation := range item.Operations() {
			if operation.RequestBody != nil && operation.RequestBody.Value.Content["application/json"] != nil {
				all = append(all, personalFields(operation.OperationID, operation.RequestBody.Value.Content["application/json"].Schema)...)
			}
		}
	}
	slices.Sort(all)
	return all
}

func personalFields(path string, schema *openapi3.SchemaRef) []string {
	var all []string
	for name, property := range schema.Value.Properties {
		if personal(name, property) {
			all = append(all, path+"."+name)
		} else {
			all = append(all, personalFields(path+"."+name, property)...)
		}
	}
	if schema.Value.Items != nil {
		all = append(all, personalFields(path+"[]", schema.Value.Items)...)
	}
	return all
}

// TestCanaries_StayWhereTheyBelong plays the story and every other step on
// programs and servers of its own, with a mark in each personal field, and then
// reads everything: what Temporal and PostgreSQL keep, what was logged, counted,
// mailed and answered.
func TestCanaries_StayWhereTheyBelong(t *testing.T) {
	t.Parallel()
	on := newStack(t)
	s := newSite(t, on.servers)
	mails := notifytest.New(t, notifytest.Options{Plain: true})
	worker := s.startWorker("HOMEWARD_LOG_LEVEL=debug", "HOMEWARD_SMTP_ADDRESS="+net.JoinHostPort("127.0.0.1", strconv.Itoa(mails.Port)),
		"HOMEWARD_SMTP_FROM=homeward@agency.example", "HOMEWARD_SMTP_TLS=none")
	api := s.startAPI(append(compartmentKeys(t), "HOMEWARD_LOG_LEVEL=debug")...)
	p := newPlanter(t)
	s.plantAll(p)

	require.Empty(t, p.leaks, "refusals that repeat what was sent")
	require.Greater(t, p.asked, 30)
	var missed []string
	for _, field := range p.fields() {
		if !p.planted[field] {
			missed = append(missed, field)
		}
	}
	require.Empty(t, missed, "personal fields of the specification that this test does not fill in")
	s.searchDatabases(p.mark)
	s.searchHistories(p.mark)
	for _, where := range []service{worker, api} {
		require.NotContains(t, where.output(), p.mark, "the log of %s", where.name)
		require.NotContains(t, where.page("/metrics"), p.mark)
	}
	require.NotContains(t, on.process.output(), p.mark)
	searchFiles(t, on.folder, p.mark)
	require.NotEmpty(t, mails.Mails())
	for _, m := range mails.Mails() {
		require.NotContains(t, m.Header.Get("Subject")+m.Header.Get("From")+m.Body, p.mark, "only the address itself is personal")
	}
}

// compartmentKeys are the settings of an API with a key of its own for each
// compartment.
func compartmentKeys(t *testing.T) []string {
	t.Helper()
	var settings []string
	for _, c := range access.Compartments() {
		file := filepath.Join(t.TempDir(), string(c))
		key := base64.StdEncoding.EncodeToString([]byte(rand.Text() + rand.Text())[:keyring.Size])
		require.NoError(t, os.WriteFile(file, []byte("test "+key+"\n"), 0o600))
		settings = append(settings, "HOMEWARD_"+strings.ToUpper(string(c))+"_KEY_FILE="+file)
	}
	return settings
}

func newPlanter(t *testing.T) *planter {
	t.Helper()
	text, err := os.ReadFile("../../api/openapi.yaml")
	require.NoError(t, err)
	spec, err := openapi3.NewLoader().LoadFromData(text)
	require.NoError(t, err)
	return &planter{
		next: http.DefaultTransport, spec: spec, mark: "CANARY" + rand.Text()[:8] + "x", planted: make(map[string]bool),
	}
}

// plantAll plays the story, and sends the example of every write that the
// specification has to records that are open and to some that are not there:
// what is refused must not be repeated either.
func (s *site) plantAll(p *planter) {
	s.t.Helper()
	c := &caller{base: "http://" + s.address, http: &http.Client{Transport: p, Timeout: 30 * time.Second}, tokens: s.tokens}
	saved, err := c.send(s.t.Context(), http.MethodPut, newStep(casework.RoleAdministrator, "/v1/workers/w-supervisor", fields{
		"role": "supervisor", "office": "north", "name": "Sam Example", "manager": "w-manager",
		"channels": []fields{{"channel": "email", "address": mailbox, "active": true}},
	}))
	require.NoError(s.t, err)
	require.Equal(s.t, http.StatusOK, saved.Status, saved.Body)
	played := story.Player{
		API: c.base, HTTP: c.http, IDs: make(map[casework.Role]string), Clock: s.clock,
		SignIn: func(_ string, role casework.Role) (string, error) { return s.tokens[role], nil },
		Tell:   func(at time.Time, line string) { s.t.Log(at.Format(time.DateOnly), line) },
	}
	for role := range s.tokens {
		played.IDs[role] = worker(role)
	}
	_, err = story.Reunification().Play(s.t.Context(), played)
	require.NoError(s.t, err)
	p.fill = true
	for range 2 {
		call := receive(time.Now().Add(-time.Hour))
		call.body = strings.Replace(call.body, "{", `{"reporter": {"relation": "neighbor", "anonymous": true},`, 1)
		_, opened := c.do(s.t, call)
		_, number, _ := strings.Cut(opened.Aggregate, "-")
		kept, err := c.send(s.t.Context(), http.MethodPut, newStep(casework.RoleSupervisor,
			"/v1/reports/"+number+"/drafts/report.screen-out", fields{"notes": "Words."}))
		require.NoError(s.t, err)
		require.Equal(s.t, http.StatusOK, kept.Status, kept.Body)
		s.examples(c, p, number)
	}
}

// examples sends the example of each write, to report number and in place of the
// case, as each role that could take it.
func (s *site) examples(c *caller, p *planter, number string) {
	s.t.Helper()
	for _, path := range p.spec.Paths.InMatchingOrder() {
		for method, operation := range p.spec.Paths.Value(path).Operations() {
			if operation.RequestBody == nil || operation.RequestBody.Value.Content["application/json"] == nil || operation.Security != nil {
				continue
			}
			example := operation.RequestBody.Value.Content["application/json"].Example
			address := path
			for strings.Contains(address, "{") {
				before, rest, _ := strings.Cut(address, "{")
				_, after, _ := strings.Cut(rest, "}")
				address = before + number + after
			}
			for _, role := range []casework.Role{casework.RoleSupervisor, casework.RoleHotline, casework.RoleAdministrator} {
				body := fields{}
				content, err := json.Marshal(example)
				require.NoError(s.t, err)
				require.NoError(s.t, json.Unmarshal(content, &body))
				_, err = c.send(s.t.Context(), method, newStep(role, address, body))
				require.NoError(s.t, err, "%s %s", method, address)
			}
		}
	}
}

// page reads a page of a service.
func (s service) page(path string) string {
	s.t.Helper()
	request, err := http.NewRequestWithContext(s.t.Context(), http.MethodGet, s.url+path, http.NoBody)
	require.NoError(s.t, err)
	answered, err := http.DefaultClient.Do(request)
	require.NoError(s.t, err)
	defer func() { require.NoError(s.t, answered.Body.Close()) }()
	text, err := io.ReadAll(answered.Body)
	require.NoError(s.t, err)
	return string(text)
}

// searchHistories reads every run as Temporal has it, and again decrypted.
func (s *site) searchHistories(mark string) {
	s.t.Helper()
	ctx := s.t.Context()
	keys := teststack.Ring(s.t, teststack.Keys)
	codec := teststack.Codec(teststack.Namespace, keys).WithSecrets(app.Vault(s.db, keys))
	runs := 0
	list, err := s.temporal.ListWorkflow(ctx, &workflowservice.ListWorkflowExecutionsRequest{PageSize: 1000})
	require.NoError(s.t, err)
	for _, run := range list.GetExecutions() {
		runs++
		id := run.GetExecution().GetWorkflowId()
		require.NotContains(s.t, run.String(), mark, "visibility of %s", id)
		history := s.temporal.GetWorkflowHistory(ctx, id, run.GetExecution().GetRunId(), false, 0)
		for history.HasNext() {
			event, err := history.Next()
			require.NoError(s.t, err)
			require.NotContains(s.t, event.String(), mark, "event %d of %s", event.GetEventId(), id)
			teststack.Decrypt(s.t, codec, event)
			require.NotContains(s.t, event.String(), mark, "event %d of %s, decrypted", event.GetEventId(), id)
		}
	}
	require.Greater(s.t, runs, 3)
}

// searchFiles reads what the servers have left on disk beside PostgreSQL's own
// files, which are read as tables.
func searchFiles(t *testing.T, folder, mark string) {
	t.Helper()
	files := 0
	require.NoError(t, filepath.WalkDir(folder, func(path string, entry fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		if entry.IsDir() && entry.Name() == "postgres" {
			return fs.SkipDir
		}
		if !entry.Type().IsRegular() {
			return nil
		}
		text, err := os.ReadFile(path)
		if err == nil {
			files++
			require.NotContains(t, string(text), mark, path)
		}
		return nil
	}))
	require.Positive(t, files)
}

// homes are the columns that personal data belongs in, beside the compartments,
// where it is encrypted.
func homes() []string {
	return []string{"persons.name", "persons.address", "persons.phone", "workers.name", "channels.address"}
}

// searchDatabases reads every column of every table of every database of the
// cluster: Homeward's, Temporal's and its visibility.
func (s *site) searchDatabases(mark string) {
	s.t.Helper()
	found := make(map[string]int)
	databases := s.databases()
	require.GreaterOrEqual(s.t, len(databases), 3)
	for _, database := range databases {
		database.search(s.t, mark, found)
	}
	for column := range found {
		require.Contains(s.t, homes(), column, "a mark is in %s", column)
	}
	require.Positive(s.t, found["persons.name"], "the search finds what is there")
	require.Positive(s.t, found["workers.name"])
}

// database is one of the cluster's.
type database struct{ name, url string }

func (s *site) databases() []database {
	s.t.Helper()
	address, err := url.Parse(s.AdminURL)
	require.NoError(s.t, err)
	raw, err := sql.Open("postgres", s.AdminURL)
	require.NoError(s.t, err)
	defer func() { require.NoError(s.t, raw.Close()) }()
	var all []database
	for _, name := range texts(s.t, raw, `SELECT datname FROM pg_database WHERE datallowconn AND NOT datistemplate`) {
		address.Path = "/" + name
		all = append(all, database{name, address.String()})
	}
	return all
}

func texts(t testing.TB, raw *sql.DB, query string) []string {
	t.Helper()
	rows, err := raw.QueryContext(t.Context(), query)
	require.NoError(t, err)
	defer func() { require.NoError(t, rows.Close()) }()
	var all []string
	for rows.Next() {
		var text string
		require.NoError(t, rows.Scan(&text))
		all = append(all, text)
	}
	require.NoError(t, rows.Err())
	return all
}

// search counts the rows in which a mark is, by table and column.
func (d database) search(t testing.TB, mark string, found map[string]int) {
	t.Helper()
	raw, err := sql.Open("postgres", d.url)
	require.NoError(t, err)
	defer func() { require.NoError(t, raw.Close()) }()
	for _, table := range texts(t, raw, `SELECT format('%I.%I', schemaname, tablename) FROM pg_tables
WHERE schemaname NOT IN ('pg_catalog', 'information_schema')`) {
		searchTable(t, raw, table, mark, found)
	}
}

func searchTable(t testing.TB, raw *sql.DB, table, mark string, found map[string]int) {
	t.Helper()
	rows, err := raw.QueryContext(t.Context(), "SELECT * FROM "+table)
	require.NoError(t, err)
	defer func() { require.NoError(t, rows.Close()) }()
	names, err := rows.Columns()
	require.NoError(t, err)
	for rows.Next() {
		values := make([]any, len(names))
		columns := make([]any, len(names))
		for i := range columns {
			columns[i] = &values[i]
		}
		require.NoError(t, rows.Scan(columns...))
		for i, value := range values {
			text := fmt.Sprint(value)
			if raw, ok := value.([]byte); ok {
				text = string(raw)
			}
			if strings.Contains(text, mark) {
				found[strings.TrimPrefix(table, "public.")+"."+names[i]]++
			}
		}
	}
	require.NoError(t, rows.Err())
}
