package access_test

import (
	"testing"

	"github.com/stretchr/testify/require"

	"homeward/casework"
	"homeward/internal/access"
)

func TestLeads_AreTheSupervisorAndTheManager(t *testing.T) {
	t.Parallel()
	of := access.Staff{ID: "w-7", Office: "north", Unit: "n-1", Supervisor: "w-8", Manager: "w-9"}
	who := func(id string, role casework.Role, office, unit string) access.Caller {
		return access.Caller{ID: id, Role: role, Office: office, Unit: unit}
	}
	const supervisor, manager = casework.RoleSupervisor, casework.RoleManager
	for name, c := range map[string]struct {
		who  access.Caller
		want bool
	}{
		"their supervisor":                   {who("w-8", supervisor, "south", ""), true},
		"another of the unit":                {who("w-1", supervisor, "north", "n-1"), true},
		"a supervisor of another unit":       {who("w-1", supervisor, "north", "n-2"), false},
		"a unit of that name elsewhere":      {who("w-1", supervisor, "south", "n-1"), false},
		"a supervisor without a unit":        {who("w-1", supervisor, "north", ""), false},
		"their manager":                      {who("w-9", manager, "south", ""), true},
		"a manager of the office":            {who("w-1", manager, "north", ""), true},
		"a manager elsewhere":                {who("w-1", manager, "south", ""), false},
		"a manager of nowhere":               {who("w-1", manager, "", ""), false},
		"their supervisor as a caseworker":   {who("w-8", casework.RoleCaseworker, "north", "n-1"), false},
		"an administrator":                   {who("w-8", casework.RoleAdministrator, "north", "n-1"), false},
		"they themselves":                    {who("w-7", supervisor, "north", "n-1"), false},
		"a program with a supervisor's name": {access.Caller{ID: "w-8", Role: supervisor, Service: &access.Service{}}, false},
	} {
		require.Equal(t, c.want, access.Leads(c.who, of), name)
	}
	require.False(t, access.Leads(who("", manager, "", ""), access.Staff{ID: "w-7"}), "nobody leads by being nobody")
}
