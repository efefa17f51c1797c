package api

import (
	"strconv"
	"time"

	"homeward/casework"
	"homeward/internal/access"
	"homeward/internal/explain"
	"homeward/policy"
	"homeward/postgres"
)

// visitMonthsView is the federal measure of monthly visits for one child.
type visitMonthsView struct {
	Child    string           `json:"child"`
	Timezone string           `json:"timezone"`
	AsOf     time.Time        `json:"as_of"`
	Months   []visitMonthView `json:"months"`
	Sums     visitSumsView    `json:"sums"`
}

type visitMonthView struct {
	Month       string             `json:"month"`
	Status      policy.MonthStatus `json:"status"`
	Visited     bool               `json:"visited"`
	InResidence bool               `json:"in_residence"`
	Visits      []monthVisitView   `json:"visits"`
}

// monthVisitView is a visit with both of its times.
type monthVisitView struct {
	At          time.Time `json:"at"`
	RecordedAt  time.Time `json:"recorded_at"`
	InResidence bool      `json:"in_residence"`
	Worker      string    `json:"worker"`
	Fact        string    `json:"fact"`
}

// visitSumsView are the sums with their shares in percent. There is no share of
// nothing.
type visitSumsView struct {
	policy.VisitSums

	VisitedPercent   *float64 `json:"visited_percent,omitempty"`
	ResidencePercent *float64 `json:"residence_percent,omitempty"`
	Met              bool     `json:"met"`
}

func showVisitSums(s policy.VisitSums, goals policy.VisitGoals) visitSumsView {
	share := func(part, whole int) *float64 {
		if whole == 0 {
			return nil
		}
		percent := float64(part*10000/whole) / 100 // cut, not rounded: 94.999 is not 95
		return &percent
	}
	return visitSumsView{
		VisitSums: s, VisitedPercent: share(s.Visited, s.Months), ResidencePercent: share(s.InResidence, s.Visited), Met: s.Meet(goals),
	}
}

// readVisitMonths answers GET /v1/cases/{case}/children/{child}/visit-months:
// every calendar month in care, with its visits, and what they sum up to.
func (a *API) readVisitMonths(c *call, s subject) (reply, error) {
	events, err := a.store.Events(c.Context(), s.Aggregate, 1)
	if err != nil {
		return reply{}, err
	}
	family := casework.FoldCase(events)
	asOf := later(a.now(), family.Now).UTC()
	months, goals, err := a.visitMonths(family, asOf)
	if err != nil {
		return reply{}, err
	}
	theirs, known := months[c.param("child")]
	if !known {
		return reply{}, casework.NewError(casework.NotFound, "There is no such child in this case.")
	}
	view := visitMonthsView{Child: c.param("child"), Timezone: family.Timezone, AsOf: asOf, Months: []visitMonthView{}}
	var sums policy.VisitSums
	for _, m := range theirs {
		sums.Add(m)
		view.Months = append(view.Months, showVisitMonth(m))
	}
	view.Sums = showVisitSums(sums, goals)
	return reply{body: view, revision: family.Revision}, nil
}

func showVisitMonth(m policy.VisitMonth) visitMonthView {
	view := visitMonthView{
		Month: m.Month.String()[:len("2006-01")], Status: m.Status, Visited: m.Visited, InResidence: m.InResidence,
		Visits: make([]monthVisitView, len(m.Visits)),
	}
	for i, f := range m.Visits {
		view.Visits[i] = monthVisitView{
			At: f.At, RecordedAt: f.Recorded, InResidence: f.InResidence, Worker: f.Worker, Fact: f.ID,
		}
	}
	return view
}

// visitMonths returns the months in care of each child of a family, and the goals of
// its policy pack.
func (a *API) visitMonths(family *casework.Case, asOf time.Time) (map[string][]policy.VisitMonth, policy.VisitGoals, error) {
	pack, err := a.law.Library.Pack(family.Pack)
	if err != nil {
		return nil, policy.VisitGoals{}, casework.WrapError(casework.Unavailable, "The policy pack of this record is not installed here.", err)
	}
	in := explain.Stored(family.Base(), family.Subjects())
	months := make(map[string][]policy.VisitMonth, len(in.Subjects))
	for _, child := range in.Subjects {
		months[child.ID] = pack.VisitMonths(in, child, asOf)
	}
	return months, pack.VisitGoals(), nil
}

// visitMeasure is the measure of a caseload, a unit or an office for one federal
// fiscal year, with what each case brings to it.
type visitMeasure struct {
	Year int `json:"year"`
	// From and To are the first and the last day of the year.
	From  casework.Date      `json:"from"`
	To    casework.Date      `json:"to"`
	Sums  visitSumsView      `json:"sums"`
	Cases []visitMeasureLine `json:"cases"`
}

type visitMeasureLine struct {
	Number string        `json:"number"`
	Worker string        `json:"worker"`
	Href   string        `json:"href"`
	Sums   visitSumsView `json:"sums"`
}

// measured is how many cases one answer can be summed up from.
const measured = 2000

// readVisitMeasure answers GET /v1/visit-months for the cases of a worker, a
// supervisor or an office that the caller sees. It reads the log of each case,
// so that the sums are those of the facts as they stand.
func (a *API) readVisitMeasure(c *call, scope access.Scope) (reply, error) {
	q := newQuery(c)
	f := postgres.RecordFilter{
		Kind: casework.KindCase, Worker: q.text("worker"), Supervisor: q.text("supervisor"), Office: q.text("office"),
		Scope: scope, Now: a.now(), Limit: pageMax,
	}
	year := fiscalYear(q, a.now())
	if f.Worker == "" && f.Supervisor == "" && f.Office == "" {
		q.refuse("worker", "Say whose cases: give a worker, a supervisor or an office.")
	}
	if err := q.done(); err != nil {
		return reply{}, err
	}
	view := visitMeasure{
		Year: year, From: casework.NewDate(year-1, time.October, 1), To: casework.NewDate(year, time.September, 30),
		Cases: []visitMeasureLine{},
	}
	var sums policy.VisitSums
	var goals policy.VisitGoals
	var read []string
	for more := true; more; {
		page, err := a.store.Records(c.Context(), f)
		if err != nil {
			return reply{}, err
		}
		for _, record := range page.Items {
			line, theirs, err := a.visitLine(c, record, view)
			if err != nil {
				return reply{}, err
			}
			read = append(read, record.Aggregate)
			if line.Sums.Months > 0 {
				sums.Plus(line.Sums.VisitSums)
				goals = goals.Stricter(theirs)
				view.Cases = append(view.Cases, line)
			}
		}
		f.After, more = page.Next, page.Next != ""
		if more && len(read) >= measured {
			return reply{}, casework.InvalidField("office", "These are more than "+strconv.Itoa(measured)+" cases. Ask by supervisor or worker.")
		}
	}
	view.Sums = showVisitSums(sums, goals)
	return reply{body: view, shown: read}, nil
}

// visitLine sums up the months of one case that lie in the year, with the goals of
// its policy pack.
func (a *API) visitLine(c *call, record casework.Summary, year visitMeasure) (visitMeasureLine, policy.VisitGoals, error) {
	line := visitMeasureLine{
		Number: record.Number, Worker: record.Worker, Href: recordPath(casework.KindCase, record.Number),
		Sums: showVisitSums(policy.VisitSums{}, policy.VisitGoals{}),
	}
	if !record.ClosedAt.IsZero() && record.ClosedAt.Before(year.From.Start(time.UTC)) {
		return line, policy.VisitGoals{}, nil // closed before the year by a day at least, whatever the zone
	}
	events, err := a.store.Events(c.Context(), record.Aggregate, 1)
	if err != nil {
		return line, policy.VisitGoals{}, err
	}
	family := casework.FoldCase(events)
	months, goals, err := a.visitMonths(family, later(a.now(), family.Now))
	if err != nil {
		return line, policy.VisitGoals{}, err
	}
	var sums policy.VisitSums
	for _, child := range family.Subjects() {
		for _, m := range months[child.ID] {
			if !m.Month.Before(year.From) && !m.Month.After(year.To) {
				sums.Add(m)
			}
		}
	}
	line.Sums = showVisitSums(sums, goals)
	return line, goals, nil
}

// fiscalYear reads a federal fiscal year, which ends on 30 September: the
// running one where none is given.
func fiscalYear(q *query, now time.Time) int {
	value := q.text("year")
	if value == "" {
		if now.Month() >= time.October {
			return now.Year() + 1
		}
		return now.Year()
	}
	year, err := strconv.Atoi(value)
	if err != nil || year < 2000 || year > 2200 {
		q.refuse("year", "A federal fiscal year like 2026, which began in October 2025, is expected here.")
	}
	return year
}
