package api_test

import (
	"net/http"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"homeward/casework"
	"homeward/internal/teststack"
)

func TestReferral_GoesFromTheDirectoryToTheServiceAndUnmetNeedsAreCounted(t *testing.T) {
	t.Parallel()
	stack := teststack.New(t, teststack.Options{})
	s := overStack(t, stack)
	withCounty(t, stack.DB)
	r := takeReport(t, s)
	r.investigate()
	family := r.post(casework.RoleSupervisor, r.path+"/case", caseOpening()).taken(http.StatusCreated).Links["self"]
	office, err := time.LoadLocation("America/Los_Angeles")
	require.NoError(t, err)
	now := time.Now().In(office)
	today, soon := now.Format(time.DateOnly), now.AddDate(0, 0, 14).Format(time.DateOnly)
	caseworker := casework.RoleCaseworker

	offer := body{"on": today, "need": "parenting", "service": "county-211:s-99", "follow_up": soon, "notes": "Evenings."}
	s.post(caseworker, family+"/referrals", offer).refused(http.StatusUnprocessableEntity, casework.Invalid, "service")
	offer["service"] = "county-211:s-1"
	s.post(caseworker, family+"/referrals", offer).taken(http.StatusOK)
	s.post(caseworker, family+"/referral-sendings", body{"referral": 1, "on": today, "by": "phone"}).
		refused(http.StatusConflict, casework.Blocked, "")
	s.post(caseworker, family+"/referral-consents", body{"referral": 1, "on": today, "by": "parent"}).taken(http.StatusOK)
	s.post(caseworker, family+"/referral-sendings", body{"referral": 1, "on": today, "by": "phone"}).taken(http.StatusOK)
	s.post(caseworker, family+"/referral-answers", body{"referral": 1, "on": today, "answer": "waiting", "position": 4}).taken(http.StatusOK)

	var list struct{ Items []map[string]any }
	s.get(caseworker, family+"/referrals").into(&list)
	require.Len(t, list.Items, 1)
	require.Equal(t, "waiting", list.Items[0]["status"])
	require.Equal(t, map[string]any{"status": "on-hold", "business_status": "waiting-list"}, list.Items[0]["task"])
	require.Equal(t, map[string]any{"service": "/v1/directory/services/county-211:s-1"}, list.Items[0]["links"])

	need := body{"on": today, "need": "housing", "county": "us-wa-king", "reason": "waiting-list", "notes": "Two years."}
	for range 2 {
		s.post(caseworker, family+"/unmet-needs", need).taken(http.StatusOK)
	}
	list.Items = nil
	s.get(casework.RoleSupervisor, "/v1/unmet-needs?need=housing&county=us-wa-king&from="+today+"&to="+today).into(&list)
	require.Equal(t, []map[string]any{{
		"need": "housing", "county": "us-wa-king", "month": today[:7], "reason": "waiting-list", "count": 2.0,
	}}, list.Items)
	list.Items = nil
	s.get(casework.RoleSupervisor, "/v1/unmet-needs?county=us-wa-pierce").into(&list)
	require.Empty(t, list.Items)
	s.get(caseworker, "/v1/unmet-needs").refused(http.StatusForbidden, casework.Forbidden, "")
	s.get(casework.RoleSupervisor, "/v1/unmet-needs?from=yesterday").refused(http.StatusBadRequest, "malformed", "from")
}
