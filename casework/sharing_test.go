package casework_test

import (
	"testing"

	"github.com/stretchr/testify/require"

	"homeward/casework"
)

// sharing lists the facts on what may be shared: the type, the item and the day.
func sharing(c *casework.Case) []string {
	var told []string
	for _, f := range c.Facts {
		switch f.Type { //nolint:exhaustive // the other facts share nothing
		case casework.FactSharingAgreed:
			told = append(told, f.Ref+" until "+f.Until.String())
		case casework.FactSharingEnded:
			told = append(told, f.Ref+" ended")
		}
	}
	return told
}

func TestSharing_IsAskedForAgainBeforeTheFirstOfItEnds(t *testing.T) {
	t.Parallel()
	c := opened(t)
	school := aSchool(t)
	school.Remind()
	school.Shares = append(school.Shares, casework.Share{
		What: []string{"health"}, Basis: casework.ShareByStatute, Law: "text", Until: day(t, "2025-03-31"),
	})
	c.does(t, caseworker(), school)
	require.Equal(t, []string{"professional-1 until 2025-03-31"}, sharing(c.state))

	renewed := &casework.ProfessionalChange{Professional: 1, Shares: aSchool(t).Shares, Why: "text"}
	renewed.Remind()
	c.does(t, caseworker(), renewed)
	phone := &casework.ProfessionalChange{Professional: 1, Phone: "text", Why: "text"}
	phone.Remind()
	c.does(t, caseworker(), phone)
	require.Equal(t, []string{"professional-1 until 2025-03-31", "professional-1 until 2025-06-30"}, sharing(c.state))

	nothing := with(renewed, func(b *casework.ProfessionalChange) { b.Shares = []casework.Share{{What: []string{"nothing"}}} })
	c.does(t, caseworker(), nothing)
	require.Equal(t, "professional-1 ended", sharing(c.state)[2])
}

func TestSharing_EndsWithTheProfessional(t *testing.T) {
	t.Parallel()
	c := opened(t)
	school := aSchool(t)
	school.Remind()
	c.does(t, caseworker(), school)
	c.does(t, caseworker(), &casework.ProfessionalEnd{Professional: 1, On: day(t, "2025-01-20"), Reason: "moved"})
	require.Equal(t, []string{"professional-1 until 2025-06-30", "professional-1 ended"}, sharing(c.state))
}

// What was recorded before the rule keeps its facts: none.
func TestSharing_FromBeforeTheRuleRemindsNobody(t *testing.T) {
	t.Parallel()
	c := opened(t)
	c.does(t, caseworker(), aSchool(t))
	c.does(t, caseworker(), &casework.ProfessionalEnd{Professional: 1, On: day(t, "2025-01-20"), Reason: "moved"})
	require.Empty(t, sharing(c.state))
}
