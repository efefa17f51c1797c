package api

import (
	"slices"
	"time"

	"homeward/casework"
	"homeward/internal/access"
	"homeward/postgres"
)

// plan finds the records and says of each whether it can be moved.
func (a *API) plan(c *call, body transferRequest) (casework.Transfer, error) {
	t := casework.Transfer{
		From: body.From, To: body.To, Supervisor: body.Supervisor, By: casework.Actor{ID: c.who.ID, Role: c.who.Role},
		Reason: body.Reason, Ask: body.Ask, AllOrNothing: body.AllOrNothing, State: casework.TransferMoving,
		At: a.now().UTC().Truncate(time.Microsecond),
	}
	if err := body.check(); err != nil {
		return t, err
	}
	to, err := a.leads(c, &t)
	if err != nil {
		return t, err
	}
	carried, err := a.store.Carried(c.Context(), t.From, t.To, body.Records)
	if err != nil {
		return t, err
	}
	for _, r := range carried {
		why, hidden, err := a.hindrance(c, r, to.Role, len(body.Records) > 0)
		switch {
		case err != nil:
			return t, err
		case hidden: // as if it were not there
		case why != "":
			t.Items = append(t.Items, casework.TransferItem{
				Record: r.Record, Supervisor: r.Supervisor, State: casework.ItemRefused, Reason: why,
			})
		default:
			t.Items = append(t.Items, casework.TransferItem{Record: r.Record, Supervisor: r.Supervisor, State: casework.ItemPlanned})
		}
	}
	return t, body.refuse(t)
}

// check looks at the form of the fields.
func (b transferRequest) check() error {
	switch {
	case b.From == "":
		return casework.InvalidField("from", "This field is required.")
	case b.To == "":
		return casework.InvalidField("to", "This field is required.")
	case b.From == b.To:
		return casework.InvalidField("to", "The records are theirs already. Name somebody else.")
	case b.Supervisor == b.To:
		return casework.InvalidField("supervisor", "Nobody supervises their own case. Name another supervisor.")
	case !slices.Contains(casework.TransferReasons(), b.Reason):
		return unknownCode("reason", casework.TransferReasons())
	}
	for _, record := range b.Records {
		if _, _, ok := casework.SplitAggregate(record); !ok {
			return casework.InvalidField("records", "Name records like case-1002 or report-1001.")
		}
	}
	return nil
}

// refuse refuses a plan that would do nothing, or not all where all was asked for.
func (b transferRequest) refuse(t casework.Transfer) error {
	for _, record := range b.Records {
		if !slices.Contains(t.Records(), record) {
			return casework.InvalidField("records", "The worker does not carry one of these records, or there is no such record.")
		}
	}
	if b.DryRun {
		return nil
	}
	var missing []casework.Blocker
	for _, i := range t.Items {
		if i.State == casework.ItemRefused {
			missing = append(missing, casework.Blocker{Code: i.Reason, Detail: i.Record + ": " + casework.TransferDetail(i.Reason)})
		}
	}
	if t.Count(casework.ItemPlanned) == 0 {
		missing = append(missing, casework.Blocker{Code: "nothing-to-move", Detail: "The worker carries nothing that can be moved."})
		return casework.BlockedBy("Nothing can be moved.", missing...)
	}
	if b.AllOrNothing {
		return casework.BlockedBy("Not all of it can be moved. Leave these out, or allow a part to be moved.", missing...)
	}
	return nil
}

// leads lets the caller give work from one person to another only where they lead
// both, and fills in who supervises then. The directory knows.
func (a *API) leads(c *call, t *casework.Transfer) (postgres.Worker, error) {
	who, err := a.placed(c)
	if err != nil {
		return postgres.Worker{}, err
	}
	var to postgres.Worker
	for _, person := range []struct{ field, id string }{{"from", t.From}, {"to", t.To}} {
		w, err := a.store.Worker(c.Context(), person.id)
		if casework.KindOf(err) == casework.NotFound {
			return to, casework.InvalidField(person.field, "The directory does not know this person. Check the ID, or have them entered first.")
		}
		if err != nil {
			return to, err
		}
		if !access.Leads(who, staffOf(w)) {
			do := access.Act{Action: access.TransferRecords}
			return to, a.denied(c, "", do, access.ByRelation, casework.NewError(casework.Forbidden,
				"You may transfer records between people whom you lead. A manager of both units can do this."))
		}
		to = w
	}
	if t.Supervisor == "" {
		t.Supervisor = to.Supervisor
	}
	if t.Supervisor == "" {
		return to, casework.InvalidField("supervisor", "The directory names no supervisor of theirs. Say who supervises then.")
	}
	return to, nil
}

func staffOf(w postgres.Worker) access.Staff {
	return access.Staff{ID: w.ID, Office: w.Office, Unit: w.Unit, Supervisor: w.Supervisor, Manager: w.Manager}
}

// hindrance is why a record stays where it is. What the caller must not know of is
// hidden. A restricted record is never swept along: it is named, or it stays.
func (a *API) hindrance(c *call, r postgres.Carrying, role casework.Role, named bool) (why string, hidden bool, err error) {
	standing, err := a.store.Standing(c.Context(), c.who.ID, r.Record, a.now())
	if err != nil {
		return "", false, err
	}
	name, fit := "case.assign", casework.RoleCaseworker
	if r.Kind == casework.KindReport {
		name, fit = "report.assign", casework.RoleInvestigator
	}
	step, _ := casework.StepNamed(name)
	caller := placed(c.caller(), standing.Office, standing.Unit)
	verdict := access.Decide(caller, access.Act{Action: access.TakeStep, Step: step}, standing.Object)
	switch {
	case verdict.Hidden:
		return "", true, nil
	case !verdict.Allowed:
		return casework.TransferNotYours, false, nil
	case r.Restricted && !named:
		return casework.TransferRestricted, false, nil
	case r.Hindrance() != "":
		return r.Hindrance(), false, nil
	case role != fit:
		return casework.TransferWrongRole, false, nil
	}
	return "", false, nil
}
