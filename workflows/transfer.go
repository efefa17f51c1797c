package workflows

import (
	"time"

	"go.temporal.io/sdk/temporal"
	"go.temporal.io/sdk/workflow"

	"homeward/activities"
	"homeward/casework"
)

// How records that could not be moved are tried again: after a pause that doubles.
const (
	moveTimeout   = time.Minute
	firstRest     = 5 * time.Second
	longestRest   = time.Hour
	roundsToHours = 10
)

// mover is one run of the workflow that moves records. It knows what PostgreSQL
// has told it last.
type mover struct {
	in       TransferInput
	acts     *activities.Transfers
	transfer casework.Transfer
	// tried are the records of this round, so that one that fails holds up none.
	tried map[string]bool
}

// Transfer moves records one by one with the same steps as a person takes, so each
// record decides for itself. What cannot be moved says why and holds up nothing
// else; what failed is tried again; and where everything is to go back, by
// somebody's word or because it was to be all or nothing, it is taken back record
// by record. A cancel request stops nothing: undoing is a step with a person behind
// it.
func (w Workflows) Transfer(ctx workflow.Context, in TransferInput) (casework.TransferState, error) {
	ctx, _ = workflow.NewDisconnectedContext(ctx)
	m := &mover{in: in}
	err := workflow.SetQueryHandlerWithOptions(ctx, QueryState, func() (casework.Transfer, error) { return m.transfer, nil },
		workflow.QueryHandlerOptions{Description: "How far it has come, record by record"})
	if err != nil {
		return "", err
	}
	for {
		if err := m.round(ctx); err != nil {
			return "", err
		}
		if m.transfer.Settled() && !m.called(ctx) {
			return m.transfer.State, nil
		}
		if worn(ctx) && !m.called(ctx) {
			return "", workflow.NewContinueAsNewError(ctx, TransferWorkflow, m.in)
		}
		if err := m.rest(ctx); err != nil {
			return "", err
		}
	}
}

// round looks at the transfer and takes each record that waits once.
func (m *mover) round(ctx workflow.Context) error {
	for workflow.GetSignalChannel(ctx, SignalTransfer).ReceiveAsync(nil) {
		m.in.Round = 0 // what was failing may be mended
	}
	m.tried = make(map[string]bool)
	if err := m.ask(ctx, "read what is to be moved", m.acts.ReadTransfer, ""); err != nil {
		return err
	}
	for {
		m.publish(ctx)
		next, ok := m.next()
		if !ok {
			break
		}
		if err := m.ask(ctx, m.verb()+next, m.acts.MoveRecord, next); err != nil {
			return err
		}
	}
	if err := m.ask(ctx, "note how it stands", m.acts.SettleTransfer, ""); err != nil {
		return err
	}
	m.publish(ctx)
	return nil
}

// next returns a record that waits and was not tried in this round: a record that
// was moved in it can still be moved back in it.
func (m *mover) next() (string, bool) {
	for _, i := range m.transfer.Next() {
		key := m.verb() + i.Record
		if !m.tried[key] {
			m.tried[key] = true
			return i.Record, true
		}
	}
	return "", false
}

func (m *mover) verb() string {
	if m.transfer.Undoing() {
		return "move back "
	}
	return "move "
}

// ask has an activity do something, however long it takes, and say how the
// transfer stands then. A record that cannot be moved is no error of it.
func (m *mover) ask(ctx workflow.Context, summary string, step any, record string) error {
	ctx = workflow.WithActivityOptions(ctx, workflow.ActivityOptions{
		StartToCloseTimeout: moveTimeout, Summary: summary,
		RetryPolicy: &temporal.RetryPolicy{InitialInterval: time.Second, MaximumInterval: recordMaxInterval},
	})
	in := activities.TransferInput{Transfer: m.in.Transfer, Record: record}
	return workflow.ExecuteActivity(ctx, step, in).Get(ctx, &m.transfer)
}

// rest waits until it is time to try again, or until somebody says so.
func (m *mover) rest(ctx workflow.Context) error {
	pause := longestRest
	if m.in.Round < roundsToHours {
		pause = min(firstRest<<m.in.Round, longestRest)
	}
	m.in.Round++
	ctx, cancel := workflow.WithCancel(ctx)
	defer cancel()
	timer := workflow.NewTimerWithOptions(ctx, pause, workflow.TimerOptions{Summary: "try again what could not be moved"})
	return workflow.Await(ctx, func() bool { return timer.IsReady() || m.called(ctx) })
}

func (m *mover) called(ctx workflow.Context) bool {
	return workflow.GetSignalChannel(ctx, SignalTransfer).Len() > 0
}
