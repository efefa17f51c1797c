package policy_test

import (
	"testing"

	"github.com/stretchr/testify/require"

	"homeward/casework"
)

func TestCountedHours_RollToTheNextOpenDay(t *testing.T) {
	t.Parallel()
	s := suite{pack: "example@2025.1", zone: "America/New_York", clock: "preliminary-hearing"}
	s.run(t, []vector{
		{
			"72 running hours that end on an open day",
			[]casework.Fact{fact(casework.FactChildRemoved, "2025-01-06T10:00:00-05:00")},
			"2025-01-06",
			[]string{"1 2025-01-09T10:00:00-05:00 open"},
		},
		{
			"a weekend in between counts",
			[]casework.Fact{fact(casework.FactChildRemoved, "2025-01-10T10:00:00-05:00")},
			"2025-01-10",
			[]string{"1 2025-01-13T10:00:00-05:00 open"},
		},
		{
			"the end falls on a Saturday: all of Monday is left",
			[]casework.Fact{fact(casework.FactChildRemoved, "2025-01-08T10:00:00-05:00")},
			"2025-01-08",
			[]string{"1 2025-01-13 open"},
		},
		{
			"the end falls on a Saturday before a holiday: all of Tuesday is left",
			[]casework.Fact{fact(casework.FactChildRemoved, "2025-01-15T10:00:00-05:00")},
			"2025-01-15",
			[]string{"1 2025-01-21 open"},
		},
		{
			"over the change to summer time",
			[]casework.Fact{fact(casework.FactChildRemoved, "2025-03-07T10:00:00-05:00")},
			"2025-03-07",
			[]string{"1 2025-03-10T11:00:00-04:00 open"},
		},
	})
}

func TestCountedDays_OpenDaysAndRolling(t *testing.T) {
	t.Parallel()
	suite{pack: "example@2025.1", zone: "America/New_York", clock: "detention-hearing"}.run(t, []vector{
		{
			"the next judicial day, over Christmas",
			[]casework.Fact{fact(casework.FactCustodyPetitionFiled, "2025-12-24T16:59:00-05:00")},
			"2025-12-24",
			[]string{"1 2025-12-26 open"},
		},
		{
			"filed on a Friday, and filed again",
			[]casework.Fact{
				fact(casework.FactCustodyPetitionFiled, "2025-05-23T09:00:00-04:00"),
				fact(casework.FactCustodyPetitionFiled, "2025-05-27T09:00:00-04:00"),
			},
			"2025-05-23",
			[]string{"1 2025-05-27 open"},
		},
	})
	suite{pack: "example@2025.1", zone: "America/New_York", clock: "service-plan"}.run(t, []vector{
		{
			"the end falls on the Fourth of July, a Friday",
			[]casework.Fact{fact(casework.FactTemporaryCustody, "2025-05-20")},
			"2025-05-21",
			[]string{"1 2025-07-07 open"},
		},
		{
			"the end falls on an open day",
			[]casework.Fact{fact(casework.FactTemporaryCustody, "2025-05-19")},
			"2025-05-21",
			[]string{"1 2025-07-03 open"},
		},
	})
}

func TestCountedMonths_FirstMondayAndMonthEnd(t *testing.T) {
	t.Parallel()
	suite{pack: "example@2025.1", zone: "America/Chicago", clock: "dismissal"}.run(t, []vector{
		{
			"the anniversary is a Tuesday",
			[]casework.Fact{fact(casework.FactTemporaryCustody, "2024-03-04")},
			"2024-04-01",
			[]string{"1 2025-03-10 open"},
		},
		{
			"the anniversary is a Monday: the Monday after it",
			[]casework.Fact{fact(casework.FactTemporaryCustody, "2024-03-03")},
			"2024-04-01",
			[]string{"1 2025-03-10 open"},
		},
		{
			"ordered on leap day",
			[]casework.Fact{fact(casework.FactTemporaryCustody, "2024-02-29")},
			"2024-04-01",
			[]string{"1 2025-03-03 open"},
		},
		{
			"extended by 180 days, once and no more",
			[]casework.Fact{
				fact(casework.FactTemporaryCustody, "2024-03-04"),
				fact(casework.FactDismissalExtended, "2025-02-20"), fact(casework.FactDismissalExtended, "2025-08-20"),
			},
			"2025-04-01",
			[]string{"1 2025-09-06 open"},
		},
		{
			"missed: no later act mends it",
			[]casework.Fact{fact(casework.FactTemporaryCustody, "2024-03-04"), fact(casework.FactDisposition, "2025-03-11")},
			"2025-04-01",
			[]string{"1 2025-03-10 incurable"},
		},
	})
	suite{pack: "example@2025.1", zone: "America/Chicago", clock: "dismissal-notice"}.run(t, []vector{
		{
			"sixty days before the dismissal",
			[]casework.Fact{fact(casework.FactTemporaryCustody, "2024-03-04")},
			"2024-04-01",
			[]string{"1 2025-01-09 open"},
		},
	})
	suite{pack: "example@2025.1", zone: "America/Chicago", clock: "payment-stops"}.run(t, []vector{
		{
			"the last day of the sixth month",
			[]casework.Fact{fact(casework.FactVoluntaryAgreement, "2023-08-31")},
			"2023-09-01",
			[]string{"1 2024-02-29 open"},
		},
	})
}

func TestExtensions_EachAddsAndTheFirstDateIsKept(t *testing.T) {
	t.Parallel()
	s := suite{pack: "example@2025.1", zone: "America/Chicago", clock: "determination"}
	received := fact(casework.FactReportReceived, "2024-01-15T10:00:00-06:00")
	s.run(t, []vector{
		{"none", []casework.Fact{received}, "2024-02-01", []string{"1 2024-03-15 open"}},
		{
			"two, of thirty days and of ten",
			[]casework.Fact{
				received, fact(casework.FactDeterminationExtended, "2024-03-10"),
				fact(casework.FactDeterminationExtended, "2024-04-10", days(10)),
			},
			"2024-04-11",
			[]string{"1 2024-04-24 open"},
		},
		{
			"made after the first date and before the second",
			[]casework.Fact{
				received, fact(casework.FactDeterminationExtended, "2024-03-10"), fact(casework.FactDeterminationMade, "2024-04-14"),
			},
			"2024-05-01",
			[]string{"1 2024-04-14 met 2024-04-14"},
		},
	})
	in := s.input(t, []casework.Fact{received, fact(casework.FactDeterminationExtended, "2024-03-10")})
	for _, d := range packNamed(t, s.pack).Evaluate(in, instant(t, "2024-03-11", in.Zone)) {
		require.Equal(t, "2024-03-15", d.OriginalDue)
		require.Equal(t, []string{
			"report received 2024-01-15 10:00 CST", "+ 60 days = 2024-03-15", "determination extended 2024-03-10", "so due 2024-04-14",
		}, d.Why)
	}
}

func TestBirthdays_WindowAndYearlySchedule(t *testing.T) {
	t.Parallel()
	removed := fact(casework.FactChildRemoved, "2024-01-10")
	plan := suite{pack: "example@2025.1", zone: "America/Chicago", clock: "leaving-plan", born: "2007-05-01"}
	plan.run(t, []vector{
		{"the day before the birthday", []casework.Fact{removed}, "2025-01-01", []string{"1 2025-04-30 open"}},
		{
			"a plan before the ninety days is too early",
			[]casework.Fact{removed, fact(casework.FactCasePlanCompleted, "2025-01-30")},
			"2025-02-01",
			[]string{"1 2025-04-30 open"},
		},
		{
			"on the first of the ninety days",
			[]casework.Fact{removed, fact(casework.FactCasePlanCompleted, "2025-01-31")},
			"2025-02-01",
			[]string{"1 2025-04-30 met 2025-01-31"},
		},
		{
			"removed after the birthday",
			[]casework.Fact{fact(casework.FactChildRemoved, "2025-06-01")},
			"2025-07-01", nil,
		},
	})
	credit := suite{pack: "example@2025.1", zone: "America/Chicago", clock: "yearly-report", born: "2012-02-29"}
	credit.run(t, []vector{
		{
			"a year after the fourteenth birthday of a child born on leap day",
			[]casework.Fact{removed},
			"2026-03-01",
			[]string{"1 2027-02-28 open"},
		},
		{
			"early each year, and the schedule stays",
			[]casework.Fact{removed, fact(casework.FactReviewHeld, "2026-04-01"), fact(casework.FactReviewHeld, "2027-04-01")},
			"2027-04-02",
			[]string{"1 2027-02-28 met 2026-04-01", "2 2028-02-29 met 2027-04-01", "3 2029-02-28 open"},
		},
		{
			"in care only from sixteen: nothing is owed for the years before",
			[]casework.Fact{fact(casework.FactChildRemoved, "2028-06-01")},
			"2028-07-01",
			[]string{"1 2029-02-28 open"},
		},
	})
	unknown := suite{pack: "example@2025.1", zone: "America/Chicago", clock: "yearly-report"}
	unknown.run(t, []vector{{"the birthday is not known", []casework.Fact{removed}, "2026-03-01", nil}})
}

func TestStatePack_TheEarlierDateCounts(t *testing.T) {
	t.Parallel()
	suite{pack: "example@2025.1", zone: "America/Chicago", clock: "periodic-review"}.run(t, []vector{
		{
			"before the state's clock can start, the federal date holds",
			enteredOn("2024-03-10"),
			"2024-04-01",
			[]string{"1 2024-09-10 open"},
		},
		{
			"a disposition after entry would be later: the federal date holds",
			append(enteredOn("2024-03-10"), fact(casework.FactDisposition, "2024-05-01")),
			"2024-06-01",
			[]string{"1 2024-09-10 open"},
		},
		{
			"a disposition before entry is earlier: the state's date holds",
			[]casework.Fact{fact(casework.FactChildRemoved, "2024-01-10"), fact(casework.FactDisposition, "2024-02-15")},
			"2024-06-01",
			[]string{"1 2024-08-15 open"},
		},
		{
			"then each three months",
			append(enteredOn("2024-03-10"), fact(casework.FactReviewHeld, "2024-09-01")),
			"2024-10-01",
			[]string{"1 2024-09-10 met 2024-09-01", "2 2024-12-01 open"},
		},
	})
	suite{pack: "example@2025.1", zone: "America/Chicago", clock: "case-plan"}.run(t, []vector{
		{
			"45 days instead of 60",
			[]casework.Fact{fact(casework.FactChildRemoved, "2024-01-10")},
			"2024-02-01",
			[]string{"1 2024-02-24 open"},
		},
	})
}

func TestStatePack_CitesWhatGaveTheDate(t *testing.T) {
	t.Parallel()
	s := suite{zone: "America/Chicago"}
	in := s.input(t, []casework.Fact{fact(casework.FactChildRemoved, "2024-01-10"), fact(casework.FactDisposition, "2024-05-01")})
	for _, d := range packNamed(t, "example@2025.1").Evaluate(in, instant(t, "2024-02-01", in.Zone)) {
		switch d.Clock {
		case "periodic-review":
			require.Equal(t, "42 USC 675(5)(B)", d.Citation)
		case "case-plan":
			require.Equal(t, "Made-up code 13", d.Citation)
			require.Equal(t, "Complete the plan for the child", d.Title)
		case "caseworker-visit":
			require.Equal(t, "42 USC 624(f)", d.Citation)
			require.Equal(t, casework.RoleSupervisor, d.Owner)
		}
	}
}
