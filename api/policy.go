package api

import (
	"cmp"
	"strings"
	"time"

	"homeward/casework"
	"homeward/workflows"
)

// policyRequest is the body of POST {record}/policy.
type policyRequest struct {
	Pack   string        `json:"pack"`
	DryRun bool          `json:"dry_run,omitempty"`
	Reason casework.Text `json:"reason,omitempty"`
}

// policyPreview is the answer of a dry run: what the move would do now.
type policyPreview struct {
	From string `json:"from"`
	Pack string `json:"pack"`
	// AsOf is the time at which both packs were asked.
	AsOf    time.Time         `json:"as_of"`
	Changes []changeInPreview `json:"changes"`
}

// changeInPreview is a duty that another pack sees in another way.
type changeInPreview struct {
	ID      string `json:"id"`
	Clock   string `json:"clock"`
	Subject string `json:"subject,omitempty"`
	Title   string `json:"title"`
	// Change is appears, disappears, moves (it has another date) or changes (the
	// date stays, and the status, the law or the reason is another).
	Change      string              `json:"change"`
	Due         string              `json:"due,omitempty"`
	OldDue      string              `json:"old_due,omitempty"`
	Status      casework.DutyStatus `json:"status,omitempty"`
	OldStatus   casework.DutyStatus `json:"old_status,omitempty"`
	Citation    string              `json:"citation,omitempty"`
	OldCitation string              `json:"old_citation,omitempty"`
	// Why are the steps by which the new pack reaches the date.
	Why []string `json:"why,omitempty"`
}

// movePolicy answers POST {record}/policy: it pins a record to another policy
// pack, or says with dry_run what that would change.
func (a *API) movePolicy(step casework.Step) handler {
	return a.on(step, func(c *call, of subject) (reply, error) {
		record := of.Summary
		var body policyRequest
		command, err := a.command(c, step, record.Aggregate, &body)
		if err != nil {
			return reply{}, err
		}
		if body.DryRun {
			// A dry run needs no reason, and keeps none.
			body.Reason = "dry run"
		}
		command.Body = casework.NewPolicyMove(step.Kind, record.Pack, body.Pack, body.Reason)
		s := sending{kind: step.Kind, number: record.Number, command: command}
		if body.DryRun {
			return a.previewMove(c, s, record, body)
		}
		if err := a.unlessDone(c, s, a.admits(record, body.Pack)); err != nil {
			return reply{}, err
		}
		return a.carryOut(c, s)
	})
}

// admits refuses a pack that is not there, or not the law of the record's place.
// The workflow's validator asks the same of its own worker's packs; here the
// answer says what there is.
func (a *API) admits(record casework.Summary, pack string) error {
	if _, err := a.law.Library.Pack(pack); err != nil && strings.Contains(pack, "@") {
		var refs []string
		for _, p := range a.law.Library.Packs() {
			if a.law.Admits(record.Pack, p.Ref()) == nil {
				refs = append(refs, p.Ref())
			}
		}
		return casework.InvalidField("pack", "There is no such policy pack. For this record there are: "+strings.Join(refs, ", ")+".")
	}
	if !strings.Contains(pack, "@") {
		return nil // casework says that a version is missing
	}
	return a.law.Admits(record.Pack, pack)
}

// previewMove computes what the move would change, from the log and with the
// time of the record, and leaves no trace anywhere.
func (a *API) previewMove(c *call, s sending, record casework.Summary, body policyRequest) (reply, error) {
	events, err := a.store.Events(c.Context(), s.aggregate(), 1)
	if err != nil {
		return reply{}, err
	}
	s.command.Now = later(a.now(), record.Now).UTC()
	if err := a.admits(record, body.Pack); err != nil {
		return reply{}, err
	}
	changes, err := workflows.Preview(a.law, s.kind, events, s.command)
	if err != nil {
		return reply{}, a.explain(c, s, err)
	}
	view := policyPreview{From: record.Pack, Pack: body.Pack, AsOf: s.command.Now, Changes: []changeInPreview{}}
	for _, change := range changes {
		view.Changes = append(view.Changes, showPreview(change))
	}
	return reply{body: view, revision: events[len(events)-1].Seq}, nil
}

func showPreview(c casework.DutyChange) changeInPreview {
	d := c.Duty
	view := changeInPreview{
		ID: d.ID, Clock: d.Clock, Subject: d.Subject, Title: d.Title, Due: d.Due, OldDue: c.OldDue, Status: d.Status,
		OldStatus: c.OldStatus, Citation: d.Citation, OldCitation: cmp.Or(c.OldCitation, d.Citation), Why: d.Why,
	}
	switch {
	case d.Status == casework.DutySuperseded:
		view.Change, view.Due, view.Status, view.Citation, view.Why = "disappears", "", "", "", nil
	case c.OldStatus == "" || c.OldStatus == casework.DutySuperseded:
		view.Change, view.OldDue, view.OldStatus, view.OldCitation = "appears", "", "", ""
	case c.OldDue != d.Due:
		view.Change = "moves"
	default:
		view.Change = "changes"
	}
	return view
}
