package api

import (
	"context"

	"go.temporal.io/api/workflowservice/v1"
	"go.temporal.io/sdk/client"

	"homeward/casework"
	"homeward/postgres"
)

// Temporal is the part of [client.Client] that the API uses.
type Temporal interface {
	UpdateWorkflow(context.Context, client.UpdateWorkflowOptions) (client.WorkflowUpdateHandle, error)
	UpdateWithStartWorkflow(context.Context, client.UpdateWithStartWorkflowOptions) (client.WorkflowUpdateHandle, error)
	NewWithStartWorkflowOperation(client.StartWorkflowOptions, any, ...any) client.WithStartWorkflowOperation
	GetWorkflowUpdateHandle(client.GetWorkflowUpdateHandleOptions) client.WorkflowUpdateHandle
	SignalWorkflow(ctx context.Context, workflowID, runID, signal string, arg any) error
	CheckHealth(context.Context, *client.CheckHealthRequest) (*client.CheckHealthResponse, error)
	// WorkflowService says which workers are there.
	WorkflowService() workflowservice.WorkflowServiceClient
}

// Store is what the API reads and keeps apart from Temporal; [postgres.DB] is
// one. Errors are of package casework: NotFound, Unavailable, Internal.
type Store interface {
	Records
	Obligations
	Writings
	Staff

	// Ready returns nil when the store answers and has the schema that it needs.
	Ready(ctx context.Context) error
}

// Records reads records and their log.
type Records interface {
	Summary(ctx context.Context, aggregate string) (casework.Summary, error)
	Records(ctx context.Context, f postgres.RecordFilter) (postgres.Page[casework.Summary], error)
	Children(ctx context.Context, aggregate string) ([]casework.ChildSummary, error)
	// Events returns the events of a record from a seq on.
	Events(ctx context.Context, aggregate string, from int) ([]casework.Event, error)
	// Command returns the answer that a command got, NotFound when it was not
	// carried out.
	Command(ctx context.Context, aggregate, commandID string) (casework.Answer, error)
	// Reserve gives a new record its number, once for each key.
	Reserve(ctx context.Context, r postgres.Reservation) (postgres.Reserved, error)
}

// Obligations reads what is owed, and who was told.
type Obligations interface {
	Duties(ctx context.Context, f postgres.DutyFilter) (postgres.Page[postgres.RecordDuty], error)
	Duty(ctx context.Context, aggregate, id string) (casework.Duty, error)
	Worklist(ctx context.Context, f postgres.WorklistFilter) (postgres.Page[postgres.WorklistItem], error)
	Notices(ctx context.Context, f postgres.NoticeFilter) (postgres.Page[postgres.SentNotice], error)
}

// Writings keeps what is personal: narratives and names.
type Writings interface {
	// SaveTexts leaves a text alone whose ID is there already.
	SaveTexts(ctx context.Context, texts []postgres.Text) error
	DropTexts(ctx context.Context, ids []string) error
	Texts(ctx context.Context, ids []string) ([]postgres.Text, error)
	Persons(ctx context.Context, ids []string) ([]postgres.Person, error)
}

// Staff keeps the agency's workers and how they are told.
type Staff interface {
	SaveWorker(ctx context.Context, w postgres.Worker) error
	Worker(ctx context.Context, id string) (postgres.Worker, error)
	Workers(ctx context.Context, f postgres.WorkerFilter) (postgres.Page[postgres.Worker], error)
}
