package policy_test

import (
	"slices"
	"testing"

	"github.com/stretchr/testify/require"

	"homeward/casework"
	"homeward/policy"
)

func example(clock string) suite {
	return suite{pack: "example@2025.1", zone: "America/Chicago", clock: clock}
}

func TestItems_EachHasADutyThatOnlyItsOwnFactsMeetMoveAndEnd(t *testing.T) {
	t.Parallel()
	first := fact(casework.FactOrderMade, "2024-03-04", ref("order-1"), until("2024-04-01"))
	second := fact(casework.FactOrderMade, "2024-03-04", ref("order-2"), until("2024-04-15"))
	example("order").run(t, []vector{
		{
			"two orders of one day are two duties",
			[]casework.Fact{second, first},
			"2024-03-05",
			[]string{"order-1 1 2024-04-01 open", "order-2 1 2024-04-15 open"},
		},
		{
			"the second is complied with, which says nothing of the first",
			[]casework.Fact{first, second, fact(casework.FactOrderComplied, "2024-03-20", ref("order-2"))},
			"2024-04-02",
			[]string{"order-1 1 2024-04-01 overdue", "order-2 1 2024-04-15 met 2024-03-20"},
		},
		{
			"in time up to the end of the stated day",
			[]casework.Fact{first, fact(casework.FactOrderComplied, "2024-04-01T23:59:00-05:00", ref("order-1"))},
			"2024-04-02",
			[]string{"order-1 1 2024-04-01 met 2024-04-01"},
		},
		{
			"late is late, and is recorded",
			[]casework.Fact{first, fact(casework.FactOrderComplied, "2024-04-02", ref("order-1"))},
			"2024-04-02",
			[]string{"order-1 1 2024-04-01 met-late 2024-04-02"},
		},
		{
			"what names no item is of none",
			[]casework.Fact{first, fact(casework.FactOrderComplied, "2024-03-20")},
			"2024-03-21",
			[]string{"order-1 1 2024-04-01 open"},
		},
		{
			"the same number for another child is another item",
			[]casework.Fact{
				fact(casework.FactOrderMade, "2024-03-04", ref("order-1"), until("2024-04-01"), subject("C1")),
				fact(casework.FactOrderMade, "2024-03-04", ref("order-1"), until("2024-04-08"), subject("C2")),
				fact(casework.FactOrderComplied, "2024-03-20", ref("order-1"), subject("C2")),
				fact(casework.FactOrderComplied, "2024-03-20", ref("order-1")),
			},
			"2024-03-21",
			[]string{"order-1 1 2024-04-01 open", "order-1 1 2024-04-08 met 2024-03-20"},
		},
		{
			"vacated before it was due, nobody owes it",
			[]casework.Fact{first, fact(casework.FactOrderVacated, "2024-03-20", ref("order-1"))},
			"2024-03-21", nil,
		},
		{
			"vacated on the day on which it was made",
			[]casework.Fact{first, fact(casework.FactOrderVacated, "2024-03-04", ref("order-1"))},
			"2024-03-21", nil,
		},
		{
			"vacated when it was overdue: it was missed, and that remains",
			[]casework.Fact{first, fact(casework.FactOrderVacated, "2024-04-20", ref("order-1"))},
			"2024-04-21",
			[]string{"order-1 1 2024-04-01 incurable"},
		},
		{
			"the record closes, and with it every item",
			[]casework.Fact{first, second, fact(casework.FactRecordClosed, "2024-03-20T10:00:00-05:00")},
			"2024-03-21", nil,
		},
		{
			"a child leaves care: the orders about that child end, and those about the family stay",
			[]casework.Fact{
				fact(casework.FactChildRemoved, "2024-01-10", subject("C1")),
				fact(casework.FactOrderMade, "2024-03-04", ref("order-3"), until("2024-04-01"), subject("C1")),
				fact(casework.FactEpisodeEnded, "2024-03-20", subject("C1")), first,
			},
			"2024-03-21",
			[]string{"order-1 1 2024-04-01 open"},
		},
	})
}

func TestItems_AFurtherStartingFactMovesTheDateAndTheFirstIsKept(t *testing.T) {
	t.Parallel()
	s := example("order")
	made := fact(casework.FactOrderMade, "2024-03-04", ref("order-1"), until("2024-04-01"))
	later := fact(casework.FactOrderMade, "2024-03-20", ref("order-1"), until("2024-05-01"))
	s.run(t, []vector{
		{"to a later day", []casework.Fact{made, later}, "2024-04-02", []string{"order-1 1 2024-05-01 open"}},
		{
			"to an earlier day",
			[]casework.Fact{made, fact(casework.FactOrderMade, "2024-03-10", ref("order-1"), until("2024-03-15"))},
			"2024-03-16",
			[]string{"order-1 1 2024-03-15 overdue"},
		},
		{
			"when it was overdue already: it is owed on the new day",
			[]casework.Fact{made, fact(casework.FactOrderMade, "2024-04-10", ref("order-1"), until("2024-05-01"))},
			"2024-04-11",
			[]string{"order-1 1 2024-05-01 open"},
		},
		{
			"after it was done, it begins the next",
			[]casework.Fact{made, fact(casework.FactOrderComplied, "2024-03-10", ref("order-1")), later},
			"2024-03-21",
			[]string{"order-1 1 2024-04-01 met 2024-03-10", "order-1 2 2024-05-01 open"},
		},
		{
			"on the day on which it was done, it belongs to what was done",
			[]casework.Fact{made, fact(casework.FactOrderComplied, "2024-03-20", ref("order-1")), later},
			"2024-03-21",
			[]string{"order-1 1 2024-05-01 met 2024-03-20"},
		},
		{
			"after it was vacated, it begins anew",
			[]casework.Fact{made, fact(casework.FactOrderVacated, "2024-03-10", ref("order-1")), later},
			"2024-03-21",
			[]string{"order-1 2 2024-05-01 open"},
		},
	})
	d := only(t, s, "2024-03-21", made, later)
	require.Equal(t, "order/1/order-1", d.ID)
	require.Equal(t, "order-1", d.Ref)
	require.Equal(t, "2024-04-01", d.OriginalDue)
	require.Equal(t, []string{
		"order to act made 2024-03-04", "stated date 2024-04-01", "order to act made 2024-03-20", "stated date 2024-05-01",
	}, d.Why)
	child := only(t, s, "2024-03-21", fact(casework.FactOrderMade, "2024-03-04", ref("order-1"), until("2024-04-01"), subject("C1")))
	require.Equal(t, "order/C1/1/order-1", child.ID)
}

// only returns the one duty of the suite's clock.
func only(t *testing.T, s suite, asOf string, facts ...casework.Fact) casework.Duty {
	t.Helper()
	in := s.input(t, facts)
	var found []casework.Duty
	for _, d := range packNamed(t, s.pack).Evaluate(in, instant(t, asOf, in.Zone)) {
		if d.Clock == s.clock {
			found = append(found, d)
		}
	}
	require.Len(t, found, 1)
	return found[0]
}

// 21 days before 30 April 2024 is 9 April.
func TestItems_CountBackFromAStatedDate(t *testing.T) {
	t.Parallel()
	s := example("report-before-hearing")
	scheduled := fact(casework.FactHearingScheduled, "2024-03-04", ref("hearing-1"), until("2024-04-30"))
	s.run(t, []vector{
		{"three weeks before", []casework.Fact{scheduled}, "2024-03-05", []string{"hearing-1 1 2024-04-09 open"}},
		{
			"or as many days as the judge said",
			[]casework.Fact{fact(casework.FactHearingScheduled, "2024-03-04", ref("hearing-1"), until("2024-04-30"), days(10))},
			"2024-03-05",
			[]string{"hearing-1 1 2024-04-20 open"},
		},
		{
			"scheduled at short notice: due at once, and not before anybody knew",
			[]casework.Fact{fact(casework.FactHearingScheduled, "2024-04-22", ref("hearing-1"), until("2024-04-30"))},
			"2024-04-22",
			[]string{"hearing-1 1 2024-04-22 open"},
		},
		{
			"the hearing is continued by two weeks, and the report with it",
			[]casework.Fact{scheduled, fact(casework.FactHearingScheduled, "2024-04-08", ref("hearing-1"), until("2024-05-14"))},
			"2024-04-10",
			[]string{"hearing-1 1 2024-04-23 open"},
		},
		{
			"held without a report: it was missed",
			[]casework.Fact{scheduled, fact(casework.FactHearingSettled, "2024-04-30", ref("hearing-1"))},
			"2024-05-01",
			[]string{"hearing-1 1 2024-04-09 incurable"},
		},
		{
			"vacated before the report was due",
			[]casework.Fact{scheduled, fact(casework.FactHearingSettled, "2024-03-30", ref("hearing-1"))},
			"2024-05-01", nil,
		},
	})
	require.Equal(t, []string{"hearing scheduled 2024-03-04", "stated date 2024-04-30 - 21 days = 2024-04-09"},
		only(t, s, "2024-03-05", scheduled).Why)
	require.Equal(t, []string{
		"hearing scheduled 2024-04-22", "stated date 2024-04-30 - 10 days, as stated = 2024-04-20",
		"which was over by then, so due 2024-04-22",
	}, only(t, s, "2024-04-22", fact(casework.FactHearingScheduled, "2024-04-22", ref("hearing-1"), until("2024-04-30"), days(10))).Why)
}

func TestItems_AFollowUpMeetsThePresentOneAndStatesTheNext(t *testing.T) {
	t.Parallel()
	made := fact(casework.FactReferralMade, "2024-03-04", ref("referral-1"), until("2024-03-12"))
	again := fact(casework.FactReferralFollowedUp, "2024-03-11", ref("referral-1"), until("2024-03-25"))
	example("follow-up").run(t, []vector{
		{"the first is owed on the stated day", []casework.Fact{made}, "2024-03-05", []string{"referral-1 1 2024-03-12 open"}},
		{
			"where no day is stated, after the pack's own length: 4 March + 14 days",
			[]casework.Fact{fact(casework.FactReferralMade, "2024-03-04", ref("referral-1"))},
			"2024-03-05",
			[]string{"referral-1 1 2024-03-18 open"},
		},
		{
			"followed up, and the next is owed",
			[]casework.Fact{made, again},
			"2024-03-12",
			[]string{"referral-1 1 2024-03-12 met 2024-03-11", "referral-1 2 2024-03-25 open"},
		},
		{
			"late, and the next counts from what the follow-up says",
			[]casework.Fact{made, fact(casework.FactReferralFollowedUp, "2024-03-15", ref("referral-1"))},
			"2024-03-16",
			[]string{"referral-1 1 2024-03-12 met-late 2024-03-15", "referral-1 2 2024-03-29 open"},
		},
		{
			"followed up on the day on which it was made",
			[]casework.Fact{made, fact(casework.FactReferralFollowedUp, "2024-03-04", ref("referral-1"), until("2024-03-20"))},
			"2024-03-05",
			[]string{"referral-1 1 2024-03-12 met 2024-03-04", "referral-1 2 2024-03-20 open"},
		},
		{
			"a follow-up that is only planned meets nothing, and moves nothing",
			[]casework.Fact{made, again},
			"2024-03-05",
			[]string{"referral-1 1 2024-03-12 open", "referral-1 2 2024-03-25 open"},
		},
		{
			"the service is received: nothing is owed any more",
			[]casework.Fact{made, again, fact(casework.FactReferralEnded, "2024-03-20", ref("referral-1"))},
			"2024-04-01",
			[]string{"referral-1 1 2024-03-12 met 2024-03-11"},
		},
	})
}

// A worker enters on 10 April what was scheduled, done or over before.
func TestItems_TakeWhatIsSaidOfThemBeforeTheirStartWasWrittenDown(t *testing.T) {
	t.Parallel()
	example("order").run(t, []vector{
		{
			"done before it was agreed on",
			[]casework.Fact{
				fact(casework.FactOrderComplied, "2024-04-08", ref("order-1")),
				fact(casework.FactOrderMade, "2024-04-10T15:00:00-05:00", ref("order-1"), until("2024-05-01")),
			},
			"2024-04-10",
			[]string{"order-1 1 2024-05-01 met 2024-04-08"},
		},
		{
			"and made again after that, which asks for it once more",
			[]casework.Fact{
				fact(casework.FactOrderComplied, "2024-04-08", ref("order-1")),
				fact(casework.FactOrderMade, "2024-04-10T15:00:00-05:00", ref("order-1"), until("2024-05-01")),
				fact(casework.FactOrderMade, "2024-04-20T15:00:00-05:00", ref("order-1"), until("2024-06-01")),
			},
			"2024-04-21",
			[]string{"order-1 1 2024-05-01 met 2024-04-08", "order-1 2 2024-06-01 open"},
		},
	})
	example("report-before-hearing").run(t, []vector{
		{
			"filed and heard before anybody wrote down that it was scheduled",
			[]casework.Fact{
				fact(casework.FactCourtReportFiled, "2024-04-02", ref("hearing-1")),
				fact(casework.FactHearingSettled, "2024-04-09T09:00:00-05:00", ref("hearing-1")),
				fact(casework.FactHearingScheduled, "2024-04-10T12:00:00-05:00", ref("hearing-1"), until("2024-04-09")),
			},
			"2024-05-01",
			[]string{"hearing-1 1 2024-04-10 met 2024-04-02"},
		},
		{
			"heard before it was written down: no report is owed any more",
			[]casework.Fact{
				fact(casework.FactHearingSettled, "2024-04-09T09:00:00-05:00", ref("hearing-1")),
				fact(casework.FactHearingScheduled, "2024-04-10T12:00:00-05:00", ref("hearing-1"), until("2024-04-09")),
			},
			"2024-05-01", nil,
		},
	})
	example("order").run(t, []vector{{
		"a child who left care before is no reason",
		[]casework.Fact{
			fact(casework.FactChildRemoved, "2023-01-10", subject("C1")), fact(casework.FactEpisodeEnded, "2024-01-20", subject("C1")),
			fact(casework.FactOrderMade, "2024-03-04", ref("order-1"), until("2024-04-01"), subject("C1")),
		},
		"2024-03-05",
		[]string{"order-1 1 2024-04-01 open"},
	}})
}

func TestItems_CountHoursAndWorkingDays(t *testing.T) {
	t.Parallel()
	example("police-report").run(t, []vector{
		{
			"each addressee has 24 hours, and one is overruled",
			[]casework.Fact{
				fact(casework.FactCrossReportOwed, "2024-03-04T10:00:00-06:00", ref("law-enforcement")),
				fact(casework.FactCrossReportOwed, "2024-03-04T10:00:00-06:00", ref("prosecutor")),
				fact(casework.FactCrossReportMade, "2024-03-05T09:00:00-06:00", ref("law-enforcement")),
				fact(casework.FactCrossReportOverruled, "2024-03-05T09:30:00-06:00", ref("prosecutor")),
			},
			"2024-03-06",
			[]string{
				"law-enforcement 1 2024-03-05T10:00:00-06:00 met 2024-03-05T09:00:00-06:00",
				"prosecutor 1 2024-03-05T10:00:00-06:00 waived",
			},
		},
	})
	example("acceptance").run(t, []vector{
		{
			// Friday 23 May 2025; Monday 26 May is Memorial Day, so Tuesday and Wednesday.
			"over a weekend and a holiday of the state",
			[]casework.Fact{fact(casework.FactWorkerAssigned, "2025-05-23T15:00:00-05:00", ref("assignment-1"))},
			"2025-05-24",
			[]string{"assignment-1 1 2025-05-28 open"},
		},
	})
}

func TestItems_AreOwedWhetherOrNotTheirSubjectIsNamed(t *testing.T) {
	t.Parallel()
	s := example("order")
	in := s.input(t, []casework.Fact{fact(casework.FactOrderMade, "2024-03-04", ref("order-1"), until("2024-04-01"), subject("X9"))})
	in.Subjects = []policy.Subject{}
	duties := packNamed(t, s.pack).Evaluate(in, instant(t, "2024-03-05", in.Zone))
	owed := slices.ContainsFunc(duties, func(d casework.Duty) bool { return d.ID == "order/X9/1/order-1" })
	require.True(t, owed, "no duty is lost because somebody is not on a list")
}
