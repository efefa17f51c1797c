package policy_test

import (
	"fmt"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"homeward/casework"
	"homeward/policy"
)

// monthsOf writes each month as "2025-01 counts visited at-home 2": with how
// many visits were made.
func monthsOf(months []policy.VisitMonth) []string {
	var lines []string
	for _, m := range months {
		line := m.Month.String()[:len("2025-01")] + " " + string(m.Status)
		if m.Visited {
			line += " visited"
		}
		if m.InResidence {
			line += " at-home"
		}
		if len(m.Visits) > 0 {
			line += fmt.Sprintf(" %d", len(m.Visits))
		}
		lines = append(lines, line)
	}
	return lines
}

// Each table is worked out by hand from 42 USC 624(f): a full calendar month in
// care, one visit or many, where the child lives or elsewhere.
func TestVisitMonths_AsWorkedOutByHand(t *testing.T) {
	t.Parallel()
	tests := []struct {
		name, zone, born string
		facts            []casework.Fact
		asOf             string
		want             []string
	}{
		{
			name: "partial months earn nothing, many visits are one", zone: "America/Chicago",
			facts: []casework.Fact{
				fact(casework.FactChildRemoved, "2025-01-15T10:00:00-06:00"),
				fact(casework.FactVisitMade, "2025-01-20T10:00:00-06:00", inResidence),
				fact(casework.FactVisitMade, "2025-02-03T10:00:00-06:00"),
				fact(casework.FactVisitMade, "2025-02-24T10:00:00-06:00", inResidence),
				fact(casework.FactVisitMade, "2025-04-10T10:00:00-05:00"),
				fact(casework.FactEpisodeEnded, "2025-05-20"),
			},
			asOf: "2025-06-10",
			// 15 Jan to 20 May: full are February, March and April.
			want: []string{
				"2025-01 partial visited at-home 1", "2025-02 counts visited at-home 2", "2025-03 counts",
				"2025-04 counts visited 1", "2025-05 partial",
			},
		},
		{
			name: "the evening of a month's last day in Los Angeles is the next month in UTC", zone: "America/Los_Angeles",
			facts: []casework.Fact{
				fact(casework.FactChildRemoved, "2024-12-20T10:00:00-08:00"),
				fact(casework.FactVisitMade, "2025-02-01T03:30:00Z"), // 31 January, 19:30
			},
			asOf: "2025-03-02",
			want: []string{"2024-12 partial", "2025-01 counts visited 1", "2025-02 counts", "2025-03 running"},
		},
		{
			name: "the first minute of a month in Guam is the month before in UTC", zone: "Pacific/Guam",
			facts: []casework.Fact{
				fact(casework.FactChildRemoved, "2025-01-31T23:30:00Z"), // 1 February, 09:30
				fact(casework.FactVisitMade, "2025-02-28T14:01:00Z"),    // 1 March, 00:01
			},
			asOf: "2025-04-01",
			want: []string{"2025-02 counts", "2025-03 counts visited 1", "2025-04 running"},
		},
		{
			name: "the day of removal is in care, that of the exit is not", zone: "America/Chicago",
			facts: []casework.Fact{
				fact(casework.FactChildRemoved, "2025-02-01T23:00:00-06:00"),
				fact(casework.FactEpisodeEnded, "2025-04-30"),
			},
			asOf: "2025-05-05",
			want: []string{"2025-02 counts", "2025-03 counts", "2025-04 partial"},
		},
		{
			name: "an exit on the first ends the month before in full", zone: "America/Chicago",
			facts: []casework.Fact{
				fact(casework.FactChildRemoved, "2025-02-10T12:00:00-06:00"),
				fact(casework.FactEpisodeEnded, "2025-04-01"),
			},
			asOf: "2025-05-05",
			want: []string{"2025-02 partial", "2025-03 counts"},
		},
		{
			name: "a month with an exit and a new removal is one partial month", zone: "America/Chicago",
			facts: []casework.Fact{
				fact(casework.FactChildRemoved, "2025-02-10T12:00:00-06:00"),
				fact(casework.FactEpisodeEnded, "2025-03-10"),
				fact(casework.FactChildRemoved, "2025-03-20T12:00:00-05:00"),
			},
			asOf: "2025-05-01",
			want: []string{"2025-02 partial", "2025-03 partial", "2025-04 counts", "2025-05 running"},
		},
		{
			// THV from 15 January: the limit is 15 July, the return on 20 August is
			// a new removal. Between, the child is not in care.
			name: "a trial home visit over its limit ends care with the limit", zone: "America/Chicago",
			facts: []casework.Fact{
				fact(casework.FactChildRemoved, "2024-12-01T12:00:00-06:00"),
				fact(casework.FactTrialHomeVisitStarted, "2025-01-15"),
				fact(casework.FactTrialHomeVisitEnded, "2025-08-20"),
			},
			asOf: "2025-10-15",
			want: []string{
				"2024-12 counts", "2025-01 counts", "2025-02 counts", "2025-03 counts", "2025-04 counts", "2025-05 counts",
				"2025-06 counts", "2025-07 partial", "2025-08 partial", "2025-09 counts", "2025-10 running",
			},
		},
		{
			name: "the month of the eighteenth birthday no longer counts", zone: "America/Chicago", born: "2007-03-31",
			facts: []casework.Fact{fact(casework.FactChildRemoved, "2025-01-31T12:00:00-06:00")},
			asOf:  "2025-04-15",
			want:  []string{"2025-01 partial", "2025-02 counts", "2025-03 adult", "2025-04 adult"},
		},
		{
			name: "a leap February is full on its 29th day", zone: "America/Chicago",
			facts: []casework.Fact{
				fact(casework.FactChildRemoved, "2024-02-01T08:00:00-06:00"),
				fact(casework.FactVisitMade, "2024-02-29T23:59:00-06:00"),
				fact(casework.FactEpisodeEnded, "2024-03-01"),
			},
			asOf: "2024-03-01",
			want: []string{"2024-02 counts visited 1"},
		},
		{
			name: "the last day of a month is not over yet", zone: "America/Chicago",
			facts: []casework.Fact{fact(casework.FactChildRemoved, "2025-01-31T12:00:00-06:00")},
			asOf:  "2025-02-28",
			want:  []string{"2025-01 partial", "2025-02 running"},
		},
		{
			name: "a visit whose time is corrected counts where it was made, one withdrawn nowhere", zone: "America/Chicago",
			facts: []casework.Fact{
				fact(casework.FactChildRemoved, "2025-01-01T08:00:00-06:00"),
				fact(casework.FactVisitMade, "2025-02-01T09:00:00-06:00", id("4.1")),
				fact(casework.FactVisitMade, "2025-01-31T19:00:00-06:00", id("6.1"), corrects("4.1")),
				fact(casework.FactVisitMade, "2025-02-20T09:00:00-06:00", id("7.1")),
				fact(casework.FactVisitMade, "2025-02-20T09:00:00-06:00", id("8.1"), withdrawn("7.1")),
			},
			asOf: "2025-03-01",
			want: []string{"2025-01 counts visited 1", "2025-02 counts", "2025-03 running"},
		},
		{name: "a child never removed has none", zone: "America/Chicago", asOf: "2025-03-01"},
	}
	for _, c := range tests {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			in := suite{zone: c.zone, born: c.born}.input(t, c.facts)
			months := packNamed(t, "us-federal@2025.1").VisitMonths(in, in.Subjects[0], instant(t, c.asOf, in.Zone))
			require.Equal(t, c.want, monthsOf(months), strings.Join(monthsOf(months), "\n"))
		})
	}
}

// Two children: one in care for ten full months and visited in all, one for two
// and visited in neither. The mean of their percentages would be 50; the law
// asks for 10 of 12, which is 83.
func TestVisitSums_AreSumsAndNoMeanOfChildren(t *testing.T) {
	t.Parallel()
	var sums, other policy.VisitSums
	for range 10 {
		sums.Add(policy.VisitMonth{Status: policy.MonthCounts, Visited: true, InResidence: true})
	}
	for range 2 {
		other.Add(policy.VisitMonth{Status: policy.MonthCounts})
	}
	for _, status := range []policy.MonthStatus{policy.MonthPartial, policy.MonthRunning, policy.MonthAdult} {
		other.Add(policy.VisitMonth{Status: status, Visited: true, InResidence: true})
	}
	sums.Plus(other)
	require.Equal(t, policy.VisitSums{Months: 12, Visited: 10, InResidence: 10}, sums)
	require.False(t, sums.Meet(federalGoals(t)))
}

// federalGoals are those of the federal pack, which every state's has too.
func federalGoals(t *testing.T) policy.VisitGoals {
	t.Helper()
	goals := packNamed(t, "washington").VisitGoals()
	require.Equal(t, policy.VisitGoals{
		Visited: 95, InResidence: 50, Citation: "42 USC 624(f)", Source: policy.SourceStatute, Confirmed: true,
	}, goals)
	return goals
}

func TestVisitGoals_OfSeveralPacksAreTheStricterOfEach(t *testing.T) {
	t.Parallel()
	federal := federalGoals(t)
	state := policy.VisitGoals{Visited: 98, InResidence: 50, Citation: "Agency manual 1.1"}
	require.Equal(t, state, federal.Stricter(state))
	require.Equal(t, federal, federal.Stricter(policy.VisitGoals{}))
	require.Equal(t, policy.VisitGoals{Visited: 98, InResidence: 60},
		state.Stricter(policy.VisitGoals{Visited: 95, InResidence: 60, Citation: "Agency manual 1.2"}))
}

func TestLoad_RefusesVisitGoalsThatAreLaxerOrNoShares(t *testing.T) {
	t.Parallel()
	goals := func(visited, residence string) string {
		return "visit_goals: {visited: " + visited + ", in_residence: " + residence +
			", citation: Agency manual 1.1, source: practice, confirmed: true}\n"
	}
	page := block(t, "yaml")
	for text, want := range map[string]string{
		goals("90 percent", "50 percent"):  "the visit goals are laxer than us-federal@2025.1, which has 95 and 50 percent",
		goals("95 percent", "49 percent"):  "the visit goals are laxer than us-federal@2025.1, which has 95 and 50 percent",
		goals("95", "50 percent"):          `"95" must be a share like "95 percent"`,
		goals("101 percent", "50 percent"): `"101 percent" must be a share like "95 percent"`,
	} {
		var all []string
		for _, reasons := range refusals(t, page+text) {
			all = append(all, reasons...)
		}
		require.Equal(t, []string{want}, all)
	}
	require.Empty(t, refusals(t, page+goals("100 percent", "50 percent")))
}

func TestVisitSums_MeetBothGoalsToTheLetter(t *testing.T) {
	t.Parallel()
	goals := federalGoals(t)
	for _, c := range []struct {
		sums policy.VisitSums
		met  bool
	}{
		{policy.VisitSums{}, true},
		{policy.VisitSums{Months: 20, Visited: 19, InResidence: 10}, true},       // 95 %, 52 %
		{policy.VisitSums{Months: 1000, Visited: 949, InResidence: 900}, false},  // 94.9 % is not 95
		{policy.VisitSums{Months: 20, Visited: 20, InResidence: 10}, true},       // 50 % is half
		{policy.VisitSums{Months: 1000, Visited: 1000, InResidence: 499}, false}, // 49.9 %
	} {
		require.Equal(t, c.met, c.sums.Meet(goals), c.sums)
	}
}
