package activities

import (
	"context"
	"time"

	"go.temporal.io/sdk/client"

	"homeward/casework"
	"homeward/internal/fault"
)

// SplitStore keeps splits. Each method can be called again.
type SplitStore interface {
	Split(ctx context.Context, id string) (casework.Splitting, error)
	SaveSplit(ctx context.Context, s casework.Splitting) error
	// ShieldSplit gives the new case what protects the old one, before it is there;
	// UnshieldSplit takes that back.
	ShieldSplit(ctx context.Context, s casework.Splitting, at time.Time) error
	UnshieldSplit(ctx context.Context, s casework.Splitting, at time.Time) error
	// Hindrance is why a record cannot go to a worker, empty where it can.
	Hindrance(ctx context.Context, record, to string) (string, error)
	Events(ctx context.Context, aggregate string, from int) ([]casework.Event, error)
	Command(ctx context.Context, aggregate, commandID string) (casework.Answer, error)
	Summary(ctx context.Context, aggregate string) (casework.Summary, error)
	// CopyTexts stores narratives for another record, sealed with its own secret, and
	// returns their new IDs by the old ones. Those that were destroyed are left out.
	CopyTexts(ctx context.Context, to string, ids []string) (map[string]string, error)
}

// Splits are the activities that split a case. All fields are needed.
type Splits struct {
	Store    SplitStore
	Temporal SplitClient
	// Update says how a step is sent to a record, and Open how one is opened.
	Update func(aggregate string, c casework.Command) client.UpdateWorkflowOptions
	Open   func(aggregate, taskQueue string, c casework.Command) client.UpdateWithStartWorkflowOptions
	// Now is the wall clock: a split is told of by it, and dated by that of the case.
	Now func() time.Time
}

// SplitClient is the part of [client.Client] that sends steps and opens records.
type SplitClient interface {
	Updater
	UpdateWithStartWorkflow(context.Context, client.UpdateWithStartWorkflowOptions) (client.WorkflowUpdateHandle, error)
}

// SplitInput names a split.
type SplitInput struct {
	Split string `json:"split"`
	// TaskQueue is where the new case runs.
	TaskQueue string `json:"task_queue"`
}

// ReadSplit returns the split as it is stored.
func (x *Splits) ReadSplit(ctx context.Context, in SplitInput) (casework.Splitting, error) {
	stored, err := x.Store.Split(ctx, in.Split)
	if err != nil {
		return casework.Splitting{}, refused(ctx, "split not read", err)
	}
	return stored, nil
}

// AdvanceSplit takes the split one step further, notes what came of it, and returns
// it. What cannot be done now is no error: the split says why, and stays where it is.
// Called again, it takes no step twice.
func (x *Splits) AdvanceSplit(ctx context.Context, in SplitInput) (casework.Splitting, error) {
	s, err := x.Store.Split(ctx, in.Split)
	if err != nil {
		return casework.Splitting{}, refused(ctx, "split not read", err)
	}
	if s.Settled() {
		return s, nil
	}
	was := s.State
	failed := x.advance(ctx, &s, in.TaskQueue)
	switch {
	case failed == nil:
		s.Attempts = 0
	case was == casework.SplitUndoing: // why it is undone is on record, and stays
		s.Attempts++
	default:
		s.Attempts, s.Reason = s.Attempts+1, string(casework.KindOf(failed))
	}
	if s.Settled() {
		s.DoneAt = x.Now().UTC().Truncate(time.Microsecond)
	}
	if err := x.Store.SaveSplit(ctx, s); err != nil {
		return s, refused(ctx, "split not saved", err)
	}
	return s, nil
}

// advance moves the split to its next state, or returns why that must wait.
func (x *Splits) advance(ctx context.Context, s *casework.Splitting, queue string) error {
	switch s.State { //nolint:exhaustive // the others are settled
	case casework.SplitPlanned:
		return x.leave(ctx, s)
	case casework.SplitLeft:
		return x.open(ctx, s, queue)
	}
	return x.takeBack(ctx, s)
}

// leave has the children leave. The case that they are to have is protected before
// anything of them can be in it.
func (x *Splits) leave(ctx context.Context, s *casework.Splitting) error {
	c := s.Command()
	if _, err := x.Store.Command(ctx, s.Record(), c.ID); err == nil {
		s.State, s.Reason = casework.SplitLeft, ""
		return nil
	}
	why, err := x.conflict(ctx, s)
	if err != nil {
		return err
	}
	if why == "" {
		if err := x.Store.ShieldSplit(ctx, *s, x.Now()); err != nil {
			return err
		}
		err := x.send(ctx, s.Record(), c)
		switch {
		case err == nil:
			s.State, s.Reason = casework.SplitLeft, ""
			return nil
		case s.Passes(err):
			return err
		}
		why = string(casework.KindOf(err))
		if why == string(casework.Gone) {
			why = casework.TransferClosed
		}
	}
	s.State, s.Reason = casework.SplitRefused, why
	return x.Store.UnshieldSplit(ctx, *s, x.Now())
}

// conflict says whether whoever is to carry the new case is related to the family.
func (x *Splits) conflict(ctx context.Context, s *casework.Splitting) (string, error) {
	for _, who := range []string{s.Split.Worker, s.Split.Supervisor} {
		why, err := x.Store.Hindrance(ctx, s.Record(), who)
		if err != nil || why == casework.TransferConflict {
			return why, err
		}
	}
	return "", nil
}

// open opens the case of those who left. Where it cannot be opened, they are to be
// taken back.
func (x *Splits) open(ctx context.Context, s *casework.Splitting, queue string) error {
	before, split, err := x.before(ctx, s)
	if err != nil {
		return err
	}
	c := before.Branch(split.Body.(*casework.Split), split.Actor, split.RecordedAt)
	if _, err := x.Store.Command(ctx, s.Opened(), c.ID); err == nil {
		s.State, s.Reason = casework.SplitDone, ""
		return nil
	}
	why, err := x.conflict(ctx, s)
	if err != nil {
		return err
	}
	if why == "" {
		if err := x.bring(ctx, s, c.Body.(*casework.Branching)); err != nil {
			return err
		}
		err := x.sendOpening(ctx, s.Opened(), queue, c)
		switch {
		case err == nil:
			s.State, s.Reason = casework.SplitDone, ""
			return nil
		case s.Passes(err):
			return err
		}
		why = string(casework.KindOf(err))
	}
	s.State, s.Reason = casework.SplitUndoing, why
	return nil
}

// before is the case as it was when the children left, told from the log, with the
// event of their leaving.
func (x *Splits) before(ctx context.Context, s *casework.Splitting) (*casework.Case, casework.Event, error) {
	events, err := x.Store.Events(ctx, s.Record(), 1)
	if err != nil {
		return nil, casework.Event{}, err
	}
	id := s.Command().ID
	for i, e := range events {
		if e.CommandID == id {
			return casework.FoldCase(events[:i]), e, nil
		}
	}
	return nil, casework.Event{}, casework.NewError(casework.Unavailable, "The log does not have the split yet.")
}

// bring stores the narratives that go along for the new case.
func (x *Splits) bring(ctx context.Context, s *casework.Splitting, b *casework.Branching) error {
	var ids []string
	texts := b.Narratives()
	for _, t := range texts {
		if *t != "" {
			ids = append(ids, string(*t))
		}
	}
	copied, err := x.Store.CopyTexts(ctx, s.Opened(), ids)
	if err != nil {
		return err
	}
	for _, t := range texts {
		if id, ok := copied[string(*t)]; ok {
			*t = casework.Text(id)
		}
	}
	return nil
}

// takeBack takes the children back into their case.
func (x *Splits) takeBack(ctx context.Context, s *casework.Splitting) error {
	before, split, err := x.before(ctx, s)
	if err != nil {
		return err
	}
	on := casework.DateOf(split.RecordedAt.In(before.Location()))
	c := before.Rejoin(split.Body.(*casework.Split), split.Actor, on, s.Reason)
	if _, err := x.Store.Command(ctx, s.Record(), c.ID); err != nil {
		if err := x.send(ctx, s.Record(), c); err != nil {
			return err
		}
	}
	if err := x.Store.UnshieldSplit(ctx, *s, x.Now()); err != nil {
		return err
	}
	s.State = casework.SplitUndone
	return nil
}

// send sends a step, and looks behind a refusal: the log knows whether it was taken
// the first time, and whether a record that does not answer is closed.
func (x *Splits) send(ctx context.Context, record string, c casework.Command) error {
	handle, err := x.Temporal.UpdateWorkflow(ctx, x.Update(record, c))
	if err == nil {
		err = handle.Get(ctx, nil)
	}
	if err = x.logged(ctx, record, c, fault.Decode(err)); casework.KindOf(err) != casework.NotFound {
		return err
	}
	if closed, unread := x.Store.Summary(ctx, record); unread != nil || closed.ClosedAt.IsZero() {
		return casework.WrapError(casework.Unavailable, "This record does not run at the moment.", err)
	}
	return casework.NewError(casework.Gone, "This record is closed.")
}

func (x *Splits) sendOpening(ctx context.Context, record, queue string, c casework.Command) error {
	handle, err := x.Temporal.UpdateWithStartWorkflow(ctx, x.Open(record, queue, c))
	if err == nil {
		err = handle.Get(ctx, nil)
	}
	return x.logged(ctx, record, c, fault.Decode(err))
}

func (x *Splits) logged(ctx context.Context, record string, c casework.Command, err error) error {
	if err == nil {
		return nil
	}
	if _, unlogged := x.Store.Command(ctx, record, c.ID); unlogged == nil {
		return nil
	}
	return err
}
