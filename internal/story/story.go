// Package story plays one case over the HTTP API, from the hotline call to the
// closing, with the clock of the records fast-forwarded on the way. It is both
// the demonstration that a newcomer sees and the end-to-end test of the whole.
package story

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"strings"
	"time"

	"homeward/casework"
)

// Clock moves the records' own time; [casetime.Mover] is one.
type Clock interface {
	Now(ctx context.Context, aggregate string) (time.Time, error)
	To(ctx context.Context, aggregate string, at time.Time) error
	Settled(ctx context.Context, aggregate string) error
}

// Player is where and by whom the story is played.
type Player struct {
	// API is the base URL, without a slash at its end.
	API  string
	HTTP *http.Client
	// Tokens sign in a hotline worker, an investigator, a caseworker and a supervisor.
	Tokens map[casework.Role]string
	// IDs are the workers behind the tokens.
	IDs   map[casework.Role]string
	Clock Clock
	// Tell hears each line of the timeline as it happens.
	Tell func(at time.Time, line string)
}

// Outcome is what the story leaves behind.
type Outcome struct {
	Report, Case string
	// Began and Ended are the case's own time.
	Began, Ended time.Time
	// LateVisit is the duty of the month that was missed.
	LateVisit string
}

// scene is a story under way.
type scene struct {
	Player

	ctx  context.Context //nolint:containedctx // one play is one call
	zone *time.Location
	err  error
	// record is the report or case whose time it is.
	record  string
	report  string
	number  string
	first   string // the two children
	second  string
	outcome Outcome
}

// Play plays the story to its end, or to the first thing that goes wrong.
func Play(ctx context.Context, p Player) (Outcome, error) {
	zone, err := time.LoadLocation("America/Los_Angeles")
	if err != nil {
		return Outcome{}, err
	}
	s := &scene{Player: p, ctx: ctx, zone: zone}
	for _, act := range []func(){s.intake, s.investigation, s.opening, s.removal, s.plan, s.care, s.home, s.closing} {
		act()
		if s.err != nil {
			return s.outcome, s.err
		}
	}
	return s.outcome, nil
}

// now is the time of the record that the story is about.
func (s *scene) now() time.Time {
	if s.err != nil {
		return time.Time{}
	}
	now, err := s.Clock.Now(s.ctx, s.record)
	s.err = errors.Join(s.err, err)
	return now.In(s.zone).Truncate(time.Second)
}

// until moves the record's time and lets its clocks act.
func (s *scene) until(at time.Time) {
	if s.err == nil {
		s.err = s.Clock.To(s.ctx, s.record, at)
	}
	if s.err == nil {
		s.err = s.Clock.Settled(s.ctx, s.record)
	}
}

// say adds a line to the timeline.
func (s *scene) say(format string, arguments ...any) {
	if now := s.now(); s.err == nil {
		s.Tell(now, fmt.Sprintf(format, arguments...))
	}
}

// expect ends the story where something is not as it should be.
func (s *scene) expect(holds bool, format string, arguments ...any) {
	if s.err == nil && !holds {
		s.err = fmt.Errorf(format, arguments...)
	}
}

// on is the API path of a step of the record.
func (s *scene) on(step string) string {
	kind, number, _ := strings.Cut(s.record, "-")
	return "/v1/" + kind + "s/" + number + "/" + step
}

// duty reads one duty of the case.
func (s *scene) duty(id string) casework.Duty {
	var d casework.Duty
	s.get(casework.RoleCaseworker, s.on("duties/"+id), &d)
	return d
}

// body is a JSON object.
type body map[string]any

func (s *scene) both() []string { return []string{s.first, s.second} }
