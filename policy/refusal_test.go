package policy_test

import (
	"errors"
	"os"
	"strings"
	"testing"
	"testing/fstest"

	"github.com/stretchr/testify/require"

	"homeward/policy"
)

// Each test changes one line of a good pack and expects it to be refused with
// file, line and reason.
func TestLoad_RefusesABrokenPack(t *testing.T) {
	t.Parallel()
	tests := []struct {
		name     string
		old, now string
		want     string
	}{
		{"unknown key of a pack", "title: A made-up state", "titel: x\ntitle: y", `broken.yaml:5: a pack has no key "titel"; it has id, version, title, jurisdiction`},
		{"unknown key of a clock", "    length: 24 hours", "    duration: 24 hours", `a clock has no key "duration"`},
		{"repeated key", "    length: 24 hours", "    length: 24 hours\n    length: 48 hours", `"length" is given twice, first in line`},
		{"missing citation", "    citation: Made-up code 7\n", "", `a clock needs "citation"`},
		{"unknown type of fact", "starts_with: [trafficking.suspected]", "starts_with: [child.lost]", `"child.lost" is not a type of fact`},
		{"unknown attribute", "where: {to: ncmec}", "where: {whom: ncmec}", `facts have no attribute "whom" for conditions`},
		{"unknown unit", "length: 24 hours", "length: 24 moons", `"24 moons" must be a number of hours, days, business days, judicial days, months, years`},
		{"no number", "length: 24 hours", "length: soon", `"soon" must be a number of`},
		{"a negative length", "length: 24 hours", "length: -24 hours", `"-24 hours" must be a number of`},
		{"unknown counting rule", "counting: first Monday after", "counting: full moon", `"full moon" must be one of "skip closed days"`},
		{"unknown calendar", "length: 1 judicial day\n    calendar: courts", "length: 1 judicial day\n    calendar: moon", `there is no calendar "moon"`},
		{"judicial days without a calendar", "length: 1 judicial day\n    calendar: courts", "length: 1 judicial day", `clock detention-hearing needs a calendar`},
		{"a calendar without use", "length: 24 hours", "length: 24 hours\n    calendar: courts", `clock both-told has a calendar that it does not use`},
		{"days that skip", "length: 45 days\n    counting: roll to the next open day", "length: 45 days\n    counting: skip closed days", `only hours can skip closed days`},
		{"a month rule for hours", "length: 24 hours", "length: 24 hours\n    counting: end of the calendar month", `"end of the calendar month" goes with months`},
		{"unknown role", "owner: investigator", "owner: uncle", `"uncle" is not a role`},
		{"the system owes nothing", "owner: investigator", "owner: system", `"system" is not a role`},
		{"unknown ladder", "    met_by: [custody.hearing-held]\n    ladder: plain", "    met_by: [custody.hearing-held]\n    ladder: high", `there is no ladder "high"`},
		{"unknown source", "source: statute", "source: rumour", `"rumour" must be one of "statute", "regulation", "practice"`},
		{"neither true nor false", "confirmed: true", "confirmed: maybe", `"maybe" must be true or false`},
		{"a date that no calendar has", "2025-01-20", "2025-02-30", `"2025-02-30" is not a date`},
		{"dates out of order", "- 2025-01-20\n      - 2025-05-26", "- 2025-05-26\n      - 2025-01-20", `2025-01-20 must come after 2025-05-26`},
		{"a date outside the calendar", "to: 2026-12-31", "to: 2025-12-31", `2026-01-01 lies outside the calendar`},
		{"a version as a number", `version: "2025.1"`, `version: 2025.1`, `"2025.1" must be a quoted year and number`},
		{"an ID with a space", "id: both-told", "id: both told", `"both told" must be of lower-case letters, digits and hyphens`},
		{"two clocks of one name", "id: detention-hearing", "id: preliminary-hearing", `there is already a clock "preliminary-hearing"`},
		{"nothing meets it", "    met_by: [service-plan.filed]\n", "", `clock service-plan needs "met_by" or "met_by_all"`},
		{"nothing starts it", "    starts_with: [trafficking.suspected]\n", "", `clock both-told needs "starts_with" or "during"`},
		{"counting from care without care", "    starts_with: [trafficking.suspected]", "    starts_with: [trafficking.suspected]\n    counted_from: entered care", `counts from entered care, so it runs "during: care"`},
		{"care of a whole record", "    scope: subject\n    owner: caseworker\n    during: care\n    length: 72 hours", "    scope: record\n    owner: caseworker\n    during: care\n    length: 72 hours", `runs during care, so its scope is subject`},
		{"no length", "    length: 24 hours\n", "", `needs "length" or "lengths"`},
		{"an extension that says nothing", "extended_by: [{fact: determination.extended, by: 30 days}]", "extended_by: [{fact: determination.extended}]", `an extension needs either "to" or "by"`},
		{"extends nothing that is there", "extends: us-federal@2025.1", "extends: us-federal@1999.1", `extends "us-federal@1999.1", which is not there`},
		{"extends without a version", "extends: us-federal@2025.1", "extends: us-federal", `extends "us-federal", which is not there; a pack is named with its version`},
		{"extends itself", "extends: us-federal@2025.1", "extends: example@2025.1", `extends itself, by way of example@2025.1`},
		{"laxer than the federal floor", "title: Complete the plan for the child\n    length: 45 days", "length: 61 days", `clock case-plan is laxer than us-federal@2025.1: 60 days`},
		{"counts otherwise and does not say how long", "    owner: supervisor\n    ladder: plain", "    owner: supervisor\n    counted_from: court.disposition", `clock caseworker-visit changes how to count and has no length`},
		{"meets a federal clock otherwise", "title: Complete the plan for the child\n    length: 45 days", "met_by: [case-plan.submitted]\n    length: 45 days", `a change to clock case-plan of us-federal@2025.1 has no key "met_by"`},
		{"ends every clock otherwise", "calendars:", "ends: [case.opened]\ncalendars:", `what ends every clock is set by us-federal@2025.1 and cannot be changed`},
		{"laxer about care", "calendars:", "care: {entered_after: 90 days, trial_home_visit: 6 months, citation: x}\ncalendars:", `is laxer than us-federal@2025.1, which has 60 days and 6 months`},
		{"a recurrence without an interval", "length: 1 year\n    recurs: from the date due", "length: 0 years\n    recurs: from the date due", `clock credit-report would recur at once`},
		{"a calendar that is never open", "weekend: [Saturday, Sunday]", "weekend: [monday, tuesday, wednesday, thursday, friday, saturday, sunday]", `calendar courts has no open day`},
		{"not YAML", "clocks:", "clocks: [", `not YAML`},
	}
	good, err := os.ReadFile("testdata/packs/example-2025.1.yaml")
	require.NoError(t, err)
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			require.Contains(t, string(good), test.old)
			broken := strings.Replace(string(good), test.old, test.now, 1)
			_, err := policy.Load(fstest.MapFS{"broken.yaml": {Data: []byte(broken)}})
			require.ErrorContains(t, err, test.want)
			refused, ok := errors.AsType[*policy.PackError](err)
			require.True(t, ok)
			require.Equal(t, "broken.yaml", refused.File)
			require.Positive(t, refused.Line)
		})
	}
}

func TestLoad_RefusesACircle(t *testing.T) {
	t.Parallel()
	one, two := made("one", "2025.1"), made("two", "2025.1")
	one.Data = append(one.Data, "extends: two@2025.1\n"...)
	two.Data = append(two.Data, "extends: one@2025.1\n"...)
	_, err := policy.Load(fstest.MapFS{"one.yaml": one, "two.yaml": two})
	require.ErrorContains(t, err, "extends itself, by way of")
}

func TestLoad_RefusesAVersionThatExists(t *testing.T) {
	t.Parallel()
	_, err := policy.Load(fstest.MapFS{"mine.yaml": made("us-federal", "2025.1")})
	require.ErrorContains(t, err, "mine.yaml:1: us-federal@2025.1 is already defined by us-federal-2025.1.yaml; a released version never changes")
}

func TestLoad_RefusesAnEmptyFile(t *testing.T) {
	t.Parallel()
	_, err := policy.Load(fstest.MapFS{"empty.yaml": {Data: nil}})
	require.ErrorContains(t, err, "empty.yaml: the file is empty")
}

func TestLoad_NamesEveryFaultAtOnce(t *testing.T) {
	t.Parallel()
	pack := made("two-faults", "2025.1")
	text := strings.NewReplacer("24 hours", "24 moons", "owner: hotline", "owner: uncle").Replace(string(pack.Data))
	_, err := policy.Load(fstest.MapFS{"faults.yaml": {Data: []byte(text)}})
	require.ErrorContains(t, err, "faults.yaml:11: \"uncle\" is not a role")
	require.ErrorContains(t, err, "faults.yaml:13: \"24 moons\" must be a number of")
}

// A pack is a text that people write: whatever is in it, loading answers.
func FuzzLoad(f *testing.F) {
	good, err := os.ReadFile("testdata/packs/example-2025.1.yaml")
	require.NoError(f, err)
	f.Add(string(good))
	f.Add("id: x\nversion: \"2025.1\"\nclocks: [[]]")
	f.Add("- a\n- b")
	f.Fuzz(func(t *testing.T, text string) {
		library, err := policy.Load(fstest.MapFS{"fuzz.yaml": {Data: []byte(text)}})
		if err == nil && len(library.Packs()) < 3 {
			t.Fatal("a pack was dropped without a word")
		}
	})
}
