package policy_test

import (
	"testing"

	"github.com/stretchr/testify/require"

	"homeward/casework"
)

func TestShelterCareHearing_SeventyTwoHoursWithoutClosedDays(t *testing.T) {
	t.Parallel()
	s := suite{pack: "washington@2025.1", zone: "America/Los_Angeles", clock: "shelter-care-hearing"}
	s.run(t, []vector{
		{
			"from Wednesday over the weekend",
			[]casework.Fact{fact(casework.FactChildRemoved, "2025-01-08T10:00:00-08:00")},
			"2025-01-08",
			[]string{"1 2025-01-13T10:00:00-08:00 open"},
		},
		{
			"from Monday within the week",
			[]casework.Fact{fact(casework.FactChildRemoved, "2025-01-06T10:00:00-08:00")},
			"2025-01-06",
			[]string{"1 2025-01-09T10:00:00-08:00 open"},
		},
		{
			"from Friday over the weekend and Martin Luther King Day",
			[]casework.Fact{fact(casework.FactChildRemoved, "2025-01-17T15:00:00-08:00")},
			"2025-01-18",
			[]string{"1 2025-01-23T15:00:00-08:00 open"},
		},
		{
			"from Saturday: Monday to Wednesday, and not the first second of Thursday",
			[]casework.Fact{fact(casework.FactChildRemoved, "2025-01-11T08:00:00-08:00")},
			"2025-01-12",
			[]string{"1 2025-01-15T23:59:59-08:00 open"},
		},
		{
			"over the change to summer time: the short day is a Sunday, which does not count",
			[]casework.Fact{fact(casework.FactChildRemoved, "2025-03-07T10:00:00-08:00")},
			"2025-03-08",
			[]string{"1 2025-03-12T10:00:00-07:00 open"},
		},
		{
			"over the change to winter time",
			[]casework.Fact{fact(casework.FactChildRemoved, "2025-10-31T10:00:00-07:00")},
			"2025-11-01",
			[]string{"1 2025-11-05T10:00:00-08:00 open"},
		},
		{
			"over New Year",
			[]casework.Fact{fact(casework.FactChildRemoved, "2024-12-31T12:00:00-08:00")},
			"2025-01-01",
			[]string{"1 2025-01-06T12:00:00-08:00 open"},
		},
		{
			"New Year's Day on a Saturday closes the Friday before",
			[]casework.Fact{fact(casework.FactChildRemoved, "2021-12-29T12:00:00-08:00")},
			"2021-12-29",
			[]string{"1 2022-01-04T12:00:00-08:00 open"},
		},
		{
			"Thanksgiving closes two days",
			[]casework.Fact{fact(casework.FactChildRemoved, "2024-11-26T09:00:00-08:00")},
			"2024-11-26",
			[]string{"1 2024-12-03T09:00:00-08:00 open"},
		},
		{
			"Juneteenth was no holiday before 2022",
			[]casework.Fact{fact(casework.FactChildRemoved, "2020-06-18T09:00:00-07:00")},
			"2020-06-18",
			[]string{"1 2020-06-23T09:00:00-07:00 open"},
		},
		{
			"leap day counts like any other",
			[]casework.Fact{fact(casework.FactChildRemoved, "2024-02-27T09:00:00-08:00")},
			"2024-02-27",
			[]string{"1 2024-03-01T09:00:00-08:00 open"},
		},
		{
			"a removal without an hour counts from the start of its day",
			[]casework.Fact{fact(casework.FactChildRemoved, "2025-01-08")},
			"2025-01-08",
			[]string{"1 2025-01-10T23:59:59-08:00 open"},
		},
		{
			"held in time",
			[]casework.Fact{
				fact(casework.FactChildRemoved, "2025-01-08T10:00:00-08:00"),
				fact(casework.FactCustodyHearingHeld, "2025-01-13T09:30:00-08:00"),
			},
			"2025-01-14",
			[]string{"1 2025-01-13T10:00:00-08:00 met 2025-01-13T09:30:00-08:00"},
		},
		{
			"held late",
			[]casework.Fact{
				fact(casework.FactChildRemoved, "2025-01-08T10:00:00-08:00"),
				fact(casework.FactCustodyHearingHeld, "2025-01-13T13:30:00-08:00"),
			},
			"2025-01-14",
			[]string{"1 2025-01-13T10:00:00-08:00 met-late 2025-01-13T13:30:00-08:00"},
		},
		{
			"returned home before",
			[]casework.Fact{
				fact(casework.FactChildRemoved, "2025-01-08T10:00:00-08:00"),
				fact(casework.FactEpisodeEnded, "2025-01-10"),
			},
			"2025-01-14", nil,
		},
	})
}

func TestShelterCareHearing_SaysWhenTheCalendarEnds(t *testing.T) {
	t.Parallel()
	s := suite{zone: "America/Los_Angeles"}
	in := s.input(t, []casework.Fact{fact(casework.FactChildRemoved, "2035-12-31T10:00:00-08:00")})
	for _, d := range packNamed(t, "washington@2025.1").Evaluate(in, instant(t, "2035-12-31", in.Zone)) {
		if d.Clock == "shelter-care-hearing" {
			require.Equal(t, []string{
				"child removed 2035-12-31 10:00 PST",
				"+ 72 hours without closed days = 2036-01-03 10:00 PST",
				"holidays are known only from 2020-01-01 to 2035-12-31",
			}, d.Why)
			return
		}
	}
	require.Fail(t, "no duty")
}

func TestPlanApproval_FiveBusinessDaysForEachSubmission(t *testing.T) {
	t.Parallel()
	s := suite{pack: "washington@2025.1", zone: "America/Los_Angeles", clock: "plan-approval"}
	s.run(t, []vector{
		{
			"over Thanksgiving and the Friday after",
			[]casework.Fact{fact(casework.FactCasePlanSubmitted, "2024-11-21T10:00:00-08:00")},
			"2024-11-22",
			[]string{"1 2024-12-02 open"},
		},
		{
			"submitted on a Saturday: Monday is the first day",
			[]casework.Fact{fact(casework.FactCasePlanSubmitted, "2025-03-08T10:00:00-08:00")},
			"2025-03-09",
			[]string{"1 2025-03-14 open"},
		},
		{
			"over leap day",
			[]casework.Fact{fact(casework.FactCasePlanSubmitted, "2024-02-26T10:00:00-08:00")},
			"2024-02-27",
			[]string{"1 2024-03-04 open"},
		},
		{
			"returned, submitted again and completed, all on one day",
			[]casework.Fact{
				fact(casework.FactCasePlanSubmitted, "2025-03-03T09:00:00-08:00"),
				fact(casework.FactCasePlanReturned, "2025-03-03T11:00:00-08:00"),
				fact(casework.FactCasePlanSubmitted, "2025-03-03T14:00:00-08:00"),
				fact(casework.FactCasePlanCompleted, "2025-03-03T16:00:00-08:00", subject("C1")),
			},
			"2025-03-04",
			[]string{"1 2025-03-10 met 2025-03-03", "2 2025-03-10 met 2025-03-03"},
		},
		{
			"a return does not meet the next submission",
			[]casework.Fact{
				fact(casework.FactCasePlanSubmitted, "2025-03-03T09:00:00-08:00"),
				fact(casework.FactCasePlanReturned, "2025-03-05T11:00:00-08:00"),
				fact(casework.FactCasePlanSubmitted, "2025-03-07T14:00:00-08:00"),
			},
			"2025-03-08",
			[]string{"1 2025-03-10 met 2025-03-05", "2 2025-03-14 open"},
		},
		{
			"submitted again without a decision: the newer one is the one to decide",
			[]casework.Fact{
				fact(casework.FactCasePlanSubmitted, "2025-03-03T09:00:00-08:00"),
				fact(casework.FactCasePlanSubmitted, "2025-03-07T14:00:00-08:00"),
			},
			"2025-03-08",
			[]string{"2 2025-03-14 open"},
		},
		{
			"late",
			[]casework.Fact{
				fact(casework.FactCasePlanSubmitted, "2025-03-03T09:00:00-08:00"),
				fact(casework.FactCasePlanReturned, "2025-03-11T09:00:00-07:00"),
			},
			"2025-03-12",
			[]string{"1 2025-03-10 met-late 2025-03-11"},
		},
	})
}

func TestClosingApproval_FiveBusinessDays(t *testing.T) {
	t.Parallel()
	s := suite{pack: "washington@2025.1", zone: "America/Los_Angeles", clock: "closing-approval"}
	s.run(t, []vector{
		{
			"over Christmas and the year's end",
			[]casework.Fact{fact(casework.FactClosingRequested, "2025-12-24T10:00:00-08:00")},
			"2025-12-25",
			[]string{"1 2026-01-02 open"},
		},
		{
			"decided, and the record closed in the same breath",
			[]casework.Fact{
				fact(casework.FactClosingRequested, "2025-06-02T10:00:00-07:00"),
				fact(casework.FactClosingDecided, "2025-06-03T10:00:00-07:00"),
				fact(casework.FactRecordClosed, "2025-06-03T10:00:00-07:00"),
			},
			"2025-06-04",
			[]string{"1 2025-06-09 met 2025-06-03"},
		},
		{
			"declined and asked again",
			[]casework.Fact{
				fact(casework.FactClosingRequested, "2025-06-02T10:00:00-07:00"),
				fact(casework.FactClosingDecided, "2025-06-03T10:00:00-07:00"),
				fact(casework.FactClosingRequested, "2025-06-17T10:00:00-07:00"),
			},
			"2025-06-18",
			[]string{"1 2025-06-09 met 2025-06-03", "2 2025-06-25 open"},
		},
	})
}

func TestAftercareVisit_FromTheFirstFullMonthAtHome(t *testing.T) {
	t.Parallel()
	s := suite{pack: "washington@2025.1", zone: "America/Los_Angeles", clock: "aftercare-visit"}
	s.run(t, []vector{
		{
			"home in the middle of a month",
			[]casework.Fact{fact(casework.FactAftercareStarted, "2025-02-12")},
			"2025-02-13",
			[]string{"1 2025-03-31 open"},
		},
		{
			"home on the first",
			[]casework.Fact{fact(casework.FactAftercareStarted, "2025-02-01")},
			"2025-02-13",
			[]string{"1 2025-02-28 open"},
		},
		{
			"visited each month until it ends",
			[]casework.Fact{
				fact(casework.FactAftercareStarted, "2025-02-12"),
				fact(casework.FactVisitMade, "2025-03-20T16:00:00-07:00"),
				fact(casework.FactVisitMade, "2025-04-30T21:00:00-07:00"),
				fact(casework.FactAftercareEnded, "2025-05-14T10:00:00-07:00"),
			},
			"2025-06-01",
			[]string{"1 2025-03-31 met 2025-03-20", "2 2025-04-30 met 2025-04-30"},
		},
		{
			"removed again",
			[]casework.Fact{
				fact(casework.FactAftercareStarted, "2025-02-12"),
				fact(casework.FactChildRemoved, "2025-04-02"),
			},
			"2025-04-03",
			[]string{"1 2025-03-31 incurable"},
		},
		{
			"closing the case ends it",
			[]casework.Fact{
				fact(casework.FactAftercareStarted, "2025-02-12"),
				fact(casework.FactRecordClosed, "2025-03-02T10:00:00-08:00"),
			},
			"2025-06-01", nil,
		},
	})
}

func TestClosedRecord_OwesNothing(t *testing.T) {
	t.Parallel()
	in, asOf := fiveYears(t)
	in.Facts = append(in.Facts, fact(casework.FactRecordClosed, "2025-01-20T10:00:00-08:00"))
	for _, d := range packNamed(t, "washington@2025.1").Evaluate(in, asOf.AddDate(1, 0, 0)) {
		require.False(t, d.Status.Pending(), d.ID)
	}
}
