package api_test

import (
	"encoding/json"
	"net/http"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"homeward/casework"
	"homeward/internal/teststack"
)

// court is as much of the answer as the tests look at.
type court struct {
	NextHearing *courtItem        `json:"next_hearing"`
	Calendar    []courtItem       `json:"calendar"`
	Orders      []courtItem       `json:"orders"`
	Held        []courtItem       `json:"held"`
	Matters     []courtItem       `json:"matters"`
	Rights      []courtItem       `json:"parental_rights"`
	Names       map[string]string `json:"names"`
	Words       map[string]string `json:"words"`
}

type courtItem struct {
	Ref      string   `json:"ref"`
	Type     string   `json:"type"`
	Status   string   `json:"status"`
	Due      string   `json:"due"`
	FirstDue string   `json:"first_due"`
	Text     string   `json:"text"`
	Docket   string   `json:"docket"`
	Findings []string `json:"findings"`
	Owes     body     `json:"owes"`
}

func (c inCare) takes(step string, b body) answer {
	c.tb.Helper()
	return c.do(casework.RoleCaseworker, step, b)
}

func (c inCare) court(role casework.Role) court {
	c.tb.Helper()
	answered := c.get(role, c.path+"/court")
	require.Equal(c.tb, http.StatusOK, answered.status, answered.text)
	var all court
	require.NoError(c.tb, json.Unmarshal([]byte(answered.text), &all))
	return all
}

func TestCourt_ShowsWhatIsToComeAndWhoOwesWhat(t *testing.T) {
	t.Parallel()
	stack := teststack.New(t, teststack.Options{})
	c := takeIntoCare(t, overStack(t, stack), 100)
	require.Nil(t, c.court(casework.RoleCaseworker).NextHearing, "a case before no court has an answer as well")

	at := func(days int) string { return c.ago(-days).Format(time.RFC3339) }
	require.Equal(t, "matter-1", c.takes("court-matters", body{
		"children": c.children, "kind": "dependency", "at": at(-99), "docket": "26-7-00017-1",
	}).Ref)
	c.takes("hearings", body{"children": c.children, "type": "shelter-care", "at": at(-98), "body": "court", "contrary_to_welfare": true})
	require.Equal(t, "hearing-1", c.takes("hearing-dates", body{
		"children": c.children, "type": "review", "at": at(60), "judge": "Judge Rivera", "matter": "matter-1", "report_due": c.day(46),
	}).Ref)
	require.Equal(t, "hearing-2", c.takes("hearing-dates", body{"children": c.children, "type": "permanency", "at": at(30)}).Ref)
	put := c.takes("continuances", body{"hearing": "hearing-2", "to": at(90), "reason": "notice-not-given"})
	require.Equal(t, "hearing-2", put.Ref)
	require.Contains(t, put.Advice, "extends nothing")
	parent := c.takes("adults", body{"name": "Carl Doe", "as": []string{"parent"}}).Ref
	for _, order := range []body{
		{"code": "no-contact", "text": "No contact.", "owes": body{"role": "parent"}},
		{"code": "counseling", "text": "Counseling.", "owes": body{"role": "parent", "id": parent}, "due": c.day(50)},
		{"code": "home-study", "text": "A home study.", "owes": body{"role": "worker"}, "due": c.day(20)},
	} {
		order["children"], order["on"] = c.children, c.day(-98)
		c.takes("orders", order)
	}
	c.takes("modified-orders", body{"order": "order-3", "on": c.day(-1), "due": c.day(40), "reason": "The sheriff is late."})
	c.takes("order-compliances", body{"order": "order-2", "on": c.day(-1), "kind": "letter", "evidence": "Of the counselor."})
	c.takes("tpr-petitions", body{"children": c.children, "parents": []string{parent}, "on": c.day(-1), "grounds": "Absent."})
	c.takes("parental-rights", body{"children": c.children[:1], "parent": parent, "status": "granted", "on": c.day(0)})

	stack.StopWorker(t)
	all := c.court(casework.RoleCaseworker)
	require.Equal(t, "hearing-1", all.NextHearing.Ref, "the other one was put off")
	require.Equal(t, []string{"hearing-1", "hearing-2"}, []string{all.Calendar[0].Ref, all.Calendar[1].Ref})
	var orders []string
	for _, o := range all.Orders {
		orders = append(orders, o.Ref+" "+o.Status)
	}
	require.Equal(t, []string{"order-3 ", "order-1 ", "order-2 complied"}, orders, "what stands first, the first due before the others")
	require.Equal(t, c.day(40), all.Orders[0].Due)
	require.Equal(t, c.day(20), all.Orders[0].FirstDue)
	require.Equal(t, "worker", all.Orders[0].Owes["role"])
	require.Equal(t, []string{"contrary-to-welfare"}, all.Held[0].Findings)
	require.Equal(t, "No contact.", all.Words[all.Orders[1].Text])
	require.Equal(t, "26-7-00017-1", all.Words[all.Matters[0].Docket])
	require.Equal(t, []string{"granted", "filed"}, []string{all.Rights[0].Status, all.Rights[1].Status}, "siblings diverge")
	require.NotEmpty(t, all.Names)

	require.Equal(t, all, c.court(casework.RoleAuditor))
	c.get(casework.RoleOps, c.path+"/court").refused(http.StatusForbidden, casework.Forbidden, "")
}
