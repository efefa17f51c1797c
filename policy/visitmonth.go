package policy

import (
	"slices"
	"time"

	"homeward/casework"
)

// ageOfMajority is the age, in years, at which a child's months no longer count
// (42 USC 624(f)).
const ageOfMajority = 18

// MonthStatus says whether a calendar month enters the measure, and if not, why.
type MonthStatus string

// The statuses of a month.
const (
	// MonthCounts: in care and under 18 on every day of it, and it is over.
	MonthCounts MonthStatus = "counts"
	// MonthRunning: in care so far, and it is not over.
	MonthRunning MonthStatus = "running"
	// MonthPartial: in care on some of its days only. It earns nothing.
	MonthPartial MonthStatus = "partial"
	// MonthAdult: the child was 18 on its last day.
	MonthAdult MonthStatus = "adult"
)

// VisitMonth is a calendar month in which a child was in care on at least one
// day, with the visits that were made in it. Months are those of the office's
// zone: a visit in the evening of the last day belongs to its month, whatever
// UTC says.
type VisitMonth struct {
	Month  casework.Date
	Status MonthStatus
	// Visited says that at least one visit was made: many are one. InResidence
	// says that at least one was where the child lives.
	Visited, InResidence bool
	// Visits are the facts, in the order in which they happened.
	Visits []casework.Fact
}

// VisitSums are what the measure is made of. Shares are ratios of sums and never
// a mean of children's percentages.
type VisitSums struct {
	Months      int `json:"months"`
	Visited     int `json:"visited"`
	InResidence int `json:"in_residence"`
}

// Add puts a month into the sums. Only full months that are over count.
func (s *VisitSums) Add(m VisitMonth) {
	if m.Status != MonthCounts {
		return
	}
	s.Months++
	if m.Visited {
		s.Visited++
	}
	if m.InResidence {
		s.InResidence++
	}
}

// Plus puts other sums into these.
func (s *VisitSums) Plus(other VisitSums) {
	s.Months += other.Months
	s.Visited += other.Visited
	s.InResidence += other.InResidence
}

// VisitMonths returns the months of a child in care, oldest first, as they stand
// at asOf. An episode of care is one under the law of the pack: a trial home
// visit is care until its limit. The day of a removal is a day in care, that of
// an exit is none.
func (p *Pack) VisitMonths(in Input, child Subject, asOf time.Time) []VisitMonth {
	e := newEvaluation(p, in, asOf)
	h := e.history(child, e.events, false)
	today := casework.DateOf(asOf.In(e.loc))
	var months []VisitMonth
	for i := range h.episodes {
		start, end := h.episodes[i].span(today)
		for m := start.MonthStart(); m.Before(end); m = m.AddMonths(1) {
			if n := len(months); n > 0 && !months[n-1].Month.Before(m) {
				continue // the child left and came back within the month
			}
			months = append(months, VisitMonth{Month: m, Status: h.statusOf(m, today, child.Born)})
		}
	}
	for _, f := range casework.InOrder(casework.Current(in.Facts), e.loc) {
		theirs := f.Subject == "" || f.Subject == child.ID
		if f.Type == casework.FactVisitMade && theirs && !f.At.After(asOf) {
			visit(months, f, f.LocalDate(e.loc))
		}
	}
	return months
}

// span returns the days of the episode, its end excluded.
func (p *episode) span(today casework.Date) (start, end casework.Date) {
	if p.ended() && !p.end.day.After(today) {
		return p.start.day, p.end.day
	}
	return p.start.day, today.AddDays(1)
}

// statusOf says whether a month counts.
func (h *history) statusOf(month, today, born casework.Date) MonthStatus {
	next, last := month.AddMonths(1), month.MonthEnd()
	covered := month
	for i := range h.episodes {
		if start, end := h.episodes[i].span(today); !start.After(covered) && end.After(covered) {
			covered = end
		}
	}
	switch {
	case !born.IsZero() && !last.Before(born.AddMonths(ageOfMajority*12)):
		return MonthAdult
	case !covered.Before(next) && last.Before(today):
		return MonthCounts
	case !last.Before(today) && covered.After(today):
		return MonthRunning
	}
	return MonthPartial
}

// visit puts a visit into its month, if the child was in care in it.
func visit(months []VisitMonth, f casework.Fact, on casework.Date) {
	i, found := slices.BinarySearchFunc(months, on.MonthStart(), func(m VisitMonth, month casework.Date) int {
		return m.Month.Compare(month)
	})
	if !found {
		return
	}
	m := &months[i]
	m.Visited, m.InResidence = true, m.InResidence || f.InResidence
	m.Visits = append(m.Visits, f)
}
