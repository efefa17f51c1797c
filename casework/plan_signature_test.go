package casework_test

import (
	"testing"

	"github.com/stretchr/testify/require"

	"homeward/casework"
)

func aSignature(t testing.TB, person string) *casework.PlanSignature {
	t.Helper()
	return &casework.PlanSignature{
		Plan: "1", Signature: casework.Signature{Person: person, Decision: casework.Signed, On: day(t, "2025-02-20")},
	}
}

func TestSignature_IsGivenOrRefusedByEachParticipant(t *testing.T) {
	t.Parallel()
	c := wholePlanned(t)
	refused := with(aSignature(t, "P9"), func(b *casework.PlanSignature) {
		b.Decision, b.Reason, b.Words = casework.Refused, "disagrees", "text"
	})
	e := c.does(t, caseworker(), refused)
	require.Equal(t, "A participant refused to sign plan 1 (disagrees).", e.Body.Says())
	c.does(t, caseworker(), aSignature(t, elder))
	require.Len(t, c.state.Plans[0].Signatures, 2)
	c.does(t, caseworker(), aSignature(t, "P9"))
	require.Len(t, c.state.Plans[0].Signatures, 2)
	require.Equal(t, casework.Signed, c.state.Plans[0].Signatures[1].Decision, "who changes their mind signs again")
}

func TestSignature_Refuses(t *testing.T) {
	t.Parallel()
	planned(t, elder).refuses(t, refusal{
		name: "a plan of nobody", by: caseworker(), body: aSignature(t, elder), kind: casework.Blocked, codes: []string{"no-plan-to-sign"},
	})
	returned := removed(t, elder)
	returned.does(t, caseworker(), aWholePlan(t, "2025-01-22"))
	returned.does(t, supervisor(), &casework.PlanReturn{Comments: "text"})
	returned.refuses(t, refusal{
		name: "a returned plan", by: caseworker(), kind: casework.Blocked, codes: []string{"no-plan-to-sign"},
		body: with(aSignature(t, elder), func(b *casework.PlanSignature) { b.On = day(t, "2025-01-22") }),
	})
	c := wholePlanned(t)
	c.at(t, "2025-02-21 12:00")
	var cases []refusal
	refuses := func(name, field string, change func(*casework.PlanSignature)) {
		cases = append(cases, refusal{
			name: name, by: caseworker(), body: with(aSignature(t, elder), change), kind: casework.Invalid, field: field,
		})
	}
	refuses("no plan", "plan", func(b *casework.PlanSignature) { b.Plan = "" })
	refuses("another plan", "plan", func(b *casework.PlanSignature) { b.Plan = "1.1" })
	refuses("no person", "person", func(b *casework.PlanSignature) { b.Person = "" })
	refuses("a person by name", "person", func(b *casework.PlanSignature) { b.Person = "Ann Example" })
	refuses("who took no part", "person", func(b *casework.PlanSignature) { b.Person = younger })
	refuses("no decision", "decision", func(b *casework.PlanSignature) { b.Decision = "" })
	refuses("a refusal without a reason", "reason", func(b *casework.PlanSignature) { b.Decision = casework.Refused })
	refuses("a reason to sign", "reason", func(b *casework.PlanSignature) { b.Reason = "disagrees" })
	refuses("before the plan", "on", func(b *casework.PlanSignature) { b.On = day(t, "2025-02-19") })
	refuses("tomorrow", "on", func(b *casework.PlanSignature) { b.On = day(t, "2025-02-22") })
	c.refuses(t, cases...)
	c.refuses(t, refusal{name: "by the hotline", by: hotline(), body: aSignature(t, elder), kind: casework.Forbidden})
}
