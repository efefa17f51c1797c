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

// person is somebody who takes steps.
type person struct {
	id   string
	role casework.Role
}

// who is the worker of the story in a role.
func (s *scene) who(role casework.Role) person { return person{s.IDs[role], role} }

// token signs a person in, once a play.
func (s *scene) token(p person) (string, error) {
	if token, ok := s.tokens[p.id]; ok {
		return token, nil
	}
	token, err := s.SignIn(p.id, p.role)
	s.tokens[p.id] = token
	return token, err
}

// call makes one request as a person and returns status and body. A write carries
// a key of its own, and is sent again under it while its outcome is unknown.
func (s *scene) call(p person, method, path string, body any) (int, []byte, error) {
	token, err := s.token(p)
	if err != nil {
		return 0, nil, err
	}
	content, err := json.Marshal(body)
	if err != nil {
		return 0, nil, err
	}
	ctx, cancel := context.WithTimeout(s.ctx, outcomePatience)
	defer cancel()
	key := rand.Text()
	for {
		status, answer, err := s.once(ctx, token, method, path, key, content)
		if err != nil || status != http.StatusAccepted && status != http.StatusServiceUnavailable {
			return status, answer, err
		}
	}
}

func (s *scene) once(ctx context.Context, token, method, path, key string, content []byte) (int, []byte, error) {
	request, err := http.NewRequestWithContext(ctx, method, s.API+path, bytes.NewReader(content))
	if err != nil {
		return 0, nil, err
	}
	request.Header.Set("Authorization", "Bearer "+token)
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
	s.must(s.who(role), http.MethodPost, path, body, &a)
	return a
}

// get reads something that must be there.
func (s *scene) get(role casework.Role, path string, into any) {
	s.must(s.who(role), http.MethodGet, path, nil, into)
}

func (s *scene) must(p person, method, path string, body, into any) {
	if s.err != nil {
		return
	}
	status, content, err := s.call(p, method, path, body)
	switch {
	case err != nil:
		s.err = err
	case status >= http.StatusBadRequest:
		s.err = fmt.Errorf("%s %s: %d %s", method, path, status, content)
	case into != nil:
		s.err = json.Unmarshal(content, into)
	}
}

// refusal is what a person reads who may not or cannot take a step.
type refusal struct {
	Detail  string             `json:"detail"`
	Field   string             `json:"field"`
	Missing []casework.Blocker `json:"missing"`
}

// refused takes a step that must be refused with a status, and returns what is
// missing.
func (s *scene) refused(role casework.Role, path string, body any, want int) []casework.Blocker {
	return s.turnedAway(s.who(role), http.MethodPost, path, body, want).Missing
}

// wrong has the caseworker take a step that must be refused for one of its fields,
// and returns why.
func (s *scene) wrong(path string, body any, field string) string {
	r := s.turnedAway(s.who(casework.RoleCaseworker), http.MethodPost, path, body, http.StatusUnprocessableEntity)
	s.expect(r.Field == field, "%s is refused for %q instead of %q: %s", path, r.Field, field, r.Detail)
	return r.Detail
}

// turnedAway makes a request that must be refused with a status.
func (s *scene) turnedAway(p person, method, path string, body any, want int) refusal {
	var r refusal
	if s.err != nil {
		return r
	}
	status, content, err := s.call(p, method, path, body)
	if err == nil && status != want {
		err = fmt.Errorf("%s %s: %d instead of %d: %s", method, path, status, want, content)
	}
	if err == nil {
		err = json.Unmarshal(content, &r)
	}
	s.err = err
	return r
}

// answer is what a write returns.
type answer struct {
	Number   string `json:"number"`
	Revision int    `json:"revision"`
	Stage    string `json:"stage"`
	// Ref is the item that the step made, "order-1".
	Ref string `json:"ref"`
}
