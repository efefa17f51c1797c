package casework

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
	// RoleSystem acts when time passes: a timer, a rebuild, a release.
	RoleSystem Role = "system"
)

// Known says whether r is one of the roles above that a person can have.
func (r Role) Known() bool {
	switch r {
	case RoleHotline, RoleInvestigator, RoleCaseworker, RoleSupervisor, RoleManager:
		return true
	case RoleSystem:
	}
	return false
}

// Actor is who takes a step: an opaque worker ID and a role.
type Actor struct {
	ID   string `json:"id"`
	Role Role   `json:"role"`
}

// System is the actor of what time does by itself.
func System() Actor { return Actor{ID: "system", Role: RoleSystem} }
