package api

import (
	"context"

	"homeward/casework"
)

// nextView is a step that is lawful now, or what stands in its way.
type nextView struct {
	Step    string             `json:"step"`
	Title   string             `json:"title"`
	Subject string             `json:"subject,omitempty"`
	Roles   []casework.Role    `json:"roles"`
	Ready   bool               `json:"ready"`
	Missing []casework.Blocker `json:"missing,omitempty"`
	// Yours says whether the caller's role may take it.
	Yours bool `json:"yours"`
	// Href is where to POST the step.
	Href string `json:"href"`
}

// nextDocument is the answer of GET {record}/next.
type nextDocument struct {
	Revision int            `json:"revision"`
	Stage    casework.Stage `json:"stage"`
	Steps    []nextView     `json:"steps"`
}

// readNext answers GET {record}/next: the caller's steps first, then those that
// need another role.
func (a *API) readNext(c *call, s subject) (reply, error) {
	events, err := a.store.Events(c.Context(), s.Aggregate, 1)
	if err != nil {
		return reply{}, err
	}
	document := nextDocument{Stage: s.Stage, Steps: []nextView{}}
	if n := len(events); n > 0 {
		document.Revision = events[n-1].Seq
	}
	if s.ClosedAt.IsZero() {
		document.Steps = nextSteps(c.who, s.Kind, s.Number, events)
	}
	return reply{body: document, revision: document.Revision}, nil
}

// instead lists what the caller could lawfully do now in place of a step that
// is blocked. Where it cannot be found out, the refusal stands without it.
func (a *API) instead(ctx context.Context, who Person, kind casework.AggregateKind, number string) []nextView {
	events, err := a.store.Events(ctx, casework.AggregateID(kind, number), 1)
	if err != nil || len(events) == 0 {
		return nil
	}
	var ready []nextView
	for _, step := range nextSteps(who, kind, number, events) {
		if step.Ready && step.Yours {
			ready = append(ready, step)
		}
	}
	return ready
}

// nextSteps folds the events to the state and asks it.
func nextSteps(who Person, kind casework.AggregateKind, number string, events []casework.Event) []nextView {
	var steps []casework.NextStep
	if kind == casework.KindReport {
		steps = casework.FoldReport(events).Next()
	} else {
		steps = casework.FoldCase(events).Next()
	}
	views := make([]nextView, 0, len(steps))
	for _, mine := range []bool{true, false} {
		for _, s := range steps {
			view := nextView{
				Step: s.Step, Title: s.Title, Subject: s.Subject, Roles: s.Roles, Ready: s.Ready, Missing: s.Missing,
				Yours: casework.Step{Roles: s.Roles}.May(who.Role), Href: recordPath(kind, number) + "/" + s.Path,
			}
			if view.Yours == mine {
				views = append(views, view)
			}
		}
	}
	return views
}
