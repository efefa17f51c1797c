package api_test

import (
	"net/http"
	"testing"

	"github.com/stretchr/testify/require"

	"homeward/casework"
	"homeward/internal/teststack"
)

func TestRights_AreListedWithTheirDatesAndEnds(t *testing.T) {
	t.Parallel()
	c := takeIntoCare(t, overStack(t, teststack.New(t, teststack.Options{})), 30)
	stranger := body{"about": "removal", "to": body{"person": "p-99", "role": "parent"}, "due": c.day(5)}
	c.post(casework.RoleCaseworker, c.path+"/rights-notices-owed", stranger).refused(422, casework.Invalid, "to.person")
	known := c.do(casework.RoleCaseworker, "adults", body{"name": "Carl Doe", "as": []string{"parent"}})
	parent := body{"person": known.Ref, "role": "parent"}
	c.do(casework.RoleCaseworker, "rights-notices-owed", body{"about": "removal", "to": parent, "due": c.day(5)})
	c.do(casework.RoleCaseworker, "rights-notices", body{"notice": 1, "on": c.day(0), "how": "in-hand", "appeal_until": c.day(30)})
	c.do(casework.RoleCaseworker, "appeals", body{
		"notice": 1, "about": "removal", "by": parent, "on": c.day(0), "decide_by": c.day(60), "words": "We were not asked.",
	})
	c.do(casework.RoleCaseworker, "grievances", body{
		"about": "visits", "by": body{"role": "child"}, "on": c.day(0), "answer_by": c.day(10), "words": "Nobody told me.",
	})
	answer := body{"grievance": 1, "on": c.day(0), "result": "granted", "words": "Sorry."}
	c.post(casework.RoleCaseworker, c.path+"/grievance-answers", answer).refused(http.StatusForbidden, casework.Forbidden, "")
	c.do(casework.RoleSupervisor, "grievance-answers", answer)

	rights := c.list(casework.RoleSupervisor, c.path+"/rights").Items

	require.Len(t, rights, 3)
	require.Equal(t, "rights-notice-1", rights[0]["ref"])
	require.Equal(t, "in-hand", rights[0]["result"])
	require.Equal(t, c.day(30), rights[0]["window"])
	require.Equal(t, c.day(60), rights[1]["until"])
	require.NotContains(t, rights[1], "settled", "the appeal waits")
	require.Equal(t, "granted", rights[2]["result"])
}
