package e2e

import (
	"context"
	"fmt"
	"slices"
	"time"

	"github.com/stretchr/testify/require"
	"golang.org/x/sync/errgroup"

	"homeward/casework"
	"homeward/postgres"
)

// watched is a report whose screening decision falls due in real seconds.
type watched struct {
	site      *site
	deed      deed
	aggregate string
	due       time.Time
}

// watch takes a report whose 24 hours for the screening decision are over in a
// moment.
func (s *site) watch(c *caller, in time.Duration) watched {
	s.t.Helper()
	received := time.Now().Add(in - 24*time.Hour).Truncate(time.Second)
	call := receive(received)
	got, a := c.do(s.t, call)
	return watched{
		site: s, aggregate: a.Aggregate, due: received.Add(24 * time.Hour),
		deed: deed{step: call, reply: got, aggregate: a.Aggregate, event: "report.received", revision: a.Revision},
	}
}

// overdue waits until the duty is recorded as overdue, once, with the people
// told, once, and returns when it was recorded.
func (w watched) overdue() time.Time {
	w.site.t.Helper()
	var events []casework.Event
	eventually(w.site.t, "the screening decision to be overdue", func(ctx context.Context) (err error) {
		if events, err = w.site.db.Events(ctx, w.aggregate, 1); err != nil {
			return err
		}
		return fell(events, screeningDecision)
	})
	people, err := w.site.told(w.site.t.Context(), w.aggregate, screeningDecision)
	require.NoError(w.site.t, err)
	require.Equal(w.site.t, []string{worker(casework.RoleHotline), worker(casework.RoleSupervisor)}, people)
	i := slices.IndexFunc(events, func(e casework.Event) bool { return turns(e, screeningDecision) })
	return events[i].RecordedAt
}

const screeningDecision = "screening-decision/1"

// turns says whether an event turned a duty overdue, or lost for good.
func turns(e casework.Event, duty string) bool {
	body, ok := e.Body.(*casework.DutiesChanged)
	return ok && slices.ContainsFunc(body.Changes, func(c casework.DutyChange) bool {
		return c.Duty.ID == duty && c.OldStatus != c.Duty.Status &&
			(c.Duty.Status == casework.DutyOverdue || c.Duty.Status == casework.DutyIncurable)
	})
}

// fell returns nil where a duty has turned overdue exactly once.
func fell(events []casework.Event, duty string) error {
	n := 0
	for _, e := range events {
		if turns(e, duty) {
			n++
		}
	}
	if n != 1 {
		return fmt.Errorf("%s turned overdue %d times", duty, n)
	}
	return nil
}

// horizon is how far records are moved to see their duties fall due: past the
// first clocks of a removal, by hours, days and court days.
const horizon = 10 * 24 * time.Hour

// everyDutyFires moves records in time and waits until each duty that falls due
// on the way is recorded as overdue, once, and somebody has been told.
func (s *site) everyDutyFires(aggregates ...string) {
	s.t.Helper()
	require.NotEmpty(s.t, aggregates)
	group, ctx := errgroup.WithContext(s.t.Context())
	group.SetLimit(clients)
	for _, aggregate := range aggregates {
		group.Go(func() error {
			now, err := s.clock.Now(ctx, aggregate)
			if err != nil {
				return err
			}
			falling, err := s.falling(ctx, aggregate, now.Add(horizon))
			if err != nil {
				return err
			}
			if err := s.clock.By(ctx, aggregate, horizon); err != nil {
				return err
			}
			return s.fallen(ctx, aggregate, falling)
		})
	}
	require.NoError(s.t, group.Wait())
}

// falling lists the duties of a record that nobody has met and that are due
// before an instant.
func (s *site) falling(ctx context.Context, aggregate string, before time.Time) ([]casework.Duty, error) {
	page, err := s.db.Duties(ctx, postgres.DutyFilter{
		Aggregate: aggregate, Statuses: []casework.DutyStatus{casework.DutyOpen, casework.DutyAtRisk}, DueBefore: before,
	})
	var duties []casework.Duty
	for _, row := range page.Items {
		duties = append(duties, row.Duty)
	}
	if err == nil && len(duties) == 0 {
		err = fmt.Errorf("no duty of %s falls due before %s", aggregate, before)
	}
	return duties, err
}

// fallen waits until the duties are recorded as overdue and people are told.
func (s *site) fallen(ctx context.Context, aggregate string, duties []casework.Duty) error {
	ctx, cancel := context.WithTimeout(ctx, patience)
	defer cancel()
	for _, d := range duties {
		err := insist(ctx, d.ID+" of "+aggregate, func(ctx context.Context) error {
			events, err := s.db.Events(ctx, aggregate, 1)
			if err != nil {
				return err
			}
			return fell(events, d.ID)
		})
		if err != nil {
			return err
		}
		if err := s.toldOnce(ctx, aggregate, d.ID); err != nil {
			return err
		}
	}
	return nil
}

// toldOnce returns nil where somebody was told that a duty is overdue, and nobody
// twice. What cannot be made up any more asks nobody for anything.
func (s *site) toldOnce(ctx context.Context, aggregate, duty string) error {
	now, err := s.db.Duty(ctx, aggregate, duty)
	if err != nil || now.Status == casework.DutyIncurable {
		return err
	}
	people, err := s.told(ctx, aggregate, duty)
	if err == nil && (len(people) == 0 || len(slices.Compact(slices.Clone(people))) != len(people)) {
		err = fmt.Errorf("%s: told that %s is overdue: %v", aggregate, duty, people)
	}
	return err
}

// told lists who has been told that a duty is overdue, each as often as that.
func (s *site) told(ctx context.Context, aggregate, duty string) ([]string, error) {
	page, err := s.db.Notices(ctx, postgres.NoticeFilter{Aggregate: aggregate, Limit: 500})
	var people []string
	for _, n := range page.Items {
		if n.Kind == casework.NoticeDutyOverdue && n.Duty == duty {
			people = append(people, n.Recipient)
		}
	}
	slices.Sort(people)
	return people, err
}
