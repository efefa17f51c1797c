package casework_test

import (
	"testing"

	"github.com/stretchr/testify/require"

	"homeward/casework"
)

// Invariants of 2.3: no placement with an uncleared provider, the emergency of kin
// explicit, and living arrangements without a gap: a child is placed with somebody.
func TestRemovalAndTrialEnd_WantAProviderOfThoseWhoKnowTheRule(t *testing.T) {
	t.Parallel()
	before, later := opened(t), onTrial(t, elder)
	before.at(t, "2025-01-22 12:00")
	removal := func(setting string, p casework.Placing) casework.Body {
		return with(aRemoval(t, elder), func(b *casework.Removal) { b.Setting, b.Placing = setting, p })
	}
	back := func(setting string, p casework.Placing) casework.Body {
		return &casework.TrialEnd{Children: []string{elder}, On: day(t, "2025-08-09"), Setting: setting, Placing: p, Reason: "text"}
	}
	cleared := casework.Placing{
		Provider: "provider-1", ClearedUntil: day(t, "2026-08-01"), Siblings: "together", School: "same-school", Preference: "not-applicable",
	}
	kin := cleared
	kin.ClearedUntil, kin.EmergencyKin, kin.CheckBy = casework.Date{}, true, day(t, "2025-09-01")
	uncleared := cleared
	uncleared.ClearedUntil = casework.Date{}
	for name, c := range map[string]struct {
		setting string
		placing casework.Placing
		field   string
	}{
		"a foster home":                     {"foster-home", casework.Placing{}, "provider"},
		"a relative":                        {"relative", casework.Placing{}, "provider"},
		"a shelter":                         {"shelter", casework.Placing{}, "provider"},
		"who is not cleared":                {"foster-home", uncleared, "cleared_until"},
		"who is no relative, before checks": {"foster-home", kin, "emergency_kin"},
		"who is cleared":                    {"foster-home", cleared, ""},
		"a relative before the checks":      {"relative", kin, ""},
		"a hospital":                        {"hospital", casework.Placing{}, ""},
		"detention":                         {"detention", casework.Placing{}, ""},
	} {
		t.Run(name, func(t *testing.T) {
			for clerk, body := range map[*caseClerk]casework.Body{before: removal(c.setting, c.placing), later: back(c.setting, c.placing)} {
				cmd := clerk.command(t, caseworker(), body)
				if c.field == "" {
					cmd.Edition = casework.Edition
					_, err := clerk.state.Decide(cmd)
					require.NoError(t, err)
					continue
				}
				clerk.refuses(t, refusal{
					name: cmd.Name, edition: casework.Edition, by: caseworker(), body: body, kind: casework.Invalid, field: c.field,
				})
				cmd.Edition = casework.EditionKnownPeople
				_, err := clerk.state.Decide(cmd)
				require.Equal(t, c.field == "provider", err == nil, "what was taken before is decided as it was then")
			}
		})
	}
}
