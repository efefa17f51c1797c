package policy_test

import (
	"testing"

	"github.com/stretchr/testify/require"

	"homeward/casework"
)

func TestInitialFaceToFace_RunsFromReceiptOnceScreened(t *testing.T) {
	t.Parallel()
	s := suite{pack: "washington@2025.1", zone: "America/Los_Angeles", clock: "initial-face-to-face"}
	received := fact(casework.FactReportReceived, "2025-01-14T16:05:00-08:00")
	emergent := fact(casework.FactReportScreened, "2025-01-14T18:00:00-08:00", priority("emergent"))
	calm := fact(casework.FactReportScreened, "2025-01-14T18:00:00-08:00", priority("non-emergent"))
	s.run(t, []vector{
		{
			"not before the report is screened",
			[]casework.Fact{received},
			"2025-01-15", nil,
		},
		{
			"emergent: 24 hours from receipt",
			[]casework.Fact{received, emergent},
			"2025-01-14T19:00:00-08:00",
			[]string{"1 2025-01-15T16:05:00-08:00 open"},
		},
		{
			"non-emergent: 72 hours, over a weekend and a holiday that do not count here",
			[]casework.Fact{
				fact(casework.FactReportReceived, "2025-01-17T16:05:00-08:00"),
				fact(casework.FactReportScreened, "2025-01-17T18:00:00-08:00", priority("non-emergent")),
			},
			"2025-01-18",
			[]string{"1 2025-01-20T16:05:00-08:00 open"},
		},
		{
			"24 hours over the change to summer time end an hour later on the clock",
			[]casework.Fact{
				fact(casework.FactReportReceived, "2025-03-08T20:30:00-08:00"),
				fact(casework.FactReportScreened, "2025-03-08T21:00:00-08:00", priority("emergent")),
			},
			"2025-03-08T22:00:00-08:00",
			[]string{"1 2025-03-09T21:30:00-07:00 open"},
		},
		{
			"24 hours over the change to winter time end an hour earlier",
			[]casework.Fact{
				fact(casework.FactReportReceived, "2025-11-01T20:30:00-07:00"),
				fact(casework.FactReportScreened, "2025-11-01T21:00:00-07:00", priority("emergent")),
			},
			"2025-11-01T22:00:00-07:00",
			[]string{"1 2025-11-02T19:30:00-08:00 open"},
		},
		{
			"over leap day and a month end",
			[]casework.Fact{
				fact(casework.FactReportReceived, "2024-02-28T23:50:00-08:00"),
				fact(casework.FactReportScreened, "2024-02-29T08:00:00-08:00", priority("non-emergent")),
			},
			"2024-02-29T09:00:00-08:00",
			[]string{"1 2024-03-02T23:50:00-08:00 open"},
		},
		{
			"fractions of a second are cut off, so that a date survives storage",
			[]casework.Fact{
				fact(casework.FactReportReceived, "2025-01-14T16:05:00.987654321-08:00"), emergent,
			},
			"2025-01-14T19:00:00-08:00",
			[]string{"1 2025-01-15T16:05:00-08:00 open"},
		},
		{
			"at risk six hours before",
			[]casework.Fact{received, emergent},
			"2025-01-15T10:05:00-08:00",
			[]string{"1 2025-01-15T16:05:00-08:00 at-risk"},
		},
		{
			"on the last second",
			[]casework.Fact{received, emergent, fact(casework.FactVictimContacted, "2025-01-15T16:05:00-08:00")},
			"2025-01-16",
			[]string{"1 2025-01-15T16:05:00-08:00 met 2025-01-15T16:05:00-08:00"},
		},
		{
			"a second too late",
			[]casework.Fact{received, emergent, fact(casework.FactVictimContacted, "2025-01-15T16:05:01-08:00")},
			"2025-01-16",
			[]string{"1 2025-01-15T16:05:00-08:00 met-late 2025-01-15T16:05:01-08:00"},
		},
		{
			"seen after receipt and before the screening",
			[]casework.Fact{received, emergent, fact(casework.FactVictimContacted, "2025-01-14T17:00:00-08:00")},
			"2025-01-16",
			[]string{"1 2025-01-15T16:05:00-08:00 met 2025-01-14T17:00:00-08:00"},
		},
		{
			"seen before this report was received",
			[]casework.Fact{received, emergent, fact(casework.FactVictimContacted, "2025-01-14T12:00:00-08:00")},
			"2025-01-16",
			[]string{"1 2025-01-15T16:05:00-08:00 overdue"},
		},
		{
			"the contact was with the other victim",
			[]casework.Fact{received, emergent, fact(casework.FactVictimContacted, "2025-01-14T19:00:00-08:00", subject("C2"))},
			"2025-01-16",
			[]string{"1 2025-01-15T16:05:00-08:00 overdue"},
		},
		{
			"a higher priority later shortens it, from the same receipt",
			[]casework.Fact{received, calm, fact(casework.FactReportScreened, "2025-01-15T09:00:00-08:00", priority("emergent"))},
			"2025-01-15T10:00:00-08:00",
			[]string{"1 2025-01-15T16:05:00-08:00 open"},
		},
		{
			"a priority that the pack does not know gets the shortest time",
			[]casework.Fact{received, fact(casework.FactReportScreened, "2025-01-14T18:00:00-08:00", priority("P2"))},
			"2025-01-14T19:00:00-08:00",
			[]string{"1 2025-01-15T16:05:00-08:00 open"},
		},
		{
			"screened out: no priority, no contact",
			[]casework.Fact{received, fact(casework.FactReportScreened, "2025-01-14T18:00:00-08:00")},
			"2025-01-14T19:00:00-08:00", nil,
		},
		{
			"the receipt was entered with the wrong hour",
			[]casework.Fact{
				fact(casework.FactReportReceived, "2025-01-14T16:05:00-08:00", id("a")), emergent,
				fact(casework.FactReportReceived, "2025-01-14T14:05:00-08:00", corrects("a")),
			},
			"2025-01-14T19:00:00-08:00",
			[]string{"1 2025-01-15T14:05:00-08:00 open"},
		},
		{
			"a duplicate closes without contact",
			[]casework.Fact{received, emergent, fact(casework.FactRecordClosed, "2025-01-14T20:00:00-08:00")},
			"2025-01-16", nil,
		},
		{
			"closed after the contact was missed: the miss stays",
			[]casework.Fact{received, emergent, fact(casework.FactRecordClosed, "2025-01-15T20:00:00-08:00")},
			"2025-01-16",
			[]string{"1 2025-01-15T16:05:00-08:00 incurable"},
		},
	})
}

func TestInitialFaceToFace_EachVictimHasTheirOwn(t *testing.T) {
	t.Parallel()
	s := suite{zone: "America/Los_Angeles"}
	in := s.input(t, []casework.Fact{
		fact(casework.FactReportReceived, "2025-01-14T16:05:00-08:00"),
		fact(casework.FactReportScreened, "2025-01-14T18:00:00-08:00", priority("emergent")),
		fact(casework.FactVictimContacted, "2025-01-14T20:00:00-08:00", subject("C2")),
	})
	in.Subjects = append(in.Subjects, in.Subjects[0])
	in.Subjects[1].ID = "C2"
	got := map[string]casework.DutyStatus{}
	for _, d := range packNamed(t, "washington@2025.1").Evaluate(in, instant(t, "2025-01-14T21:00:00-08:00", nil)) {
		got[d.ID] = d.Status
	}
	require.Equal(t, map[string]casework.DutyStatus{
		"screening-decision/1":      casework.DutyMet,
		"determination/1":           casework.DutyOpen,
		"initial-face-to-face/C1/1": casework.DutyOpen,
		"initial-face-to-face/C2/1": casework.DutyMet,
	}, got)
}

func TestInitialFaceToFace_ReasonNamesReceiptPriorityAndHour(t *testing.T) {
	t.Parallel()
	s := suite{zone: "America/Los_Angeles"}
	in := s.input(t, []casework.Fact{
		fact(casework.FactReportReceived, "2025-03-08T20:30:00-08:00"),
		fact(casework.FactReportScreened, "2025-03-08T21:00:00-08:00", priority("emergent")),
	})
	for _, d := range packNamed(t, "washington@2025.1").Evaluate(in, instant(t, "2025-03-08T22:00:00-08:00", nil)) {
		if d.Clock == "initial-face-to-face" {
			require.Equal(t, []string{
				"report received 2025-03-08 20:30 PST", "priority emergent", "+ 24 hours = 2025-03-09 21:30 PDT",
			}, d.Why)
			require.Equal(t, instant(t, "2025-03-10T04:30:00Z", nil), d.DueAt)
			return
		}
	}
	require.Fail(t, "no duty")
}

func TestInitialFaceToFace_ReasonSaysThatThePriorityIsNotKnown(t *testing.T) {
	t.Parallel()
	s := suite{zone: "America/Los_Angeles"}
	in := s.input(t, []casework.Fact{
		fact(casework.FactReportReceived, "2025-01-14T16:05:00-08:00"),
		fact(casework.FactReportScreened, "2025-01-14T18:00:00-08:00", priority("P2")),
	})
	for _, d := range packNamed(t, "washington@2025.1").Evaluate(in, instant(t, "2025-01-14T19:00:00-08:00", nil)) {
		if d.Clock == "initial-face-to-face" {
			require.Equal(t, []string{
				"report received 2025-01-14 16:05 PST", "priority P2 is not known here, so the shortest time counts",
				"+ 24 hours = 2025-01-15 16:05 PST",
			}, d.Why)
			return
		}
	}
	require.Fail(t, "no duty")
}

func TestScreeningDecision_WithinADayOfReceipt(t *testing.T) {
	t.Parallel()
	s := suite{pack: "washington@2025.1", zone: "America/Los_Angeles", clock: "screening-decision"}
	received := fact(casework.FactReportReceived, "2025-03-08T20:30:00-08:00")
	s.run(t, []vector{
		{
			"over the change of the clocks",
			[]casework.Fact{received},
			"2025-03-08T21:00:00-08:00",
			[]string{"1 2025-03-09T21:30:00-07:00 open"},
		},
		{
			"missed",
			[]casework.Fact{received},
			"2025-03-09T21:30:01-07:00",
			[]string{"1 2025-03-09T21:30:00-07:00 overdue"},
		},
		{
			"screened",
			[]casework.Fact{received, fact(casework.FactReportScreened, "2025-03-09T08:00:00-07:00", priority("emergent"))},
			"2025-03-10",
			[]string{"1 2025-03-09T21:30:00-07:00 met 2025-03-09T08:00:00-07:00"},
		},
		{
			"closed as a duplicate",
			[]casework.Fact{received, fact(casework.FactRecordClosed, "2025-03-09T08:00:00-07:00")},
			"2025-03-10",
			[]string{"1 2025-03-09T21:30:00-07:00 met 2025-03-09T08:00:00-07:00"},
		},
	})
}

func TestDetermination_NinetyDaysFromReceipt(t *testing.T) {
	t.Parallel()
	s := suite{pack: "washington@2025.1", zone: "America/Los_Angeles", clock: "determination"}
	s.run(t, []vector{
		{
			"over leap day, ends on a Sunday",
			[]casework.Fact{
				fact(casework.FactReportReceived, "2024-01-15T23:50:00-08:00"),
				fact(casework.FactReportScreened, "2024-01-16T08:00:00-08:00", priority("non-emergent")),
			},
			"2024-02-01",
			[]string{"1 2024-04-14 open"},
		},
		{
			"over a plain February",
			[]casework.Fact{
				fact(casework.FactReportReceived, "2025-01-15T23:50:00-08:00"),
				fact(casework.FactReportScreened, "2025-01-16T08:00:00-08:00", priority("non-emergent")),
			},
			"2025-02-01",
			[]string{"1 2025-04-15 open"},
		},
		{
			"completed, then a new screening that changes nothing",
			[]casework.Fact{
				fact(casework.FactReportReceived, "2025-01-15T23:50:00-08:00"),
				fact(casework.FactReportScreened, "2025-01-16T08:00:00-08:00", priority("non-emergent")),
				fact(casework.FactReportScreened, "2025-01-18T08:00:00-08:00", priority("emergent")),
				fact(casework.FactInvestigationCompleted, "2025-03-16T08:00:00-07:00"),
			},
			"2025-05-01",
			[]string{"1 2025-04-15 met 2025-03-16"},
		},
		{
			"late",
			[]casework.Fact{
				fact(casework.FactReportReceived, "2025-01-15T23:50:00-08:00"),
				fact(casework.FactReportScreened, "2025-01-16T08:00:00-08:00", priority("non-emergent")),
				fact(casework.FactInvestigationCompleted, "2025-04-16T00:00:00-07:00"),
			},
			"2025-05-01",
			[]string{"1 2025-04-15 met-late 2025-04-16"},
		},
	})
}

func TestSafetyResponse_WithinADay(t *testing.T) {
	t.Parallel()
	s := suite{pack: "washington@2025.1", zone: "America/Los_Angeles", clock: "safety-response"}
	unsafe := fact(casework.FactSafetyUnsafe, "2025-01-14T16:05:00-08:00")
	s.run(t, []vector{
		{
			"open",
			[]casework.Fact{unsafe},
			"2025-01-14T17:00:00-08:00",
			[]string{"1 2025-01-15T16:05:00-08:00 open"},
		},
		{
			"removed",
			[]casework.Fact{unsafe, fact(casework.FactChildRemoved, "2025-01-14T19:00:00-08:00")},
			"2025-01-15",
			[]string{"1 2025-01-15T16:05:00-08:00 met 2025-01-14T19:00:00-08:00"},
		},
		{
			"a plan by day is in time on the day that it is due",
			[]casework.Fact{unsafe, fact(casework.FactSafetyResolved, "2025-01-15")},
			"2025-01-16",
			[]string{"1 2025-01-15T16:05:00-08:00 met 2025-01-15"},
		},
		{
			"unsafe again after a plan",
			[]casework.Fact{
				unsafe, fact(casework.FactSafetyResolved, "2025-01-14T20:00:00-08:00"),
				fact(casework.FactSafetyUnsafe, "2025-01-20T09:00:00-08:00"),
			},
			"2025-01-21T09:00:01-08:00",
			[]string{
				"1 2025-01-15T16:05:00-08:00 met 2025-01-14T20:00:00-08:00", "2 2025-01-21T09:00:00-08:00 overdue",
			},
		},
	})
}
