package api

import (
	"context"
	"net/http"
	"time"

	"go.temporal.io/sdk/client"

	"homeward/casework"
	"homeward/internal/access"
	"homeward/internal/audit"
	"homeward/postgres"
	"homeward/workflows"
)

// Transfers keeps which records go from one worker to another.
type Transfers interface {
	// Carried is what a worker carries, those alone that are named where any are.
	Carried(ctx context.Context, from, to string, records []string) ([]postgres.Carrying, error)
	// PlanTransfer stores a transfer, once for each ID.
	PlanTransfer(ctx context.Context, t casework.Transfer, fingerprint string, line audit.Entry) (casework.Transfer, error)
	Transfer(ctx context.Context, id string) (casework.Transfer, error)
	// Transfers lists transfers without their records.
	Transfers(ctx context.Context, f postgres.TransferFilter) (postgres.Page[casework.Transfer], error)
	UndoTransfer(ctx context.Context, id string, by casework.Actor, at time.Time, line audit.Entry) (casework.Transfer, error)
}

// transferRequest is the body of POST /v1/transfers.
type transferRequest struct {
	From string `json:"from"`
	To   string `json:"to"`
	// Supervisor is who supervises then; left out, that of To.
	Supervisor string `json:"supervisor,omitempty"`
	// Records are aggregate IDs, "case-1002"; none means all that From carries.
	Records      []string `json:"records,omitempty"`
	Reason       string   `json:"reason"`
	Ask          bool     `json:"ask,omitempty"`
	AllOrNothing bool     `json:"all_or_nothing,omitempty"`
	// DryRun shows the plan and changes nothing.
	DryRun bool `json:"dry_run,omitempty"`
}

// transferStep is the body of POST /v1/transfers/{transfer}/undo and retry.
type transferStep struct{}

// transferView is a transfer with how far it has come.
type transferView struct {
	ID           string                 `json:"id,omitempty"`
	From         string                 `json:"from"`
	To           string                 `json:"to"`
	Supervisor   string                 `json:"supervisor"`
	By           string                 `json:"by"`
	Reason       string                 `json:"reason"`
	Ask          bool                   `json:"ask,omitempty"`
	AllOrNothing bool                   `json:"all_or_nothing,omitempty"`
	DryRun       bool                   `json:"dry_run,omitempty"`
	State        casework.TransferState `json:"state"`
	At           time.Time              `json:"at"`
	UndoBy       string                 `json:"undo_by,omitempty"`
	UndoAt       time.Time              `json:"undo_at,omitzero"`
	DoneAt       time.Time              `json:"done_at,omitzero"`
	// Counts are how many records are in each state.
	Counts  map[casework.ItemState]int `json:"counts"`
	Records []transferItemView         `json:"records"`
	Links   map[string]string          `json:"links"`
}

type transferItemView struct {
	Record string             `json:"record"`
	Href   string             `json:"href"`
	State  casework.ItemState `json:"state"`
	Reason string             `json:"reason,omitempty"`
	// Detail says the reason in a sentence.
	Detail   string    `json:"detail,omitempty"`
	Attempts int       `json:"attempts,omitempty"`
	At       time.Time `json:"at,omitzero"`
}

func (a *API) transferView(t casework.Transfer) transferView {
	v := transferView{
		ID: t.ID, From: t.From, To: t.To, Supervisor: t.Supervisor, By: t.By.ID, Reason: t.Reason, Ask: t.Ask,
		AllOrNothing: t.AllOrNothing, State: t.State, At: t.At, UndoBy: t.Undo.ID, UndoAt: t.UndoAt, DoneAt: t.DoneAt,
		Counts: make(map[casework.ItemState]int), Records: []transferItemView{}, Links: map[string]string{},
	}
	if t.ID != "" {
		self := "/v1/transfers/" + t.ID
		v.Links["self"] = self
		if t.RefuseUndo() == nil && t.UndoAt.IsZero() {
			v.Links["undo"] = self + "/undo"
		}
		if !t.Settled() {
			v.Links["retry"] = self + "/retry"
		}
		if a.workflowURL != "" {
			v.Links["workflow"] = a.workflowURL + casework.TransferAggregate(t.ID)
		}
	}
	for _, i := range t.Items {
		v.Counts[i.State]++
		v.Records = append(v.Records, transferItemView{
			Record: i.Record, Href: pathOf(i.Record), State: i.State, Reason: i.Reason,
			Detail: casework.TransferDetail(i.Reason), Attempts: i.Attempts, At: i.At,
		})
	}
	return v
}

// transferRoutes are the routes of transfers.
func (a *API) transferRoutes(get, post func(path string, h handler)) {
	get("/v1/transfers", a.listTransfers)
	post("/v1/transfers", a.transfer)
	get("/v1/transfers/{transfer}", a.readTransfer)
	post("/v1/transfers/{transfer}/undo", a.undoTransfer)
	post("/v1/transfers/{transfer}/retry", a.retryTransfer)
}

// transfer answers POST /v1/transfers: it plans, and has a workflow do it. Sent
// again it answers with how far that has come.
func (a *API) transfer(c *call) (reply, error) {
	do := access.Act{Action: access.TransferRecords}
	if err := a.permit(c, do); err != nil {
		return reply{}, err
	}
	key, err := idempotencyKey(c)
	if err != nil {
		return reply{}, err
	}
	var body transferRequest
	if err := a.read(c, &body); err != nil {
		return reply{}, err
	}
	mark, err := fingerprint(body)
	if err != nil {
		return reply{}, err
	}
	line := c.entry(do, "")
	id := commandID(c.who, c.exchange.route, "", key)[:24]
	line.Part, line.Reason = id, body.Reason
	t, err := a.store.Transfer(c.Context(), id)
	if casework.KindOf(err) == casework.NotFound {
		t, err = a.plan(c, body)
		t.ID = id
	}
	if err != nil {
		return reply{}, err
	}
	if body.DryRun {
		t.ID = ""
		view := a.transferView(t)
		view.DryRun, line.Part = true, "plan"
		line.Records = t.Records()
		return reply{body: view}, a.store.Audit(c.Context(), line)
	}
	line.Records = t.Records()
	if t, err = a.store.PlanTransfer(c.Context(), t, mark, line); err != nil {
		return reply{}, err
	}
	view := a.transferView(t)
	return reply{status: http.StatusCreated, body: view, location: view.Links["self"]}, a.startTransfer(c.Context(), t)
}

// startTransfer has the workflow look, and starts it where it does not run. Where
// Temporal does not answer, what was decided stands: sent again it starts, and so
// it does with the next worker.
func (a *API) startTransfer(ctx context.Context, t casework.Transfer) error {
	if t.Settled() {
		return nil
	}
	o := workflows.TransferOptions(t, a.taskQueue)
	_, err := a.temporal.SignalWithStartWorkflow(ctx, o.ID, workflows.SignalTransfer, nil, o, workflows.TransferWorkflow,
		workflows.TransferInput{Transfer: t.ID})
	if err == nil {
		return nil
	}
	return casework.WrapError(casework.Unavailable,
		"The transfer is on record, and nothing is being moved yet. Send it again with the same key in a moment.", err)
}

// signaler starts workflows that are no records, or wakes them.
type signaler interface {
	SignalWithStartWorkflow(ctx context.Context, id, signal string, arg any, o client.StartWorkflowOptions, workflow any, args ...any,
	) (client.WorkflowRun, error)
}

// readTransfer answers GET /v1/transfers/{transfer}: how far it has come, with the
// records that the caller may see.
func (a *API) readTransfer(c *call) (reply, error) {
	t, err := a.transferOf(c, access.ReadTransfers)
	if err != nil {
		return reply{}, err
	}
	if t.Items, err = a.seen(c, t.Items); err != nil {
		return reply{}, err
	}
	line := c.entry(access.Act{Action: access.ReadTransfers}, "")
	line.Part, line.Records = t.ID, t.Records()
	return reply{body: a.transferView(t)}, a.store.Audit(c.Context(), line)
}

// transferOf lets the caller to a transfer of their own, or of people whom they
// lead. Of another one they learn nothing.
func (a *API) transferOf(c *call, action access.Action) (casework.Transfer, error) {
	do := access.Act{Action: action}
	if err := a.permit(c, do); err != nil {
		return casework.Transfer{}, err
	}
	missing := casework.NewError(casework.NotFound, "There is no such transfer.")
	t, err := a.store.Transfer(c.Context(), c.param("transfer"))
	if err != nil || t.By.ID == c.who.ID {
		return t, err
	}
	who, err := a.placed(c)
	if err != nil {
		return t, err
	}
	for _, id := range []string{t.From, t.To} {
		w, err := a.store.Worker(c.Context(), id)
		if err != nil && casework.KindOf(err) != casework.NotFound {
			return t, err
		}
		if err != nil || !access.Leads(who, staffOf(w)) {
			return t, a.denied(c, "", do, access.ByRelation, missing)
		}
	}
	return t, nil
}

// seen keeps the records that the caller may read.
func (a *API) seen(c *call, items []casework.TransferItem) ([]casework.TransferItem, error) {
	var seen []casework.TransferItem
	for _, i := range items {
		standing, err := a.store.Standing(c.Context(), c.who.ID, i.Record, a.now())
		if casework.KindOf(err) == casework.NotFound { // destroyed since
			continue
		}
		if err != nil {
			return nil, err
		}
		caller := placed(c.caller(), standing.Office, standing.Unit)
		if access.Decide(caller, access.Act{Action: access.ReadRecord}, standing.Object).Allowed {
			seen = append(seen, i)
		}
	}
	return seen, nil
}

// undoTransfer answers POST /v1/transfers/{transfer}/undo: what was moved goes
// back, record by record, where it still is with whoever got it.
func (a *API) undoTransfer(c *call) (reply, error) {
	return a.onTransfer(c, func(t casework.Transfer, line audit.Entry) (casework.Transfer, error) {
		line.Part = t.ID
		return a.store.UndoTransfer(c.Context(), t.ID, casework.Actor{ID: c.who.ID, Role: c.who.Role}, a.now(), line)
	})
}

// retryTransfer answers POST /v1/transfers/{transfer}/retry: what failed is tried
// again at once.
func (a *API) retryTransfer(c *call) (reply, error) {
	return a.onTransfer(c, func(t casework.Transfer, line audit.Entry) (casework.Transfer, error) {
		if t.Settled() {
			return t, casework.BlockedBy("Nothing waits to be tried again.", casework.Blocker{
				Code: "transfer-settled", Detail: "Every record was moved, or says why it stays. Start another transfer for those.",
			})
		}
		line.Part = t.ID
		return t, a.store.Audit(c.Context(), line)
	})
}

func (a *API) onTransfer(c *call, decide func(casework.Transfer, audit.Entry) (casework.Transfer, error)) (reply, error) {
	t, err := a.transferOf(c, access.TransferRecords)
	if err != nil {
		return reply{}, err
	}
	if _, err := idempotencyKey(c); err != nil {
		return reply{}, err
	}
	if err := a.read(c, &transferStep{}); err != nil {
		return reply{}, err
	}
	if t, err = decide(t, c.entry(access.Act{Action: access.TransferRecords}, "")); err != nil {
		return reply{}, err
	}
	if err := a.startTransfer(c.Context(), t); err != nil {
		return reply{}, err
	}
	if t.Items, err = a.seen(c, t.Items); err != nil {
		return reply{}, err
	}
	return reply{body: a.transferView(t)}, nil
}
