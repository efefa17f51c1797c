package access_test

import (
	"flag"
	"fmt"
	"os"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"homeward/casework"
	"homeward/internal/access"
)

var update = flag.Bool("update", false, "write the tables of docs/access.md")

const (
	page  = "../../docs/access.md"
	begin = "<!-- tables: begin -->\n"
	end   = "<!-- tables: end -->\n"
)

// relation is a way in which somebody can stand to a record.
type relation struct {
	name string
	who  access.Caller
	of   access.Object
}

// relations are all ways, for a role and a state of the record.
func relations(role casework.Role, state access.Object) []relation {
	who := access.Caller{ID: "w-1", Role: role, Office: "south", Unit: "s-1"}
	near := who
	near.Office, near.Unit = "north", "n-2"
	next := near
	next.Unit = "n-1"
	at := func(change func(o *access.Object)) access.Object {
		o := state
		o.Office, o.Unit, o.Worker, o.Supervisor, o.Manager = "north", "n-1", "w-7", "w-8", "w-9"
		change(&o)
		return o
	}
	return []relation{
		{"line", who, at(func(o *access.Object) { o.Worker = "w-1" })},
		{"named", who, at(func(o *access.Object) { o.Named = true })},
		{"unit", next, at(func(*access.Object) {})},
		{"office", near, at(func(*access.Object) {})},
		{"none", who, at(func(*access.Object) {})},
		{"glass", who, at(func(o *access.Object) { o.Glass = true })},
		{"cover", who, at(func(o *access.Object) { o.Cover = true })},
	}
}

func TestDecide_IsTheReviewedTable(t *testing.T) {
	t.Parallel()
	text, err := os.ReadFile(page)
	require.NoError(t, err)
	before, rest, found := strings.Cut(string(text), begin)
	require.True(t, found)
	_, after, found := strings.Cut(rest, end)
	require.True(t, found)
	want := before + begin + tables() + end + after
	if *update {
		require.NoError(t, os.WriteFile(page, []byte(want), 0o600))
		return
	}
	require.Equal(t, want, string(text), "review what has changed, then: go test ./internal/access -update")
}

// tables are one for who sees a record at all, and one for what else they may do.
func tables() string {
	var b strings.Builder
	for _, kind := range []casework.AggregateKind{casework.KindReport, casework.KindCase} {
		fmt.Fprintf(&b, "\n### Who sees a %s\n\n", kind)
		rows := [][]string{append([]string{"a " + string(kind) + " that is"}, names()...)}
		for _, state := range []struct {
			name string
			of   access.Object
		}{{"ordinary", access.Object{}}, {"restricted", access.Object{Restricted: true}}, {"sealed", access.Object{Sealed: true}}} {
			state.of.Kind = kind
			rows = append(rows, append([]string{state.name}, each(func(r casework.Role) string {
				return allowed(r, access.Act{Action: access.ReadRecord}, state.of)
			})...))
		}
		table(&b, rows)
	}
	b.WriteString("\n### What else they may do with an ordinary case\n\n")
	rows := [][]string{append([]string{"action"}, names()...)}
	visit, _ := casework.StepNamed("visit.record")
	approve, _ := casework.StepNamed("plan.approve")
	for _, action := range access.Actions() {
		acts := map[string]access.Act{string(action): {Action: action}}
		if action == access.TakeStep {
			acts = map[string]access.Act{
				"step: record a visit": {Action: action, Step: visit}, "step: approve a plan": {Action: action, Step: approve},
			}
		}
		for name, act := range acts {
			rows = append(rows, append([]string{name}, each(func(r casework.Role) string {
				return allowed(r, act, access.Object{Kind: casework.KindCase})
			})...))
		}
	}
	slices.SortStableFunc(rows[1:], func(a, b []string) int { return strings.Compare(a[0], b[0]) })
	table(&b, rows)
	b.WriteString("\n")
	return b.String()
}

func names() []string { return each(func(r casework.Role) string { return string(r) }) }

func each(cell func(casework.Role) string) []string {
	var cells []string
	for _, r := range casework.Roles() {
		cells = append(cells, cell(r))
	}
	return cells
}

// allowed names the relations in which a role may act.
func allowed(role casework.Role, do access.Act, state access.Object) string {
	var ways []string
	all := relations(role, state)
	for _, r := range all {
		if access.Decide(r.who, do, r.of).Allowed {
			ways = append(ways, r.name)
		}
	}
	switch len(ways) {
	case 0:
		return "–"
	case len(all):
		return "all"
	}
	return strings.Join(ways, ", ")
}

func table(b *strings.Builder, rows [][]string) {
	for i, row := range rows {
		b.WriteString("| " + strings.Join(row, " | ") + " |\n")
		if i == 0 {
			b.WriteString(strings.Repeat("|---", len(row)) + "|\n")
		}
	}
}

// everybody is every role in every relation to every state of a record, with
// every act.
func everybody(visit func(role casework.Role, r relation, do access.Act)) {
	for _, kind := range []casework.AggregateKind{casework.KindReport, casework.KindCase} {
		for flags := range 8 {
			state := access.Object{Kind: kind, Restricted: flags&1 > 0, Sealed: flags&2 > 0, Conflict: flags&4 > 0}
			for _, role := range append(casework.Roles(), casework.RoleService, casework.RoleSystem, "", "another") {
				for _, r := range relations(role, state) {
					for _, act := range acts() {
						visit(role, r, act)
					}
				}
			}
		}
	}
}

func acts() []access.Act {
	var acts []access.Act
	for _, action := range access.Actions() {
		acts = append(acts, access.Act{Action: action})
	}
	for _, kind := range []casework.AggregateKind{casework.KindReport, casework.KindCase} {
		for _, step := range casework.Steps(kind) {
			acts = append(acts, access.Act{Action: access.TakeStep, Step: step})
		}
	}
	return acts
}

// aboutNone are the acts that no conflict can stop.
func aboutNone(do access.Act) bool {
	switch do.Action { //nolint:exhaustive // all others are about a record
	case access.ListRecords, access.ReadOwn, access.AcknowledgeNotices, access.ReadStaff, access.ManageStaff,
		access.ManageServices, access.SearchRegistry, access.SearchAudit, access.TransferRecords, access.ReadTransfers,
		access.ArrangeCover, access.ReadDirectory, access.ImportDirectory, access.CountNeeds,
		access.SearchPersons, access.IdentifyPerson, access.MergePersons, access.TellApart:
		return true
	}
	return do.Step.Name == casework.StepReceive
}

func TestDecide_KeepsItsPromisesForEverybody(t *testing.T) {
	t.Parallel()
	asked := 0
	everybody(func(role casework.Role, r relation, do access.Act) {
		asked++
		v := access.Decide(r.who, do, r.of)
		of := fmt.Sprintf("%s, %s, %s%s %+v", role, r.name, do.Action, do.Step.Name, r.of)
		require.Equal(t, v.Allowed, v.Why == "", of)
		require.False(t, v.Allowed && v.Hidden, of)
		if aboutNone(do) {
			require.False(t, v.Hidden, of)
			return
		}
		require.False(t, r.of.Conflict && v.Allowed, "nobody acts on a record of their own family: %s", of)
		require.False(t, r.of.Conflict && !v.Hidden && v.Why != access.ByRole, of)
		require.False(t, !role.Known() && v.Allowed, of)
		require.False(t, role == casework.RoleOps && v.Allowed, "ops read no record: %s", of)
		sees := access.Decide(r.who, access.Act{Action: access.ReadRecord}, r.of)
		if !sees.Allowed && v.Allowed {
			require.Contains(t, []access.Action{
				access.BreakGlass, access.ReadAudit, access.ReadAccess, access.ManageAccess, access.SealRecord, access.HoldRecord,
				access.RequestPurge,
				access.DeclareConflict,
			}, do.Action, "what can be done blindly: %s", of)
		}
		if !sees.Allowed && !v.Allowed {
			require.True(t, v.Hidden || v.Why == access.ByRole, "who does not see it learns nothing: %s", of)
		}
	})
	require.Greater(t, asked, 50_000)
}

func TestDecide_RefusesByRoleInTheSameWordsWhateverTheRecord(t *testing.T) {
	t.Parallel()
	everybody(func(role casework.Role, r relation, do access.Act) {
		nowhere := access.Decide(r.who, do, access.Object{})
		if here := access.Decide(r.who, do, r.of); here.Why == access.ByRole && !here.Hidden {
			require.Equal(t, nowhere, here, "%s %s %s", role, r.name, do.Action)
		}
	})
}

func TestDecide_NobodyDecidesOnTheirOwnAccess(t *testing.T) {
	t.Parallel()
	of := access.Object{Office: "north", Supervisor: "w-3"}
	for _, role := range []casework.Role{casework.RoleSupervisor, casework.RoleManager, casework.RoleAdministrator} {
		who := access.Caller{ID: "w-3", Role: role, Office: "north"}
		for _, action := range []access.Action{access.ManageAccess, access.ManageStaff, access.ReviewGlass} {
			v := access.Decide(who, access.Act{Action: action, For: "w-3"}, of)
			require.False(t, v.Allowed)
			if v.Why != access.ByRole {
				require.Equal(t, access.ByOwnAccess, v.Why)
			}
		}
	}
	v := access.Decide(access.Caller{ID: "w-3", Role: casework.RoleSupervisor}, access.Act{Action: access.ManageAccess, For: "w-4"}, of)
	require.True(t, v.Allowed)
}

func TestDecide_AProgramMayDoWhatItsAccountNamesAndNothingElse(t *testing.T) {
	t.Parallel()
	receive, _ := casework.StepNamed(casework.StepReceive)
	hearing, _ := casework.StepNamed("hearing.record")
	visit, _ := casework.StepNamed("visit.record")
	who := access.Caller{ID: "svc", Role: casework.RoleCaseworker, Service: &access.Service{
		Steps: []string{"hearing.record", "report.receive"}, Offices: []string{"north"},
		Actions: []access.Action{access.ReadRecord, access.ReadAudit, access.ReadTreatment},
	}}
	north, south := access.Object{Kind: casework.KindCase, Office: "north"}, access.Object{Kind: casework.KindCase, Office: "south"}
	restricted := north
	restricted.Restricted = true
	for name, c := range map[string]struct {
		do   access.Act
		of   access.Object
		want access.Verdict
	}{
		"a step that is named":       {access.Act{Action: access.TakeStep, Step: hearing}, north, access.Verdict{Allowed: true, Tie: access.TieOffice}},
		"one that is not":            {access.Act{Action: access.TakeStep, Step: visit}, north, access.Verdict{Why: access.ByAccount}},
		"one that its role may not":  {access.Act{Action: access.TakeStep, Step: receive}, north, access.Verdict{Why: access.ByRole}},
		"in another office":          {access.Act{Action: access.TakeStep, Step: hearing}, south, access.Verdict{Hidden: true, Why: access.ByRelation}},
		"on a restricted record":     {access.Act{Action: access.TakeStep, Step: hearing}, restricted, access.Verdict{Hidden: true, Why: access.ByRestriction}},
		"reading":                    {access.Act{Action: access.ReadRecord}, north, access.Verdict{Allowed: true, Tie: access.TieOffice}},
		"names":                      {access.Act{Action: access.ReadNames}, north, access.Verdict{Why: access.ByAccount}},
		"the audit, even when named": {access.Act{Action: access.ReadAudit}, north, access.Verdict{Why: access.ByAccount}},
		"treatment, even when named": {access.Act{Action: access.ReadTreatment}, north, access.Verdict{Why: access.ByAccount}},
		"breaking the glass":         {access.Act{Action: access.BreakGlass}, south, access.Verdict{Why: access.ByAccount}},
		"a list, which is not named": {access.Act{Action: access.ListRecords}, access.Object{}, access.Verdict{Why: access.ByAccount}},
	} {
		require.Equal(t, c.want, access.Decide(who, c.do, c.of), name)
	}
}

func TestActions_HaveAllATitleAndRoles(t *testing.T) {
	t.Parallel()
	titles := map[string]access.Action{}
	for _, action := range access.Actions() {
		require.NotEqual(t, string(action), action.Title(), "%s has no title", action)
		require.Empty(t, titles[action.Title()], action)
		titles[action.Title()] = action
		someone := false
		everybody(func(_ casework.Role, r relation, do access.Act) {
			someone = someone || do.Action == action && access.Decide(r.who, do, r.of).Allowed
		})
		require.True(t, someone, "nobody may ever do %s", action)
	}
}
