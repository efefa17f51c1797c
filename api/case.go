package api

import (
	"net/http"
	"time"

	"homeward/casework"
	"homeward/postgres"
)

// stepOpenCase ends a report by opening a case.
const stepOpenCase = "report.open-case"

// opening is the body of POST /v1/reports/{report}/case. The case's number is
// not the caller's to choose.
type opening struct {
	Caseworker string `json:"caseworker"`
	Supervisor string `json:"supervisor"`
	Risk       string `json:"risk"`
}

// openCase answers POST /v1/reports/{report}/case with 201 and the case as it
// was opened. A number is drawn only where the report as it stands allows it.
func (a *API) openCase(step casework.Step) handler {
	return a.on(step, func(c *call, of subject) (reply, error) {
		var body opening
		command, err := a.command(c, step, of.Aggregate, &body)
		if err != nil {
			return reply{}, err
		}
		s := sending{kind: casework.KindReport, number: of.Number, command: command}
		if err := a.mayOpen(c, s, body); err != nil {
			return reply{}, err
		}
		reserved, err := a.store.Reserve(c.Context(), postgres.Reservation{
			Key: command.ID, Kind: casework.KindCase, Fingerprint: command.Fingerprint,
		})
		if err != nil {
			return reply{}, err
		}
		if reserved.Fingerprint != command.Fingerprint {
			return reply{}, reused()
		}
		s.command.Body = body.request(reserved.Number)
		s.deliver = a.update(of.Aggregate, s.command)
		if _, err := a.send(c, s); err != nil {
			return reply{}, err
		}
		return a.opened(c, of.Aggregate, reserved.Number)
	})
}

// opened shows the case as its own first command left it. The report answers
// only once the case runs.
func (a *API) opened(c *call, report, number string) (reply, error) {
	first, _ := new(casework.Report).Opening(casework.Event{Aggregate: report, Body: new(casework.CaseRequest)})
	answer, err := a.store.Command(c.Context(), casework.AggregateID(casework.KindCase, number), first.ID)
	if casework.KindOf(err) == casework.NotFound {
		return reply{}, casework.WrapError(casework.Unavailable,
			"Case "+number+" is being opened. Send the step again with the same key in a moment.", err)
	}
	view := a.answerView(casework.KindCase, number, answer)
	view.Links["report"] = pathOf(report)
	return reply{
		status: http.StatusCreated, body: view, revision: answer.Revision, location: view.Links["self"],
	}, err
}

// mayOpen refuses what the report refuses, before a number is drawn. A command
// that was carried out before is let through to its answer.
func (a *API) mayOpen(c *call, s sending, body opening) error {
	events, err := a.store.Events(c.Context(), s.aggregate(), 1)
	if err != nil {
		return err
	}
	report := casework.FoldReport(events)
	draft := s.command
	draft.Body, draft.Now = body.request("0"), later(a.now(), report.Now)
	_, refused := report.Decide(draft)
	return a.unlessDone(c, s, refused)
}

// unlessDone passes on why a command is refused before it is sent, unless it was
// carried out before: then it is let through to its answer.
func (a *API) unlessDone(c *call, s sending, refused error) error {
	if refused == nil {
		return nil
	}
	_, err := a.store.Command(c.Context(), s.aggregate(), s.command.ID)
	switch casework.KindOf(err) { //nolint:exhaustive // anything else is a failure
	case "":
		return nil
	case casework.NotFound:
		return a.explain(c, s, refused)
	}
	return err
}

func (b opening) request(number string) *casework.CaseRequest {
	return &casework.CaseRequest{Number: number, Caseworker: b.Caseworker, Supervisor: b.Supervisor, Risk: b.Risk}
}

func later(a, b time.Time) time.Time {
	if a.After(b) {
		return a
	}
	return b
}
