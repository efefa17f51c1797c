package explain_test

import (
	"bytes"
	"encoding/json"
	"fmt"
	"os"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"homeward/casework"
	"homeward/internal/explain"
	"homeward/policy"
)

func pack(t testing.TB, ref string) *policy.Pack {
	t.Helper()
	library, err := policy.Load()
	require.NoError(t, err)
	found, err := library.Pack(ref)
	require.NoError(t, err)
	return found
}

// explained evaluates an input under a released pack.
func explained(t testing.TB, ref, input, asOf string) explain.Answer {
	t.Helper()
	in := read(t, input)
	at, err := explain.AsOf(asOf, in.Zone)
	require.NoError(t, err)
	return explain.Explain(pack(t, ref), in, at)
}

// written returns the JSON form, read back as a caller would.
func written(t testing.TB, a explain.Answer) map[string]any {
	t.Helper()
	var out bytes.Buffer
	require.NoError(t, a.WriteJSON(&out))
	var fields map[string]any
	require.NoError(t, json.Unmarshal(out.Bytes(), &fields))
	return fields
}

// lines are the duties in short: clock, occurrence, date, instant and status.
func lines(a explain.Answer) []string {
	var short []string
	for _, d := range a.Duties {
		short = append(short, fmt.Sprintf("%s %d %s %s %s", d.Clock, d.Occurrence, d.Due, d.DueAt.Format(time.RFC3339), d.Status))
	}
	return short
}

// Removal on 10 January 2024; day 60 is 10 March, before the finding, so the
// child entered care then. The trial home visit from 1 January to 30 June 2025
// does not count towards the 457 days that 15 months from 10 March 2024 are: 296
// up to 31 December, and the other 161 from 1 July, the last on 8 December 2025.
// Days end at 06:00 UTC in winter, and at 05:00 UTC from 10 March 2024 and from
// 9 March 2025 until November.
func TestExplain_AnswersTheExampleOfTheIssue(t *testing.T) {
	t.Parallel()
	a := explained(t, "us-federal@2025.1", issue, "2025-03-01")
	want := []string{
		"relative-notice 1 2024-02-09 2024-02-10T05:59:59Z overdue",
		"caseworker-visit 1 2024-02-29 2024-03-01T05:59:59Z overdue",
		"case-plan 1 2024-03-10 2024-03-11T04:59:59Z overdue",
		"efforts-to-prevent-finding 1 2024-03-10 2024-03-11T04:59:59Z overdue",
		"caseworker-visit 2 2024-03-31 2024-04-01T04:59:59Z overdue",
		"caseworker-visit 3 2024-04-30 2024-05-01T04:59:59Z overdue",
		"caseworker-visit 4 2024-05-31 2024-06-01T04:59:59Z overdue",
		"caseworker-visit 5 2024-06-30 2024-07-01T04:59:59Z overdue",
		"caseworker-visit 6 2024-07-31 2024-08-01T04:59:59Z overdue",
		"caseworker-visit 7 2024-08-31 2024-09-01T04:59:59Z overdue",
		"periodic-review 1 2024-09-10 2024-09-11T04:59:59Z overdue",
		"caseworker-visit 8 2024-09-30 2024-10-01T04:59:59Z overdue",
		"caseworker-visit 9 2024-10-31 2024-11-01T04:59:59Z overdue",
		"caseworker-visit 10 2024-11-30 2024-12-01T05:59:59Z overdue",
		"caseworker-visit 11 2024-12-31 2025-01-01T05:59:59Z overdue",
		"caseworker-visit 12 2025-01-31 2025-02-01T05:59:59Z overdue",
		"caseworker-visit 13 2025-02-28 2025-03-01T05:59:59Z overdue",
		"efforts-to-finalize-finding 1 2025-03-10 2025-03-11T04:59:59Z open",
		"periodic-review 2 2025-03-10 2025-03-11T04:59:59Z open",
		"permanency-hearing 1 2025-03-10 2025-03-11T04:59:59Z open",
		"caseworker-visit 14 2025-03-31 2025-04-01T04:59:59Z open",
		"trial-home-visit-limit 1 2025-07-01 2025-07-02T04:59:59Z open",
		"tpr-petition 1 2025-12-08 2025-12-09T05:59:59Z paused",
		"credit-report 1 2027-04-30 2027-05-01T04:59:59Z open",
		"transition-plan 1 2030-04-30 2030-05-01T04:59:59Z open",
		"exit-documents 1 2030-05-01 2030-05-02T04:59:59Z open",
	}
	require.Equal(t, want, lines(a))
}

func TestExplain_ShowsADutyWithEverythingThatIsKnownOfIt(t *testing.T) {
	t.Parallel()
	fields := written(t, explained(t, "us-federal@2025.1", issue, "2025-03-01"))
	require.Equal(t, "us-federal@2025.1", fields["pack"])
	require.Equal(t, "2025-03-01", fields["as_of"])
	require.Equal(t, map[string]any{
		"on":  "2024-03-10",
		"why": []any{"child removed 2024-01-10", "no finding by day 60, so entered care 2024-03-10"},
	}, fields["entered_care"])
	require.NotContains(t, fields, "children")

	duties := map[string]map[string]any{}
	for _, d := range fields["duties"].([]any) {
		duty := d.(map[string]any)
		duties[duty["id"].(string)] = duty
	}
	require.Equal(t, map[string]any{
		"id": "permanency-hearing/C1/1", "clock": "permanency-hearing", "subject": "C1", "occurrence": 1.0,
		"title": "Have the permanency hearing held", "due": "2025-03-10", "due_at": "2025-03-11T04:59:59Z",
		"status": "open", "owner": "caseworker", "citation": "42 USC 675(5)(C)",
		"consequence": "State plan not complied with",
		"why": []any{
			"child removed 2024-01-10", "no finding by day 60, so entered care 2024-03-10", "+ 12 months = 2025-03-10",
		},
		"source": "statute", "confirmed": true,
	}, duties["permanency-hearing/C1/1"])

	// 60 days of the trial home visit are over on 1 March: 31 and 28 and 1.
	petition := duties["tpr-petition/C1/1"]
	for name, want := range map[string]any{
		"days_counted": 296.0, "days_needed": 457.0, "days_excluded": 60.0,
		"window_from": "2023-05-02", "window_to": "2025-03-01",
		"resumes_at": "2025-07-01T05:00:00Z", "confirmed": false,
	} {
		require.Equal(t, want, petition[name], name)
	}
	require.Equal(t, "2030-01-31", duties["transition-plan/C1/1"]["not_before"])
}

// 24 hours from 20:30 on the evening before the clocks go forward end at 21:30.
func TestExplain_ShowsAnHourClockInTheZoneOfTheFacts(t *testing.T) {
	t.Parallel()
	require.Contains(t, lines(explained(t, "texas@2025.1", issue, "2025-03-09T21:30:00-05:00")),
		"report-initiation 1 2025-03-09T21:30:00-05:00 2025-03-10T02:30:00Z at-risk")
	require.Contains(t, lines(explained(t, "texas@2025.1", issue, "2025-03-09T21:30:01-05:00")),
		"report-initiation 1 2025-03-09T21:30:00-05:00 2025-03-10T02:30:00Z overdue")
}

func TestExplain_SaysWhenAndHowADutyWasMet(t *testing.T) {
	t.Parallel()
	a := explained(t, "us-federal@2025.1", chicago(
		`{"type": "child.removed", "on": "2024-01-10"}`,
		`{"id": "n", "type": "relatives.notified", "on": "2024-02-12"}`,
	), "2024-03-01")
	require.Equal(t, "relative-notice", a.Duties[0].Clock)
	require.Equal(t, casework.DutyMetLate, a.Duties[0].Status)
	require.Equal(t, "2024-02-12", a.Duties[0].MetOn)
	require.Equal(t, "n", a.Duties[0].MetBy)
}

func TestExplain_TellsSiblingsApart(t *testing.T) {
	t.Parallel()
	a := explained(t, "us-federal@2025.1", `{"timezone": "UTC", "children": [{"id": "A"}, {"id": "B"}], "facts": [
		{"type": "child.removed", "on": "2024-01-10", "subject": "A"}]}`, "2024-01-20")
	fields := written(t, a)
	require.NotContains(t, fields, "entered_care")
	require.Equal(t, []any{
		map[string]any{"child": "A", "entered_care": map[string]any{
			"on": "2024-03-10", "why": []any{"child removed 2024-01-10", "no finding by day 60, so entered care 2024-03-10"},
		}},
		map[string]any{"child": "B", "entered_care": nil},
	}, fields["children"])
	require.NotEmpty(t, a.Duties)
	for _, d := range a.Duties {
		require.Equal(t, "A", d.Subject)
	}
}

func TestExplain_OfNothingIsAnEmptyList(t *testing.T) {
	t.Parallel()
	var out strings.Builder
	require.NoError(t, explained(t, "us-federal@2025.1", `{"timezone": "UTC", "facts": []}`, "2024-01-20").WriteJSON(&out))
	require.Equal(t, []string{
		"{", `  "pack": "us-federal@2025.1",`, `  "as_of": "2024-01-20",`, `  "entered_care": null,`, `  "duties": []`, "}", "",
	}, strings.Split(out.String(), "\n"))
}

func TestExplain_WritesTextsAsTheyAre(t *testing.T) {
	t.Parallel()
	var out strings.Builder
	require.NoError(t, explained(t, "texas@2025.1", strings.Replace(issue, `"P1"`, `"P1 & <soon>"`, 1), "2025-03-09").WriteJSON(&out))
	require.Contains(t, out.String(), `"priority P1 & <soon> is not known here, so the shortest time counts"`)
}

func TestExplain_IsTheSameWhateverTheOrderOfRecording(t *testing.T) {
	t.Parallel()
	facts := []string{
		`{"id": "a", "type": "child.removed", "on": "2024-01-10"}`,
		`{"id": "b", "corrects": "a", "type": "child.removed", "on": "2024-01-12"}`,
		`{"type": "court.maltreatment-found", "on": "2024-02-02"}`,
		`{"type": "relatives.notified", "on": "2024-02-11"}`,
	}
	want := explained(t, "us-federal@2025.1", chicago(facts...), "2024-06-01")
	for range len(facts) {
		facts = append(facts[1:], facts[0])
		require.Equal(t, want, explained(t, "us-federal@2025.1", chicago(facts...), "2024-06-01"))
	}
	// The corrected removal and 30 days.
	require.Contains(t, lines(want), "relative-notice 1 2024-02-11 2024-02-12T05:59:59Z met")
}

func TestStored_TakesTheRecordsOwnZoneAndPeople(t *testing.T) {
	t.Parallel()
	facts := []casework.Fact{{Type: casework.FactCaseOpened, On: day(t, "2024-01-10")}}
	record := &casework.Record{Timezone: "America/Chicago", Facts: facts}
	in := explain.Stored(record, []casework.Subject{{ID: "P1", Born: day(t, "2012-05-01")}})
	require.Equal(t, "America/Chicago", in.Zone.String())
	require.Equal(t, []policy.Subject{{ID: "P1", Born: day(t, "2012-05-01")}}, in.Subjects)
	require.Equal(t, facts, in.Facts)
}

func TestAsOf_IsTheEndOfALocalDayOrAnInstant(t *testing.T) {
	t.Parallel()
	zone, err := time.LoadLocation("America/Chicago")
	require.NoError(t, err)
	// The clocks go forward on 9 March 2025.
	for text, want := range map[string]string{
		"2025-03-08":                "2025-03-09T05:59:59Z",
		"2025-03-09":                "2025-03-10T04:59:59Z",
		"2025-03-08T20:30:00-06:00": "2025-03-09T02:30:00Z",
	} {
		at, err := explain.AsOf(text, zone)
		require.NoError(t, err)
		require.Equal(t, want, at.UTC().Format(time.RFC3339))
	}
	for _, text := range []string{"", "today", "2025-02-29", "1899-12-31", "2201-01-01", "2025-03-08T20:30:00", "2201-06-01T00:00:00Z"} {
		_, err := explain.AsOf(text, zone)
		require.ErrorContains(t, err, "is neither a date like 2025-03-01 nor a time like 2025-03-01T14:05:00-06:00, from 1900 to 2200")
	}
	// 03:00 UTC on the 9th is still the 8th in Chicago.
	now := time.Date(2025, time.March, 9, 3, 0, 0, 0, time.UTC)
	require.Equal(t, "2025-03-09T05:59:59Z", explain.Today(now, zone).UTC().Format(time.RFC3339))
}

func TestExplain_SaysFromWhenItLooks(t *testing.T) {
	t.Parallel()
	require.Equal(t, "2025-03-01", explained(t, "us-federal", issue, "2025-03-01").AsOf)
	require.Equal(t, "2025-03-01", explained(t, "us-federal", issue, "2025-03-02T05:59:59Z").AsOf)
	require.Equal(t, "2025-03-01T23:00:00-06:00", explained(t, "us-federal", issue, "2025-03-02T05:00:00Z").AsOf)
}

func contents(t testing.TB, name string) string {
	t.Helper()
	text, err := os.ReadFile(name)
	require.NoError(t, err)
	return string(text)
}
