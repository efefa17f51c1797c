package casework_test

import (
	"strings"
	"testing"

	"homeward/casework"
)

// Whoever takes part in something is named in the same way in every step.
func TestParticipants_AreRefusedByEveryStepThatNamesThem(t *testing.T) {
	t.Parallel()
	c := removed(t, elder)
	lists := map[string]func(...casework.Participant) casework.Body{
		"persons": func(who ...casework.Participant) casework.Body {
			return with(aContactPlan("plan", 7, elder), func(b *casework.ContactPlan) { b.Persons = who })
		},
		"with": func(who ...casework.Participant) casework.Body {
			return &casework.FamilyContact{Children: []string{elder}, Relationship: "parent", At: clock(t, "2025-01-22 10:00"), With: who}
		},
		"invited": func(who ...casework.Participant) casework.Body {
			return with(aConference(t), func(b *casework.MeetingCall) { b.At, b.Invited = clock(t, "2025-01-23 10:00"), who })
		},
		"came": func(who ...casework.Participant) casework.Body {
			return with(aMeetingHeld(t), func(b *casework.MeetingHeld) { b.Came = who })
		},
	}
	for field, body := range lists {
		refuse := func(name, part string, who ...casework.Participant) refusal {
			return refusal{name: field + " " + name, by: caseworker(), body: body(who...), kind: casework.Invalid, field: field + part}
		}
		c.refuses(
			t,
			refuse("nobody", "[0].role", casework.Participant{}),
			refuse("a name", "[0].person", casework.Participant{Person: "Ann Example"}),
			refuse("an unknown role", "[0].role", casework.Participant{Role: "plumber"}),
			refuse("one person twice", "[1].person", casework.Participant{Person: "P9"}, casework.Participant{Person: "P9", Role: "parent"}),
		)
	}
	one := map[string]func(casework.Participant) casework.Body{
		"to": func(who casework.Participant) casework.Body {
			return with(owedNotice(t), func(b *casework.RightsNoticeOwed) { b.To = who })
		},
		"to ": func(who casework.Participant) casework.Body {
			return &casework.RightsNotice{About: "removal", To: who, On: day(t, "2025-01-22"), How: "mail"}
		},
		"by": func(who casework.Participant) casework.Body {
			return with(anAppeal(t), func(b *casework.Appeal) { b.By = who })
		},
		"by ": func(who casework.Participant) casework.Body {
			return with(aGrievance(t), func(b *casework.Grievance) { b.By = who })
		},
		"shares[0].given_by": func(who casework.Participant) casework.Body {
			return with(aSchool(t), func(b *casework.ProfessionalAdd) { b.Shares[0].GivenBy = who })
		},
	}
	for name, body := range one {
		field := strings.TrimSpace(name)
		refuse := func(name, part string, who casework.Participant) refusal {
			return refusal{name: name, by: caseworker(), body: body(who), kind: casework.Invalid, field: field + part}
		}
		c.refuses(
			t,
			refuse(name+" nobody", ".role", casework.Participant{}),
			refuse(name+" a name", ".person", casework.Participant{Person: "Ann Example"}),
			refuse(name+" an unknown role", ".role", casework.Participant{Role: "plumber"}),
		)
	}
}
