package e2e

import (
	"bytes"
	"context"
	"crypto/rand"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"homeward/casework"
)

// caller is somebody's program that talks to the API.
type caller struct {
	base   string
	http   *http.Client
	tokens map[casework.Role]string
}

func (s *site) caller() *caller { return s.callerOf("http://" + s.address) }

func (s *site) callerOf(base string) *caller {
	transport := &http.Transport{MaxIdleConnsPerHost: 16}
	s.t.Cleanup(transport.CloseIdleConnections)
	return &caller{base: base, http: &http.Client{Transport: transport, Timeout: 30 * time.Second}, tokens: s.tokens}
}

// step is one write: who, where, what, and the key that makes it one however
// often it is sent.
type step struct {
	role casework.Role
	path string
	key  string
	body string
}

type fields map[string]any

// newStep gives a step a key of its own.
func newStep(role casework.Role, path string, body fields) step {
	text, err := json.Marshal(body)
	if err != nil {
		panic(err) // fields are strings, numbers and times
	}
	return step{role: role, path: path, key: rand.Text(), body: string(text)}
}

// reply is what a caller gets to see.
type reply struct {
	Status   int
	Location string
	ETag     string
	Body     string
}

// definite says whether the reply says what became of the request. Everything
// else is to be sent again with the same key.
func (r reply) definite() bool {
	return r.Status != http.StatusAccepted && r.Status != http.StatusTooManyRequests && r.Status < http.StatusInternalServerError
}

// answer is the part of a step's answer that the tests look at.
type answer struct {
	Aggregate string            `json:"aggregate"`
	Revision  int               `json:"revision"`
	Links     map[string]string `json:"links"`
}

// post sends a step once.
func (c *caller) post(ctx context.Context, s step) (reply, error) {
	return c.send(ctx, http.MethodPost, s)
}

// insist sends a step until it is known what became of it, and tells doubt of
// every try that ended otherwise.
func (c *caller) insist(ctx context.Context, s step, doubt func(error)) (got reply, err error) {
	err = insist(ctx, "an answer to "+s.path, func(ctx context.Context) error {
		var err error
		got, err = c.post(ctx, s)
		if err == nil && !got.definite() {
			err = fmt.Errorf("%d %s", got.Status, got.Body)
		}
		if err != nil {
			doubt(err)
		}
		return err
	})
	return got, err
}

func (c *caller) send(ctx context.Context, method string, s step) (reply, error) {
	request, err := http.NewRequestWithContext(ctx, method, c.base+s.path, bytes.NewReader([]byte(s.body)))
	if err != nil {
		return reply{}, err
	}
	request.Header.Set("Authorization", "Bearer "+c.tokens[s.role])
	if s.body != "" {
		request.Header.Set("Content-Type", "application/json")
		request.Header.Set("Idempotency-Key", s.key)
	}
	response, err := c.http.Do(request)
	if err != nil {
		return reply{}, err
	}
	body, err := io.ReadAll(response.Body)
	if err != nil {
		return reply{}, err
	}
	header := response.Header
	return reply{response.StatusCode, header.Get("Location"), header.Get("ETag"), string(body)}, response.Body.Close()
}

// read asks for a page and decodes it into what out points at.
func (c *caller) read(ctx context.Context, role casework.Role, path string, out any) error {
	got, err := c.send(ctx, http.MethodGet, step{role: role, path: path})
	if err != nil {
		return err
	}
	if got.Status != http.StatusOK {
		return fmt.Errorf("GET %s: %d %s", path, got.Status, got.Body)
	}
	return json.Unmarshal([]byte(got.Body), out)
}

// do sends a step that must be taken at the first try.
func (c *caller) do(t testing.TB, s step) (reply, answer) {
	t.Helper()
	got, err := c.post(t.Context(), s)
	require.NoError(t, err)
	require.Contains(t, []int{http.StatusOK, http.StatusCreated}, got.Status, got.Body)
	return got, got.answer(t)
}

func (r reply) answer(t testing.TB) answer {
	t.Helper()
	var a answer
	require.NoError(t, json.Unmarshal([]byte(r.Body), &a), r.Body)
	return a
}

// zone is that of the office in these tests.
const zone = "America/Los_Angeles"

// receive is a call about two children, received at an instant.
func receive(at time.Time) step {
	return newStep(casework.RoleHotline, "/v1/reports", fields{
		"received_at": at, "timezone": zone, "office": "north", "jurisdiction": "US-WA", "reporter_category": "mandated",
		"narrative": "A neighbor heard screams.", "supervisor": worker(casework.RoleSupervisor),
		"children":    []fields{{"name": "Avery Example", "born": "2016-05-01"}, {"name": "Blake Example", "born": "2019-09-30"}},
		"allegations": []fields{{"child": 0, "type": "neglect"}, {"child": 1, "type": "medical-neglect"}},
	})
}

// screenIn accepts the report at a path.
func screenIn(report string) step {
	return newStep(casework.RoleSupervisor, report+"/screen-in", fields{
		"priority": "emergent", "track": "investigation", "investigator": worker(casework.RoleInvestigator),
	})
}
