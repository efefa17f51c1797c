package api

import (
	"context"
	"net/http"
	"slices"
	"strings"
	"time"

	"go.temporal.io/sdk/client"

	"homeward/casework"
	"homeward/internal/access"
	"homeward/internal/audit"
	"homeward/postgres"
	"homeward/workflows"
)

// erasureRoutes are the routes under one kind of record.
func (a *API) erasureRoutes(get, post func(path string, h handler), kind casework.AggregateKind, one string) {
	get(one+"/purge-requests", a.of(kind, access.ReadAccess, "purge-requests", a.listPurges))
	post(one+"/purge-requests", a.requestPurge(kind))
	post(one+"/purge-requests/{purge}/approval", a.approvePurge(kind))
	post(one+"/purge-requests/{purge}/withdrawal", a.withdrawPurge(kind))
	get(one+"/holds", a.of(kind, access.ReadAccess, "holds", a.listHolds))
	post(one+"/holds", a.placeHold(kind))
	post(one+"/holds/{hold}/release", a.releaseHold(kind))
}

// erasureRequest is the body of POST {record}/purge-requests and {record}/holds: on
// whose word, and why.
type erasureRequest struct {
	// Authority is a code; Reference names the order or the rule, never a person.
	Authority string        `json:"authority"`
	Reference string        `json:"reference"`
	Reason    casework.Text `json:"reason,omitempty"`
}

// purgeAuthorities are the codes for what a record may be destroyed by.
func purgeAuthorities() []string { return []string{"court-order", "statute", "retention-rule"} }

// holdAuthorities are the codes for what forbids it.
func holdAuthorities() []string {
	return []string{"court-order", "litigation", "audit", "investigation", "records-request"}
}

func (b erasureRequest) check(authorities []string) error {
	switch {
	case !slices.Contains(authorities, b.Authority):
		return unknownCode("authority", authorities)
	case !printable(b.Reference, maxPlain):
		return casework.InvalidField("reference", "Give the reference of the order or rule, in visible ASCII characters without spaces.")
	}
	return nil
}

// asked is a request about the erasure of a record that may go ahead.
type asked struct {
	subject

	id   string
	body erasureRequest
	line audit.Entry
}

// ask reads such a request, lets the caller to the record, and has the reason kept
// with the record: it is destroyed with it.
func (a *API) ask(
	kind casework.AggregateKind, do access.Action, prefix string, authorities []string, then func(*call, asked) (any, error),
) handler {
	return a.within(kind, access.Act{Action: do}, func(c *call, s subject) (reply, error) {
		r := asked{subject: s}
		key, err := idempotencyKey(c)
		if err != nil {
			return reply{}, err
		}
		if err := a.read(c, &r.body); err != nil {
			return reply{}, err
		}
		if err := r.body.check(authorities); err != nil {
			return reply{}, err
		}
		command := commandID(c.who, c.exchange.route, r.Aggregate, key)
		mark, err := fingerprint(r.body)
		if err != nil {
			return reply{}, err
		}
		r.id, r.line = prefix+command[:24], c.entry(access.Act{Action: do}, r.Aggregate)
		r.line.Command, r.line.Reason = r.id, r.body.Authority
		var texts []postgres.Text
		if words := strings.TrimSpace(string(r.body.Reason)); words != "" {
			texts = []postgres.Text{{
				ID: textID(command, mark, 0), Aggregate: r.Aggregate, Author: c.who.ID, Body: words, CreatedAt: a.now(),
			}}
			r.body.Reason = casework.Text(texts[0].ID)
		}
		err = a.save(c.Context(), texts)
		if casework.KindOf(err) == casework.Gone { // the key is destroyed, the rows are on their way
			err = hidden()
		}
		if err != nil {
			return reply{}, err
		}
		body, err := then(c, r)
		if err != nil {
			a.drop(c.Context(), texts)
		}
		return reply{status: http.StatusCreated, body: body}, err
	})
}

// requestPurge answers POST {record}/purge-requests.
func (a *API) requestPurge(kind casework.AggregateKind) handler {
	return a.ask(kind, access.RequestPurge, "purge-", purgeAuthorities(), func(c *call, r asked) (any, error) {
		p := postgres.Purge{
			ID: r.id, Record: r.Aggregate, Authority: r.body.Authority, Reference: r.body.Reference, Reason: string(r.body.Reason),
			RequestedBy: c.who.ID, RequestedAt: a.now().UTC(),
		}
		stored, err := a.store.RequestPurge(c.Context(), p, r.line)
		if err == nil && (stored.Authority != p.Authority || stored.Reference != p.Reference || stored.Reason != p.Reason) {
			err = reused()
		}
		return stored, err
	})
}

// listPurges answers GET {record}/purge-requests, the latest first.
func (a *API) listPurges(c *call, s subject) (reply, error) {
	purges, err := a.store.Purges(c.Context(), s.Aggregate)
	return reply{body: unpaged(purges)}, err
}

// approvePurge answers POST {record}/purge-requests/{purge}/approval: from here on
// the record is being destroyed. Sent again it starts what could not be started.
func (a *API) approvePurge(kind casework.AggregateKind) handler {
	return a.decideErasure(kind, access.ApprovePurge, "purge", func(c *call, s subject, id string, line audit.Entry) (any, error) {
		p, err := a.store.ApprovePurge(c.Context(), s.Aggregate, id, c.who.ID, a.now(), line)
		if err != nil {
			return nil, err
		}
		return p, a.startPurge(c.Context(), p)
	})
}

// startPurge starts the workflow of an approved purge. Where Temporal does not
// answer, the approval stands: sent again it starts, and so it does with the next
// worker.
func (a *API) startPurge(ctx context.Context, p postgres.Purge) error {
	_, err := a.temporal.ExecuteWorkflow(ctx, workflows.PurgeOptions(p.ID, a.taskQueue), workflows.PurgeWorkflow,
		workflows.PurgeInput{Purge: p.ID, Record: p.Record})
	if err == nil {
		return nil
	}
	return casework.WrapError(casework.Unavailable,
		"The approval is on record, and the record is not being destroyed yet. Send it again in a moment.", err)
}

// withdrawPurge answers POST {record}/purge-requests/{purge}/withdrawal, by an
// administrator.
func (a *API) withdrawPurge(kind casework.AggregateKind) handler {
	return a.decideErasure(kind, access.RequestPurge, "purge", func(c *call, s subject, id string, line audit.Entry) (any, error) {
		line.Part = "withdrawal"
		return a.store.WithdrawPurge(c.Context(), s.Aggregate, id, c.who.ID, a.now(), line)
	})
}

// decideErasure lets the caller to a record for a decision on a request or a hold.
func (a *API) decideErasure(
	kind casework.AggregateKind, do access.Action, part string, decide func(*call, subject, string, audit.Entry) (any, error),
) handler {
	return a.within(kind, access.Act{Action: do}, func(c *call, s subject) (reply, error) {
		id := c.param(part)
		line := c.entry(access.Act{Action: do}, s.Aggregate)
		line.Command = id
		body, err := decide(c, s, id, line)
		return reply{body: body}, err
	})
}

// starter starts workflows that are no records.
type starter interface {
	ExecuteWorkflow(context.Context, client.StartWorkflowOptions, any, ...any) (client.WorkflowRun, error)
}

// Erasure keeps what is destroyed, and what must not be.
type Erasure interface {
	RequestPurge(ctx context.Context, p postgres.Purge, line audit.Entry) (postgres.Purge, error)
	ApprovePurge(ctx context.Context, record, id, by string, at time.Time, line audit.Entry) (postgres.Purge, error)
	WithdrawPurge(ctx context.Context, record, id, by string, at time.Time, line audit.Entry) (postgres.Purge, error)
	Purges(ctx context.Context, record string) ([]postgres.Purge, error)
	PlaceHold(ctx context.Context, h postgres.Hold, line audit.Entry) (postgres.Hold, error)
	ReleaseHold(ctx context.Context, record, id, by string, at time.Time, line audit.Entry) (postgres.Hold, error)
	Holds(ctx context.Context, record string) ([]postgres.Hold, error)
}
