package workflows

import (
	"time"

	enumspb "go.temporal.io/api/enums/v1"
	"go.temporal.io/sdk/client"

	"homeward/casework"
)

// GlassWorkflow watches over broken glass, from the alert to the review. It runs
// beside the record, which may be closed.
const GlassWorkflow = "Glass"

// The updates of a [GlassWorkflow]. Both answer with a [casework.Glass].
const (
	// UpdateGlassWatch is answered once the access is effective.
	UpdateGlassWatch = "glass.watch"
	// UpdateGlassReview takes a [casework.GlassReview].
	UpdateGlassReview = "glass.review"
)

// GlassInput is the argument of [GlassWorkflow]. Only a continued run has more
// than the ID: PostgreSQL knows the rest, so the workflow can be started again
// from nothing.
type GlassInput struct {
	Glass string `json:"glass"`
	// Told is the rung of the ladder that was told last.
	Told int `json:"told,omitempty"`
	// Undelivered, Attempt and NextTry are as in [Input].
	Undelivered int       `json:"undelivered,omitempty"`
	Attempt     int       `json:"attempt,omitempty"`
	NextTry     time.Time `json:"next_try,omitzero"`
}

// GlassOptions returns how glass is broken: the workflow is started under the
// glass's ID, and an Update is answered when it watches. Sent again, it starts
// nothing twice.
func GlassOptions(s Starter, taskQueue, glass string) client.UpdateWithStartWorkflowOptions {
	id := casework.GlassAggregate(glass)
	return client.UpdateWithStartWorkflowOptions{
		StartWorkflowOperation: s.NewWithStartWorkflowOperation(client.StartWorkflowOptions{
			ID: id, TaskQueue: taskQueue, StaticSummary: "somebody reads a record in an emergency",
			WorkflowIDConflictPolicy: enumspb.WORKFLOW_ID_CONFLICT_POLICY_USE_EXISTING,
			WorkflowIDReusePolicy:    enumspb.WORKFLOW_ID_REUSE_POLICY_ALLOW_DUPLICATE,
		}, GlassWorkflow, GlassInput{Glass: glass}),
		UpdateOptions: client.UpdateWorkflowOptions{
			WorkflowID: id, UpdateName: UpdateGlassWatch, WaitForStage: client.WorkflowUpdateStageCompleted,
		},
	}
}

// ReviewOptions returns how a review is sent, under an ID made from the
// reviewer's key.
func ReviewOptions(r casework.GlassReview, id string) client.UpdateWorkflowOptions {
	return client.UpdateWorkflowOptions{
		WorkflowID: casework.GlassAggregate(r.Glass), UpdateID: id, UpdateName: UpdateGlassReview, Args: []any{r},
		WaitForStage: client.WorkflowUpdateStageCompleted,
	}
}
