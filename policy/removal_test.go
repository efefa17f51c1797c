package policy_test

import (
	"testing"

	"homeward/casework"
)

// Every date in these tables was counted by hand on a calendar.

func TestRelativeNotice_ThirtyDaysFromRemoval(t *testing.T) {
	t.Parallel()
	s := suite{pack: "us-federal@2025.1", zone: "America/Chicago", clock: "relative-notice"}
	s.run(t, []vector{
		{
			"over the end of a leap February",
			[]casework.Fact{fact(casework.FactChildRemoved, "2024-01-31")},
			"2024-02-01",
			[]string{"1 2024-03-01 open"},
		},
		{
			"over the end of a plain February",
			[]casework.Fact{fact(casework.FactChildRemoved, "2023-01-31")},
			"2023-02-01",
			[]string{"1 2023-03-02 open"},
		},
		{
			"ends on leap day",
			[]casework.Fact{fact(casework.FactChildRemoved, "2024-01-30")},
			"2024-02-01",
			[]string{"1 2024-02-29 open"},
		},
		{
			"a removal at ten to midnight belongs to the local day",
			[]casework.Fact{fact(casework.FactChildRemoved, "2024-02-01T05:50:00Z")},
			"2024-02-01",
			[]string{"1 2024-03-01 open"},
		},
		{
			"over the change to summer time",
			[]casework.Fact{fact(casework.FactChildRemoved, "2025-02-20")},
			"2025-03-01",
			[]string{"1 2025-03-22 open"},
		},
		{
			"over the change to winter time",
			[]casework.Fact{fact(casework.FactChildRemoved, "2025-10-10")},
			"2025-10-12",
			[]string{"1 2025-11-09 open"},
		},
		{
			"a Saturday does not move it",
			[]casework.Fact{fact(casework.FactChildRemoved, "2024-05-02")},
			"2024-05-03",
			[]string{"1 2024-06-01 open"},
		},
		{
			"a holiday does not move it",
			[]casework.Fact{fact(casework.FactChildRemoved, "2024-06-04")},
			"2024-06-05",
			[]string{"1 2024-07-04 open"},
		},
		{
			"at risk ten days before",
			[]casework.Fact{fact(casework.FactChildRemoved, "2024-01-10")},
			"2024-01-30",
			[]string{"1 2024-02-09 at-risk"},
		},
		{
			"not yet at risk eleven days before",
			[]casework.Fact{fact(casework.FactChildRemoved, "2024-01-10")},
			"2024-01-29",
			[]string{"1 2024-02-09 open"},
		},
		{
			"the last second of the day is in time",
			[]casework.Fact{fact(casework.FactChildRemoved, "2024-01-10")},
			"2024-02-09T23:59:59-06:00",
			[]string{"1 2024-02-09 at-risk"},
		},
		{
			"midnight is too late",
			[]casework.Fact{fact(casework.FactChildRemoved, "2024-01-10")},
			"2024-02-10T00:00:00-06:00",
			[]string{"1 2024-02-09 overdue"},
		},
		{
			"early",
			[]casework.Fact{fact(casework.FactChildRemoved, "2024-01-10"), fact(casework.FactRelativesNotified, "2024-01-12")},
			"2024-03-01",
			[]string{"1 2024-02-09 met 2024-01-12"},
		},
		{
			"on the last day, written down in March",
			[]casework.Fact{
				fact(casework.FactChildRemoved, "2024-01-10"),
				fact(casework.FactRelativesNotified, "2024-02-09", recorded("2024-03-05")),
			},
			"2024-03-06",
			[]string{"1 2024-02-09 met 2024-02-09"},
		},
		{
			"late",
			[]casework.Fact{fact(casework.FactChildRemoved, "2024-01-10"), fact(casework.FactRelativesNotified, "2024-02-10")},
			"2024-03-01",
			[]string{"1 2024-02-09 met-late 2024-02-10"},
		},
		{
			"notice before the removal is no notice of it",
			[]casework.Fact{fact(casework.FactRelativesNotified, "2024-01-09"), fact(casework.FactChildRemoved, "2024-01-10")},
			"2024-01-15",
			[]string{"1 2024-02-09 open"},
		},
		{
			"a corrected removal moves it",
			[]casework.Fact{
				fact(casework.FactChildRemoved, "2024-01-10", id("a")),
				fact(casework.FactChildRemoved, "2024-01-08", corrects("a")),
			},
			"2024-01-15",
			[]string{"1 2024-02-07 open"},
		},
		{
			"a withdrawn notice leaves it open",
			[]casework.Fact{
				fact(casework.FactChildRemoved, "2024-01-10"),
				fact(casework.FactRelativesNotified, "2024-01-12", id("a")),
				fact(casework.FactRelativesNotified, "2024-01-12", withdrawn("a")),
			},
			"2024-01-15",
			[]string{"1 2024-02-09 open"},
		},
		{
			"home before it was due: nobody owes it",
			[]casework.Fact{fact(casework.FactChildRemoved, "2024-01-10"), fact(casework.FactEpisodeEnded, "2024-02-09")},
			"2024-03-01", nil,
		},
		{
			"home after it was missed: the miss stays",
			[]casework.Fact{fact(casework.FactChildRemoved, "2024-01-10"), fact(casework.FactEpisodeEnded, "2024-02-10")},
			"2024-03-01",
			[]string{"1 2024-02-09 incurable"},
		},
		{
			"a second stay has its own, with the next number",
			[]casework.Fact{
				fact(casework.FactChildRemoved, "2024-01-10"), fact(casework.FactEpisodeEnded, "2024-01-20"),
				fact(casework.FactChildRemoved, "2024-05-01"),
			},
			"2024-05-02",
			[]string{"2 2024-05-31 open"},
		},
		{
			"closing the record ends it",
			[]casework.Fact{fact(casework.FactChildRemoved, "2024-01-10"), fact(casework.FactRecordClosed, "2024-01-20T10:00:00-06:00")},
			"2024-03-01", nil,
		},
		{
			"the sibling's facts are not the child's",
			[]casework.Fact{
				fact(casework.FactChildRemoved, "2024-01-10", subject("C1")),
				fact(casework.FactChildRemoved, "2024-01-02", subject("C2")),
				fact(casework.FactRelativesNotified, "2024-01-12", subject("C2")),
			},
			"2024-01-15",
			[]string{"1 2024-02-09 open"},
		},
	})
}

func TestEffortsToPrevent_SixtyDaysFromRemoval(t *testing.T) {
	t.Parallel()
	s := suite{pack: "us-federal@2025.1", zone: "America/Chicago", clock: "efforts-to-prevent-finding"}
	s.run(t, []vector{
		{
			"ends on leap day",
			[]casework.Fact{fact(casework.FactChildRemoved, "2023-12-31")},
			"2024-01-01",
			[]string{"1 2024-02-29 open"},
		},
		{
			"over a plain February",
			[]casework.Fact{fact(casework.FactChildRemoved, "2024-12-31")},
			"2025-01-01",
			[]string{"1 2025-03-01 open"},
		},
		{
			"an order without the finding is not enough",
			[]casework.Fact{
				fact(casework.FactChildRemoved, "2024-01-10"),
				fact(casework.FactCourtOrder, "2024-01-12", contraryToWelfare),
			},
			"2024-03-11",
			[]string{"1 2024-03-10 overdue"},
		},
		{
			"a later order with the finding, on a Sunday that is the last day",
			[]casework.Fact{
				fact(casework.FactChildRemoved, "2024-01-10"),
				fact(casework.FactCourtOrder, "2024-01-12", contraryToWelfare),
				fact(casework.FactCourtOrder, "2024-03-10", effortsToPrevent),
			},
			"2024-03-11",
			[]string{"1 2024-03-10 met 2024-03-10"},
		},
		{
			"in the order that allowed the removal, the day before",
			[]casework.Fact{
				fact(casework.FactCourtOrder, "2024-01-09", contraryToWelfare, effortsToPrevent),
				fact(casework.FactChildRemoved, "2024-01-10"),
			},
			"2024-01-11",
			[]string{"1 2024-03-10 met 2024-01-09"},
		},
		{
			"an order of the stay before does not count",
			[]casework.Fact{
				fact(casework.FactChildRemoved, "2024-01-10"),
				fact(casework.FactCourtOrder, "2024-01-12", effortsToPrevent),
				fact(casework.FactEpisodeEnded, "2024-01-20"),
				fact(casework.FactChildRemoved, "2024-02-01"),
			},
			"2024-02-02",
			[]string{"1 2024-03-10 met 2024-01-12", "2 2024-04-01 open"},
		},
		{
			"the court finds that no efforts are required",
			[]casework.Fact{
				fact(casework.FactChildRemoved, "2024-01-10"),
				fact(casework.FactEffortsNotRequired, "2024-02-01"),
			},
			"2024-03-11",
			[]string{"1 2024-03-10 met 2024-02-01"},
		},
		{
			"late is late: the payment is lost, the finding is recorded",
			[]casework.Fact{
				fact(casework.FactChildRemoved, "2024-01-10"),
				fact(casework.FactCourtOrder, "2024-03-11", effortsToPrevent),
			},
			"2024-03-12",
			[]string{"1 2024-03-10 met-late 2024-03-11"},
		},
	})
}

func TestContraryToWelfare_InTheFirstOrderOrNever(t *testing.T) {
	t.Parallel()
	s := suite{pack: "us-federal@2025.1", zone: "America/Chicago", clock: "contrary-to-welfare-finding"}
	s.run(t, []vector{
		{
			"no order yet",
			[]casework.Fact{fact(casework.FactChildRemoved, "2024-01-10")},
			"2024-01-11", nil,
		},
		{
			"in the first order",
			[]casework.Fact{
				fact(casework.FactChildRemoved, "2024-01-10"),
				fact(casework.FactCourtOrder, "2024-01-12", contraryToWelfare),
			},
			"2024-01-12",
			[]string{"1 2024-01-12 met 2024-01-12"},
		},
		{
			"not in the first order: until midnight a correction may come",
			[]casework.Fact{fact(casework.FactChildRemoved, "2024-01-10"), fact(casework.FactCourtOrder, "2024-01-12")},
			"2024-01-12",
			[]string{"1 2024-01-12 open"},
		},
		{
			"not in the first order",
			[]casework.Fact{fact(casework.FactChildRemoved, "2024-01-10"), fact(casework.FactCourtOrder, "2024-01-12")},
			"2024-01-13",
			[]string{"1 2024-01-12 incurable"},
		},
		{
			"a later order cannot mend it",
			[]casework.Fact{
				fact(casework.FactChildRemoved, "2024-01-10"),
				fact(casework.FactCourtOrder, "2024-01-12"),
				fact(casework.FactCourtOrder, "2024-01-15", contraryToWelfare),
			},
			"2024-01-16",
			[]string{"1 2024-01-12 incurable"},
		},
		{
			"leaving care does not mend it",
			[]casework.Fact{
				fact(casework.FactChildRemoved, "2024-01-10"), fact(casework.FactCourtOrder, "2024-01-12"),
				fact(casework.FactEpisodeEnded, "2024-02-01"),
			},
			"2024-02-02",
			[]string{"1 2024-01-12 incurable"},
		},
		{
			"the order was entered wrongly and corrected",
			[]casework.Fact{
				fact(casework.FactChildRemoved, "2024-01-10"),
				fact(casework.FactCourtOrder, "2024-01-12", id("a")),
				fact(casework.FactCourtOrder, "2024-01-12", contraryToWelfare, corrects("a")),
			},
			"2024-02-02",
			[]string{"1 2024-01-12 met 2024-01-12"},
		},
		{
			"in the order that allowed the removal, the day before",
			[]casework.Fact{
				fact(casework.FactCourtOrder, "2024-01-09", contraryToWelfare),
				fact(casework.FactChildRemoved, "2024-01-10"),
				fact(casework.FactCourtOrder, "2024-01-12"),
			},
			"2024-02-02",
			[]string{"1 2024-01-12 met 2024-01-09"},
		},
		{
			"a second removal needs its own",
			[]casework.Fact{
				fact(casework.FactChildRemoved, "2024-01-10"),
				fact(casework.FactCourtOrder, "2024-01-12", contraryToWelfare),
				fact(casework.FactEpisodeEnded, "2024-01-20"),
				fact(casework.FactChildRemoved, "2024-01-29"),
				fact(casework.FactCourtOrder, "2024-01-31"),
			},
			"2024-02-02",
			[]string{"1 2024-01-12 met 2024-01-12", "2 2024-01-31 incurable"},
		},
	})
}

func TestCasePlan_SixtyDaysFromRemovalNotFromEntry(t *testing.T) {
	t.Parallel()
	s := suite{pack: "us-federal@2025.1", zone: "America/Chicago", clock: "case-plan"}
	s.run(t, []vector{
		{
			"an early finding does not move it",
			[]casework.Fact{fact(casework.FactChildRemoved, "2024-01-10"), fact(casework.FactMaltreatmentFound, "2024-02-20")},
			"2024-02-21",
			[]string{"1 2024-03-10 open"},
		},
		{
			"submitted is not completed",
			[]casework.Fact{
				fact(casework.FactChildRemoved, "2024-01-10"),
				fact(casework.FactCasePlanSubmitted, "2024-03-01T10:00:00-06:00"),
				fact(casework.FactCasePlanReturned, "2024-03-05T10:00:00-06:00"),
			},
			"2024-03-11",
			[]string{"1 2024-03-10 overdue"},
		},
		{
			"completed an hour before midnight of the day on which the clocks changed",
			[]casework.Fact{
				fact(casework.FactChildRemoved, "2024-01-10"),
				fact(casework.FactCasePlanCompleted, "2024-03-11T04:00:00Z"),
			},
			"2024-03-12",
			[]string{"1 2024-03-10 met 2024-03-10"},
		},
		{
			"completed in the first minute after",
			[]casework.Fact{
				fact(casework.FactChildRemoved, "2024-01-10"),
				fact(casework.FactCasePlanCompleted, "2024-03-11T05:00:30Z"),
			},
			"2024-03-12",
			[]string{"1 2024-03-10 met-late 2024-03-11"},
		},
		{
			"missing children have plans too",
			[]casework.Fact{
				fact(casework.FactChildRemoved, "2024-01-10"),
				fact(casework.FactChildMissing, "2024-01-20T10:00:00-06:00"),
			},
			"2024-03-12",
			[]string{"1 2024-03-10 overdue"},
		},
	})
}
