package api

import (
	"context"
	"errors"
	"log/slog"
	"net/http"
	"time"

	"homeward/casework"
)

// Refusals that only HTTP knows. They join the kinds of casework in the one
// table below.
const (
	// malformed: the request cannot be read: no JSON, an unknown field, a wrong type.
	malformed casework.Kind = "malformed"
	// notAllowed: the route exists, but not with this method.
	notAllowed casework.Kind = "method-not-allowed"
	// notJSON: the body is of another media type.
	notJSON casework.Kind = "unsupported-media-type"
)

// statusOf is the one table from kinds of error to HTTP: the status, and the
// title of the problem document.
func statusOf(kind casework.Kind) (status int, title string) {
	switch kind {
	case malformed:
		return http.StatusBadRequest, "The request cannot be read"
	case casework.Unauthenticated:
		return http.StatusUnauthorized, "Sign in first"
	case casework.Forbidden:
		return http.StatusForbidden, "Not yours to do"
	case casework.NotFound:
		return http.StatusNotFound, "Not found"
	case notAllowed:
		return http.StatusMethodNotAllowed, "Not with this method"
	case casework.Blocked:
		return http.StatusConflict, "Not possible now"
	case casework.Gone:
		return http.StatusGone, "Closed"
	case casework.Stale:
		return http.StatusPreconditionFailed, "Changed since you read it"
	case casework.TooLarge:
		return http.StatusRequestEntityTooLarge, "Too large"
	case notJSON:
		return http.StatusUnsupportedMediaType, "Not JSON"
	case casework.Invalid:
		return http.StatusUnprocessableEntity, "A field is not right"
	case casework.Reused:
		return http.StatusUnprocessableEntity, "The idempotency key was used before"
	case casework.TooMany:
		return http.StatusTooManyRequests, "Too many requests"
	case casework.Unavailable:
		return http.StatusServiceUnavailable, "Not available now"
	case casework.Unknown:
		return http.StatusAccepted, "The outcome is not known yet"
	case casework.Internal:
	}
	return http.StatusInternalServerError, "Our mistake"
}

// problem is an RFC 9457 problem document. Its texts hold nothing personal.
type problem struct {
	// Type is stable; docs/api.md explains each.
	Type   string `json:"type"`
	Title  string `json:"title"`
	Status int    `json:"status"`
	Detail string `json:"detail"`
	// Instance names this request, as the log does.
	Instance string        `json:"instance"`
	Kind     casework.Kind `json:"kind"`
	// Field is the field that is wrong, by its path: "children[0].born".
	Field string `json:"field,omitempty"`
	// Missing says what stands in the way of a step.
	Missing []casework.Blocker `json:"missing,omitempty"`
	// Next are the steps that the caller could lawfully take instead.
	Next []nextView `json:"next,omitempty"`
	// Record is the closed record that takes no more steps.
	Record *recordView `json:"record,omitempty"`
	// StatusURL tells what became of a command whose outcome is not known yet.
	StatusURL string `json:"status_url,omitempty"`
	// Draft says where the two versions of a draft are that did not know each other.
	Draft *draftConflict `json:"draft,omitempty"`
}

// refusal is an error with what helps the caller on.
type refusal struct {
	cause     error
	next      []nextView
	record    *recordView
	statusURL string
	draft     *draftConflict
	challenge string
	allow     string
	// wait is when to come back, where that is known.
	wait time.Duration
}

func (r *refusal) Error() string { return r.cause.Error() }

func (r *refusal) Unwrap() error { return r.cause }

func badRequest(field, detail string) error {
	return &casework.Error{Kind: malformed, Field: field, Detail: detail}
}

// problemOf makes the document for an error. Nothing of an error that is not a
// [casework.Error] reaches the caller.
func problemOf(err error, requestID string) problem {
	public, ok := errors.AsType[*casework.Error](err)
	if !ok || public.Kind == casework.Internal {
		public = casework.NewError(casework.Internal,
			"Something went wrong on our side. It has been logged under the request ID in instance.")
	}
	status, title := statusOf(public.Kind)
	p := problem{
		Type: "/problems/" + string(public.Kind), Title: title, Status: status, Detail: public.Detail,
		Instance: "/requests/" + requestID, Kind: public.Kind, Field: public.Field, Missing: public.Missing,
	}
	if more, ok := errors.AsType[*refusal](err); ok {
		p.Next, p.Record, p.StatusURL, p.Draft = more.next, more.record, more.statusURL, more.draft
	}
	return p
}

// refuse answers with the problem document of an error, and logs what is ours
// to mend. A caller who has hung up has made some of these errors.
func (a *API) refuse(ctx context.Context, x *exchange, err error) {
	p := problemOf(err, x.id)
	header := x.Header()
	if more, ok := errors.AsType[*refusal](err); ok {
		setIf(header, "WWW-Authenticate", more.challenge)
		setIf(header, "Allow", more.allow)
		setIf(header, "Location", more.statusURL)
	}
	switch p.Status {
	case http.StatusAccepted:
		header.Set("Retry-After", seconds(pollAfter))
	case http.StatusTooManyRequests, http.StatusServiceUnavailable:
		header.Set("Retry-After", seconds(retryAfter))
	}
	if more, ok := errors.AsType[*refusal](err); ok && more.wait > 0 {
		header.Set("Retry-After", seconds(more.wait))
	}
	if p.Status >= http.StatusInternalServerError && !errors.Is(ctx.Err(), context.Canceled) {
		a.log.ErrorContext(ctx, "request failed", slog.String("request_id", x.id),
			slog.String("route", x.route), slog.String("kind", string(p.Kind)), slog.Any("error", err))
	}
	writeJSON(x, p.Status, "application/problem+json", p)
}

func setIf(header http.Header, name, value string) {
	if value != "" {
		header.Set(name, value)
	}
}
