package workflows

import (
	"time"

	enumspb "go.temporal.io/api/enums/v1"
	"go.temporal.io/sdk/client"

	"homeward/casework"
)

// The workflow types. Their names are part of every history and never change.
const (
	// ReportWorkflow runs one report, from the call to its disposition.
	ReportWorkflow = "Report"
	// CaseWorkflow runs one case, from opening to closing.
	CaseWorkflow = "Case"
)

// The names of signals, which operators send; people's steps are updates.
const (
	// SignalRenew asks a record to continue as new at its next quiet moment.
	SignalRenew = "renew"
	// SignalDeliver asks a record to try its undelivered notices again now.
	SignalDeliver = "deliver"
	// SignalCatchUp tells a record which revision its log holds, an int. One that
	// has missed some of it, because Temporal was lost before it heard of a step
	// that was recorded, reads it and goes on from there.
	SignalCatchUp = "catch-up"
)

// QueryState returns a record's whole state as JSON, for debugging; reads go
// to PostgreSQL.
const QueryState = "state"

// TypeOf returns the workflow type that runs a kind of record.
func TypeOf(kind casework.AggregateKind) string {
	if kind == casework.KindReport {
		return ReportWorkflow
	}
	return CaseWorkflow
}

// Starter is the part of [client.Client] that prepares a start.
type Starter interface {
	NewWithStartWorkflowOperation(client.StartWorkflowOptions, any, ...any) client.WithStartWorkflowOperation
}

// OpenOptions returns how a record is opened: its workflow is started under its
// own ID and without any timeout, because a case has none, with the command that
// opens it; and the same command is sent as an Update for its answer. Sent
// again, it opens nothing twice: the log, not Temporal, makes sure that a number
// is used once, since Temporal forgets closed runs.
func OpenOptions(s Starter, aggregate, taskQueue string, c casework.Command) client.UpdateWithStartWorkflowOptions {
	kind, input := casework.KindReport, any(Input[casework.Report]{Open: &c})
	if c.Name == casework.StepOpen || c.Name == casework.StepBranch {
		kind, input = casework.KindCase, Input[casework.Case]{Open: &c}
	}
	return client.UpdateWithStartWorkflowOptions{
		StartWorkflowOperation: s.NewWithStartWorkflowOperation(client.StartWorkflowOptions{
			ID: aggregate, TaskQueue: taskQueue, StaticSummary: c.Body.Says(),
			WorkflowIDConflictPolicy: enumspb.WORKFLOW_ID_CONFLICT_POLICY_USE_EXISTING,
			WorkflowIDReusePolicy:    enumspb.WORKFLOW_ID_REUSE_POLICY_ALLOW_DUPLICATE,
		}, TypeOf(kind), input),
		UpdateOptions: UpdateOptions(aggregate, c),
	}
}

// ReopenOptions returns how a closed record is taken up again: its workflow is
// started under its own ID with the state that the log gives, and with the command
// that reopens it, which is sent as an Update for its answer, too. The log goes on
// where it ended. A record that still runs, for its last notices, takes the Update
// as it is.
func ReopenOptions[S any](
	s Starter, kind casework.AggregateKind, aggregate, taskQueue string, state *S, c casework.Command,
) client.UpdateWithStartWorkflowOptions {
	return client.UpdateWithStartWorkflowOptions{
		StartWorkflowOperation: s.NewWithStartWorkflowOperation(client.StartWorkflowOptions{
			ID: aggregate, TaskQueue: taskQueue, StaticSummary: c.Body.Says(),
			WorkflowIDConflictPolicy: enumspb.WORKFLOW_ID_CONFLICT_POLICY_USE_EXISTING,
			WorkflowIDReusePolicy:    enumspb.WORKFLOW_ID_REUSE_POLICY_ALLOW_DUPLICATE,
		}, TypeOf(kind), Input[S]{State: state, Open: &c}),
		UpdateOptions: UpdateOptions(aggregate, c),
	}
}

// UpdateOptions returns how a command is sent: as an Update named after the
// step, under the command's ID, so that sending it again asks for the same
// answer. The Update's argument is the command and its result a
// [casework.Answer]; refusals are decoded with fault.Decode.
func UpdateOptions(aggregate string, c casework.Command) client.UpdateWorkflowOptions {
	return client.UpdateWorkflowOptions{
		WorkflowID: aggregate, UpdateID: c.ID, UpdateName: c.Name, Args: []any{c},
		WaitForStage: client.WorkflowUpdateStageCompleted,
	}
}

// Input is the argument of both workflows. A new record is opened by the
// command that it starts with; a continued or rebuilt one carries its state
// along.
type Input[S any] struct {
	Open  *casework.Command `json:"open,omitempty"`
	State *S                `json:"state,omitempty"`
	// Undelivered is the number of notices that still wait in the outbox.
	Undelivered int `json:"undelivered,omitempty"`
	// Attempt counts the deliveries that have left some undelivered, and
	// NextTry is when the next one is made.
	Attempt int       `json:"attempt,omitempty"`
	NextTry time.Time `json:"next_try,omitzero"`
}
