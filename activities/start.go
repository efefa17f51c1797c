package activities

import (
	"context"

	enumspb "go.temporal.io/api/enums/v1"
	"go.temporal.io/sdk/client"

	"homeward/casework"
)

// StartRequest opens a record: which workflow, and its first command.
type StartRequest struct {
	// WorkflowID is the record's aggregate ID: "case-1002".
	WorkflowID   string `json:"workflow_id"`
	WorkflowType string `json:"workflow_type"`
	TaskQueue    string `json:"task_queue"`
	// Summary is what the Temporal UI shows beside the ID.
	Summary string `json:"summary,omitempty"`
	// Update is the name of the update that takes commands.
	Update  string           `json:"update"`
	Command casework.Command `json:"command"`
}

// opening is the argument of every workflow that opens a record, as far as this
// package knows it: the command that opens it.
type opening struct {
	Open casework.Command `json:"open"`
}

// Start opens a record and waits until its first command has been carried out.
// The command's ID is the update's ID, and a record that runs already is used as
// it is, so a second call gives the answer of the first. A record that was opened
// before and has ended is started again, finds its whole life in the log, gives
// the answer of the first call and ends. A refused command is the error that the
// record gave, and leaves a record without events behind, which ends by itself.
func (a *Activities) Start(ctx context.Context, r StartRequest) (casework.Answer, error) {
	start := a.temporal.NewWithStartWorkflowOperation(client.StartWorkflowOptions{
		ID:                       r.WorkflowID,
		TaskQueue:                r.TaskQueue,
		StaticSummary:            r.Summary,
		WorkflowIDConflictPolicy: enumspb.WORKFLOW_ID_CONFLICT_POLICY_USE_EXISTING,
		WorkflowIDReusePolicy:    enumspb.WORKFLOW_ID_REUSE_POLICY_ALLOW_DUPLICATE,
	}, r.WorkflowType, opening{Open: r.Command})
	update, err := a.temporal.UpdateWithStartWorkflow(ctx, client.UpdateWithStartWorkflowOptions{
		StartWorkflowOperation: start,
		UpdateOptions: client.UpdateWorkflowOptions{
			WorkflowID:   r.WorkflowID,
			UpdateID:     r.Command.ID,
			UpdateName:   r.Update,
			Args:         []any{r.Command},
			WaitForStage: client.WorkflowUpdateStageCompleted,
		},
	})
	var answer casework.Answer
	if err == nil {
		err = update.Get(ctx, &answer)
	}
	if err != nil {
		return casework.Answer{}, refused(ctx, "record not opened", err)
	}
	return answer, nil
}
