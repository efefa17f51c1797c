package api_test

import (
	"net/http"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"homeward/casework"
	"homeward/internal/teststack"
)

func TestAllegations_LearnedLaterReachTheRegistryWithTheirChildAndPerpetrator(t *testing.T) {
	t.Parallel()
	s := overStack(t, teststack.New(t, teststack.Options{}))
	r := takeReport(t, s)
	r.screenIn()
	father := r.do(casework.RoleInvestigator, "adults", body{"name": "Carl Doe", "as": []string{"parent"}}).Ref
	more := body{
		"learned_at": justNow(), "how": "CANARY-NARRATIVE", "children": []body{{"name": "Cal Doe", "born": "2021-01-09"}},
		"allegations": []body{
			{"victim": r.children[0], "type": "severe-neglect", "perpetrator": father}, {"child": 0, "type": "neglect"},
		},
	}
	for name, c := range map[string]struct {
		change      body
		field, says string
	}{
		"a stranger who did it": {
			body{"allegations": []body{{"child": 0, "type": "neglect", "perpetrator": "p-9999"}}},
			"allegations[0].perpetrator", "Put them on the report first",
		},
		"no child":       {body{"children": nil, "allegations": []body{{"type": "neglect"}}}, "allegations[0].victim", "or give the place"},
		"a wrong place":  {body{"allegations": []body{{"child": 1, "type": "neglect"}}}, "allegations[0].child", "0 is the first"},
		"another family": {body{"children": nil, "allegations": []body{{"victim": "p-9999", "type": "neglect"}}}, "allegations[0].victim", "not on the report"},
		"no words":       {body{"how": ""}, "how", "required"},
	} {
		p := s.in(t).post(casework.RoleInvestigator, r.path+"/allegations", more.with(c.change)).refused(422, casework.Invalid, c.field)
		require.Contains(t, p.Detail, c.says, name)
	}
	wish := request{method: http.MethodPost, path: r.path + "/allegations", token: s.token(casework.RoleInvestigator), key: "k-1", body: more}
	first := s.ask(wish).taken(http.StatusOK)
	require.Equal(t, first.Revision, s.ask(wish).taken(http.StatusOK).Revision, "sent again it adds nothing")
	children := r.listChildren(casework.RoleSupervisor)
	require.Len(t, children, 3)
	require.Equal(t, "Cal Doe", children[2]["name"])

	cal := children[2]["child"].(string)
	for _, child := range append(r.children, cal) {
		r.do(casework.RoleInvestigator, "contacts", body{"victim": child, "at": justNow(), "place": "home"})
	}
	r.do(casework.RoleInvestigator, "safety-assessments", body{"at": justNow(), "decision": "safe"})
	for _, id := range []string{"a3", "a4"} {
		r.do(casework.RoleInvestigator, "findings", body{"allegation": id, "result": "substantiated", "on": time.Now().In(losAngeles(t)).Format(time.DateOnly), "evidence": "Seen."})
	}
	found := s.onRegistry(s.token(casework.RoleSupervisor), father)
	require.Len(t, found, 1)
	require.Equal(t, "severe-neglect", found[0]["type"])
	require.Equal(t, "substantiated", found[0]["result"])
}
