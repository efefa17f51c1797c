package activities

import (
	"context"
	"time"

	"homeward/casework"
)

// Glass keeps what people have read in an emergency. Every method may be called
// again. NotFound says that the row is gone, and any access with it.
type Glass interface {
	// WatchGlass says that somebody watches over it, which makes the access effective.
	WatchGlass(ctx context.Context, id string, at time.Time) (casework.Glass, error)
	// AlertGlass tells those whom a rung of the ladder names that it is not reviewed.
	AlertGlass(ctx context.Context, id string, rung int, at time.Time) (casework.Glass, error)
	// ReviewGlass records a review, or refuses it.
	ReviewGlass(ctx context.Context, r casework.GlassReview) (casework.Glass, error)
}

// GlassInput names broken glass at an instant.
type GlassInput struct {
	Glass string `json:"glass"`
	// Rung is what to tell, for AlertGlass.
	Rung int       `json:"rung,omitempty"`
	At   time.Time `json:"at"`
}

// GlassState is broken glass as the database has it, and how many of its
// notices wait for delivery.
type GlassState struct {
	Glass       casework.Glass `json:"glass"`
	Undelivered int            `json:"undelivered"`
}

// WatchGlass makes the access effective: the workflow that calls it sees to the
// review from now on.
func (a *Activities) WatchGlass(ctx context.Context, in GlassInput) (GlassState, error) {
	g, err := a.glass.WatchGlass(ctx, in.Glass, in.At)
	return a.glassState(ctx, g, "broken glass not watched", err)
}

// AlertGlass tells those whom a rung names.
func (a *Activities) AlertGlass(ctx context.Context, in GlassInput) (GlassState, error) {
	g, err := a.glass.AlertGlass(ctx, in.Glass, in.Rung, in.At)
	return a.glassState(ctx, g, "nobody told of broken glass", err)
}

// ReviewGlass records a review.
func (a *Activities) ReviewGlass(ctx context.Context, r casework.GlassReview) (GlassState, error) {
	g, err := a.glass.ReviewGlass(ctx, r)
	return a.glassState(ctx, g, "review not recorded", err)
}

func (a *Activities) glassState(ctx context.Context, g casework.Glass, what string, err error) (GlassState, error) {
	s := GlassState{Glass: g}
	if err == nil {
		s.Undelivered, err = a.outbox.Undelivered(ctx, casework.GlassAggregate(g.ID))
	}
	if err != nil {
		return GlassState{}, refused(ctx, what, err)
	}
	return s, nil
}
