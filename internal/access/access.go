// Package access decides who may do what with which record. It is pure: who
// calls, what they want and how they stand to the record come in as values, and
// a [Verdict] comes out. Every answer of the API rests on it: single records,
// lists, counts, exports, timelines and errors. docs/access.md is the table that
// it makes, for people to review, and a test holds the two together.
//
// The law behind it: records are open to those who need them to protect the
// child and to few others (42 USC 5106a(b)(2)(B)(viii) and (ix), 42 USC
// 671(a)(8), 45 CFR 205.50), and who reported stays secret (42 USC 5106a(b)(3)).
package access

import (
	"slices"

	"homeward/casework"
)

// Caller is who asks: a member of the staff, or a program with an account.
type Caller struct {
	// ID is the opaque worker ID, or that of the service account.
	ID   string
	Role casework.Role
	// Office and Unit are where the person works, empty for nowhere. A unit
	// belongs to its office.
	Office, Unit string
	// Service limits a program to what its account names; nil for a person.
	Service *Service
}

// Service is what the account of a program allows. Nothing is implied.
type Service struct {
	// Steps are the names of the steps that it may take: "report.receive".
	Steps []string
	// Actions are what else it may do.
	Actions []Action
	// Offices are those whose records it sees.
	Offices []string
}

// Object is a record as far as access depends on it, and how the caller stands
// to it.
type Object struct {
	Kind casework.AggregateKind
	// Office is the record's; Unit that of its worker.
	Office, Unit string
	// Worker and Supervisor are the record's, Manager leads its supervisor.
	Worker, Supervisor, Manager string
	// Restricted records are for named people, sealed ones closed by a court.
	Restricted, Sealed bool
	// Named: the caller is on the record's list of named people.
	Named bool
	// Conflict: the caller is related to somebody in the record.
	Conflict bool
	// Cover: the caller covers for somebody of the record's line who is absent now.
	Cover bool
	// Glass: the caller has broken the glass, and the time for it has not run out.
	Glass bool
}

// Act is what a caller wants to do.
type Act struct {
	Action Action
	// Step is the step to take, for [TakeStep].
	Step casework.Step
	// For is the worker whose access is changed or reviewed, for the actions
	// that change or review somebody's.
	For string
}

// Reason says in a code why access was refused, for the audit. Callers see it
// only where it tells them nothing new.
type Reason string

// The reasons.
const (
	// ByRole: no record allows this role the action.
	ByRole Reason = "role"
	// ByRelation: the caller has nothing to do with the record.
	ByRelation Reason = "relation"
	// ByConflict: the caller is related to somebody in the record.
	ByConflict Reason = "conflict"
	// ByRestriction: the record is for named people.
	ByRestriction Reason = "restricted"
	// BySeal: the record is sealed.
	BySeal Reason = "sealed"
	// ByOwnAccess: nobody changes or reviews their own access.
	ByOwnAccess Reason = "own-access"
	// ByNeed: the caller may read the record without this.
	ByNeed Reason = "not-needed"
	// Absent: there is no such record. No verdict says so; whoever looks it up does.
	Absent Reason = "absent"
	// ByAccount: the service account does not name the action.
	ByAccount Reason = "account"
)

// Verdict is the answer. The zero Verdict refuses.
type Verdict struct {
	Allowed bool
	// Hidden says that the caller must not learn whether there is such a record.
	Hidden bool
	// Why is the reason of a refusal.
	Why Reason
	// Tie is how the caller comes to see the record, where it is about one.
	Tie Tie
}

// Decide says whether a caller may do something with a record. For actions about
// no record, of is the zero Object.
//
// The order is part of the contract. What the role rules out is said first, and
// the same of every record, so that it tells nothing. Then the record is hidden
// from whoever may not see it. Only who sees it learns that it does not allow
// more.
func Decide(who Caller, do Act, of Object) Verdict {
	if why := forbids(who, do); why != "" {
		return Verdict{Why: why}
	}
	if do.Action.aboutNone() || opens(do) {
		return Verdict{Allowed: true}
	}
	if why := hides(who, do.Action, of); why != "" {
		return Verdict{Hidden: true, Why: why}
	}
	tie, _ := who.Scope().Covers(of)
	if why := withholds(who, do, tie); why != "" {
		return Verdict{Why: why}
	}
	return Verdict{Allowed: true, Tie: tie}
}

// opens says whether the step makes the record that it is about.
func opens(do Act) bool { return do.Action == TakeStep && do.Step.Name == casework.StepReceive }

// forbids refuses what is refused whatever the record.
func forbids(who Caller, do Act) Reason {
	if s := who.Service; s != nil {
		named := slices.Contains(s.Actions, do.Action)
		if do.Action == TakeStep {
			named = slices.Contains(s.Steps, do.Step.Name)
		}
		if !named || !do.Action.forPrograms() {
			return ByAccount
		}
	}
	allowed := slices.Contains(do.Action.roles(), who.Role)
	if do.Action == TakeStep {
		allowed = do.Step.May(who.Role)
	}
	if !allowed {
		return ByRole
	}
	if do.For != "" && do.For == who.ID {
		return ByOwnAccess
	}
	return ""
}

// hides says why a caller must not learn that the record exists.
func hides(who Caller, do Action, of Object) Reason {
	if of.Conflict {
		return ByConflict
	}
	switch {
	case do == BreakGlass && of.Sealed: // only a court opens it
		return BySeal
	case do == BreakGlass, do.overRecord(who.Role):
		return ""
	}
	_, why := who.Scope().Covers(of)
	return why
}

// withholds says why a caller who sees the record may not do this with it.
func withholds(who Caller, do Act, tie Tie) Reason {
	ok := true
	switch {
	case do.Action == BreakGlass:
		if tie != "" {
			return ByNeed
		}
	case do.Action.overRecord(who.Role):
	case do.Action.byLine():
		ok = tie == TieLine || tie == TieNamed
	case do.Action.beyondReading():
		ok = tie != TieGlass && tie != TieAll
	case do.Action.takenAlong():
		ok = tie != TieGlass
	}
	if !ok {
		return ByRelation
	}
	return ""
}
