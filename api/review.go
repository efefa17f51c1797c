package api

import (
	"context"
	"strings"
	"time"

	"github.com/prometheus/client_golang/prometheus"

	"homeward/casework"
	"homeward/internal/access"
	"homeward/internal/fault"
	"homeward/postgres"
	"homeward/workflows"
)

// reviewRequest is the body of POST {record}/glass/{glass}/review.
type reviewRequest struct {
	Finding casework.GlassFinding `json:"finding"`
	Note    string                `json:"note"`
}

// readReviews answers GET /v1/reviews: what the caller has to review, overdue
// first; for auditors, what nobody has reviewed in time.
func (a *API) readReviews(c *call, scope access.Scope) (reply, error) {
	q := newQuery(c)
	f := postgres.ReviewFilter{Worker: c.who.ID, Role: c.who.Role, Office: scope.Office, Now: a.now(), Limit: q.limit(), After: q.after()}
	if err := q.done(); err != nil {
		return reply{}, err
	}
	if c.who.Service != nil { // a review is for people
		f.Role = casework.RoleService
	}
	page, err := a.store.Reviews(c.Context(), f)
	record := func(g casework.Glass) string { return g.Record }
	return reply{body: listOf(q, page, a.glassView), shown: shown(page.Items, record)}, err
}

// reviewGlass answers POST {record}/glass/{glass}/review.
func (a *API) reviewGlass(kind casework.AggregateKind) handler {
	return func(c *call) (reply, error) {
		aggregate, err := c.aggregate(kind)
		if err != nil {
			return reply{}, err
		}
		g, failed := a.store.Glass(c.Context(), c.param("glass"))
		if failed == nil && (g.Record != aggregate || g.WatchedAt.IsZero()) {
			failed, g = noGlass(), casework.Glass{}
		}
		if failed != nil && casework.KindOf(failed) != casework.NotFound {
			return reply{}, failed
		}
		if _, err := a.enter(c, aggregate, access.Act{Action: access.ReviewGlass, For: g.Worker}); err != nil {
			return reply{}, err
		}
		if failed != nil {
			return reply{}, noGlass()
		}
		r, words, err := a.reviewOf(c, g)
		if err != nil {
			return reply{}, err
		}
		reviewed, err := a.review(c, g, r, words)
		return reply{body: a.glassView(reviewed)}, err
	}
}

func noGlass() error {
	return casework.NewError(casework.NotFound, "Nobody has broken the glass of this record under this ID.")
}

// reviewOf reads a review, and refuses what cannot be before anything is sent.
func (a *API) reviewOf(c *call, g casework.Glass) (casework.GlassReview, []postgres.Text, error) {
	var r casework.GlassReview
	key, err := idempotencyKey(c)
	if err != nil {
		return r, nil, err
	}
	var body reviewRequest
	if err := a.read(c, &body); err != nil {
		return r, nil, err
	}
	mark, err := fingerprint(body)
	if err != nil {
		return r, nil, err
	}
	now := a.now().UTC().Truncate(time.Microsecond)
	id := commandID(c.who, c.exchange.route, casework.GlassAggregate(g.ID), key)
	r = casework.GlassReview{Glass: g.ID, By: casework.Actor{ID: c.who.ID, Role: c.who.Role}, Finding: body.Finding, At: now}
	if strings.TrimSpace(body.Note) != "" {
		r.Note = casework.Text(textID(id, mark, 0))
	}
	text := postgres.Text{ID: string(r.Note), Aggregate: g.Record, Author: c.who.ID, Body: body.Note, CreatedAt: now}
	return r, []postgres.Text{text}, g.Refuse(r)
}

// review stores the words, sends the review and says where it stands. What the
// database has is the answer, whatever became of the way there.
func (a *API) review(c *call, g casework.Glass, r casework.GlassReview, words []postgres.Text) (casework.Glass, error) {
	if g.Reviewed() { // the same review again
		return g, nil
	}
	if err := a.save(c.Context(), words); err != nil {
		return g, err
	}
	err := a.sendReview(c.Context(), r)
	if casework.KindOf(err) == casework.NotFound { // Temporal lost it, or the review has just been made
		if err = a.watch(c.Context(), g.ID); err == nil {
			err = a.sendReview(c.Context(), r)
		}
	}
	now, failed := a.store.Glass(c.Context(), g.ID)
	if failed == nil {
		refused := now.Refuse(r)
		switch {
		case now.Reviewed() && refused == nil:
			return now, nil
		case refused != nil:
			a.drop(c.Context(), words)
			return g, refused
		}
	}
	return g, casework.WrapError(casework.Unavailable, "The review is not on record yet. Send it again with the same key.", err)
}

// sendReview sends a review until it has an outcome or the time is up: the
// workflow may be moving to a fresh run.
func (a *API) sendReview(ctx context.Context, r casework.GlassReview) error {
	ctx, cancel := context.WithTimeout(ctx, a.updateTimeout)
	defer cancel()
	return patiently(ctx, unavailable, func() error {
		update, err := a.temporal.UpdateWorkflow(ctx, workflows.ReviewOptions(r, string(r.Note)))
		if err == nil {
			err = update.Get(ctx, nil)
		}
		return fault.Decode(err)
	})
}

// glassFigures are the metrics of what waits for a review, asked of the database
// when they are read. Where it does not answer there are none: that is not zero.
type glassFigures struct {
	store Glass
	now   func() time.Time
}

func glassWaiting() *prometheus.Desc {
	return prometheus.NewDesc("homeward_glass_unreviewed", "Emergencies in which somebody read a record and that nobody has reviewed.", nil, nil)
}

func glassOverdue() *prometheus.Desc {
	return prometheus.NewDesc("homeward_glass_overdue", "Those whose review is overdue.", nil, nil)
}

// Describe implements [prometheus.Collector].
func (glassFigures) Describe(descriptions chan<- *prometheus.Desc) {
	descriptions <- glassWaiting()
	descriptions <- glassOverdue()
}

// Collect implements [prometheus.Collector].
func (f glassFigures) Collect(metrics chan<- prometheus.Metric) {
	ctx, cancel := context.WithTimeout(context.Background(), 2*time.Second)
	defer cancel()
	waiting, overdue, err := f.store.UnreviewedGlass(ctx, f.now())
	if err != nil {
		return
	}
	metrics <- prometheus.MustNewConstMetric(glassWaiting(), prometheus.GaugeValue, float64(waiting))
	metrics <- prometheus.MustNewConstMetric(glassOverdue(), prometheus.GaugeValue, float64(overdue))
}
