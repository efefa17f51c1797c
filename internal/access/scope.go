package access

import (
	"slices"

	"homeward/casework"
)

// Tie is how a caller comes to see a record.
type Tie string

// The ties, from the closest.
const (
	// TieLine: the record's worker, its supervisor, or the supervisor's manager.
	TieLine Tie = "line"
	// TieNamed: on the record's list of named people.
	TieNamed Tie = "named"
	// TieUnit: of the worker's unit, whose members stand in for each other.
	TieUnit Tie = "unit"
	// TieOffice: of the record's office, in a role that answers for all of it.
	TieOffice Tie = "office"
	// TieCover: covers for somebody of its line, who is absent now.
	TieCover Tie = "cover"
	// TieAll: in a role that may look at every record.
	TieAll Tie = "all"
	// TieGlass: by breaking the glass, for reading and for a few hours.
	TieGlass Tie = "glass"
)

// Scope is which records a caller sees. Storage turns it into a condition, so
// that a list holds what [Decide] allows and nothing else; [Scope.Covers] is the
// same in Go, and a test on a real database compares the two.
type Scope struct {
	// None sees nothing at all.
	None bool
	// Viewer is whose grants, conflicts and broken glass count.
	Viewer string
	// Line: records whose worker, supervisor or supervisor's manager is Viewer, and
	// those of whom Viewer covers for, unless they are restricted.
	Line bool
	// Office and Unit: records of the whole office, where Unit is empty, or those
	// whose worker is of the unit. Both empty: none by this way.
	Office, Unit string
	// Offices are those of a program.
	Offices []string
	// All: every record.
	All bool
	// Kind limits Line, Office and All to reports or cases; empty for both.
	Kind casework.AggregateKind
	// Glass: records for which Viewer has broken the glass.
	Glass bool
}

// Scope returns which records the caller sees.
func (who Caller) Scope() Scope {
	s := Scope{Viewer: who.ID}
	if who.Service != nil {
		s.Offices = who.Service.Offices
		return s
	}
	switch who.Role {
	case casework.RoleHotline:
		s.Line, s.Office, s.Kind, s.Glass = true, who.Office, casework.KindReport, true
	case casework.RoleInvestigator, casework.RoleCaseworker:
		s.Line, s.Glass = true, true
		if who.Unit != "" {
			s.Office, s.Unit = who.Office, who.Unit
		}
	case casework.RoleSupervisor, casework.RoleManager:
		s.Line, s.Office, s.Glass = true, who.Office, true
	case casework.RoleAttorney:
	case casework.RoleAuditor:
		s.All = true
	case casework.RoleAdministrator, casework.RoleOps, casework.RoleService, casework.RoleSystem:
		s.None = true
	default:
		s.None = true
	}
	return s
}

// Covers says how the scope holds a record, or why it does not.
func (s Scope) Covers(of Object) (Tie, Reason) {
	line := s.Line && s.of(of.Kind) && slices.Contains([]string{of.Worker, of.Supervisor, of.Manager}, s.Viewer)
	switch {
	case of.Conflict:
		return "", ByConflict
	case s.None:
		return "", ByRole
	case of.Sealed && !of.Named:
		return "", BySeal
	case line && !of.Sealed:
		return TieLine, ""
	case of.Named:
		return TieNamed, ""
	case s.Glass && of.Glass && of.Restricted:
		return TieGlass, ""
	case of.Restricted:
		return "", ByRestriction
	}
	if tie := s.around(of); tie != "" {
		return tie, ""
	}
	return "", ByRelation
}

// around looks at the ties that any ordinary record allows.
func (s Scope) around(of Object) Tie {
	inOffice := s.Office != "" && s.Office == of.Office && s.of(of.Kind)
	switch {
	case s.Line && s.of(of.Kind) && of.Cover:
		return TieCover
	case inOffice && s.Unit == "":
		return TieOffice
	case inOffice && s.Unit == of.Unit:
		return TieUnit
	case of.Office != "" && slices.Contains(s.Offices, of.Office):
		return TieOffice
	case s.All && s.of(of.Kind):
		return TieAll
	case s.Glass && of.Glass:
		return TieGlass
	}
	return ""
}

func (s Scope) of(kind casework.AggregateKind) bool { return s.Kind == "" || s.Kind == kind }
