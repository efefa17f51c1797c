package workflows

import (
	"fmt"

	enumspb "go.temporal.io/api/enums/v1"
	"go.temporal.io/sdk/client"

	"homeward/casework"
)

// TransferWorkflow moves records from one worker to another, one by one.
const TransferWorkflow = "Transfer"

// SignalTransfer tells a transfer to look again now: it is to be undone, or to be
// tried again at once.
const SignalTransfer = "transfer.look"

// TransferInput is the argument of [TransferWorkflow]. PostgreSQL knows the rest,
// so the workflow can be started again from nothing.
type TransferInput struct {
	Transfer string `json:"transfer"`
	// Round counts the rounds in which a record failed.
	Round int `json:"round,omitempty"`
}

// TransferOptions returns how a transfer is started. Started again it goes on
// where it was, or finds that all is done.
func TransferOptions(t casework.Transfer, taskQueue string) client.StartWorkflowOptions {
	return client.StartWorkflowOptions{
		ID: casework.TransferAggregate(t.ID), TaskQueue: taskQueue,
		StaticSummary:            fmt.Sprintf("moves records from %s to %s", t.From, t.To),
		WorkflowIDConflictPolicy: enumspb.WORKFLOW_ID_CONFLICT_POLICY_USE_EXISTING,
		WorkflowIDReusePolicy:    enumspb.WORKFLOW_ID_REUSE_POLICY_ALLOW_DUPLICATE,
	}
}
