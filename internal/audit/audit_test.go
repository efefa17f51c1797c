package audit_test

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"homeward/casework"
	"homeward/internal/access"
	"homeward/internal/audit"
)

func line() audit.Entry {
	return audit.Entry{
		Actor:  casework.Actor{ID: "w-17", Role: casework.RoleCaseworker},
		Action: access.ReadRecord, Outcome: audit.Done, Record: "case-1002", Part: "timeline", Request: "r7", Command: "c/7",
	}
}

func TestChain_IsTheRecordsOrTheActors(t *testing.T) {
	t.Parallel()
	e := line()
	require.Equal(t, "case-1002", e.Chain())
	e.Outcome, e.Reason = audit.Denied, string(access.ByRestriction)
	require.Equal(t, "case-1002", e.Chain(), "who tried to look is in the record's chain")
	e.Reason = string(access.Absent)
	require.Equal(t, "w:w-17", e.Chain(), "trying numbers makes no chains")
	e.Record, e.Reason = "", ""
	require.Equal(t, "w:w-17", e.Chain())
}

func TestCheck_LetsNothingInThatCouldBePersonal(t *testing.T) {
	t.Parallel()
	require.NoError(t, line().Check())
	for name, spoil := range map[string]func(e *audit.Entry){
		"action":          func(e *audit.Entry) { e.Action = "look at Maria" },
		"outcome":         func(e *audit.Entry) { e.Outcome = "perhaps" },
		"actor":           func(e *audit.Entry) { e.Actor.ID = "Maria Lopez" },
		"actor, missing":  func(e *audit.Entry) { e.Actor.ID = "" },
		"actor, long":     func(e *audit.Entry) { e.Actor.ID = strings.Repeat("w", 201) },
		"role":            func(e *audit.Entry) { e.Actor.Role = "the aunt" },
		"record":          func(e *audit.Entry) { e.Record = "Lopez" },
		"record, of none": func(e *audit.Entry) { e.Record = "case-0" },
		"list of records": func(e *audit.Entry) { e.Records = []string{"case-1", "case Lopez"} },
		"list of records, long": func(e *audit.Entry) {
			e.Records = strings.Split(strings.Repeat("case-1,", 1000)+"case-1", ",")
		},
		"part":         func(e *audit.Entry) { e.Part = "the bruise on the arm" },
		"part, long":   func(e *audit.Entry) { e.Part = strings.Repeat("p", 201) },
		"reason":       func(e *audit.Entry) { e.Reason = "Emergency: child hurt" },
		"reason, name": func(e *audit.Entry) { e.Reason = "Lopez" },
		"request":      func(e *audit.Entry) { e.Request = "r\n7" },
		"command":      func(e *audit.Entry) { e.Command = "ünder" },
		"count":        func(e *audit.Entry) { e.Count = -1 },
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			e := line()
			spoil(&e)
			err := e.Check()
			require.Equal(t, casework.Internal, casework.KindOf(err))
			field, _, _ := strings.Cut(name, ",")
			require.ErrorContains(t, err, "the "+field+" of an audit line is neither a code nor an ID")
			for _, word := range []string{"Maria", "Lopez", "bruise", "aunt", "hurt"} {
				require.NotContains(t, err.Error(), word)
			}
		})
	}
}

func TestSays_HasWordsForEveryActionAndOutcome(t *testing.T) {
	t.Parallel()
	seen := map[string]access.Action{}
	for _, action := range access.Actions() {
		for _, outcome := range audit.Outcomes() {
			e := line()
			e.Action, e.Outcome, e.Part = action, outcome, ""
			said := e.Says()
			require.NotContains(t, said, string(action), "a code is no word")
			require.Regexp(t, `^w-17 \(caseworker\) [a-z].*[a-z0-9)]\.$`, said)
			require.NotContains(t, said, "  ")
			require.Empty(t, seen[said], said)
			seen[said] = action
		}
	}
}

func TestSays_HasWordsForEveryReason(t *testing.T) {
	t.Parallel()
	for _, reason := range []access.Reason{
		access.ByRole, access.ByRelation, access.ByConflict, access.ByRestriction, access.BySeal, access.ByOwnAccess,
		access.ByNeed, access.ByAccount, access.Absent,
	} {
		e := line()
		e.Outcome, e.Reason = audit.Denied, string(reason)
		require.Regexp(t, `^w-17 \(caseworker\) was refused the timeline of case 1002: \w+( [a-z]+){2,}\.$`, e.Says())
	}
}

func TestSays_ReadsWell(t *testing.T) {
	t.Parallel()
	for want, change := range map[string]func(e *audit.Entry){
		"w-17 (caseworker) read the timeline of case 1002.":                                    func(*audit.Entry) {},
		"w-17 (caseworker) read case 1002.":                                                    func(e *audit.Entry) { e.Part = "" },
		"w-17 (caseworker) read case 1003.":                                                    func(e *audit.Entry) { e.Record, e.Part = "case-1003", "record" },
		"w-17 (caseworker) read the timeline of case 1002 with the names of the people in it.": func(e *audit.Entry) { e.Action = access.ReadNames },
		"w-17 (caseworker) read a duty of case 1002.":                                          func(e *audit.Entry) { e.Part = "duty" },
		"w-17 (caseworker) read the next steps of case 1002.":                                  func(e *audit.Entry) { e.Part = "next" },
		"w-17 (caseworker) read the timeline of case 1002, having broken the glass.": func(e *audit.Entry) {
			e.Reason = string(access.TieGlass)
		},
		"w-17 (caseworker) was refused the children of case 1002: the record is restricted to named people.": func(e *audit.Entry) {
			e.Part, e.Outcome, e.Reason = "children", audit.Denied, string(access.ByRestriction)
		},
		"w-17 (caseworker) listed cases and was shown 31 of them.": func(e *audit.Entry) {
			e.Action, e.Record, e.Part, e.Count = access.ListRecords, "", "cases", 31
		},
		"w-17 (caseworker) listed cases and was shown none of them.": func(e *audit.Entry) {
			e.Action, e.Record, e.Part = access.ListRecords, "", "cases"
		},
		"w-17 (caseworker) listed reports and was shown one of them.": func(e *audit.Entry) {
			e.Action, e.Record, e.Part, e.Records = access.ListRecords, "", "reports", []string{"report-1"}
		},
		"w-17 (caseworker) read their own worklist, which named 2 records.": func(e *audit.Entry) {
			e.Action, e.Record, e.Part, e.Records = access.ReadOwn, "", "worklist", []string{"report-1", "case-2"}
		},
		"w-17 (caseworker) took a step in case 1002: Record a visit.": func(e *audit.Entry) {
			e.Action, e.Part = access.TakeStep, "visit.record"
		},
		"The program intake (as hotline) took a step in report 7: Take a report.": func(e *audit.Entry) {
			e.Actor, e.Program = casework.Actor{ID: "intake", Role: casework.RoleHotline}, true
			e.Action, e.Record, e.Part = access.TakeStep, "report-7", "report.received"
		},
		"w-17 (caseworker) changed who has access to case 1002 (grant).": func(e *audit.Entry) {
			e.Action, e.Part = access.ManageAccess, "grant"
		},
		"w-17 (caseworker) exported case 1002; the reason given is court-order.": func(e *audit.Entry) {
			e.Action, e.Part, e.Reason = access.ExportRecord, "", "court-order"
		},
		"w-17 (caseworker) searched the audit and was shown 50 lines.": func(e *audit.Entry) {
			e.Action, e.Record, e.Part, e.Count = access.SearchAudit, "", "", 50
		},
		"w-17 (caseworker) asked for the timeline of case 1002, and it failed on our side.": func(e *audit.Entry) {
			e.Outcome = audit.Failed
		},
	} {
		e := line()
		change(&e)
		require.Equal(t, want, e.Says())
	}
}
