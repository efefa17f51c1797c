package workflows

import (
	"fmt"

	enumspb "go.temporal.io/api/enums/v1"
	"go.temporal.io/sdk/client"
	"go.temporal.io/sdk/workflow"

	"homeward/casework"
)

// SplitWorkflow has children leave their case for one of their own.
const SplitWorkflow = "Split"

// SignalSplit tells a split to try again now what could not be done.
const SignalSplit = "split.look"

// SplitInput is the argument of [SplitWorkflow]. PostgreSQL knows the rest, so the
// workflow can be started again from nothing.
type SplitInput struct {
	Split string `json:"split"`
	// Round counts the tries that failed.
	Round int `json:"round,omitempty"`
}

// SplitOptions returns how a split is started. Started again it goes on where it
// was, or finds that all is done.
func SplitOptions(s casework.Splitting, taskQueue string) client.StartWorkflowOptions {
	return client.StartWorkflowOptions{
		ID: casework.SplittingAggregate(s.ID), TaskQueue: taskQueue,
		StaticSummary:            fmt.Sprintf("splits case %s: some children get case %s", s.Case, s.Split.Number),
		WorkflowIDConflictPolicy: enumspb.WORKFLOW_ID_CONFLICT_POLICY_USE_EXISTING,
		WorkflowIDReusePolicy:    enumspb.WORKFLOW_ID_REUSE_POLICY_ALLOW_DUPLICATE,
	}
}

// publish shows a supervisor in the Temporal UI how far the split has come.
func (s *splitter) publish(ctx workflow.Context) { workflow.SetCurrentDetails(ctx, s.details()) }

// details is the page that a supervisor reads.
func (s *splitter) details() string {
	x := s.split
	page := fmt.Sprintf("Case **%s** is split: %d of its children get case **%s**, carried by %s, supervised by %s. "+
		"Asked by %s, reason %s.\n\n**%s**", x.Case, len(x.Split.Children), x.Split.Number, x.Split.Worker, x.Split.Supervisor,
		x.By.ID, x.Split.Reason, stateOfSplit(x.State))
	if why := casework.SplitDetail(x.Reason); why != "" {
		page += " " + why
	}
	return page
}

func stateOfSplit(state casework.SplitState) string {
	switch state {
	case casework.SplitPlanned:
		return "The children are to leave."
	case casework.SplitLeft:
		return "The children have left, and their case is being opened."
	case casework.SplitDone:
		return "Done: the children have a case of their own."
	case casework.SplitUndoing:
		return "Their case cannot be opened; they are being taken back."
	case casework.SplitUndone:
		return "Their case could not be opened; they are where they were."
	case casework.SplitRefused:
		return "Refused: nothing has changed."
	}
	return string(state)
}
