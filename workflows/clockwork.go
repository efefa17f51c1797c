package workflows

import (
	"fmt"
	"slices"
	"strings"
	"time"

	"go.temporal.io/sdk/workflow"

	"homeward/casework"
)

// maxTimerName keeps a timer's name below what the Temporal UI shows and the
// server keeps, encryption included.
const maxTimerName = 180

// settledFor is how long computed duties count as fresh while no clock strikes.
const settledFor = time.Minute

// timer is one durable timer: every duty that time moves at the same instant
// shares it.
type timer struct {
	at     time.Time
	name   string
	future workflow.Future
	cancel workflow.CancelFunc
}

// settle brings the record to the present: it records what time alone has made
// of the duties, once for all of them, however long the downtime was.
func (l *loop[S, P]) settle(ctx workflow.Context) {
	if err := l.lock.Lock(ctx); err != nil {
		return
	}
	defer l.lock.Unlock()
	if err := l.reread(ctx); err != nil {
		l.stuck(ctx, "reading what was missed", err)
		return
	}
	for {
		done, err := l.pass(ctx)
		if err != nil {
			l.stuck(ctx, "recording what has come due", err)
			return
		}
		if done {
			break
		}
	}
	l.trouble, l.retryAt = "", time.Time{}
	if err := l.open(ctx); err != nil {
		l.stuck(ctx, "opening a record", err)
	}
}

// pass records what time alone has changed, and says whether that was nothing.
func (l *loop[S, P]) pass(ctx workflow.Context) (done bool, err error) {
	from := origin{
		commandID: fmt.Sprintf("time/%d", l.state.Base().Revision+1), actor: casework.System(), now: l.now(ctx),
	}
	if l.quiet(from.now) {
		return true, nil
	}
	after, t, err := l.propose(from)
	if err != nil || len(t.Events) == 0 {
		return true, err
	}
	l.measure(ctx, t.Duties, from.now)
	_, _, err = l.adopt(ctx, after, t)
	return false, err
}

// quiet says whether time cannot have changed anything since the duties were
// last computed: that is moments ago, and no clock has struck in between. A step
// then pays for the law once, and not again when its timers are armed.
func (l *loop[S, P]) quiet(now time.Time) bool {
	if l.settledAt.IsZero() || now.Sub(l.settledAt) > settledFor {
		return false
	}
	return !slices.ContainsFunc(l.state.Base().Ledger, func(d casework.Duty) bool {
		wake := d.NextWake(l.settledAt)
		return !wake.IsZero() && !wake.After(now)
	})
}

// stuck keeps a failure visible and tries again later: a case never dies of one.
func (l *loop[S, P]) stuck(ctx workflow.Context, what string, err error) {
	workflow.GetLogger(ctx).Error("needs attention", "record", l.id, "what", what, "error", err)
	workflow.GetMetricsHandler(ctx).Counter("homeward_needs_attention").Inc(1)
	l.trouble, l.retryAt = what, l.now(ctx).Add(recordingRetry)
}

// measure reports how late the clocks were at turning duties overdue.
func (l *loop[S, P]) measure(ctx workflow.Context, changed []casework.Duty, now time.Time) {
	for _, d := range changed {
		if d.Status == casework.DutyOverdue && l.state.Base().StatusOf(d.ID) != casework.DutyOverdue {
			workflow.GetMetricsHandler(ctx).Timer("homeward_duty_lateness").Record(now.Sub(d.DueAt.Add(time.Second)))
		}
	}
}

// fired says whether a timer has come due. Timers that were cancelled are not
// in the list any more.
func (l *loop[S, P]) fired() bool { return struck(l.timers) }

func struck(timers []timer) bool {
	return slices.ContainsFunc(timers, func(t timer) bool { return t.future.IsReady() })
}

// arm makes the running timers those that the pending duties need.
func (l *loop[S, P]) arm(ctx workflow.Context) { l.timers = rearm(ctx, l.timers, l.wanted(ctx)) }

// rearm leaves alone the timers that are still wanted, cancels the others, and
// starts what is missing. It returns those that run then.
func rearm(ctx workflow.Context, timers, wanted []timer) []timer {
	kept := timers[:0:0]
	for _, t := range timers {
		i := slices.IndexFunc(wanted, func(w timer) bool { return w.at.Equal(t.at) && w.name == t.name })
		if i < 0 || t.future.IsReady() {
			t.cancel()
			continue
		}
		kept = append(kept, t)
		wanted = slices.Delete(wanted, i, i+1)
	}
	now := workflow.Now(ctx)
	for _, w := range wanted {
		timerCtx, cancel := workflow.WithCancel(ctx)
		w.cancel = cancel
		w.future = workflow.NewTimerWithOptions(timerCtx, w.at.Sub(now), workflow.TimerOptions{Summary: w.name})
		kept = append(kept, w)
	}
	return kept
}

// wanted lists the timers that should run now, earliest first.
func (l *loop[S, P]) wanted(ctx workflow.Context) []timer {
	now := l.now(ctx)
	var wanted []timer
	for _, group := range wakes(l.state.Base().Waiting(), now) {
		wanted = append(wanted, timer{at: group.at, name: group.name()})
	}
	if l.retryAt.After(now) {
		wanted = append(wanted, timer{at: l.retryAt, name: "try again: " + l.trouble})
	}
	if l.outbox.waiting > 0 && l.outbox.nextTry.After(now) && !l.givenUp() {
		wanted = append(wanted, timer{at: l.outbox.nextTry, name: "deliver notices again"})
	}
	return wanted
}

// wake is an instant at which time moves some duties.
type wake struct {
	at     time.Time
	duties []casework.Duty
}

// wakes groups duties by the next instant at which time moves them, earliest first.
func wakes(waiting []casework.Duty, now time.Time) []wake {
	var groups []wake
	for _, d := range waiting {
		at := d.NextWake(now)
		if at.IsZero() {
			continue
		}
		i := slices.IndexFunc(groups, func(w wake) bool { return w.at.Equal(at) })
		if i < 0 {
			groups = append(groups, wake{at: at})
			i = len(groups) - 1
		}
		groups[i].duties = append(groups[i].duties, d)
	}
	slices.SortStableFunc(groups, func(a, b wake) int { return a.at.Compare(b.at) })
	return groups
}

// name is what a supervisor reads on the timer: the duties, their date and
// their law. It does not name children, so that the visit of one of two does
// not need a new timer.
func (w wake) name() string {
	var lines []string
	for _, d := range w.duties {
		line := fmt.Sprintf("%s due %s (%s)", d.Clock, d.Due, d.Citation)
		if d.Status == casework.DutyPaused {
			line = d.Clock + " resumes"
		}
		if !slices.Contains(lines, line) {
			lines = append(lines, line)
		}
	}
	slices.Sort(lines)
	name := strings.Join(lines, " · ")
	for more := 1; len(name) > maxTimerName && len(lines) > 1; more++ {
		lines = lines[:len(lines)-1]
		name = fmt.Sprintf("%s · and %d more", strings.Join(lines, " · "), more)
	}
	if len(name) > maxTimerName {
		name = strings.ToValidUTF8(name[:maxTimerName], "")
	}
	return name
}
