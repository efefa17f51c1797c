package workflows_test

import (
	"os"
	"path/filepath"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"go.temporal.io/sdk/client"
	sdkworker "go.temporal.io/sdk/worker"
	"go.temporal.io/sdk/workflow"

	"homeward/casework"
	"homeward/internal/app"
	"homeward/internal/config"
	"homeward/internal/teststack"
	"homeward/workflows"
)

// histories lists the recorded runs of every release.
func histories(t *testing.T) []string {
	t.Helper()
	files, err := filepath.Glob(filepath.Join("testdata", "history", "*", "*.json"))
	require.NoError(t, err)
	require.NotEmpty(t, files)
	return files
}

func current(t *testing.T) workflows.Workflows {
	t.Helper()
	law, err := app.Law(config.Packs{})
	require.NoError(t, err)
	return workflows.Workflows{Law: law}
}

// replay runs a recorded history, under the ID that it had.
func replay(t *testing.T, replayer sdkworker.WorkflowReplayer, file string) error {
	t.Helper()
	content, err := os.Open(file)
	require.NoError(t, err)
	defer func() { require.NoError(t, content.Close()) }()
	history, err := client.HistoryFromJSON(content, client.HistoryJSONOptions{})
	require.NoError(t, err)
	id := history.GetEvents()[0].GetWorkflowExecutionStartedEventAttributes().GetWorkflowId()
	return replayer.ReplayWorkflowHistoryWithOptions(teststack.SDKLog(), history, sdkworker.ReplayWorkflowHistoryOptions{
		OriginalExecution: workflow.Execution{ID: id},
	})
}

// Open cases run for years: this release must take over every run that an
// earlier one has begun.
func TestReplay_OfEveryReleaseIsDeterministic(t *testing.T) {
	t.Parallel()
	for _, file := range histories(t) {
		t.Run(filepath.Base(filepath.Dir(file))+"/"+filepath.Base(file), func(t *testing.T) {
			t.Parallel()
			replayer := sdkworker.NewWorkflowReplayer()
			current(t).Register(replayer)
			require.NoError(t, replay(t, replayer, file))
		})
	}
}

// impatient is the case workflow with a mistake that a reviewer could miss: it
// waits a moment before it does anything.
type impatient struct{ workflows.Workflows }

func (i impatient) Case(ctx workflow.Context, in workflows.Input[casework.Case]) error {
	if err := workflow.Sleep(ctx, time.Second); err != nil {
		return err
	}
	return i.Workflows.Case(ctx, in)
}

// The same for what watches over broken glass.
func TestReplay_FailsForAGlassThatIsNotWatchedFirst(t *testing.T) {
	t.Parallel()
	replayer := sdkworker.NewWorkflowReplayer()
	replayer.RegisterWorkflowWithOptions(func(ctx workflow.Context, in workflows.GlassInput) error {
		if err := workflow.Sleep(ctx, time.Second); err != nil {
			return err
		}
		return current(t).Glass(ctx, in)
	}, workflow.RegisterOptions{Name: workflows.GlassWorkflow})
	var found int
	for _, file := range histories(t) {
		if filepath.Base(file) == "glass-first-run.json" {
			found++
			require.ErrorContains(t, replay(t, replayer, file), "TMPRL1100")
		}
	}
	require.Positive(t, found)
}

// forgetful runs the case under a law that asks for nothing.
type forgetful struct{}

func (forgetful) Duties(*casework.Record, []casework.Subject, time.Time) ([]casework.Duty, error) {
	return nil, nil
}

func (forgetful) EnteredCare(*casework.Record, []casework.Subject) (map[string]casework.Date, error) {
	return nil, nil
}

func (forgetful) Admits(string, string) error { return nil }

// The replay tests prove something only if a broken workflow fails them.
func TestReplay_FailsForABrokenWorkflow(t *testing.T) {
	t.Parallel()
	broken := map[string]any{
		"waits first":   impatient{current(t)}.Case,
		"another law":   workflows.Workflows{Law: forgetful{}}.Case,
		"does not wait": func(workflow.Context, workflows.Input[casework.Case]) error { return nil },
	}
	for name, run := range broken {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			replayer := sdkworker.NewWorkflowReplayer()
			replayer.RegisterWorkflowWithOptions(run, workflow.RegisterOptions{Name: workflows.CaseWorkflow})
			for _, file := range histories(t) {
				if filepath.Base(file) != "story-case.json" {
					continue
				}
				require.ErrorContains(t, replay(t, replayer, file), "TMPRL1100")
			}
		})
	}
}
