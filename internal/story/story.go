// Package story plays cases over the HTTP API, from the hotline call on, with the
// clock of the records fast-forwarded on the way. It is both the demonstration
// that a newcomer sees and the end-to-end test of the whole.
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

// Player is where and by whom a story is played.
type Player struct {
	// API is the base URL, without a slash at its end.
	API  string
	HTTP *http.Client
	// SignIn returns a token for a worker in a role.
	SignIn func(worker string, role casework.Role) (string, error)
	// IDs are the workers who take the steps of each role. [Absence] brings its own.
	IDs   map[casework.Role]string
	Clock Clock
	// Tell hears each line of the timeline as it happens.
	Tell func(at time.Time, line string)
}

// Outcome is what a story leaves behind.
type Outcome struct {
	Report, Case string
	// Children are those of the case, in the order in which the call named them.
	Children []string
	// Began and Ended are the case's own time.
	Began, Ended time.Time
	// LateVisit is the duty of the month that was missed, where the story misses one.
	LateVisit string
}

// Story is one that can be played.
type Story struct {
	// Name chooses it on a command line; Title says what it is about.
	Name, Title string
	acts        func(s *scene) []func()
}

// All lists the stories, the shortest way from the call to the closing first.
func All() []Story { return []Story{Reunification(), Siblings(), Guardianship(), Absence()} }

// Reunification is a case as it should go: two children removed, and back home
// for good within 18 months.
func Reunification() Story {
	return Story{
		Name: "reunification", Title: "Two children come into care, and home for good",
		acts: func(s *scene) []func() {
			return []func(){s.intake, s.investigation, s.opening, s.removal, s.plan, s.care, s.home, s.closing}
		},
	}
}

// scene is a story under way.
type scene struct {
	Player

	ctx  context.Context //nolint:containedctx // one play is one call
	zone *time.Location
	err  error
	// tokens are those of the workers who have signed in.
	tokens map[string]string
	// record is the report or case whose time it is.
	record string
	report string
	number string
	// children are those about whom the story goes on; born are the days of birth of
	// all of them, in the order of the call.
	children []string
	born     []time.Time
	// first and second are the children of the story of two.
	first  string
	second string
	// planned is when the first plan was approved, where a story counts months from it.
	planned time.Time
	// cover is that of the supervisor who is absent.
	cover   string
	outcome Outcome
}

// Play plays the story to its end, or to the first thing that goes wrong. Each
// play opens records of its own, so that a story can be played again.
func (st Story) Play(ctx context.Context, p Player) (Outcome, error) {
	zone, err := time.LoadLocation("America/Los_Angeles")
	if err != nil {
		return Outcome{}, err
	}
	s := &scene{Player: p, ctx: ctx, zone: zone, tokens: make(map[string]string)}
	for _, act := range st.acts(s) {
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
