package api

import (
	"slices"
	"strconv"
	"strings"
	"time"

	"homeward/casework"
	"homeward/internal/access"
)

// planRoutes are what can be read of a case's plans; they are written by steps.
func (a *API) planRoutes(get func(string, handler), one string) {
	get(one+"/plans", a.of(casework.KindCase, access.ReadRecord, "plans", a.listPlans))
	get(one+"/plans/compare", a.of(casework.KindCase, access.ReadNarratives, "plan-comparison", a.comparePlans))
	get(one+"/plans/{plan}", a.of(casework.KindCase, access.ReadNarratives, "plan", a.readPlan))
}

// planRow is a version of the plan in the list of them, without its words.
type planRow struct {
	Number      string              `json:"number"`
	Version     int                 `json:"version"`
	Status      casework.PlanStatus `json:"status"`
	On          casework.Date       `json:"on,omitzero"`
	Reason      string              `json:"reason,omitempty"`
	Emergency   bool                `json:"emergency,omitempty"`
	Submitter   string              `json:"submitter"`
	SubmittedAt time.Time           `json:"submitted_at"`
	Decider     string              `json:"decider,omitempty"`
	DecidedAt   time.Time           `json:"decided_at,omitzero"`
	Href        string              `json:"href"`
}

// planView is one version with its words, and with what became of its steps.
type planView struct {
	casework.PlanVersion

	Steps []planStepView `json:"steps"`
	// Unsigned are the participants who have neither signed nor refused.
	Unsigned []string `json:"unsigned"`
}

type planStepView struct {
	Ref string `json:"ref"`
	casework.PlanStepState
}

// planComparison is what one version changes of another.
type planComparison struct {
	From  planRow                   `json:"from"`
	To    planRow                   `json:"to"`
	Items []casework.PlanDifference `json:"items"`
}

// listPlans answers GET {case}/plans, oldest first.
func (a *API) listPlans(c *call, s subject) (reply, error) {
	events, err := a.store.Events(c.Context(), s.Aggregate, 1)
	if err != nil {
		return reply{}, err
	}
	rows := []planRow{}
	for _, v := range casework.PlanHistory(events) {
		rows = append(rows, showPlan(s, v))
	}
	return reply{body: unpaged(rows), revision: s.Revision}, nil
}

func showPlan(s subject, v casework.PlanVersion) planRow {
	row := planRow{
		Number: v.Number, Version: v.Version, Status: v.Status, On: v.On, Submitter: v.Submitter, SubmittedAt: v.SubmittedAt,
		Decider: v.Decider, DecidedAt: v.DecidedAt, Href: recordPath(s.Kind, s.Number) + "/plans/" + planID(v),
	}
	if v.Amendment != nil {
		row.Reason, row.Emergency = v.Amendment.Reason, v.Amendment.Emergency
	}
	return row
}

// planID names one submission, where a number may have had several.
func planID(v casework.PlanVersion) string { return v.Number + "v" + strconv.Itoa(v.Version) }

// planCalled finds a version by its number, the last one that was submitted under
// it, or by its ID.
func planCalled(name string, versions []casework.PlanVersion) (casework.PlanVersion, bool) {
	for _, v := range slices.Backward(versions) {
		if name == v.Number || name == planID(v) {
			return v, true
		}
	}
	return casework.PlanVersion{}, false
}

// readPlan answers GET {case}/plans/{plan} with the words of the plan.
func (a *API) readPlan(c *call, s subject) (reply, error) {
	events, err := a.store.Events(c.Context(), s.Aggregate, 1)
	if err != nil {
		return reply{}, err
	}
	plan, found := planCalled(c.param("plan"), casework.PlanHistory(events))
	if !found {
		return reply{}, casework.NewError(casework.NotFound, "There is no such plan on this record.")
	}
	words, err := a.planWords(c, s, plan.Narratives())
	if err != nil {
		return reply{}, err
	}
	for _, text := range plan.Narratives() {
		*text = casework.Text(words[*text])
	}
	view := planView{PlanVersion: plan, Steps: []planStepView{}, Unsigned: plan.Unsigned()}
	states := casework.FoldCase(events).PlanSteps()
	for _, ref := range plan.StepRefs() {
		if state, agreed := states[ref]; agreed {
			view.Steps = append(view.Steps, planStepView{ref, state})
		}
	}
	return reply{body: view, revision: s.Revision}, nil
}

// planWords reads narratives of a record by their references. What was destroyed is
// empty.
func (a *API) planWords(c *call, s subject, texts []*casework.Text) (map[casework.Text]string, error) {
	ids := make([]string, 0, len(texts))
	for _, text := range texts {
		if *text != "" {
			ids = append(ids, string(*text))
		}
	}
	slices.Sort(ids)
	read, err := a.store.Texts(c.Context(), slices.Compact(ids))
	words := make(map[casework.Text]string, len(read))
	for _, text := range read {
		if text.Aggregate == s.Aggregate {
			words[casework.Text(text.ID)] = text.Body
		}
	}
	return words, err
}

// comparePlans answers GET {case}/plans/compare?from=1&to=1.1. Words that were
// written again as they were are no change.
func (a *API) comparePlans(c *call, s subject) (reply, error) {
	q := newQuery(c)
	names := [2]string{q.text("from"), q.text("to")}
	if err := q.done(); err != nil {
		return reply{}, err
	}
	events, err := a.store.Events(c.Context(), s.Aggregate, 1)
	if err != nil {
		return reply{}, err
	}
	versions, pair := casework.PlanHistory(events), [2]casework.PlanVersion{}
	for i, field := range []string{"from", "to"} {
		var found bool
		if pair[i], found = planCalled(names[i], versions); !found {
			return reply{}, casework.InvalidField(field, "There is no such plan. "+planNames(versions))
		}
	}
	items := casework.ComparePlans(pair[0].Plan, pair[1].Plan)
	if err := a.tellWords(c, s, items); err != nil {
		return reply{}, err
	}
	items = slices.DeleteFunc(items, func(d casework.PlanDifference) bool { return len(d.Fields) == 0 })
	return reply{body: planComparison{From: showPlan(s, pair[0]), To: showPlan(s, pair[1]), Items: items}, revision: s.Revision}, nil
}

// tellWords puts words in the place of references, and leaves out what says the same.
func (a *API) tellWords(c *call, s subject, items []casework.PlanDifference) error {
	var texts []*casework.Text
	for _, d := range items {
		for _, f := range d.Fields {
			if f.Narrative {
				texts = append(texts, new(casework.Text(f.From)), new(casework.Text(f.To)))
			}
		}
	}
	words, err := a.planWords(c, s, texts)
	if err != nil {
		return err
	}
	for i := range items {
		fields := &items[i].Fields
		for j, f := range *fields {
			if f.Narrative {
				(*fields)[j].From, (*fields)[j].To = words[casework.Text(f.From)], words[casework.Text(f.To)]
			}
		}
		*fields = slices.DeleteFunc(*fields, func(f casework.PlanFieldChange) bool { return f.From == f.To })
	}
	return nil
}

// planNames lists the numbers that there are.
func planNames(versions []casework.PlanVersion) string {
	if len(versions) == 0 {
		return "This case has none yet."
	}
	var names []string
	for _, v := range versions {
		names = append(names, v.Number)
	}
	return "There are: " + strings.Join(slices.Compact(names), ", ") + "."
}
