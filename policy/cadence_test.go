package policy_test

import (
	"testing"

	"github.com/stretchr/testify/require"

	"homeward/casework"
)

func set(when, authority string, n int, more ...func(*casework.Fact)) casework.Fact {
	return fact(casework.FactContactPlanSet, when, append(more, ref("contact-1"), subject("C1"), by(authority), days(n))...)
}

func contact(when string) casework.Fact {
	return fact(casework.FactFamilyContactMade, when, ref("contact-1"), subject("C1"))
}

func TestCadence_AsksAtLeastEverySoManyDays(t *testing.T) {
	t.Parallel()
	example("contact").run(t, []vector{
		{"1 March + 7 days", []casework.Fact{set("2024-03-01", "plan", 7)}, "2024-03-02", []string{"contact-1 1 2024-03-08 open"}},
		{
			"the next counts from the day it was made",
			[]casework.Fact{set("2024-03-01", "plan", 7), contact("2024-03-06")},
			"2024-03-07",
			[]string{"contact-1 1 2024-03-08 met 2024-03-06", "contact-1 2 2024-03-13 open"},
		},
		{
			"one that was missed does not excuse the next",
			[]casework.Fact{set("2024-03-01", "plan", 7)},
			"2024-03-16",
			[]string{"contact-1 1 2024-03-08 overdue", "contact-1 2 2024-03-15 overdue", "contact-1 3 2024-03-22 open"},
		},
		{
			"the pack's own length holds where the plan says more, or nothing",
			[]casework.Fact{set("2024-03-01", "plan", 45)},
			"2024-03-02",
			[]string{"contact-1 1 2024-03-31 open"},
		},
		{
			"no plan, no contact that is owed",
			[]casework.Fact{contact("2024-03-06")},
			"2024-03-07", nil,
		},
	})
}

func TestCadence_TheStrictestPlanThatStandsCounts(t *testing.T) {
	t.Parallel()
	agency := set("2024-03-01", "plan", 21)
	court := set("2024-03-05", "court", 7)
	example("contact").run(t, []vector{
		{
			"the court's week is stricter, from the day on which it was ordered",
			[]casework.Fact{agency, court},
			"2024-03-06",
			[]string{"contact-1 1 2024-03-12 open"},
		},
		{
			"the agency's date comes before the court's first: 1 March + 21 = 22 March, 18 March + 7 = 25 March",
			[]casework.Fact{agency, set("2024-03-18", "court", 7)},
			"2024-03-19",
			[]string{"contact-1 1 2024-03-22 open"},
		},
		{
			"the court's plan ends, and the agency's stands",
			[]casework.Fact{
				agency, court, contact("2024-03-11"),
				fact(casework.FactContactPlanEnded, "2024-03-14", ref("contact-1"), subject("C1"), by("court")),
			},
			"2024-03-15",
			[]string{"contact-1 1 2024-03-12 met 2024-03-11", "contact-1 2 2024-04-01 open"},
		},
		{
			"a plan with a last day: 14 March + 7 would be after it",
			[]casework.Fact{agency, set("2024-03-05", "court", 7, until("2024-03-20")), contact("2024-03-12"), contact("2024-03-14")},
			"2024-03-15",
			[]string{
				"contact-1 1 2024-03-12 met 2024-03-12", "contact-1 2 2024-03-19 met 2024-03-14", "contact-1 3 2024-04-04 open",
			},
		},
		{
			"a new plan of the court takes the place of the old one",
			[]casework.Fact{court, set("2024-03-08", "court", 14)},
			"2024-03-09",
			[]string{"contact-1 1 2024-03-22 open"},
		},
		{
			"ended without saying whose, all end; what was missed remains",
			[]casework.Fact{agency, court, fact(casework.FactContactPlanEnded, "2024-03-14", ref("contact-1"), subject("C1"))},
			"2024-03-15",
			[]string{"contact-1 1 2024-03-12 incurable"},
		},
		{
			"ended and set again on one day, by two authorities",
			[]casework.Fact{
				court, set("2024-03-10", "plan", 14),
				fact(casework.FactContactPlanEnded, "2024-03-10", ref("contact-1"), subject("C1"), by("court")),
			},
			"2024-03-11",
			[]string{"contact-1 1 2024-03-24 open"},
		},
		{
			"set again after a gap, it begins anew and counts on",
			[]casework.Fact{
				court, contact("2024-03-10"),
				fact(casework.FactContactPlanEnded, "2024-03-12", ref("contact-1"), subject("C1")), set("2024-05-01", "court", 7),
			},
			"2024-05-02",
			[]string{"contact-1 1 2024-03-12 met 2024-03-10", "contact-1 3 2024-05-08 open"},
		},
		{
			"not owed while the child is missing; what fell due is owed once, on the day of the return",
			[]casework.Fact{
				court, fact(casework.FactChildMissing, "2024-03-10", subject("C1")), fact(casework.FactChildFound, "2024-04-02", subject("C1")),
			},
			"2024-04-02",
			[]string{"contact-1 1 2024-04-02 open"},
		},
		{
			"the child leaves care",
			[]casework.Fact{
				fact(casework.FactChildRemoved, "2024-01-10", subject("C1")), court, fact(casework.FactEpisodeEnded, "2024-03-11", subject("C1")),
			},
			"2024-05-01", nil,
		},
	})
	why := only(t, example("contact"), "2024-03-06", agency, court)
	require.Equal(t, "contact/C1/1/contact-1", why.ID)
	require.Equal(t, []string{"plan of contact set 2024-03-05", "+ 7 days = 2024-03-12"}, why.Why)
}
