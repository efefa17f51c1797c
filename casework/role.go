package casework

import "slices"

// Role is what a person is to the agency. Roles come from the token, not from
// the request.
type Role string

// The roles that take steps.
const (
	RoleHotline      Role = "hotline"
	RoleInvestigator Role = "investigator"
	RoleCaseworker   Role = "caseworker"
	RoleSupervisor   Role = "supervisor"
	RoleManager      Role = "manager"
)

// The roles that take none.
const (
	// RoleAttorney reads the records for which the agency's attorney was named.
	RoleAttorney Role = "attorney"
	// RoleAuditor reads records, and who has read them.
	RoleAuditor Role = "auditor"
	// RoleAdministrator keeps the staff and their access, and reads no record.
	RoleAdministrator Role = "administrator"
	// RoleOps runs the machines, and reads no record.
	RoleOps Role = "ops"
)

// The roles that no person has.
const (
	// RoleService is a program. Its account says in which role it acts.
	RoleService Role = "service"
	// RoleSystem acts when time passes: a timer, a rebuild, a release.
	RoleSystem Role = "system"
)

// StepRoles lists the roles that take steps and owe duties.
func StepRoles() []Role {
	return []Role{RoleHotline, RoleInvestigator, RoleCaseworker, RoleSupervisor, RoleManager}
}

// Roles lists the roles that a person can have.
func Roles() []Role {
	return append(StepRoles(), RoleAttorney, RoleAuditor, RoleAdministrator, RoleOps)
}

// Known says whether r is one of the roles that a person can have.
func (r Role) Known() bool { return slices.Contains(Roles(), r) }

// Actor is who takes a step: an opaque worker ID and a role.
type Actor struct {
	ID   string `json:"id"`
	Role Role   `json:"role"`
}

// System is the actor of what time does by itself.
func System() Actor { return Actor{ID: "system", Role: RoleSystem} }
