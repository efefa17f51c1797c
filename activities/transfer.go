package activities

import (
	"context"
	"time"

	"go.temporal.io/sdk/client"

	"homeward/casework"
	"homeward/internal/fault"
)

// TransferStore keeps transfers. Each method can be called again.
type TransferStore interface {
	Transfer(ctx context.Context, id string) (casework.Transfer, error)
	SaveTransferItem(ctx context.Context, transfer string, i casework.TransferItem) error
	// SettleTransfer brings the state of a transfer up to that of its records.
	SettleTransfer(ctx context.Context, id string, at time.Time) (casework.Transfer, error)
	// Hindrance is why a record cannot go to a worker now, empty where it can.
	Hindrance(ctx context.Context, record, to string) (string, error)
	Summary(ctx context.Context, aggregate string) (casework.Summary, error)
	Command(ctx context.Context, aggregate, commandID string) (casework.Answer, error)
}

// Updater is the part of [client.Client] that sends steps to records.
type Updater interface {
	UpdateWorkflow(context.Context, client.UpdateWorkflowOptions) (client.WorkflowUpdateHandle, error)
}

// Transfers are the activities that move records from one worker to another. All
// fields are needed.
type Transfers struct {
	Store    TransferStore
	Temporal Updater
	// Update says how a step is sent to a record.
	Update func(aggregate string, c casework.Command) client.UpdateWorkflowOptions
	// Now is the wall clock: a transfer has nothing to do with the clock of a record.
	Now func() time.Time
}

// TransferInput names a transfer, and one of its records.
type TransferInput struct {
	Transfer string `json:"transfer"`
	Record   string `json:"record,omitempty"`
}

// patienceWithOne is how many tries fail before a record is left where it is.
const patienceWithOne = 30

// ReadTransfer returns the transfer as it is stored.
func (t *Transfers) ReadTransfer(ctx context.Context, in TransferInput) (casework.Transfer, error) {
	stored, err := t.Store.Transfer(ctx, in.Transfer)
	if err != nil {
		return casework.Transfer{}, refused(ctx, "transfer not read", err)
	}
	return stored, nil
}

// MoveRecord moves one record, or moves it back where the transfer is being undone,
// notes what came of it, and returns the transfer. A record that stays is no error:
// its line says why. Called again after it was moved, it changes nothing.
func (t *Transfers) MoveRecord(ctx context.Context, in TransferInput) (casework.Transfer, error) {
	stored, err := t.Store.Transfer(ctx, in.Transfer)
	if err != nil {
		return casework.Transfer{}, refused(ctx, "transfer not read", err)
	}
	for _, item := range stored.Next() {
		if item.Record != in.Record {
			continue
		}
		if item, err = t.try(ctx, stored, item); err == nil {
			err = t.Store.SaveTransferItem(ctx, stored.ID, item)
		}
		if err != nil {
			return casework.Transfer{}, refused(ctx, "record not moved", err)
		}
		break
	}
	return t.ReadTransfer(ctx, in)
}

// try takes the step and says where the record stands then. Its error is that of
// the database, which must not count against the record.
func (t *Transfers) try(ctx context.Context, of casework.Transfer, item casework.TransferItem) (casework.TransferItem, error) {
	item.At = t.Now().UTC().Truncate(time.Microsecond)
	c, err := of.Command(item)
	if err != nil {
		return item, err
	}
	_, logged := t.Store.Command(ctx, item.Record, c.ID)
	if logged != nil && !of.Undoing() {
		why, err := t.Store.Hindrance(ctx, item.Record, of.To)
		if err != nil {
			return item, err
		}
		if why != "" {
			item.State, item.Reason = casework.ItemRefused, why
			return item, nil
		}
	}
	failed := logged
	if logged != nil {
		failed = t.send(ctx, item.Record, c)
	}
	reason, final := of.Refused(failed)
	undoing := of.Undoing()
	switch {
	case failed == nil && undoing:
		item.State, item.Reason = casework.ItemUndone, ""
	case failed == nil:
		item.State, item.Reason = casework.ItemMoved, ""
	case !final && item.Attempts+1 < patienceWithOne:
		item.Attempts, item.Reason = item.Attempts+1, reason
		if !undoing {
			item.State = casework.ItemFailed
		}
	case undoing:
		item.State, item.Reason = casework.ItemKept, reason
	default:
		item.State, item.Reason = casework.ItemRefused, reason
	}
	return item, nil
}

// send sends the step, and looks behind a refusal: the log knows whether it was
// taken the first time, and whether a record that does not answer is closed.
func (t *Transfers) send(ctx context.Context, record string, c casework.Command) error {
	handle, err := t.Temporal.UpdateWorkflow(ctx, t.Update(record, c))
	if err == nil {
		err = handle.Get(ctx, nil)
	}
	if err = fault.Decode(err); err == nil {
		return nil
	}
	if _, logged := t.Store.Command(ctx, record, c.ID); logged == nil {
		return nil
	}
	if casework.KindOf(err) == casework.NotFound {
		if s, unread := t.Store.Summary(ctx, record); unread != nil || s.ClosedAt.IsZero() {
			return casework.WrapError(casework.Unavailable, "This record does not run at the moment.", err)
		}
	}
	return err
}

// SettleTransfer brings the state of the transfer up to that of its records.
func (t *Transfers) SettleTransfer(ctx context.Context, in TransferInput) (casework.Transfer, error) {
	stored, err := t.Store.SettleTransfer(ctx, in.Transfer, t.Now())
	if err != nil {
		return casework.Transfer{}, refused(ctx, "transfer not settled", err)
	}
	return stored, nil
}
