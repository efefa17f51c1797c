package api

import (
	"testing"

	"github.com/stretchr/testify/require"

	"homeward/casework"
)

func TestMay_IsThisTable(t *testing.T) {
	t.Parallel()
	report, family := casework.Summary{Kind: casework.KindReport}, casework.Summary{Kind: casework.KindCase}
	for role, want := range map[casework.Role][4]bool{
		//                         records  people of a report, of a case  staff
		casework.RoleHotline:      {true, true, false, false},
		casework.RoleInvestigator: {true, true, true, false},
		casework.RoleCaseworker:   {true, true, true, false},
		casework.RoleSupervisor:   {true, true, true, true},
		casework.RoleManager:      {true, true, true, true},
		casework.RoleSystem:       {},
		"":                        {},
	} {
		who := Person{ID: "w-1", Role: role}
		require.Equal(t, want, [4]bool{
			may(who, readRecords, family), may(who, readPeople, report), may(who, readPeople, family),
			may(who, manageStaff, casework.Summary{}),
		}, role)
		require.False(t, may(who, "something else", report))
	}
}
