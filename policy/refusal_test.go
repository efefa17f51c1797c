package policy_test

import (
	"bytes"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"strings"
	"testing"
	"testing/fstest"
	"time"

	"github.com/stretchr/testify/require"

	"homeward/policy"
)

// fault is a change to one line of the example pack, and why loading then refuses it.
type fault struct {
	name     string
	old, now string
	want     string
}

func faults() []fault {
	return []fault{
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
		{"nothing meets it", "    met_by: [service-plan.filed]\n", "", `clock service-plan needs "met_by", "met_by_all", "forbids" or "lasts"`},
		{"nothing starts it", "    starts_with: [trafficking.suspected]\n", "", `clock both-told needs "starts_with" or "during"`},
		{"counting from care without care", "    starts_with: [trafficking.suspected]", "    starts_with: [trafficking.suspected]\n    counted_from: entered care", `counts from entered care, so it runs "during: care"`},
		{"care of a whole record", "    scope: subject\n    owner: caseworker\n    during: care\n    length: 72 hours", "    scope: record\n    owner: caseworker\n    during: care\n    length: 72 hours", `runs during care, so its scope is subject`},
		{"no length", "    length: 24 hours\n", "", `needs "length" or "lengths"`},
		{"an extension that says nothing", "extended_by: [{fact: determination.extended, by: 30 days}]", "extended_by: [{fact: determination.extended}]", `an extension needs either "to" or "by"`},
		{"extends nothing that is there", "extends: us-federal@2025.1", "extends: us-federal@1999.1", `extends "us-federal@1999.1", which is not there`},
		{"extends without a version", "extends: us-federal@2025.1", "extends: us-federal", `extends "us-federal", which is not there; a pack is named with its version`},
		{"extends a list", "extends: us-federal@2025.1", "extends: [us-federal@2025.1]", `broken.yaml:7: extends must be a text`},
		{"a state without the law above it", "extends: us-federal@2025.1\n", "", `broken.yaml:3: the pack extends none, so it has no floor`},
		{"a year without closed days", "- [2024-01-01, 2024-07-04, 2024-12-25]", "- []", `closed must be a list with at least one entry`},
		{"nobody to tell", "tell: [caseworker]", "tell: []", `tell must be a list with at least one entry`},
		{"extends itself", "extends: us-federal@2025.1", "extends: example@2025.1", `extends itself, by way of example@2025.1`},
		{"laxer than the federal floor", "title: Complete the plan for the child\n    length: 45 days", "length: 61 days", `clock case-plan has 61 days, which is laxer than the 60 days of us-federal@2025.1`},
		{"counts otherwise and does not say how long", "    owner: supervisor\n    ladder: thorough", "    owner: supervisor\n    counted_from: court.disposition", `clock caseworker-visit changes how to count and has no length`},
		{"meets a federal clock otherwise", "title: Complete the plan for the child\n    length: 45 days", "met_by: [case-plan.submitted]\n    length: 45 days", `a change to clock case-plan of us-federal@2025.1 has no key "met_by"`},
		{"ends every clock otherwise", "calendars:", "ends: [case.opened]\ncalendars:", `what ends every clock is set by us-federal@2025.1 and cannot be changed`},
		{"laxer about care", "calendars:", "care: {entered_after: 90 days, trial_home_visit: 6 months, citation: x}\ncalendars:", `care is laxer than us-federal@2025.1, which has 60 days and 6 months`},
		{"a recurrence without an interval", "length: 1 year\n    recurs: from the date due", "length: 0 years\n    recurs: from the date due", `clock yearly-report would recur at once`},
		{"a calendar that is never open", "weekend: [Saturday, Sunday]", "weekend: [monday, tuesday, wednesday, thursday, friday, saturday, sunday]", `calendar courts has no open day`},
		{"a calendar of a name that is taken", "id: courts", "id: working-days", `there is already a calendar "working-days"`},
		{"not YAML", "clocks:", "clocks: [", `not YAML`},
	}
}

func (f fault) pack(t *testing.T) string {
	t.Helper()
	good, err := os.ReadFile("testdata/packs/example-2025.1.yaml")
	require.NoError(t, err)
	require.Contains(t, string(good), f.old)
	return strings.Replace(string(good), f.old, f.now, 1)
}

// Each fault is refused with file, line and reason.
func TestLoad_RefusesABrokenPack(t *testing.T) {
	t.Parallel()
	for _, test := range faults() {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			_, err := policy.Load(fstest.MapFS{"broken.yaml": {Data: []byte(test.pack(t))}})
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
	one.Data = bytes.Replace(one.Data, []byte("us-federal"), []byte("two"), 1)
	two.Data = bytes.Replace(two.Data, []byte("us-federal"), []byte("one"), 1)
	last := made("last", "2025.1")
	last.Data = bytes.Replace(last.Data, []byte("us-federal"), []byte("one"), 1)
	_, err := policy.Load(fstest.MapFS{"one.yaml": one, "two.yaml": two, "last.yaml": last})
	require.EqualError(t, err, "last.yaml:5: extends one@2025.1, which is refused\n"+
		"one.yaml:5: extends itself, by way of two@2025.1\n"+
		"two.yaml:5: extends itself, by way of one@2025.1")
}

func TestLoad_RefusesAVersionThatExists(t *testing.T) {
	t.Parallel()
	_, err := policy.Load(fstest.MapFS{"mine.yaml": made("us-federal", "2025.1")})
	require.ErrorContains(t, err, "mine.yaml:1: us-federal@2025.1 is already defined by us-federal-2025.1.yaml; a released version never changes")
}

func TestLoad_RefusesAPackThatWouldPassForTheFloor(t *testing.T) {
	t.Parallel()
	_, err := policy.Load(fstest.MapFS{"mine.yaml": made("us-federal", "2099.1")})
	require.EqualError(t, err, `mine.yaml:1: "us-federal" is the floor under every pack of this release; give the pack a name of its own`)
}

func TestLoad_TakesANewVersionOfAReleasedStatePack(t *testing.T) {
	t.Parallel()
	library, err := policy.Load(fstest.MapFS{"washington-2099.1.yaml": made("washington", "2099.1")})
	require.NoError(t, err)
	latest, err := library.Pack("washington")
	require.NoError(t, err)
	require.Equal(t, "washington@2099.1", latest.Ref())
}

// A pack of an agency's own extends another, whatever place it says it is for.
func TestLoad_RefusesAPackWithoutAFloor(t *testing.T) {
	t.Parallel()
	for _, jurisdiction := range []string{"US-XX", "US", "Elsewhere"} {
		pack := made("made-up", "2025.1")
		pack.Data = []byte(strings.NewReplacer("US-XX", jurisdiction, "extends: us-federal@2025.1\n", "").Replace(string(pack.Data)))
		_, err := policy.Load(fstest.MapFS{"made-up.yaml": pack})
		require.EqualError(t, err, "made-up.yaml:1: the pack extends none, so it has no floor; "+
			`name the pack of the law above it, as in "extends: us-federal@2025.1"`)
	}
}

func TestLoad_RefusesAFolderThatItCannotUseAsAWhole(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct {
		folder fs.FS
		want   string
	}{
		"not there":             {os.DirFS("testdata/not-there"), "the folder of the packs cannot be read: no such file or directory"},
		"nothing in it":         {fstest.MapFS{}, "there is no pack in the folder; a pack is a file whose name ends in .yaml"},
		"no pack in it":         {fstest.MapFS{"README.md": {}, "pack.schema.json": {}}, "there is no pack in the folder"},
		"a short ending":        {fstest.MapFS{"mine.yml": made("mine", "2025.1")}, "mine.yml: would be passed over; the name of a pack ends in .yaml"},
		"an ending in capitals": {fstest.MapFS{"mine.YAML": made("mine", "2025.1"), "other.yaml": made("other", "2025.1")}, "mine.YAML: would be passed over"},
		"an empty file":         {fstest.MapFS{"empty.yaml": {}}, "empty.yaml: the file is empty"},
		"a folder for a pack":   {fstest.MapFS{"mine.yaml/other.txt": {}}, "mine.yaml: cannot be read"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			library, err := policy.Load(test.folder)
			require.ErrorContains(t, err, test.want)
			require.Nil(t, library)
		})
	}
}

// A file that is no YAML, or a folder that is not there, hides no other fault.
func TestLoad_NamesTheFaultsOfEveryFile(t *testing.T) {
	t.Parallel()
	faulty, above := made("faulty", "2025.1"), made("above", "2025.1")
	faulty.Data = bytes.Replace(faulty.Data, []byte("24 hours"), []byte("24 moons"), 1)
	above.Data = bytes.Replace(above.Data, []byte("us-federal"), []byte("broken"), 1)
	_, err := policy.Load(os.DirFS("testdata/not-there"), fstest.MapFS{
		"above.yaml":         above,
		"broken-2025.1.yaml": {Data: []byte("id: [broken")},
		"faulty.yaml":        faulty,
		"passed.yml":         faulty,
	})
	require.EqualError(t, err, "the folder of the packs cannot be read: no such file or directory\n"+
		"passed.yml: would be passed over; the name of a pack ends in .yaml\n"+
		"above.yaml:5: extends broken@2025.1, which is refused\n"+
		"broken-2025.1.yaml:1: not YAML: a comma is missing, or the ] that closes a [\n"+
		`faulty.yaml:14: "24 moons" must be a number of hours, days, business days, judicial days, months, years`)
}

func TestLoad_NamesEveryFaultAtOnce(t *testing.T) {
	t.Parallel()
	pack := made("two-faults", "2025.1")
	text := strings.NewReplacer("24 hours", "24 moons", "owner: hotline", "owner: uncle").Replace(string(pack.Data))
	_, err := policy.Load(fstest.MapFS{"faults.yaml": {Data: []byte(text)}})
	require.ErrorContains(t, err, "faults.yaml:12: \"uncle\" is not a role")
	require.ErrorContains(t, err, "faults.yaml:14: \"24 moons\" must be a number of")
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

// Aliases that name each other tenfold would be a billion words when written out.
// A pack is read as it stands, and says quickly that it is none.
func TestLoad_IsNotBlownUpByAliases(t *testing.T) {
	t.Parallel()
	var bomb strings.Builder
	bomb.WriteString("id: x\nversion: \"2025.1\"\na0: &a0 [x]\n")
	for i := 1; i < 40; i++ {
		fmt.Fprintf(&bomb, "a%d: &a%d [%s]\n", i, i, strings.TrimSuffix(strings.Repeat(fmt.Sprintf("*a%d,", i-1), 10), ","))
	}
	bomb.WriteString("clocks: *a39\n")
	for name, text := range map[string]string{
		"tenfold":   bomb.String(),
		"of itself": "id: x\nversion: \"2025.1\"\nclocks: &a [*a]\n",
		"merged":    "id: x\nversion: \"2025.1\"\nbase: &a {id: y}\n<<: *a\n",
		"deep":      "id: x\nversion: \"2025.1\"\nclocks: " + strings.Repeat("[", 100_000),
		"tagged":    "id: !!binary |\n  AAAA\nversion: !!python/object/apply:os.system [ls]\n",
	} {
		begun := time.Now()
		_, err := policy.Load(fstest.MapFS{"bomb.yaml": {Data: []byte(text)}})
		require.ErrorContains(t, err, "bomb.yaml", name)
		require.Less(t, time.Since(begun), 10*time.Second, name)
		require.Less(t, len(err.Error()), 100_000, name)
	}
}
