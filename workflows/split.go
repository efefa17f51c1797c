package workflows

import (
	"time"

	"go.temporal.io/sdk/temporal"
	"go.temporal.io/sdk/workflow"

	"homeward/activities"
	"homeward/casework"
)

// splitter is one run of the workflow that splits a case. It knows what PostgreSQL
// has told it last.
type splitter struct {
	in    SplitInput
	acts  *activities.Splits
	split casework.Splitting
}

// Split has children leave their case, and opens one for them. What fails is tried
// again until it is done; where the new case cannot be opened, the children are taken
// back, so that no child is ever left without a case. A cancel request stops nothing.
func (w Workflows) Split(ctx workflow.Context, in SplitInput) (casework.SplitState, error) {
	ctx, _ = workflow.NewDisconnectedContext(ctx)
	s := &splitter{in: in}
	err := workflow.SetQueryHandlerWithOptions(ctx, QueryState, func() (casework.Splitting, error) { return s.split, nil },
		workflow.QueryHandlerOptions{Description: "How far it has come"})
	if err != nil {
		return "", err
	}
	if err := s.ask(ctx, "read who leaves", s.acts.ReadSplit); err != nil {
		return "", err
	}
	s.publish(ctx)
	for !s.split.Settled() {
		was := s.split
		if err := s.ask(ctx, s.verb(), s.acts.AdvanceSplit); err != nil {
			return "", err
		}
		s.publish(ctx)
		if s.split.State != was.State {
			s.in.Round = 0
			continue
		}
		if worn(ctx) {
			return "", workflow.NewContinueAsNewError(ctx, SplitWorkflow, s.in)
		}
		if err := s.rest(ctx); err != nil {
			return "", err
		}
	}
	return s.split.State, nil
}

// verb says what is done next, for whoever looks at the history.
func (s *splitter) verb() string {
	switch s.split.State { //nolint:exhaustive // the others are settled
	case casework.SplitPlanned:
		return "have them leave case " + s.split.Case
	case casework.SplitLeft:
		return "open case " + s.split.Split.Number
	}
	return "take them back into case " + s.split.Case
}

// ask has an activity do something, however long it takes, and say how the split
// stands then.
func (s *splitter) ask(ctx workflow.Context, summary string, step any) error {
	ctx = workflow.WithActivityOptions(ctx, workflow.ActivityOptions{
		StartToCloseTimeout: moveTimeout, Summary: summary,
		RetryPolicy: &temporal.RetryPolicy{InitialInterval: time.Second, MaximumInterval: recordMaxInterval},
	})
	in := activities.SplitInput{Split: s.in.Split, TaskQueue: workflow.GetInfo(ctx).TaskQueueName}
	return workflow.ExecuteActivity(ctx, step, in).Get(ctx, &s.split)
}

// rest waits until it is time to try again, or until somebody says so.
func (s *splitter) rest(ctx workflow.Context) error {
	called := workflow.GetSignalChannel(ctx, SignalSplit)
	for called.ReceiveAsync(nil) {
		s.in.Round = 0 // what was failing may be mended
	}
	pause := longestRest
	if s.in.Round < roundsToHours {
		pause = min(firstRest<<s.in.Round, longestRest)
	}
	s.in.Round++
	ctx, cancel := workflow.WithCancel(ctx)
	defer cancel()
	timer := workflow.NewTimerWithOptions(ctx, pause, workflow.TimerOptions{Summary: "try again what could not be done"})
	return workflow.Await(ctx, func() bool { return timer.IsReady() || called.Len() > 0 })
}
