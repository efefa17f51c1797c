package access

import "homeward/casework"

// Staff is a member of the staff as far as it matters who leads them.
type Staff struct {
	ID string
	// Office and Unit are where the person works; a unit belongs to its office.
	Office, Unit string
	// Supervisor and Manager lead the person, empty for nobody.
	Supervisor, Manager string
}

// Leads says whether a caller leads a member of the staff, and so may give them
// work and take it away: their supervisor, a supervisor of their unit, their
// manager, a manager of their office. Nobody leads themselves, and no program leads
// anybody.
func Leads(who Caller, of Staff) bool {
	if who.Service != nil || who.ID == "" || who.ID == of.ID {
		return false
	}
	near := who.Office != "" && who.Office == of.Office
	switch who.Role { //nolint:exhaustive // nobody else leads
	case casework.RoleSupervisor:
		return of.Supervisor == who.ID || near && who.Unit != "" && who.Unit == of.Unit
	case casework.RoleManager:
		return of.Manager == who.ID || near
	}
	return false
}
