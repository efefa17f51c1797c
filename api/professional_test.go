package api_test

import (
	"net/http"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"homeward/casework"
	"homeward/internal/teststack"
)

// professionals lists who is there as somebody of a role sees it, with the words.
func (c inCare) professionals(role casework.Role) (items []map[string]any, words map[string]string) {
	c.tb.Helper()
	answered := c.get(role, c.path+"/professionals")
	require.Equal(c.tb, http.StatusOK, answered.status, answered.text)
	var list struct {
		Items []map[string]any  `json:"items"`
		Words map[string]string `json:"words"`
	}
	answered.into(&list)
	return list.Items, list.Words
}

// renewal sees where the duty stands to ask again for what the first professional may learn.
func (c inCare) renewal(status string) {
	c.tb.Helper()
	var listed []string
	for _, duty := range c.all(casework.RoleCaseworker, c.path+"/duties", "200") {
		if duty["clock"] == "sharing-renewal" && duty["ref"] == "professional-1" {
			listed = append(listed, duty["status"].(string))
		}
	}
	require.Equal(c.tb, []string{status}, listed)
}

func TestProfessionals_AreListedWithWhatMayBeSharedNow(t *testing.T) {
	t.Parallel()
	c := takeIntoCare(t, overStack(t, teststack.New(t, teststack.Options{})), 30)
	c.do(casework.RoleCaseworker, "orders", body{
		"children": c.children, "code": "education-services", "text": "A tutor.", "on": c.day(-5), "owes": body{"role": "agency"},
	})
	added := c.do(casework.RoleCaseworker, "professionals", body{
		"kind": "school", "organization": "CANARY-NAME School", "name": "Ms Reed", "phone": "555-0142", "children": c.children[:1],
		"shares": []body{
			{"what": []string{"visits"}, "basis": "consent", "given_by": body{"person": "p-7"}, "given_on": c.day(-1), "until": c.day(0)},
			{"what": []string{"education", "visits"}, "basis": "court-order", "order": "order-1"},
		},
	})
	require.Equal(t, "professional-1", added.Ref)
	c.renewal("at-risk")
	c.do(casework.RoleSupervisor, "professionals", body{
		"kind": "tribe", "organization": "The tribe", "shares": []body{{"what": []string{"court"}, "basis": "statute", "law": "25 USC 1912(a)"}},
	})
	items, words := c.professionals(casework.RoleCaseworker)
	require.Equal(t, []any{"education", "visits"}, items[0]["may_share"])
	require.Equal(t, "Ms Reed", words[items[0]["name"].(string)])
	require.Equal(t, "25 USC 1912(a)", words[items[1]["shares"].([]any)[0].(map[string]any)["law"].(string)])
	require.NotContains(t, items[0]["organization"], "CANARY", "words are where names are")

	c.do(casework.RoleCaseworker, "vacated-orders", body{"order": "order-1", "on": c.day(0), "reason": "Not needed."})
	items, _ = c.professionals(casework.RoleCaseworker)
	require.Equal(t, []any{"visits"}, items[0]["may_share"])
	require.Equal(t, "order-lifted", items[0]["shares"].([]any)[1].(map[string]any)["why"])

	c.do(casework.RoleCaseworker, "professional-changes", body{"professional": 1, "shares": []body{{"what": []string{"nothing"}}}, "why": "Asked."})
	c.renewal("superseded")
	c.do(casework.RoleCaseworker, "professional-ends", body{"professional": 1, "on": c.day(0), "reason": "moved"})
	items, _ = c.professionals(casework.RoleSupervisor)
	require.Equal(t, []any{"tribe", "school"}, []any{items[0]["kind"], items[1]["kind"]}, "who is there comes first")
	require.Empty(t, items[1]["may_share"])
	c.get(casework.RoleOps, c.path+"/professionals").refused(http.StatusForbidden, casework.Forbidden, "")
}

func TestProfessionals_LearnWhatIsSealedByAPaperAlone(t *testing.T) {
	t.Parallel()
	c := takeIntoCare(t, overStack(t, teststack.New(t, teststack.Options{})), 30)
	clinic := func(paper, recipient, basis string) body {
		return body{"kind": "health", "organization": "North Clinic", "shares": []body{
			{"what": []string{"sealed"}, "basis": basis, "paper": paper, "recipient": recipient},
		}}
	}
	refused := func(b body, field string) {
		t.Helper()
		c.post(casework.RoleCaseworker, c.path+"/professionals", b).refused(http.StatusUnprocessableEntity, casework.Invalid, field)
	}
	refused(clinic("c-0", "north-clinic", "consent"), "shares[0].paper")
	consent := c.post(casework.RoleCaseworker, c.path+"/consents", body{
		"compartment": "treatment", "kind": "consent", "patient": c.children[0], "discloser": "The agency",
		"recipients": body{"outside": []string{"north-clinic"}}, "purposes": []string{"care-coordination"}, "what": []string{"progress"},
		"signed_by": "guardian", "signed_at": time.Now().Add(-time.Hour).Format(time.RFC3339),
		"expires_at": time.Now().Add(24 * time.Hour).Format(time.RFC3339),
	}).made()
	refused(clinic(consent, "south-clinic", "consent"), "shares[0].recipient")
	refused(clinic(consent, "north-clinic", "court-order"), "shares[0].basis")
	c.do(casework.RoleCaseworker, "professionals", clinic(consent, "north-clinic", "consent"))
	items, _ := c.professionals(casework.RoleCaseworker)
	require.Equal(t, []any{"sealed"}, items[0]["may_share"])
	answered := c.get(casework.RoleAuditor, c.path+"/professionals")
	require.NotContains(t, answered.text, "treatment", "that there is a patient is protected")

	c.post(casework.RoleCaseworker, c.path+"/consents/"+consent+"/revocation", body{"revoked_at": time.Now().Add(-time.Minute).Format(time.RFC3339)})
	items, _ = c.professionals(casework.RoleCaseworker)
	require.Empty(t, items[0]["may_share"])
	require.Equal(t, "paper-revoked", items[0]["shares"].([]any)[0].(map[string]any)["why"])
	refused(clinic(consent, "north-clinic", "consent"), "shares[0].paper")
}
