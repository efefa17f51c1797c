package api

import (
	"context"
	"net/http"
	"time"

	"homeward/casework"
	"homeward/internal/access"
	"homeward/internal/audit"
	"homeward/postgres"
	"homeward/workflows"
)

// Splits keeps how one case becomes two.
type Splits interface {
	// PlanSplit stores a split, once for each ID.
	PlanSplit(ctx context.Context, s casework.Splitting, fingerprint string, line audit.Entry) (casework.Splitting, error)
	Split(ctx context.Context, id string) (casework.Splitting, error)
	// SplitsOf are those of a case, and the one from which it came.
	SplitsOf(ctx context.Context, number string) ([]casework.Splitting, error)
	// Hindrance is why a record cannot go to a worker, empty where it can.
	Hindrance(ctx context.Context, record, to string) (string, error)
}

// splitRequest is the body of POST /v1/cases/{case}/split. The new case's number is
// not the caller's to choose.
type splitRequest struct {
	Children   []string      `json:"children"`
	Persons    []string      `json:"persons,omitempty"`
	Reason     string        `json:"reason"`
	Note       casework.Text `json:"note"`
	Worker     string        `json:"worker"`
	Supervisor string        `json:"supervisor"`
	// DryRun shows what would move and changes nothing.
	DryRun bool `json:"dry_run,omitempty"`
}

func (b splitRequest) split(number string) casework.Split {
	return casework.Split{
		Number: number, Children: b.Children, Persons: b.Persons, Reason: b.Reason, Note: b.Note, Worker: b.Worker,
		Supervisor: b.Supervisor,
	}
}

// splitView is a split with how far it has come.
type splitView struct {
	ID   string `json:"id,omitempty"`
	From string `json:"from"`
	// To is the number of the new case.
	To         string              `json:"to,omitempty"`
	Children   []string            `json:"children"`
	Persons    []string            `json:"persons,omitempty"`
	Reason     string              `json:"reason"`
	Worker     string              `json:"worker"`
	Supervisor string              `json:"supervisor"`
	By         string              `json:"by"`
	State      casework.SplitState `json:"state"`
	// Why says in a sentence why it is not done.
	Why      string    `json:"why,omitempty"`
	Attempts int       `json:"attempts,omitempty"`
	At       time.Time `json:"at"`
	DoneAt   time.Time `json:"done_at,omitzero"`
	// Plan is what would move, of a dry run.
	Plan  *casework.SplitPlan `json:"plan,omitempty"`
	Links map[string]string   `json:"links"`
}

func (a *API) splitView(s casework.Splitting) splitView {
	b := s.Split
	v := splitView{
		ID: s.ID, From: s.Case, To: b.Number, Children: b.Children, Persons: b.Persons, Reason: b.Reason, Worker: b.Worker,
		Supervisor: b.Supervisor, By: s.By.ID, State: s.State, Why: casework.SplitDetail(s.Reason), Attempts: s.Attempts, At: s.At,
		DoneAt: s.DoneAt, Links: map[string]string{"from": recordPath(casework.KindCase, s.Case)},
	}
	if s.ID == "" {
		return v
	}
	v.Links["self"] = v.Links["from"] + "/splits/" + s.ID
	if s.State == casework.SplitDone {
		v.Links["to"] = recordPath(casework.KindCase, b.Number)
	}
	if a.workflowURL != "" {
		v.Links["workflow"] = a.workflowURL + casework.SplittingAggregate(s.ID)
	}
	return v
}

// split answers POST /v1/cases/{case}/split: it plans, and has a workflow do it. What
// the case as it stands refuses is refused at once. Sent again, it answers with how
// far that has come.
func (a *API) split(step casework.Step) handler {
	return a.on(step, func(c *call, of subject) (reply, error) {
		var body splitRequest
		command, err := a.command(c, step, of.Aggregate, &body)
		if err != nil {
			return reply{}, err
		}
		id := command.ID[:24]
		s, err := a.store.Split(c.Context(), id)
		if casework.KindOf(err) == casework.NotFound {
			s, err = a.planSplit(c, of, command, body)
			s.ID = id
		}
		if err != nil {
			return reply{}, err
		}
		line := c.entry(access.Act{Action: access.TakeStep, Step: step}, of.Aggregate)
		line.Part, line.Reason = id, body.Reason
		if body.DryRun {
			return a.wouldSplit(c, of, s, line)
		}
		if s, err = a.store.PlanSplit(c.Context(), s, command.Fingerprint, line); err != nil {
			return reply{}, err
		}
		view := a.splitView(s)
		return reply{status: http.StatusCreated, body: view, location: view.Links["self"]}, a.startSplit(c.Context(), s)
	})
}

// planSplit refuses what the case refuses, before a number is drawn.
func (a *API) planSplit(c *call, of subject, command casework.Command, body splitRequest) (casework.Splitting, error) {
	s := casework.Splitting{
		Case: of.Number, By: command.Actor, State: casework.SplitPlanned, At: a.now().UTC().Truncate(time.Microsecond),
		Split: body.split("0"),
	}
	events, err := a.store.Events(c.Context(), of.Aggregate, 1)
	if err != nil {
		return s, err
	}
	family := casework.FoldCase(events)
	draft := command
	draft.Body, draft.Now = &s.Split, later(a.now(), family.Now)
	if _, err := family.Decide(draft); err != nil {
		return s, a.explain(c, sending{kind: casework.KindCase, number: of.Number, command: command}, err)
	}
	for field, who := range map[string]string{"worker": body.Worker, "supervisor": body.Supervisor} {
		why, err := a.store.Hindrance(c.Context(), of.Aggregate, who)
		if err != nil {
			return s, err
		}
		if why == casework.TransferConflict {
			return s, casework.InvalidField(field, "This person is related to somebody in the family. Choose somebody else for the new case.")
		}
	}
	if body.DryRun {
		return s, nil
	}
	reserved, err := a.store.Reserve(c.Context(), postgres.Reservation{
		Key: command.ID, Kind: casework.KindCase, Fingerprint: command.Fingerprint,
	})
	if err != nil {
		return s, err
	}
	if reserved.Fingerprint != command.Fingerprint {
		return s, reused()
	}
	s.Split.Number, command.Body = reserved.Number, &s.Split
	return s, a.save(c.Context(), a.narrate(&command, of.Aggregate))
}

// wouldSplit answers a dry run.
func (a *API) wouldSplit(c *call, of subject, s casework.Splitting, line audit.Entry) (reply, error) {
	events, err := a.store.Events(c.Context(), of.Aggregate, 1)
	if err != nil {
		return reply{}, err
	}
	s.ID, s.Split.Number, line.Part = "", "", "plan"
	plan := casework.FoldCase(events).PlanSplit(&s.Split)
	view := a.splitView(s)
	view.Plan = &plan
	return reply{body: view}, a.store.Audit(c.Context(), line)
}

// startSplit starts the workflow where it does not run, or wakes it. Where Temporal
// does not answer, what was decided stands: sent again it starts, and so it does with
// the next worker.
func (a *API) startSplit(ctx context.Context, s casework.Splitting) error {
	if s.Settled() {
		return nil
	}
	o := workflows.SplitOptions(s, a.taskQueue)
	_, err := a.temporal.SignalWithStartWorkflow(ctx, o.ID, workflows.SignalSplit, nil, o, workflows.SplitWorkflow,
		workflows.SplitInput{Split: s.ID})
	if err == nil {
		return nil
	}
	return casework.WrapError(casework.Unavailable,
		"The split is on record, and nobody has left yet. Send it again with the same key in a moment.", err)
}

// listSplits answers GET /v1/cases/{case}/splits: those of the case, and the one from
// which it came.
func (a *API) listSplits(c *call, s subject) (reply, error) {
	splits, err := a.store.SplitsOf(c.Context(), s.Number)
	views := make([]splitView, len(splits))
	for i, split := range splits {
		views[i] = a.splitView(split)
	}
	return reply{body: unpaged(views), revision: s.Revision}, err
}

// readSplit answers GET /v1/cases/{case}/splits/{split}: how far it has come.
func (a *API) readSplit(c *call, s subject) (reply, error) {
	split, err := a.store.Split(c.Context(), c.param("split"))
	if err == nil && split.Case != s.Number && split.Split.Number != s.Number {
		err = casework.NewError(casework.NotFound, "There is no such split.")
	}
	return reply{body: a.splitView(split)}, err
}
