package story

import (
	"bytes"
	"context"
	"crypto/rand"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"time"

	"homeward/casework"
)

// outcomePatience bounds the wait for a step whose outcome was not known at once.
const outcomePatience = 30 * time.Second

// call makes one request as somebody of a role and returns status and body. A
// write carries a key of its own, and is sent again under it while its outcome
// is unknown.
func (s *scene) call(role casework.Role, method, path string, body any) (int, []byte, error) {
	content, err := json.Marshal(body)
	if err != nil {
		return 0, nil, err
	}
	ctx, cancel := context.WithTimeout(s.ctx, outcomePatience)
	defer cancel()
	key := rand.Text()
	for {
		status, answer, err := s.once(ctx, role, method, path, key, content)
		if err != nil || status != http.StatusAccepted && status != http.StatusServiceUnavailable {
			return status, answer, err
		}
	}
}

func (s *scene) once(ctx context.Context, role casework.Role, method, path, key string, content []byte) (int, []byte, error) {
	request, err := http.NewRequestWithContext(ctx, method, s.API+path, bytes.NewReader(content))
	if err != nil {
		return 0, nil, err
	}
	request.Header.Set("Authorization", "Bearer "+s.Tokens[role])
	if method != http.MethodGet {
		request.Header.Set("Content-Type", "application/json")
		request.Header.Set("Idempotency-Key", key)
	}
	response, err := s.HTTP.Do(request)
	if err != nil {
		return 0, nil, err
	}
	defer func() { _ = response.Body.Close() }() // It has been read.
	answer, err := io.ReadAll(response.Body)
	return response.StatusCode, answer, err
}

// do takes a step that must succeed. The first failure ends the story: every
// later step does nothing.
func (s *scene) do(role casework.Role, path string, body any) answer {
	var a answer
	s.must(role, http.MethodPost, path, body, &a)
	return a
}

// get reads something that must be there.
func (s *scene) get(role casework.Role, path string, into any) {
	s.must(role, http.MethodGet, path, nil, into)
}

func (s *scene) must(role casework.Role, method, path string, body, into any) {
	if s.err != nil {
		return
	}
	status, content, err := s.call(role, method, path, body)
	switch {
	case err != nil:
		s.err = err
	case status >= http.StatusBadRequest:
		s.err = fmt.Errorf("%s %s: %d %s", method, path, status, content)
	case into != nil:
		s.err = json.Unmarshal(content, into)
	}
}

// refused takes a step that must be refused with a status, and returns what is
// missing.
func (s *scene) refused(role casework.Role, path string, body any, want int) []casework.Blocker {
	if s.err != nil {
		return nil
	}
	status, content, err := s.call(role, http.MethodPost, path, body)
	if err == nil && status != want {
		err = fmt.Errorf("POST %s: %d instead of %d: %s", path, status, want, content)
	}
	var refusal struct {
		Missing []casework.Blocker `json:"missing"`
	}
	if err == nil {
		err = json.Unmarshal(content, &refusal)
	}
	s.err = err
	return refusal.Missing
}

// answer is what a write returns.
type answer struct {
	Number   string `json:"number"`
	Revision int    `json:"revision"`
	Stage    string `json:"stage"`
}
