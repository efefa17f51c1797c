package casework_test

import (
	"testing"

	"homeward/casework"
)

// noticed is a case on 2025-02-20, the elder in care, with the notice of the Indian
// Child Welfare Act received.
func noticed(t testing.TB) *caseClerk {
	t.Helper()
	c := planned(t, elder)
	c.does(t, caseworker(), &casework.ICWANotice{Children: []string{elder}, On: day(t, "2025-02-01"), By: "tribe"})
	return c
}

// noticedAtHome is the same case on 2025-11-10, the elder home since 2025-11-01.
func noticedAtHome(t testing.TB) *caseClerk {
	t.Helper()
	c := noticed(t)
	c.at(t, "2025-11-10 12:00")
	c.does(t, caseworker(), &casework.Reunification{Children: []string{elder}, On: day(t, "2025-11-01")})
	return c
}

// A placement passes the same gate with whatever step it begins.
func TestPlacing_IsRefusedByEveryStepThatPlaces(t *testing.T) {
	t.Parallel()
	found := noticed(t)
	found.at(t, "2025-03-02 12:00")
	found.does(t, caseworker(), aMissing(t, elder))
	trial := noticed(t)
	trial.does(t, caseworker(), &casework.TrialStart{Children: []string{elder}, On: day(t, "2025-02-19"), Safety: "text"})
	places := map[string]struct {
		c    *caseClerk
		with func(setting string, p casework.Placing) casework.Body
	}{
		"removal": {noticedAtHome(t), func(setting string, p casework.Placing) casework.Body {
			return with(aRemoval(t, elder), func(b *casework.Removal) {
				b.At, b.Setting, b.Placing = clock(t, "2025-11-09 10:00"), setting, p
			})
		}},
		"agreement": {noticedAtHome(t), func(setting string, p casework.Placing) casework.Body {
			return with(aVoluntary(t, elder), func(b *casework.VoluntaryPlacement) {
				b.On, b.Setting, b.Placing = day(t, "2025-11-09"), setting, p
			})
		}},
		"end of a trial": {trial, func(setting string, p casework.Placing) casework.Body {
			return &casework.TrialEnd{Children: []string{elder}, On: day(t, "2025-02-20"), Setting: setting, Reason: "text", Placing: p}
		}},
		"return of a missing child": {found, func(setting string, p casework.Placing) casework.Body {
			return &casework.Found{Children: []string{elder}, At: clock(t, "2025-03-02 11:00"), Setting: setting, Placing: p}
		}},
	}
	for step, place := range places {
		refuse := func(name, field, setting string, change func(*casework.Placing)) refusal {
			p := aPlacing(t)
			change(&p)
			return refusal{
				name: step + " " + name, by: caseworker(), body: place.with(setting, p), kind: casework.Invalid, field: field,
				edition: casework.Edition,
			}
		}
		place.c.refuses(
			t,
			refuse("with a name", "provider", "foster-home", func(p *casework.Placing) { p.Provider = "Kim Example" }),
			refuse("in a hospital with a name", "provider", "hospital", func(p *casework.Placing) { p.Provider = "Kim Example" }),
			refuse("in an emergency, with a stranger", "emergency_kin", "foster-home", func(p *casework.Placing) { p.EmergencyKin = true }),
			refuse("in an emergency, without a follow-up", "check_by", "relative", func(p *casework.Placing) { p.EmergencyKin = true }),
			refuse("with nobody cleared", "cleared_until", "foster-home", func(p *casework.Placing) { p.ClearedUntil = casework.Date{} }),
			refuse("without a word on siblings", "siblings", "foster-home", func(p *casework.Placing) { p.Siblings = "" }),
			refuse("without a word on school", "school", "foster-home", func(p *casework.Placing) { p.School = "" }),
			refuse("without the preference of the Act", "icwa_preference", "foster-home", func(p *casework.Placing) { p.Preference = "" }),
			refuse("outside the Act, which applies", "icwa_preference", "foster-home", func(*casework.Placing) {}),
		)
	}
	trial.does(t, caseworker(), places["end of a trial"].with("foster-home", aPlacing(t))) // as an earlier release took it
}
