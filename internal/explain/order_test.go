package explain_test

import (
	"slices"
	"testing"

	"github.com/stretchr/testify/require"

	"homeward/casework"
)

// story writes facts from "type 2024-01-10" or "type 2024-01-10T10:00:00Z".
func story(t *testing.T, lines ...string) []string {
	t.Helper()
	facts := make([]string, len(lines))
	for i, line := range lines {
		var kind, when string
		for j := range line {
			if line[j] == ' ' {
				kind, when = line[:j], line[j+1:]
			}
		}
		require.NotEmpty(t, kind, line)
		field := "on"
		if len(when) > len("2024-01-10") {
			field = "at"
		}
		more := ""
		if kind == string(casework.FactPlacementStarted) {
			more = `, "setting": "relative"`
		}
		facts[i] = `{"type": "` + kind + `", "` + field + `": "` + when + `"` + more + `}`
	}
	return facts
}

func TestRead_RefusesAnOrderThatCannotBe(t *testing.T) {
	t.Parallel()
	const notOpen = "ends a stay in care that is not open: no removal comes before it"
	for name, test := range map[string]struct {
		story []string
		want  string
	}{
		"left care without a removal": {
			[]string{"episode.ended 2024-02-10"}, "facts[0].on: " + notOpen,
		},
		"left care before the removal": {
			[]string{"child.removed 2024-01-10", "episode.ended 2024-01-09"}, "facts[1].on: " + notOpen,
		},
		"left care in the hour before the removal": {
			[]string{"child.removed 2024-01-10T15:00:00Z", "episode.ended 2024-01-10T14:59:59Z"}, "facts[1].at: " + notOpen,
		},
		"left care before midnight, removed after it": {
			// 05:30 UTC is 23:30 of the day before in Chicago.
			[]string{"child.removed 2024-01-10", "episode.ended 2024-01-10T05:30:00Z"}, "facts[1].at: " + notOpen,
		},
		"left care twice": {
			[]string{"child.removed 2024-01-10", "episode.ended 2024-02-10", "episode.ended 2024-03-10"}, "facts[2].on: " + notOpen,
		},
		"left care twice on one day": {
			[]string{"child.removed 2024-01-10", "episode.ended 2024-02-10", "episode.ended 2024-02-10"}, "facts[2].on: " + notOpen,
		},
		"left care again after a return from trial": {
			[]string{
				"child.removed 2024-01-10", "trial-home-visit.started 2024-02-10", "child.removed 2024-09-10",
				"episode.ended 2024-10-10", "episode.ended 2024-11-10",
			}, "facts[4].on: " + notOpen,
		},
		"a removal written down twice": {
			[]string{"child.removed 2024-01-10", "child.removed 2024-01-10"},
			"facts[1].on: is not possible: the child is in care since the removal on 2024-01-10",
		},
		"removed while in care": {
			[]string{"child.removed 2024-01-10", "child.removed 2024-02-10"},
			"facts[1].on: is not possible: the child is in care since the removal on 2024-01-10",
		},
		"removed while in care, home later": {
			[]string{"child.removed 2024-01-10", "child.removed 2024-02-10", "trial-home-visit.started 2024-03-10"},
			"facts[1].on: is not possible: the child is in care since the removal on 2024-01-10",
		},
		"recorded the wrong way round": {
			[]string{"child.removed 2024-02-10", "child.removed 2024-01-10"},
			"facts[0].on: is not possible: the child is in care since the removal on 2024-01-10",
		},
		"came back from no trial": {
			[]string{"child.removed 2024-01-10", "trial-home-visit.ended 2024-02-10"},
			"facts[1].on: ends what has not begun: no trial home visit began before it",
		},
		"came back before the trial": {
			[]string{"child.removed 2024-01-10", "trial-home-visit.started 2024-02-10", "trial-home-visit.ended 2024-02-09"},
			"facts[2].on: ends what has not begun: no trial home visit began before it",
		},
		"on trial without a removal": {
			[]string{"trial-home-visit.started 2024-02-10"}, "facts[0].on: is not possible yet: the child was not removed before it",
		},
		"found but never missing": {
			[]string{"child.found 2024-02-10T10:00:00Z"}, "facts[0].at: ends what has not begun: the child was not missing before it",
		},
		"found before missing": {
			[]string{"child.missing 2024-02-10T10:00:00Z", "child.found 2024-02-10T09:00:00Z"},
			"facts[1].at: ends what has not begun: the child was not missing before it",
		},
		"found twice": {
			[]string{"child.missing 2024-02-10", "child.found 2024-02-11", "child.found 2024-02-12"},
			"facts[2].on: ends what has not begun: the child was not missing before it",
		},
		"left a place without being there": {
			[]string{"placement.ended 2024-02-10"}, "facts[0].on: ends what has not begun: no placement began before it",
		},
		"aftercare over before it began": {
			[]string{"aftercare.started 2024-02-10", "aftercare.ended 2024-02-09"},
			"facts[1].on: ends what has not begun: no aftercare began before it",
		},
		"removed before birth":   {[]string{"child.removed 2012-04-30"}, "facts[0].on: is before the child's birth on 2012-05-01"},
		"placed before birth":    {[]string{"placement.started 2012-04-30"}, "facts[0].on: is before the child's birth on 2012-05-01"},
		"visited before birth":   {[]string{"visit.made 2012-05-01T04:59:59Z"}, "facts[0].at: is before the child's birth on 2012-05-01"},
		"seen before birth":      {[]string{"victim.contacted 2012-04-30"}, "facts[0].on: is before the child's birth on 2012-05-01"},
		"run away before birth":  {[]string{"child.missing 2012-04-30"}, "facts[0].on: is before the child's birth on 2012-05-01"},
		"home before being born": {[]string{"child.removed 2012-05-01", "episode.ended 2012-04-30"}, "facts[1].on: is before the child's birth on 2012-05-01"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			require.Equal(t, []string{test.want}, refused(t, chicago(story(t, test.story...)...)))
		})
	}
}

func TestRead_TakesWhatIsLateOrOdd(t *testing.T) {
	t.Parallel()
	for name, lines := range map[string][]string{
		"home on the day of the removal":      {"child.removed 2024-01-10", "episode.ended 2024-01-10"},
		"home and removed again on one day":   {"child.removed 2024-01-10", "episode.ended 2024-02-10", "child.removed 2024-02-10", "episode.ended 2024-03-10"},
		"a day with two ends":                 {"child.removed 2024-01-10", "episode.ended 2024-02-10", "child.removed 2024-02-10", "episode.ended 2024-02-10"},
		"two removals on one day":             {"child.removed 2024-01-10", "episode.ended 2024-01-10", "child.removed 2024-01-10", "episode.ended 2024-02-10"},
		"two removals on one day, with hours": {"child.removed 2024-01-10T15:00:00Z", "episode.ended 2024-01-10T16:00:00Z", "child.removed 2024-01-10T17:00:00Z", "episode.ended 2024-01-10T18:00:00Z"},
		"removed at an hour of the same day":  {"child.removed 2024-01-10T15:00:00Z", "episode.ended 2024-01-10"},
		"a return from trial as a removal":    {"child.removed 2024-01-10", "trial-home-visit.started 2024-02-10", "child.removed 2024-09-10"},
		"a return recorded in both ways":      {"child.removed 2024-01-10", "trial-home-visit.started 2024-02-10", "trial-home-visit.ended 2024-09-10", "child.removed 2024-09-10"},
		"a trial that ended with the custody": {"child.removed 2024-01-10", "trial-home-visit.started 2024-02-10", "episode.ended 2024-03-10"},
		"a trial of one day":                  {"child.removed 2024-01-10", "trial-home-visit.started 2024-02-10", "trial-home-visit.ended 2024-02-10"},
		"a voluntary placement that ended":    {"voluntary-agreement.signed 2024-01-10", "episode.ended 2024-03-10"},
		"a removal out of a voluntary one":    {"voluntary-agreement.signed 2024-01-10", "child.removed 2024-02-10", "episode.ended 2024-03-10"},
		"back into care past 18":              {"child.removed 2024-01-10", "episode.ended 2030-05-01", "extended-care.started 2030-09-01", "episode.ended 2031-05-01"},
		"removed on the day of birth":         {"child.removed 2012-05-01", "placement.started 2012-05-01"},
		"reported before birth":               {"report.received 2012-04-30T10:00:00Z", "court.order 2012-04-30"},
		"an order before the removal":         {"court.order 2024-01-08", "child.removed 2024-01-10"},
		"a visit to a child at home":          {"visit.made 2024-01-08"},
		"moved and never left":                {"placement.started 2024-01-10", "placement.started 2024-02-10", "placement.ended 2024-03-10"},
		"left after moving":                   {"placement.started 2024-01-10", "placement.started 2024-02-10", "placement.ended 2024-02-11", "placement.ended 2024-03-10"},
		"missing, said by two":                {"child.missing 2024-02-10", "child.missing 2024-02-10", "child.found 2024-02-11"},
		"run away from home":                  {"child.missing 2024-02-10", "child.found 2024-02-10"},
		"a petition before the removal":       {"tpr.petition-filed 2024-01-08", "child.removed 2024-01-10"},
		"a contact before the report":         {"victim.contacted 2024-01-08", "report.received 2024-01-10"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			facts := story(t, lines...)
			require.Len(t, read(t, chicago(facts...)).Facts, len(lines))
			slices.Reverse(facts)
			require.Len(t, read(t, chicago(facts...)).Facts, len(lines), "the order of recording decides nothing")
		})
	}
}

func TestRead_AsksForTheHoursOfADayWithTwoRemovals(t *testing.T) {
	t.Parallel()
	const needs = ".on: needs its hour, under at: the child was removed twice on that day"
	require.Equal(t, []string{"facts[0]" + needs, "facts[3]" + needs}, refused(t, chicago(story(t,
		"child.removed 2024-01-10", "episode.ended 2024-01-10T16:00:00Z",
		"child.removed 2024-01-10T17:00:00Z", "episode.ended 2024-01-10")...)))
}

func TestRead_LooksAtTheOrderAfterCorrections(t *testing.T) {
	t.Parallel()
	const removed = `{"id": "a", "type": "child.removed", "on": "2024-03-10"}`
	const home = `{"type": "episode.ended", "on": "2024-02-10"}`
	require.Equal(t, []string{"facts[1].on: ends a stay in care that is not open: no removal comes before it"},
		refused(t, chicago(removed, home)))

	moved := `{"id": "b", "corrects": "a", "type": "child.removed", "on": "2024-01-10"}`
	require.Len(t, read(t, chicago(removed, home, moved)).Facts, 3)

	withdrawn := `{"corrects": "b", "type": "child.removed", "withdrawn": true}`
	require.Equal(t, []string{"facts[1].on: ends a stay in care that is not open: no removal comes before it"},
		refused(t, chicago(removed, home, moved, withdrawn)))
	require.Len(t, read(t, chicago(removed, moved, withdrawn)).Facts, 3)
}

func TestRead_PutsCorrectionsAfterWhatTheyCorrect(t *testing.T) {
	t.Parallel()
	in := read(t, chicago(
		`{"id": "c", "corrects": "b", "type": "child.removed", "on": "2024-01-12"}`,
		`{"id": "b", "corrects": "a", "type": "child.removed", "on": "2024-01-11"}`,
		`{"type": "review.held", "on": "2024-06-10"}`,
		`{"id": "a", "type": "child.removed", "on": "2024-01-10"}`,
	))
	var removals []casework.Date
	for _, f := range casework.Current(in.Facts) {
		if f.Type == casework.FactChildRemoved {
			removals = append(removals, f.On)
		}
	}
	require.Equal(t, []casework.Date{day(t, "2024-01-12")}, removals)
}

func TestRead_LooksAtEachSiblingAlone(t *testing.T) {
	t.Parallel()
	family := func(facts string) string {
		return `{"timezone": "UTC", "children": [{"id": "A", "born": "2012-05-01"}, {"id": "B", "born": "2024-02-01"}], "facts": [` + facts + `]}`
	}
	in := read(t, family(`{"type": "child.removed", "on": "2024-01-10", "subject": "A"},
		{"type": "child.removed", "on": "2024-02-10", "subject": "B"},
		{"type": "episode.ended", "on": "2024-03-10"}`))
	require.Len(t, in.Subjects, 2)

	require.Equal(t, []string{"facts[1].on: ends a stay in care that is not open: no removal comes before it"},
		refused(t, family(`{"type": "child.removed", "on": "2024-01-10", "subject": "A"}, {"type": "episode.ended", "on": "2024-03-10"}`)))
	// A fact about nobody in particular is about everybody.
	require.Equal(t, []string{"facts[0].on: is before the birth of B on 2024-02-01"},
		refused(t, family(`{"type": "child.removed", "on": "2024-01-10"}`)))
}
