package api

import (
	"context"
	"time"

	"go.temporal.io/api/workflowservice/v1"
	"go.temporal.io/sdk/client"

	"homeward/casework"
	"homeward/internal/access"
	"homeward/internal/audit"
	"homeward/postgres"
)

// Temporal is the part of [client.Client] that the API uses.
type Temporal interface {
	starter
	signaler

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
	Drafts
	Staff
	Rules
	Trail
	Glass
	Compartments
	Erasure
	Registry
	Transfers
	Splits
	Covers
	People
	Directory
	Needs

	// Ready returns nil when the store answers and has the schema that it needs.
	Ready(ctx context.Context) error
}

// Records reads records and their log.
type Records interface {
	Summary(ctx context.Context, aggregate string) (casework.Summary, error)
	// Standing is a record with how a person stands to it, NotFound where there is
	// no such record.
	Standing(ctx context.Context, person, aggregate string, now time.Time) (postgres.Standing, error)
	Records(ctx context.Context, f postgres.RecordFilter) (postgres.Page[casework.Summary], error)
	Children(ctx context.Context, aggregate string) ([]casework.ChildSummary, error)
	Adults(ctx context.Context, aggregate string) ([]casework.AdultSummary, error)
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
	// Acknowledge puts on record that a person has read notices of theirs, NotFound
	// where one is not.
	Acknowledge(ctx context.Context, person string, keys []string, at time.Time, line audit.Entry) ([]postgres.Acknowledgement, error)
}

// Writings keeps what is personal: narratives and names.
type Writings interface {
	// SaveTexts leaves a text alone whose ID is there already.
	SaveTexts(ctx context.Context, texts []postgres.Text) error
	DropTexts(ctx context.Context, ids []string) error
	Texts(ctx context.Context, ids []string) ([]postgres.Text, error)
	Persons(ctx context.Context, ids []string) ([]postgres.Person, error)
	// AddPerson adds nobody twice for one key.
	AddPerson(ctx context.Context, key, aggregate string, p postgres.Person) (string, error)
}

// Drafts keeps what people have written and not yet sent, each their own.
type Drafts interface {
	// SaveDraft adds a version, beside the others where known is not the newest one.
	SaveDraft(ctx context.Context, d postgres.Draft, known int, line audit.Entry) (postgres.Draft, error)
	// Draft returns one version, the newest for 0.
	Draft(ctx context.Context, k postgres.DraftKey, version int) (postgres.Draft, error)
	// Drafts lists versions without what they say, newest first.
	Drafts(ctx context.Context, k postgres.DraftKey) ([]postgres.Draft, error)
	// DropDraft deletes the versions up to one, all for 0.
	DropDraft(ctx context.Context, k postgres.DraftKey, upTo int, line audit.Entry) error
}

// Rules keeps who may see which record, and what programs may do.
type Rules interface {
	SetRule(ctx context.Context, r postgres.AccessRule, line audit.Entry) (postgres.AccessRule, error)
	EndRule(ctx context.Context, r postgres.AccessRule, line audit.Entry) (postgres.AccessRule, error)
	Rules(ctx context.Context, aggregate string) ([]postgres.AccessRule, error)
	SaveService(ctx context.Context, s postgres.Service, line audit.Entry) error
	Service(ctx context.Context, id string) (postgres.Service, error)
	Services(ctx context.Context) ([]postgres.Service, error)
}

// Trail keeps who has done what.
type Trail interface {
	// Audit adds a line, for good.
	Audit(ctx context.Context, e audit.Entry) error
	// AuditTrail lists what is on record, newest first.
	AuditTrail(ctx context.Context, f postgres.AuditFilter) (postgres.Page[postgres.AuditLine], error)
	// AuditHead is what is kept elsewhere, NotFound where nothing is on record.
	AuditHead(ctx context.Context) (postgres.AuditAnchor, error)
}

// Glass keeps who has read a record in an emergency.
type Glass interface {
	BreakGlass(ctx context.Context, b postgres.Breaking) (casework.Glass, error)
	// Glass returns one emergency, NotFound where there is none.
	Glass(ctx context.Context, id string) (casework.Glass, error)
	BrokenGlass(ctx context.Context, f postgres.GlassFilter) (postgres.Page[casework.Glass], error)
	Reviews(ctx context.Context, f postgres.ReviewFilter) (postgres.Page[casework.Glass], error)
	UnreviewedGlass(ctx context.Context, now time.Time) (waiting, overdue int, err error)
}

// Compartments keeps what is encrypted before it gets there.
type Compartments interface {
	// SaveItem and SaveConsent say whether the ID was new.
	SaveItem(ctx context.Context, in access.Compartment, i postgres.SealedItem, line audit.Entry) (saved bool, err error)
	Items(ctx context.Context, in access.Compartment, aggregate string) ([]postgres.SealedItem, error)
	// DropReporter takes away who made a report that was refused.
	DropReporter(ctx context.Context, id string) error
	SaveConsent(ctx context.Context, c postgres.SealedConsent, line audit.Entry) (saved bool, err error)
	Consents(ctx context.Context, aggregate string, of access.Compartment) ([]postgres.SealedConsent, error)
}

// Staff keeps the agency's workers and how they are told.
type Staff interface {
	// Place is where a person works, empty where the directory does not know them.
	Place(ctx context.Context, person string) (office, unit string, err error)
	SaveWorker(ctx context.Context, w postgres.Worker, line audit.Entry) error
	Worker(ctx context.Context, id string) (postgres.Worker, error)
	Workers(ctx context.Context, f postgres.WorkerFilter) (postgres.Page[postgres.Worker], error)
}
