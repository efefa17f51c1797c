package api

import (
	"homeward/casework"
	"homeward/internal/access"
	"homeward/internal/audit"
	"homeward/postgres"
)

// placeHold answers POST {record}/holds.
func (a *API) placeHold(kind casework.AggregateKind) handler {
	return a.ask(kind, access.HoldRecord, "hold-", holdAuthorities(), func(c *call, r asked) (any, error) {
		h := postgres.Hold{
			ID: r.id, Record: r.Aggregate, Authority: r.body.Authority, Reference: r.body.Reference, Reason: string(r.body.Reason),
			PlacedBy: c.who.ID, PlacedAt: a.now().UTC(),
		}
		stored, err := a.store.PlaceHold(c.Context(), h, r.line)
		if err == nil && (stored.Authority != h.Authority || stored.Reference != h.Reference || stored.Reason != h.Reason) {
			err = reused()
		}
		return stored, err
	})
}

// listHolds answers GET {record}/holds, the latest first.
func (a *API) listHolds(c *call, s subject) (reply, error) {
	holds, err := a.store.Holds(c.Context(), s.Aggregate)
	return reply{body: unpaged(holds)}, err
}

// releaseHold answers POST {record}/holds/{hold}/release.
func (a *API) releaseHold(kind casework.AggregateKind) handler {
	return a.decideErasure(kind, access.HoldRecord, "hold", func(c *call, s subject, id string, line audit.Entry) (any, error) {
		line.Part = "release"
		return a.store.ReleaseHold(c.Context(), s.Aggregate, id, c.who.ID, a.now(), line)
	})
}
