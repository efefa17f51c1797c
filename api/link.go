package api

import (
	"time"

	"homeward/casework"
	"homeward/internal/access"
)

// linked adds the links between reports, and between a report and an open case.
func (a *API) linked(links map[string]string, s casework.Summary) {
	reports := "/v1/" + string(casework.KindReport) + "s"
	if s.Original != "" {
		links["original"] = recordPath(casework.KindReport, s.Original)
	}
	if s.Linked != "" {
		links["linked-case"] = recordPath(casework.KindCase, s.Linked)
	}
	switch s.Kind {
	case casework.KindReport:
		links["duplicates"] = reports + "?original=" + s.Number
	case casework.KindCase:
		links["linked-reports"] = reports + "?linked=" + s.Number
	}
}

// duplicate answers POST {report}/duplicate. The original must be a report that the
// caller may read, and must not be a duplicate itself.
func (a *API) duplicate(step casework.Step) handler {
	return a.takeIf(step, func(c *call, _ subject, body casework.Body) error {
		original, err := a.other(c, casework.KindReport, body.(*casework.DuplicateClosing).Original, "original")
		if err != nil {
			return err
		}
		if original.Original != "" {
			return casework.InvalidField("original",
				"That report is a duplicate itself. Name the one that came first: "+original.Original+".")
		}
		return nil
	})
}

// other finds another record that a body names, for those who may read it.
func (a *API) other(c *call, kind casework.AggregateKind, number, field string) (subject, error) {
	aggregate := casework.AggregateID(kind, number)
	if _, _, ok := casework.SplitAggregate(aggregate); !ok {
		return subject{}, casework.InvalidField(field, "There is no such "+string(kind)+".")
	}
	s, err := a.enter(c, aggregate, access.Act{Action: access.ReadRecord})
	if casework.KindOf(err) == casework.NotFound {
		return subject{}, casework.InvalidField(field, "There is no such "+string(kind)+".")
	}
	return s, err
}

// linkRequest is the body of POST {report}/case-link. Who carries the case is not
// the caller's to say.
type linkRequest struct {
	Case         string        `json:"case"`
	PersonsMatch bool          `json:"persons_match"`
	Note         casework.Text `json:"note,omitempty"`
}

// linkView is the answer of a link: where the report stands, and what keeps the
// children of the open case safe now.
type linkView struct {
	answerView

	Case recordView `json:"case"`
	// Safety is the last safety decision on the family, left out where there is none
	// or where the caller may not read the report that it was made on.
	Safety *safetyView `json:"safety,omitempty"`
}

// safetyView is a safety decision with the way to its plan.
type safetyView struct {
	Report   string `json:"report"`
	Decision string `json:"decision"`
	At       string `json:"at"`
	Plan     string `json:"plan,omitempty"`
}

// linkCase answers POST {report}/case-link: the case is told first, so that it is
// not closed over the report, and then the report is linked.
func (a *API) linkCase(step casework.Step) handler {
	return a.on(step, func(c *call, s subject) (reply, error) {
		var body linkRequest
		command, err := a.command(c, step, s.Aggregate, &body)
		if err != nil {
			return reply{}, err
		}
		of, err := a.other(c, casework.KindCase, body.Case, "case")
		if err != nil {
			return reply{}, err
		}
		if !of.ClosedAt.IsZero() {
			return reply{}, casework.InvalidField("case", "That case is closed. Reopen it, or open a new case from this report.")
		}
		link := &casework.CaseLink{Case: of.Number, Carrier: of.Worker, PersonsMatch: body.PersonsMatch, Note: body.Note}
		command.Body = link
		adults, err := a.mayLink(c, s, command)
		if err != nil {
			return reply{}, err
		}
		told := link.Attachment(s.Number, adults, command.Actor)
		if _, err := a.send(c, sending{
			kind: casework.KindCase, number: of.Number, command: told, deliver: a.update(of.Aggregate, told),
		}); err != nil {
			return reply{}, err
		}
		answer, err := a.carryOut(c, sending{kind: step.Kind, number: s.Number, command: command})
		if err != nil {
			return reply{}, err
		}
		view, ok := answer.body.(answerView)
		if !ok {
			return answer, nil
		}
		safety, err := a.safetyOf(c, of.Summary)
		answer.body = linkView{answerView: view, Case: a.recordView(of.Summary), Safety: safety}
		return answer, err
	})
}

// mayLink refuses what the report refuses, before the case is told. It returns whom the
// report knows.
func (a *API) mayLink(c *call, s subject, command casework.Command) ([]casework.Adult, error) {
	events, err := a.store.Events(c.Context(), s.Aggregate, 1)
	if err != nil {
		return nil, err
	}
	report := casework.FoldReport(events)
	command.Now = later(a.now(), report.Now)
	_, refused := report.Decide(command)
	return report.Adults, a.unlessDone(c, sending{kind: casework.KindReport, number: s.Number, command: command}, refused)
}

// safetyOf finds the last safety decision that was made on the report from which a
// case was opened.
func (a *API) safetyOf(c *call, family casework.Summary) (*safetyView, error) {
	if family.Report == "" {
		return nil, nil
	}
	s, err := a.enter(c, casework.AggregateID(casework.KindReport, family.Report), access.Act{Action: access.ReadRecord})
	if kind := casework.KindOf(err); kind == casework.NotFound || kind == casework.Forbidden {
		return nil, nil
	}
	if err != nil {
		return nil, err
	}
	events, err := a.store.Events(c.Context(), s.Aggregate, 1)
	if err != nil {
		return nil, err
	}
	var found *safetyView
	for _, e := range events {
		if b, ok := e.Body.(*casework.SafetyAssessment); ok {
			found = &safetyView{Report: recordPath(s.Kind, s.Number), Decision: b.Decision, At: b.At.Format(time.RFC3339)}
			if b.Plan != "" {
				found.Plan = found.Report + "/narratives/" + string(b.Plan)
			}
		}
	}
	return found, nil
}
