package api

import (
	"context"
	"log/slog"
	"net/http"
	"slices"
	"strings"
	"time"

	"homeward/casework"
	"homeward/internal/access"
	"homeward/internal/fault"
	"homeward/postgres"
	"homeward/workflows"
)

// breaking is the body of POST {record}/break-glass.
type breaking struct {
	Purpose casework.GlassPurpose `json:"purpose"`
	// Reason is what the person writes, for whoever reviews it.
	Reason string `json:"reason"`
}

// glassView is an emergency with its review.
type glassView struct {
	ID      string                `json:"id"`
	Record  string                `json:"record"`
	Worker  string                `json:"worker"`
	Role    casework.Role         `json:"role"`
	Purpose casework.GlassPurpose `json:"purpose"`
	// Reason and Note are the IDs of narratives.
	Reason    casework.Text `json:"reason"`
	BrokenAt  time.Time     `json:"broken_at"`
	ExpiresAt time.Time     `json:"expires_at"`
	// Watched says that the access came about.
	Watched    bool                  `json:"watched"`
	ReviewDue  casework.Date         `json:"review_due"`
	Overdue    bool                  `json:"overdue"`
	ReviewedBy string                `json:"reviewed_by,omitempty"`
	ReviewedAt time.Time             `json:"reviewed_at,omitzero"`
	Finding    casework.GlassFinding `json:"finding,omitempty"`
	Note       casework.Text         `json:"note,omitempty"`
	Links      map[string]string     `json:"links"`
}

func (a *API) glassView(g casework.Glass) glassView {
	self := pathOf(g.Record)
	links := map[string]string{"record": self, "reason": self + "/narratives/" + string(g.Reason)}
	if g.Note != "" {
		links["note"] = self + "/narratives/" + string(g.Note)
	}
	if !g.Reviewed() {
		links["review"] = self + "/glass/" + g.ID + "/review"
	}
	return glassView{
		ID: g.ID, Record: g.Record, Worker: g.Worker, Role: g.Role, Purpose: g.Purpose, Reason: g.Reason, BrokenAt: g.BrokenAt,
		ExpiresAt: g.ExpiresAt, Watched: !g.WatchedAt.IsZero(), ReviewDue: g.DueOn(), Overdue: !g.WatchedAt.IsZero() && g.Overdue(a.now()),
		ReviewedBy: g.ReviewedBy, ReviewedAt: g.ReviewedAt, Finding: g.Finding, Note: g.Note, Links: links,
	}
}

// breakGlass answers POST {record}/break-glass. The answer comes when the
// workflow runs that sees to the review, and the access with it; until then the
// same key tries again.
func (a *API) breakGlass(kind casework.AggregateKind) handler {
	return func(c *call) (reply, error) {
		aggregate, err := c.aggregate(kind)
		if err != nil {
			return reply{}, err
		}
		key, keyless := idempotencyKey(c) // said only to those who may come in
		id := commandID(c.who, c.exchange.route, aggregate, key)[:32]
		// The same key at the same time waits: whoever comes second sees the record by
		// then, and is told what the first was told.
		unlock, err := a.sending.lock(c.Context(), id)
		if err != nil {
			return reply{}, casework.WrapError(casework.Unavailable, "This is being done. Send it again with the same key.", err)
		}
		defer unlock()
		s, err := a.enterByGlass(c, aggregate, id)
		if err == nil {
			err = keyless
		}
		if err != nil {
			return reply{}, err
		}
		g, err := a.broken(c, s, id)
		if err == nil && g.WatchedAt.IsZero() {
			g, err = a.watched(c, g)
		}
		if err != nil {
			return reply{}, err
		}
		return reply{status: http.StatusCreated, body: a.glassView(g), location: pathOf(aggregate) + "/glass"}, nil
	}
}

// enterByGlass lets the caller break the glass. Who has broken it under this key
// already sees the record by now, and is told the same again.
func (a *API) enterByGlass(c *call, aggregate, id string) (subject, error) {
	do := access.Act{Action: access.BreakGlass}
	before, err := a.store.Glass(c.Context(), id)
	switch {
	case casework.KindOf(err) == casework.NotFound:
	case err != nil:
		return subject{}, err
	case !before.WatchedAt.IsZero() && before.ExpiresAt.After(a.now()):
		do.Action = access.ReadRecord
	}
	return a.enter(c, aggregate, do)
}

// broken writes down that the glass is broken, once for each key.
func (a *API) broken(c *call, s subject, id string) (casework.Glass, error) {
	var body breaking
	if err := a.read(c, &body); err != nil {
		return casework.Glass{}, err
	}
	switch {
	case !slices.Contains(casework.GlassPurposes(), body.Purpose):
		return casework.Glass{}, unknownCode("purpose", casework.GlassPurposes())
	case strings.TrimSpace(body.Reason) == "":
		return casework.Glass{}, casework.InvalidField("reason", "Say in your own words why you must read this record now.")
	}
	mark, err := fingerprint(body)
	if err != nil {
		return casework.Glass{}, err
	}
	pack, err := a.law.Library.Pack(s.Pack)
	if err != nil {
		return casework.Glass{}, casework.WrapError(casework.Unavailable, "The law of this record is not installed here. Tell operations.", err)
	}
	zone, err := time.LoadLocation(s.Timezone)
	if err != nil {
		zone = time.UTC
	}
	now := a.now().UTC().Truncate(time.Microsecond)
	line := c.entry(access.Act{Action: access.BreakGlass}, s.Aggregate)
	line.Reason, line.Command = string(body.Purpose), casework.GlassAggregate(id)
	return a.store.BreakGlass(c.Context(), postgres.Breaking{
		Glass: casework.Glass{
			ID: id, Record: s.Aggregate, Worker: c.who.ID, Role: c.who.Role, Purpose: body.Purpose,
			Reason: casework.Text(textID(id, mark, 0)), BrokenAt: now, ExpiresAt: now.Add(a.glassTime),
			ReviewDue: pack.NextWorkday(now, zone).End,
		},
		Words: body.Reason, Line: line, Limit: a.glassLimit,
	})
}

// watched starts the workflow that sees to the review and waits until it says
// that it watches. Where that is not known, the database may know.
func (a *API) watched(c *call, g casework.Glass) (casework.Glass, error) {
	err := a.watch(c.Context(), g.ID)
	seen, failed := a.store.Glass(c.Context(), g.ID)
	if failed != nil {
		err = failed
	}
	if err != nil && (failed != nil || seen.WatchedAt.IsZero()) {
		return g, casework.WrapError(casework.Unavailable,
			"Nobody watches over this yet, so you cannot read the record. Send it again with the same key.", err)
	}
	a.metrics.glass.Inc()
	a.log.WarnContext(c.Context(), "glass broken", slog.String("request_id", c.exchange.id), slog.String("glass", g.ID),
		slog.String("record", g.Record), slog.String("role", string(g.Role)), slog.String("purpose", string(g.Purpose)))
	return seen, nil
}

func (a *API) watch(ctx context.Context, id string) error {
	ctx, cancel := context.WithTimeout(ctx, a.updateTimeout)
	defer cancel()
	update, err := a.temporal.UpdateWithStartWorkflow(ctx, workflows.GlassOptions(a.temporal, a.taskQueue, id))
	if err == nil {
		err = update.Get(ctx, nil)
	}
	return fault.Decode(err)
}

// listGlass answers GET {record}/glass: who has broken it, the latest first.
func (a *API) listGlass(c *call, s subject) (reply, error) {
	q := newQuery(c)
	f := postgres.GlassFilter{Record: s.Aggregate, Limit: q.limit(), After: q.after()}
	if err := q.done(); err != nil {
		return reply{}, err
	}
	page, err := a.store.BrokenGlass(c.Context(), f)
	return reply{body: listOf(q, page, a.glassView)}, err
}

// behind names the records that workflows are about: what watches over broken
// glass is as visible as the record itself.
func (a *API) behind(c *call, ids []string) ([]string, error) {
	records := make([]string, 0, len(ids))
	for _, id := range ids {
		if glass, ok := strings.CutPrefix(id, "glass-"); ok && printable(glass, maxPlain) {
			g, err := a.store.Glass(c.Context(), glass)
			if casework.KindOf(err) == casework.NotFound {
				err = hidden()
			}
			if err != nil {
				return nil, err
			}
			id = g.Record
		}
		records = append(records, id)
	}
	slices.Sort(records)
	return slices.Compact(records), nil
}
