package api

import (
	"cmp"
	"slices"

	"homeward/casework"
	"homeward/internal/access"
	"homeward/internal/audit"
)

// subject is the record that a request is about, with how the caller stands to it.
type subject struct {
	casework.Summary

	caller access.Caller
	object access.Object
	tie    access.Tie
}

// may asks the one function that decides.
func (s subject) may(do access.Action) bool {
	return access.Decide(s.caller, access.Act{Action: do}, s.object).Allowed
}

// hidden is the answer for a record that is not there, and for one that the
// caller must not know of: the same words for both.
func hidden() error { return casework.NewError(casework.NotFound, "There is no such record.") }

// withheld is the answer where it is known what there is, and not allowed.
func withheld(do access.Act, why access.Reason) error {
	detail := "You may not do this."
	switch {
	case why == access.ByOwnAccess:
		detail = "Nobody decides on their own access. Ask somebody else to do it."
	case why == access.ByNeed:
		return casework.NewError(casework.Blocked, "You may read this record already.")
	case why == access.ByAccount:
		detail = "The account of this program does not allow this. An administrator can change that."
	case do.Action == access.TakeStep && why == access.ByRole:
		detail = "Your role may not take this step: " + do.Step.Title + "."
	case do.Action == access.TakeStep:
		detail = "You may read this record, but it is not yours to take steps on."
	case why == access.ByRole:
		detail = "Your role may not do this: " + do.Action.Title() + "."
	case why == access.ByRelation:
		detail = "You may read this record, but it is not yours to do this with it: " + do.Action.Title() + "."
	}
	return casework.NewError(casework.Forbidden, detail)
}

// caller is who calls, as far as the token and the account say.
func (c *call) caller() access.Caller {
	return access.Caller{ID: c.who.ID, Role: c.who.Role, Office: c.who.Office, Service: c.who.Service}
}

// placed adds where the person works. The agency's own directory knows better
// than a token that was made in the morning.
func placed(who access.Caller, office, unit string) access.Caller {
	who.Office, who.Unit = cmp.Or(office, who.Office), unit
	return who
}

// placed is who calls, and where the agency's directory has them.
func (a *API) placed(c *call) (access.Caller, error) {
	office, unit, err := a.store.Place(c.Context(), c.who.ID)
	return placed(c.caller(), office, unit), err
}

// enter lets a caller to a record for an act, or says why not. Whoever is turned
// away is on record before the answer goes out.
func (a *API) enter(c *call, aggregate string, do access.Act) (subject, error) {
	standing, err := a.store.Standing(c.Context(), c.who.ID, aggregate, a.now())
	unknown := casework.KindOf(err) == casework.NotFound
	if err != nil && !unknown {
		return subject{}, err
	}
	s := subject{Summary: standing.Summary, object: standing.Object, caller: placed(c.caller(), standing.Office, standing.Unit)}
	verdict := access.Decide(s.caller, do, s.object)
	if unknown && (verdict.Allowed || verdict.Hidden) {
		verdict = access.Verdict{Hidden: true, Why: access.Absent}
	}
	if verdict.Allowed {
		s.tie = verdict.Tie
		return s, nil
	}
	refused := withheld(do, verdict.Why)
	if verdict.Hidden {
		refused = hidden()
	}
	return s, a.denied(c, aggregate, do, verdict.Why, refused)
}

// permit lets a caller to an act that is about no record, or about several which
// are asked for one by one: it refuses what the role rules out of every record.
func (a *API) permit(c *call, do access.Act) error {
	verdict := access.Decide(c.caller(), do, access.Object{})
	if verdict.Allowed || verdict.Hidden {
		return nil
	}
	return a.denied(c, "", do, verdict.Why, withheld(do, verdict.Why))
}

// denied puts a refusal on record and returns it. Where it cannot be recorded,
// that is the answer: nobody tries doors in the dark.
func (a *API) denied(c *call, aggregate string, do access.Act, why access.Reason, refused error) error {
	entry := c.entry(do, aggregate)
	entry.Outcome, entry.Reason = audit.Denied, string(why)
	if err := a.store.Audit(c.Context(), entry); err != nil {
		return err
	}
	return refused
}

// entry is the line of the audit for an act of the caller.
func (c *call) entry(do access.Act, aggregate string) audit.Entry {
	return audit.Entry{
		Actor: casework.Actor{ID: c.who.ID, Role: c.who.Role}, Program: c.who.Service != nil,
		Action: do.Action, Outcome: audit.Done, Record: aggregate, Part: do.Step.Name, Request: c.exchange.id,
	}
}

// shown are the records that a list has shown, for the audit.
func shown[T any](items []T, aggregate func(T) string) []string {
	records := make([]string, 0, len(items))
	for _, item := range items {
		records = append(records, aggregate(item))
	}
	slices.Sort(records)
	return slices.Compact(records)
}
