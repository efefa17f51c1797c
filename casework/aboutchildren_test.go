package casework_test

import (
	"testing"

	"homeward/casework"
)

// A step about children of the case says which, and takes no child of another family.
func TestStepsAboutChildren_RefuseNobodyAndStrangers(t *testing.T) {
	t.Parallel()
	c := agreed(t, elder)
	on := day(t, "2025-03-01")
	for _, about := range []func(children ...string) casework.Body{
		func(ids ...string) casework.Body {
			return &casework.ProviderClearance{Children: ids, On: on, Provider: "provider-7", ClearedUntil: day(t, "2026-01-22")}
		},
		func(ids ...string) casework.Body { return &casework.HealthRecord{Children: ids, On: on} },
		func(ids ...string) casework.Body {
			return with(aDebrief(t, ids...), func(b *casework.Debrief) { b.At = clock(t, "2025-03-01 11:00") })
		},
		func(ids ...string) casework.Body {
			return &casework.VoluntaryEnd{Children: ids, On: on, Outcome: "returned-home"}
		},
		func(ids ...string) casework.Body {
			return &casework.QRTPAssessment{Children: ids, On: on, Result: "needed", Independent: true}
		},
		func(ids ...string) casework.Body {
			return &casework.QRTPDecision{Children: ids, On: on, Result: "approved"}
		},
		func(ids ...string) casework.Body {
			return &casework.ICWAExtension{Children: ids, On: on, By: "tribe", Days: 20}
		},
		func(ids ...string) casework.Body {
			return &casework.TransitionPlan{Children: ids, On: on, YouthLed: true, HealthProxy: true, Content: "text"}
		},
		func(ids ...string) casework.Body { return &casework.CreditReport{Children: ids, On: on} },
		func(ids ...string) casework.Body {
			return &casework.ExitDocuments{Children: ids, On: on, Given: casework.Documents()}
		},
		func(ids ...string) casework.Body {
			return &casework.ExtendedCare{Children: ids, On: on, Until: day(t, "2028-02-09"), Condition: "employed", Agreement: "text"}
		},
	} {
		step := stepOf(t, about()).Name
		refuse := func(name string, ids ...string) refusal {
			return refusal{name: step + " " + name, by: caseworker(), body: about(ids...), kind: casework.Invalid, field: "children"}
		}
		c.refuses(t, refuse("about nobody"), refuse("about a stranger", "P7"), refuse("about one child twice", elder, elder))
	}
}

// What a youth is owed is owed in care, from an age on, and no earlier than the removal.
func TestStepsAboutYouth_RefuseChildrenAtHomeAndDaysTooEarly(t *testing.T) {
	t.Parallel()
	c := planned(t, elder, younger)
	c.at(t, "2027-02-11 12:00")
	atHome := opened(t)
	atHome.at(t, "2027-02-11 12:00")
	grown := &caseClerk{state: &casework.Case{}}
	grown.at(t, "2025-01-20 10:00")
	grown.does(t, casework.System(), with(anOpening(t), func(b *casework.Opening) {
		b.Children = []casework.Subject{{ID: elder, Born: day(t, "2006-02-10")}, {ID: younger, Born: day(t, "2018-06-30")}}
	}))
	grown.at(t, "2025-01-22 12:00")
	grown.does(t, caseworker(), aRemoval(t, elder))
	for _, about := range []func(on casework.Date, id string) casework.Body{
		func(on casework.Date, id string) casework.Body {
			return &casework.TransitionPlan{Children: []string{id}, On: on, YouthLed: true, HealthProxy: true, Content: "text"}
		},
		func(on casework.Date, id string) casework.Body {
			return &casework.CreditReport{Children: []string{id}, On: on}
		},
		func(on casework.Date, id string) casework.Body {
			return &casework.ExitDocuments{Children: []string{id}, On: on, Given: casework.Documents()}
		},
		func(on casework.Date, id string) casework.Body {
			return &casework.ExtendedCare{
				Children: []string{id}, On: on, Until: day(t, "2026-12-31"), Condition: "employed", Agreement: "text",
			}
		},
	} {
		step := stepOf(t, about(casework.Date{}, elder)).Name
		refuse := func(name string, on casework.Date, id string) refusal {
			return refusal{name: step + " " + name, by: caseworker(), body: about(on, id), kind: casework.Invalid, field: "on"}
		}
		c.refuses(t, refuse("on no day", casework.Date{}, elder), refuse("about a small child", day(t, "2026-12-01"), younger))
		grown.refuses(t, refuse("before the removal", day(t, "2025-01-20"), elder))
		atHome.refuses(t, refusal{
			name: step + " at home", by: caseworker(), body: about(day(t, "2026-12-01"), elder), kind: casework.Blocked,
			codes: []string{"not-in-care"},
		})
	}
}
