package access

import (
	"slices"

	"homeward/casework"
)

// Action is something that can be done, by its code in the audit.
type Action string

// The actions about one record.
const (
	// ReadRecord: its row, children, duties, timeline, next steps and notices.
	// They hold IDs, codes and dates.
	ReadRecord Action = "record.read"
	// ReadNames: the names of the people in it.
	ReadNames Action = "names.read"
	// ReadNarratives: what people wrote.
	ReadNarratives Action = "narratives.read"
	// ReadWorkflow: its workflow as Temporal holds it, decoded.
	ReadWorkflow Action = "workflow.read"
	// TakeStep: a step, which names its own roles.
	TakeStep Action = "step.take"
	// KeepDraft: write, read and delete one's own drafts of steps. Which step a draft
	// is of decides, too: only who may take it.
	KeepDraft Action = "draft.keep"
	// ExportRecord: all that can be read of it, as files.
	ExportRecord Action = "record.export"
	// ReadAudit: who has done what with it.
	ReadAudit Action = "audit.read"
	// BreakGlass: read it in an emergency without being entitled to.
	BreakGlass Action = "glass.break"
	// ReviewGlass: look at why somebody has broken the glass.
	ReviewGlass Action = "glass.review"
	// ReadAccess: who is named, who has a conflict, who has broken the glass.
	ReadAccess Action = "access.read"
	// ManageAccess: name people, record conflicts.
	ManageAccess Action = "access.manage"
	// DeclareConflict: say that one is related to somebody in it.
	DeclareConflict Action = "conflict.declare"
	// SealRecord: close it on the order of a court, and open it again.
	SealRecord Action = "record.seal"
	// HoldRecord: forbid to destroy it, and allow it again.
	HoldRecord Action = "record.hold"
	// Expunge: take a finding out of the registry.
	Expunge Action = "finding.expunge"
	// RequestPurge and ApprovePurge: destroy the record. Two people do it.
	RequestPurge Action = "purge.request"
	ApprovePurge Action = "purge.approve"
	// ReadConsents and ManageConsents: the consents and court orders that open a
	// compartment.
	ReadConsents   Action = "consents.read"
	ManageConsents Action = "consents.manage"
	// ReadReporter and WriteReporter: who made the report.
	ReadReporter  Action = "reporter.read"
	WriteReporter Action = "reporter.write"
	// ReadTreatment and WriteTreatment: records of treatment for substance use
	// (42 CFR part 2).
	ReadTreatment  Action = "treatment.read"
	WriteTreatment Action = "treatment.write"
	// ReadJuvenile and WriteJuvenile: sealed records of a young person's offences.
	ReadJuvenile  Action = "juvenile.read"
	WriteJuvenile Action = "juvenile.write"
	// ReadAdoption and WriteAdoption: what links an adopted child to the family
	// of birth.
	ReadAdoption  Action = "adoption.read"
	WriteAdoption Action = "adoption.write"
)

// The actions about no single record.
const (
	// ListRecords: reports or cases, those alone that the caller sees.
	ListRecords Action = "records.list"
	// ReadOwn: one's own worklist, inbox and entry in the directory.
	ReadOwn Action = "own.read"
	// AcknowledgeNotices: say that one has read what one was told.
	AcknowledgeNotices Action = "notices.acknowledge"
	// ReadStaff and ManageStaff: who works here, and where they are told things.
	ReadStaff   Action = "staff.read"
	ManageStaff Action = "staff.manage"
	// ManageServices: the accounts of programs.
	ManageServices Action = "services.manage"
	// SearchRegistry: what was found against a person, for a purpose that is named.
	SearchRegistry Action = "registry.search"
	// SearchAudit: who has done what, in all records.
	SearchAudit Action = "audit.search"
	// TransferRecords: give what one worker carries to another, or take it back.
	// ReadTransfers: how far that has come.
	TransferRecords Action = "records.transfer"
	ReadTransfers   Action = "transfers.read"
	// ArrangeCover: say who answers for somebody who is absent, or read it.
	ArrangeCover Action = "cover.arrange"
	// ReadDirectory: the services that families can be referred to.
	ReadDirectory Action = "directory.read"
	// SearchPersons: find a person by name, date of birth or identifier, and who was
	// entered twice, in records that the caller sees. IdentifyPerson: keep by which
	// numbers others know a person. MergePersons: say that two entries are one person,
	// or that they are not.
	SearchPersons  Action = "persons.search"
	IdentifyPerson Action = "persons.identify"
	MergePersons   Action = "persons.merge"
	// TellApart: say that two entries who look like one person are two, and undo it.
	TellApart Action = "persons.tell-apart"
	// CountNeeds: how many needs had no service, without persons.
	CountNeeds Action = "needs.count"
	// ImportDirectory: replace them by those of whoever keeps the list.
	ImportDirectory Action = "directory.import"
)

// Actions lists every action, those about one record first.
func Actions() []Action {
	return []Action{
		ReadRecord, ReadNames, ReadNarratives, ReadWorkflow, TakeStep, KeepDraft, ExportRecord, ReadAudit, BreakGlass,
		ReviewGlass,
		ReadAccess, ManageAccess, DeclareConflict, SealRecord, HoldRecord, Expunge, RequestPurge, ApprovePurge, ReadConsents, ManageConsents,
		ReadReporter, WriteReporter, ReadTreatment, WriteTreatment, ReadJuvenile, WriteJuvenile, ReadAdoption, WriteAdoption,
		ListRecords, ReadOwn, AcknowledgeNotices, ReadStaff, ManageStaff, ManageServices, SearchRegistry, SearchAudit,
		TransferRecords, ReadTransfers, ArrangeCover, ReadDirectory, ImportDirectory, CountNeeds,
		SearchPersons, IdentifyPerson, MergePersons, TellApart,
	}
}

// Title is what people call it, to go on after "may not do this:".
func (a Action) Title() string {
	switch a { //nolint:exhaustive // the others are about no single record
	case ReadRecord:
		return "read this record"
	case ReadNames:
		return "read the names of a family"
	case ReadNarratives:
		return "read what people wrote"
	case ReadWorkflow:
		return "look into the workflow of a record"
	case TakeStep:
		return "take this step"
	case KeepDraft:
		return "keep drafts of steps"
	case ExportRecord:
		return "export a record"
	case ReadAudit:
		return "read who has done what with a record"
	case BreakGlass:
		return "break the glass"
	case ReviewGlass:
		return "review broken glass"
	case ReadAccess:
		return "read who has access to a record"
	case ManageAccess:
		return "change who has access to a record"
	case DeclareConflict:
		return "say that one is related to somebody in a record"
	case SealRecord:
		return "seal a record or open it again"
	case HoldRecord:
		return "place or release a legal hold"
	case Expunge:
		return "expunge a finding"
	case RequestPurge:
		return "ask for a record to be destroyed"
	case ApprovePurge:
		return "approve that a record is destroyed"
	case ReadConsents:
		return "read the consents of a record"
	case ManageConsents:
		return "record or revoke a consent"
	case ReadReporter:
		return "read who made a report"
	case WriteReporter:
		return "record who made a report"
	case ReadTreatment:
		return "read treatment records"
	case WriteTreatment:
		return "record treatment records"
	case ReadJuvenile:
		return "read sealed juvenile records"
	case WriteJuvenile:
		return "record sealed juvenile records"
	case ReadAdoption:
		return "read what links an adopted child to its family of birth"
	case WriteAdoption:
		return "record what links an adopted child to its family of birth"
	}
	return a.titleAboutNone()
}

// titleAboutNone is [Action.Title] of what is about no single record.
func (a Action) titleAboutNone() string {
	switch a { //nolint:exhaustive // the others are about one record
	case ListRecords:
		return "list records"
	case ReadOwn:
		return "read what is one's own"
	case AcknowledgeNotices:
		return "acknowledge notices"
	case ReadStaff:
		return "read the directory of the staff"
	case ManageStaff:
		return "change the directory of the staff"
	case ManageServices:
		return "manage the accounts of programs"
	case SearchRegistry:
		return "search the registry of findings"
	case SearchAudit:
		return "search the audit"
	case TransferRecords:
		return "transfer records from one worker to another"
	case ArrangeCover:
		return "arrange who covers for an absence"
	case ReadTransfers:
		return "read how far a transfer has come"
	case ReadDirectory:
		return "search the directory of services"
	case ImportDirectory:
		return "import the directory of services"
	case CountNeeds:
		return "count the needs for which there is no service"
	case SearchPersons:
		return "search for persons"
	case IdentifyPerson:
		return "record the identifiers of a person"
	case MergePersons:
		return "merge persons or undo it"
	case TellApart:
		return "tell persons apart or undo it"
	}
	return string(a)
}

// roles may do it where the record allows; those of [TakeStep] are the step's.
func (a Action) roles() []casework.Role {
	const (
		hotline       = casework.RoleHotline
		investigator  = casework.RoleInvestigator
		caseworker    = casework.RoleCaseworker
		supervisor    = casework.RoleSupervisor
		manager       = casework.RoleManager
		attorney      = casework.RoleAttorney
		auditor       = casework.RoleAuditor
		administrator = casework.RoleAdministrator
	)
	switch a {
	case ReadRecord, ReadNames, ReadNarratives, ListRecords:
		return []casework.Role{hotline, investigator, caseworker, supervisor, manager, attorney, auditor}
	case ReadWorkflow, ReviewGlass, Expunge, ApprovePurge, TransferRecords, ReadTransfers, MergePersons, TellApart:
		return []casework.Role{supervisor, manager}
	case ExportRecord:
		return []casework.Role{supervisor, manager, attorney, auditor}
	case ReadAudit:
		return []casework.Role{supervisor, manager, auditor}
	case BreakGlass, KeepDraft, SearchPersons:
		return []casework.Role{hotline, investigator, caseworker, supervisor, manager}
	case ReadAccess:
		return []casework.Role{supervisor, manager, auditor, administrator}
	case DeclareConflict:
		return casework.Roles()
	case ManageAccess, SealRecord, ReadStaff, ManageStaff:
		return []casework.Role{supervisor, manager, administrator}
	case HoldRecord:
		return []casework.Role{supervisor, manager, attorney, administrator}
	case RequestPurge, ManageServices, ImportDirectory:
		return []casework.Role{administrator}
	case ManageConsents, WriteTreatment, WriteJuvenile, WriteAdoption:
		return []casework.Role{investigator, caseworker, supervisor}
	case ReadReporter:
		return []casework.Role{investigator, supervisor}
	case WriteReporter:
		return []casework.Role{hotline, investigator, supervisor}
	case IdentifyPerson:
		return []casework.Role{hotline, investigator, caseworker, supervisor}
	case ReadTreatment, ReadJuvenile, ReadAdoption, ReadConsents:
		return []casework.Role{investigator, caseworker, supervisor, attorney}
	case SearchRegistry:
		return []casework.Role{investigator, supervisor, manager}
	case CountNeeds:
		return []casework.Role{supervisor, manager, auditor, administrator}
	case SearchAudit:
		return []casework.Role{auditor}
	case ReadOwn, AcknowledgeNotices, ReadDirectory, ArrangeCover:
		return casework.Roles()
	case TakeStep:
	}
	return nil
}

// aboutNone says whether the action is about no single record.
func (a Action) aboutNone() bool {
	return slices.Contains([]Action{
		ListRecords, ReadOwn, AcknowledgeNotices, ReadStaff, ManageStaff, ManageServices, SearchRegistry, SearchAudit,
		TransferRecords, ReadTransfers, ArrangeCover, ReadDirectory, ImportDirectory, CountNeeds,
		SearchPersons, IdentifyPerson, MergePersons, TellApart,
	}, a)
}

// overRecord says whether a role does this without seeing the record: the
// auditor looks at who has read a sealed record, and the administrator opens and
// closes records that the administrator cannot read.
func (a Action) overRecord(r casework.Role) bool {
	switch r { //nolint:exhaustive // the others see what they act on
	case casework.RoleAuditor:
		return a == ReadAudit || a == ReadAccess
	case casework.RoleAdministrator:
		return a == ReadAccess || a == ManageAccess || a == DeclareConflict || a == SealRecord || a == HoldRecord || a == RequestPurge
	}
	return false
}

// byLine says whether only those who carry the record may do it, and those who
// were named for it.
func (a Action) byLine() bool {
	switch a { //nolint:exhaustive // the others are open to more
	case ReadReporter, WriteReporter, ReadTreatment, WriteTreatment, ReadJuvenile, WriteJuvenile, ReadAdoption, WriteAdoption,
		ReadConsents, ManageConsents, ManageAccess, SealRecord, HoldRecord, Expunge, ApprovePurge:
		return true
	}
	return false
}

// beyondReading says whether the action needs more than a look: neither a broken
// glass nor a role that may look at everything allows it.
func (a Action) beyondReading() bool {
	switch a { //nolint:exhaustive // the others are reading
	case TakeStep, KeepDraft, ReviewGlass, ReadAccess:
		return true
	}
	return false
}

// takenAlong says whether more is taken from the record than somebody needs who
// has broken the glass.
func (a Action) takenAlong() bool { return a == ExportRecord || a == ReadAudit }

// ForPrograms lists what the account of a program may name beside steps. What
// opens compartments, access and the audit is for people.
func ForPrograms() []Action {
	return []Action{ReadRecord, ReadNames, ReadNarratives, ListRecords, ExportRecord, ReadOwn, ReadDirectory}
}

func (a Action) forPrograms() bool { return a == TakeStep || slices.Contains(ForPrograms(), a) }
