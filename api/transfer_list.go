package api

import (
	"time"

	"homeward/casework"
	"homeward/internal/access"
	"homeward/postgres"
)

// transferRow is a transfer in a list. Its records are for those who may read each, on
// the page of the transfer itself.
type transferRow struct {
	ID         string                 `json:"id"`
	From       string                 `json:"from"`
	To         string                 `json:"to"`
	Supervisor string                 `json:"supervisor"`
	By         string                 `json:"by"`
	Reason     string                 `json:"reason"`
	State      casework.TransferState `json:"state"`
	At         time.Time              `json:"at"`
	UndoBy     string                 `json:"undo_by,omitempty"`
	UndoAt     time.Time              `json:"undo_at,omitzero"`
	DoneAt     time.Time              `json:"done_at,omitzero"`
	Links      map[string]string      `json:"links"`
}

func transferRowOf(t casework.Transfer) transferRow {
	return transferRow{
		ID: t.ID, From: t.From, To: t.To, Supervisor: t.Supervisor, By: t.By.ID, Reason: t.Reason, State: t.State,
		At: t.At, UndoBy: t.Undo.ID, UndoAt: t.UndoAt, DoneAt: t.DoneAt, Links: map[string]string{"self": "/v1/transfers/" + t.ID},
	}
}

// listTransfers answers GET /v1/transfers: those that the caller asked for, and those
// between people whom the caller leads, the latest first.
func (a *API) listTransfers(c *call) (reply, error) {
	do := access.Act{Action: access.ReadTransfers}
	if err := a.permit(c, do); err != nil {
		return reply{}, err
	}
	who, err := a.placed(c)
	if err != nil {
		return reply{}, err
	}
	q := newQuery(c)
	states := casework.TransferStates()
	codes := make([]string, len(states))
	for i, s := range states {
		codes[i] = string(s)
	}
	f := postgres.TransferFilter{
		Viewer: who.ID, Role: who.Role, Office: who.Office, Unit: who.Unit, Limit: q.limit(), After: q.after(),
		State: casework.TransferState(q.oneOf("state", codes...)),
	}
	if c.who.Service != nil { // no program leads anybody
		f.Role = casework.RoleService
	}
	if err := q.done(); err != nil {
		return reply{}, err
	}
	page, err := a.store.Transfers(c.Context(), f)
	if err != nil {
		return reply{}, err
	}
	line := c.entry(do, "")
	line.Part, line.Count = "transfers", len(page.Items)
	return reply{body: listOf(q, page, transferRowOf)}, a.store.Audit(c.Context(), line)
}
