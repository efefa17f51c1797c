package fault_test

import (
	"context"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"go.temporal.io/sdk/temporal"
	"go.temporal.io/sdk/testsuite"
	"go.temporal.io/sdk/workflow"

	"homeward/casework"
	"homeward/internal/fault"
)

// refusal is what the activity and the update below refuse with.
func refusal() error {
	return casework.BlockedBy("The case cannot be closed yet.", casework.Blocker{Code: "child-in-care", Detail: "A child is in care."})
}

func refuse(context.Context) error { return fault.Encode(refusal()) }

func TestDecode_FindsTheErrorBehindActivityAndWorkflow(t *testing.T) {
	t.Parallel()
	for name, run := range map[string]func(ctx workflow.Context) error{
		"activity": func(ctx workflow.Context) error {
			ctx = workflow.WithActivityOptions(ctx, workflow.ActivityOptions{StartToCloseTimeout: time.Minute})
			return workflow.ExecuteActivity(ctx, refuse).Get(ctx, nil)
		},
		"local activity": func(ctx workflow.Context) error {
			ctx = workflow.WithLocalActivityOptions(ctx, workflow.LocalActivityOptions{StartToCloseTimeout: time.Minute})
			return workflow.ExecuteLocalActivity(ctx, refuse).Get(ctx, nil)
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			env := new(testsuite.WorkflowTestSuite).NewTestWorkflowEnvironment()
			env.RegisterActivity(refuse)
			var inside error
			env.ExecuteWorkflow(func(ctx workflow.Context) error {
				inside = run(ctx)
				return inside
			})
			require.Equal(t, refusal(), fault.Decode(inside))

			outside := env.GetWorkflowError()
			require.True(t, temporal.IsApplicationError(outside))
			require.Equal(t, refusal(), fault.Decode(outside))
		})
	}
}

func TestDecode_FindsTheErrorBehindAnUpdate(t *testing.T) {
	t.Parallel()
	env := new(testsuite.WorkflowTestSuite).NewTestWorkflowEnvironment()
	answer := &testsuite.TestUpdateCallback{
		OnAccept:   func() {},
		OnReject:   func(err error) { require.Equal(t, refusal(), fault.Decode(err)) },
		OnComplete: func(_ any, err error) { require.Equal(t, refusal(), fault.Decode(err)) },
	}
	env.RegisterDelayedCallback(func() { env.UpdateWorkflow("step", "1", answer) }, 0)
	env.ExecuteWorkflow(func(ctx workflow.Context) error {
		handler := func(workflow.Context) error { return fault.Encode(refusal()) }
		if err := workflow.SetUpdateHandler(ctx, "step", handler); err != nil {
			return err
		}
		return workflow.Sleep(ctx, time.Minute)
	})
	require.NoError(t, env.GetWorkflowError())
}
