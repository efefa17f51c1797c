package main

import (
	"context"
	"fmt"
	"slices"
	"time"

	enumspb "go.temporal.io/api/enums/v1"

	"homeward/casework"
)

// year counts what one case costs the server in a year.
func year() measurement {
	return measurement{
		title: "A case-year",
		method: func(scale) string {
			return "One family with two children in care, fast-forwarded through a year on the real server: removal, hearings, " +
				"reviews, plans, a change of caseworker, three visits a month of which one comes after its reminder and " +
				"some are late, a trial home visit. Every notice goes out by e-mail. Events that fast-forwarding itself " +
				"writes are left out; state transitions include them."
		},
		run: func(ctx context.Context, b *bench) ([]figure, error) {
			id, commands, err := b.liveYear(ctx)
			if err != nil {
				return nil, err
			}
			c, err := b.count(ctx, id)
			if err != nil {
				return nil, err
			}
			one := func(n int) series { return series{float64(n)} }
			return []figure{
				found("commands", number, nil, one(commands)),
				found("timers fired", number, nil, one(c.types[enumspb.EVENT_TYPE_TIMER_FIRED])),
				found("deliveries of notices", number, nil, one(c.types[enumspb.EVENT_TYPE_ACTIVITY_TASK_COMPLETED])),
				found("runs", number, nil, one(c.runs)),
				found("events", number, nil, one(c.events)).with(atMost(1050)),
				found("state transitions", number, nil, one(int(c.transitions))),
			}, nil
		},
	}
}

// act is a step of the year. Its command is made when its time has come.
type act struct {
	at      time.Time
	command func(now time.Time) casework.Command
}

// liveYear opens a case, and from the first of the next month on plays a year
// of it. It returns the case and how many commands it took.
func (b *bench) liveYear(ctx context.Context) (id string, commands int, err error) {
	if id, err = b.openCase(ctx); err != nil {
		return id, 0, err
	}
	now := time.Now().In(b.zone)
	begin := time.Date(now.Year(), now.Month()+1, 1, 12, 0, 0, 0, b.zone)
	acts := theYear(begin)
	for i, a := range acts {
		if err := b.mover.To(ctx, id, a.at); err != nil {
			return id, i, err
		}
		if err := b.send(ctx, id, a.command(a.at)); err != nil {
			return id, i, fmt.Errorf("step %d of the year, on %s: %w", i+1, a.at.Format(time.DateOnly), err)
		}
		if (i+1)%15 == 0 {
			b.say("%s: %d of %d steps", a.at.Format(time.DateOnly), i+1, len(acts))
		}
	}
	if err := b.mover.To(ctx, id, begin.AddDate(1, 0, 0)); err != nil {
		return id, len(acts), err
	}
	return id, len(acts) + 1, b.rest(ctx)
}

// theYear lists its steps in order.
func theYear(begin time.Time) []act {
	on := func(month, day int) time.Time { return begin.AddDate(0, month, day-1) }
	acts := slices.Concat(theStay(on), thePlans(on), theVisits(on))
	slices.SortStableFunc(acts, func(a, b act) int { return a.at.Compare(b.at) })
	return acts
}

// theVisits are three a month: two with the younger child, and one with the
// elder that comes after its reminder. In every third month the elder is not at
// home; the visit is overdue, escalated, and made late.
func theVisits(on func(month, day int) time.Time) []act {
	with := func(child string) func(time.Time) casework.Command {
		return func(now time.Time) casework.Command { return visit(now, child) }
	}
	attempt := func(now time.Time) casework.Command {
		return works("visit.record", &casework.Visit{Children: []string{elder}, At: now, Attempted: true, Notes: "t-10"})
	}
	var acts []act
	for month := range 12 {
		acts = append(acts, act{on(month, 10), with(younger)}, act{on(month, 17), with(younger)})
		if month%3 != 2 {
			acts = append(acts, act{on(month, 27), with(elder)})
			continue
		}
		acts = append(acts, act{on(month, 27), attempt})
		if month < 11 {
			acts = append(acts, act{on(month+1, 9), with(elder)})
		}
	}
	return acts
}

// theStay is what court and agency do about the children's stay in care.
func theStay(on func(month, day int) time.Time) []act {
	both := []string{elder, younger}
	hearing := func(kind, body string, change func(*casework.Hearing)) func(time.Time) casework.Command {
		return func(now time.Time) casework.Command {
			h := &casework.Hearing{Children: both, Type: kind, At: now, Body: body, Result: "t-6"}
			if change != nil {
				change(h)
			}
			return works("hearing.record", h)
		}
	}
	return []act{
		{on(0, 1), func(now time.Time) casework.Command { return works("child.remove", removal(now.Add(-time.Hour))) }},
		{on(0, 3), hearing(casework.ShelterCare, "court", func(h *casework.Hearing) {
			h.ContraryToWelfare, h.EffortsToPrevent = true, true
		})},
		{on(0, 25), func(now time.Time) casework.Command {
			return works("relatives.notify", &casework.RelativeNotice{Children: both, On: casework.DateOf(now)})
		}},
		{on(1, 12), hearing(casework.Adjudication, "court", func(h *casework.Hearing) { h.Maltreatment = true })},
		{on(3, 5), func(time.Time) casework.Command {
			return supervises("case.assign", &casework.Assignment{Worker: successor, Supervisor: supervisor})
		}},
		{on(6, 26), hearing(casework.Review, "panel", nil)},
		{on(11, 20), hearing(casework.Permanency, "court", func(h *casework.Hearing) { h.EffortsToFinalize = true })},
		{on(11, 21), hearing(casework.Review, "court", nil)},
		{on(11, 22), func(now time.Time) casework.Command {
			return works("trial-home-visit.start", &casework.TrialStart{Children: both, On: casework.DateOf(now), Safety: "t-7"})
		}},
	}
}

// thePlans are the versions of the case plan: the first comes back with
// comments, and each later one is approved.
func thePlans(on func(month, day int) time.Time) []act {
	submit := func(time.Time) casework.Command {
		return works("plan.submit", &casework.PlanSubmission{Content: "t-8", Goals: []casework.Goal{
			{Child: elder, Primary: "reunification", Concurrent: "guardianship"},
			{Child: younger, Primary: "reunification", Concurrent: "adoption"},
		}})
	}
	approve := func(time.Time) casework.Command { return supervises("plan.approve", &casework.PlanApproval{}) }
	acts := []act{
		{on(1, 4), submit},
		{on(1, 5), func(time.Time) casework.Command {
			return supervises("plan.return", &casework.PlanReturn{Comments: "t-9"})
		}},
	}
	for _, month := range []int{1, 4, 7, 10} {
		acts = append(acts, act{on(month, 18), submit}, act{on(month, 22), approve})
	}
	return acts
}
