package policy_test

import (
	"errors"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/santhosh-tekuri/jsonschema/v6"
	"github.com/stretchr/testify/require"
	"go.yaml.in/yaml/v3"

	"homeward/policy"
)

func TestSchema_AcceptsEveryPackThatLoads(t *testing.T) {
	t.Parallel()
	schema := compiledSchema(t)
	var files []string
	for _, pattern := range []string{"packs/*.yaml", "testdata/packs/*.yaml"} {
		found, err := filepath.Glob(pattern)
		require.NoError(t, err)
		require.NotEmpty(t, found, pattern)
		files = append(files, found...)
	}
	for _, file := range files {
		t.Run(filepath.Base(file), func(t *testing.T) {
			t.Parallel()
			text, err := os.ReadFile(file)
			require.NoError(t, err)
			require.NoError(t, schema.Validate(untyped(t, string(text))))
		})
	}
}

// beyondSchema are the faults that no schema can see: they lie between two
// places of a file, or between files. Everything else an editor shows while
// the pack is written.
func beyondSchema() []string {
	return []string{
		// What is named is not there, or is there twice.
		"unknown calendar", "unknown ladder", "two clocks of one name",
		"extends nothing that is there", "extends itself",
		// The order of dates.
		"dates out of order", "a date outside the calendar",
		// The pack below.
		"laxer than the federal floor", "laxer about care", "ends every clock otherwise",
		// YAML itself, which an editor checks before the schema.
		"repeated key", "not YAML",
	}
}

func TestSchema_RefusesEveryFaultOfForm(t *testing.T) {
	t.Parallel()
	schema := compiledSchema(t)
	for _, name := range beyondSchema() {
		require.True(t, slices.ContainsFunc(faults(), func(f fault) bool { return f.name == name }), "no fault is called %q", name)
	}
	for _, f := range faults() {
		t.Run(f.name, func(t *testing.T) {
			t.Parallel()
			text := f.pack(t)
			if !parses(text) {
				require.Contains(t, beyondSchema(), f.name)
				return
			}
			err := schema.Validate(untyped(t, text))
			if slices.Contains(beyondSchema(), f.name) {
				require.NoError(t, err)
				return
			}
			_, refused := errors.AsType[*jsonschema.ValidationError](err)
			require.True(t, refused, "the schema lets %q pass; loading says %q", f.name, f.want)
		})
	}
}

// madeClock renders a new clock, with some of its fields changed. A field without a
// value is left out.
func madeClock(changes ...string) string {
	fields := []string{
		"id: made", "title: Made", "scope: subject", "owner: caseworker", "starts_with: [report.received]",
		"length: 3 days", "met_by: [visit.made]", "ladder: court", "citation: None", "source: practice", "confirmed: true",
	}
	for _, change := range changes {
		key, value, _ := strings.Cut(change, ": ")
		fields = slices.DeleteFunc(fields, func(field string) bool { return strings.HasPrefix(field, key+":") })
		if value != "" {
			fields = append(fields, change)
		}
	}
	return "{" + strings.Join(fields, ", ") + "}"
}

// withClock returns the pack of the page with a clock more.
func withClock(t *testing.T, clock string) string {
	t.Helper()
	return block(t, "yaml") + "  - " + clock + "\n"
}

// grounds ends a change to a clock.
const grounds = ", citation: None, source: practice, confirmed: true}"

func TestSchema_RefusesClocksThatCannotRun(t *testing.T) {
	t.Parallel()
	schema := compiledSchema(t)
	require.NoError(t, schema.Validate(untyped(t, withClock(t, madeClock()))))
	inCare := []string{"starts_with", "during: care"}
	tests := map[string]string{
		"one length and several":              madeClock("lengths: [{length: 2 days}]"),
		"a birthday of a whole record":        madeClock("scope: record", "counted_from: birthday 18"),
		"an interval of what is done once":    madeClock("every: 2 days"),
		"an extension of what recurs":         madeClock("recurs: from the date due", "extended_by: [{fact: determination.extended, by: 1 day}]"),
		"a right that recurs":                 madeClock("recurs: from the date due", "met_by", "lasts: until the date"),
		"a right that forbids":                madeClock("met_by", "lasts: until the date", "forbids: [review.held]"),
		"a right that somebody has to meet":   madeClock("lasts: until the date"),
		"a waiting time that recurs":          madeClock("recurs: from the date due", "met_by", "forbids: [review.held]"),
		"time in care for what recurs":        madeClock(append(inCare, "recurs: from the date due", "in_care_for: 6 months")...),
		"time in care outside care":           madeClock("in_care_for: 6 months"),
		"hours that days extend":              madeClock("length: 72 hours", "extended_by: [{fact: determination.extended, by: 1 day}]"),
		"a sliding window that recurs":        madeClock(append(inCare, "counted_from: entered care", "length: 15 months", "of: 22 months", "excluding: [missing]", "recurs: from the date due")...),
		"a sliding window from removal":       madeClock(append(inCare, "counted_from: removal", "length: 15 months", "of: 22 months", "excluding: [missing]")...),
		"a sliding window without exclusions": madeClock(append(inCare, "counted_from: entered care", "length: 15 months", "of: 22 months")...),
		"exclusions without a sliding window": madeClock(append(inCare, "counted_from: entered care", "length: 15 months", "excluding: [missing]")...),
		"open days that roll":                 madeClock("length: 3 business days", "counting: roll to the next open day", "calendar: courts"),
		"a counting rule and no length":       "{id: permanency-hearing, counting: first Monday after}",
		"a calendar and no length":            "{id: permanency-hearing, calendar: courts}",
		"a calendar month with a length":      madeClock("recurs: each full calendar month"),
		"a change that says its scope":        "{id: permanency-hearing, scope: subject, length: 40 days" + grounds,
	}
	maps.Copy(tests, statedClocks())
	tests["a change of when it recurs, without a length"] = "{id: periodic-review, every: 3 months, recurs: from the date due}"
	tests["a change of how it recurs"] = "{id: periodic-review, length: 3 months, recurs: from the date held" + grounds
	tests["what recurs and comes too late on the day"] = madeClock("recurs: from the date due", "on_the_day: too late")
	for _, field := range schemaAt(t, "/$defs/clock/dependentRequired").keysThatNeed("scope") {
		tests["a change of "+field] = "{id: permanency-hearing, length: 40 days, " + field + ": " + anyValue(field) + grounds
	}
	for name, clock := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			text := withClock(t, clock)
			require.Error(t, schema.Validate(untyped(t, text)))
			require.NotEmpty(t, refusals(t, text), "loading refuses it, too")
		})
	}
}

// statedClocks are clocks that state a date, or how often, and cannot run.
func statedClocks() map[string]string {
	every := "recurs: every stated number of days"
	return map[string]string{
		"a stated date counted from elsewhere":          madeClock("length: stated", "counted_from: victim.contacted"),
		"a stated date that recurs":                     madeClock("length: stated", "recurs: from the date held"),
		"a stated date that nothing states":             madeClock("length: stated", "starts_with", "during: care"),
		"a stated date with a counting rule":            madeClock("length: stated", "counting: roll to the next open day", "calendar: courts"),
		"a stated date with a calendar":                 madeClock("length: stated", "calendar: courts"),
		"a stated date of a sliding window":             madeClock("starts_with", "during: care", "counted_from: entered care", "length: \"15 months, or as stated\"", "of: 22 months", "excluding: [missing]"),
		"a number of a stated date":                     madeClock("length: 3 stated"),
		"a stated date among several lengths":           madeClock("length", "lengths: [{length: stated}]"),
		"stated days back from what is not stated":      madeClock("length: 30 days", "counted_back: \"3 days, or as stated\""),
		"a date that moves and is not stated":           madeClock("if_started_again: moves the date"),
		"an item in care":                               madeClock("scope: item", "starts_with", "during: care"),
		"an item that nothing starts":                   madeClock("scope: item", "starts_with"),
		"a birthday of an item":                         madeClock("scope: item", "counted_from: birthday 18"),
		"a stated number of days within care":           madeClock(every, "starts_with", "during: care"),
		"a stated number of days and an interval":       madeClock(every, "every: 3 days"),
		"a stated number of days from elsewhere":        madeClock(every, "counted_from: victim.contacted"),
		"a stated number of days that is begun again":   madeClock(every, "if_started_again: replaces"),
		"a stated number of days counted back":          madeClock(every, "counted_back: 1 day"),
		"a stated number of days in a window":           madeClock(every, "met_within: 1 day"),
		"a stated number of days and a stated date":     madeClock(every, "length: stated"),
		"a stated number of days of no days":            madeClock(every, "length: 0 days"),
		"a stated number of days in hours":              madeClock(every, "length: 24 hours"),
		"a stated number of days that is extended":      madeClock(every, "extended_by: [{fact: determination.extended, by: 1 day}]"),
		"a change by what is stated of a stated date":   "{id: case-plan, length: 30 days, counted_back: \"3 days, or as stated\"" + grounds,
		"working days that nobody counts":               madeClock("calendar: working-days"),
		"hours that days extend, or as stated":          madeClock("length: \"72 hours, or as stated\"", "extended_by: [{fact: determination.extended, by: 1 day}]"),
		"months that skip closed days, or as stated":    madeClock("length: \"2 months, or as stated\"", "counting: skip closed days", "calendar: courts"),
		"open days without a calendar, or as stated":    madeClock("length: \"2 business days, or as stated\""),
		"days that end with the month, or as stated":    madeClock("length: \"2 days, or as stated\"", "counting: end of the calendar month"),
		"open days that roll, or as stated":             madeClock("length: \"2 business days, or as stated\"", "counting: roll to the next open day", "calendar: courts"),
		"a calendar that days do not use, or as stated": madeClock("length: \"2 days, or as stated\"", "calendar: courts"),
	}
}

func TestSchema_AcceptsStatedDatesThatCanRun(t *testing.T) {
	t.Parallel()
	schema := compiledSchema(t)
	for _, clock := range []string{
		madeClock("scope: item", "length: stated"),
		madeClock("scope: item", "length: stated", "if_started_again: replaces"),
		madeClock("scope: item", "length: stated", "extended_by: [{fact: determination.extended, by: 1 day}]"),
		madeClock("scope: item", "length: stated", "counted_back: \"21 days, or as stated\""),
		madeClock("length: \"30 days, or as stated\"", "counting: roll to the next open day", "calendar: courts"),
		madeClock("length: \"2 business days, or as stated\"", "calendar: working-days"),
		madeClock("scope: item", "length", "recurs: every stated number of days"),
		madeClock("scope: item", "length: 1 month", "recurs: every stated number of days"),
	} {
		text := withClock(t, clock)
		require.NoError(t, schema.Validate(untyped(t, text)), clock)
		require.Empty(t, refusals(t, text), clock)
	}
}

func TestSchema_KnowsThatAPackWithoutABaseChangesNothing(t *testing.T) {
	t.Parallel()
	text := strings.Replace(block(t, "yaml"), "extends: us-federal@2025.1\n", "", 1)
	err := compiledSchema(t).Validate(untyped(t, text))
	require.ErrorContains(t, err, "missing property 'scope'")
	require.ErrorContains(t, err, "at '/jurisdiction': 'not' failed")
	require.NotEmpty(t, refusals(t, text))
}

// anyValue is a right value of a field that only new clocks have.
func anyValue(field string) string {
	switch field {
	case "during":
		return "care"
	case "if_started_again":
		return "adds"
	case "met_early", "met_within", "in_care_for":
		return "3 days"
	case "extended_by":
		return "[{fact: determination.extended, by: 1 day}]"
	case "met_after_start":
		return "never"
	case "on_the_day":
		return "too late"
	case "missed":
		return "incurable"
	case "lasts":
		return "until the date"
	}
	return "[review.held]"
}

// What says nothing, or not what its author means.
func TestSchema_RefusesWhatWouldSayNothing(t *testing.T) {
	t.Parallel()
	schema := compiledSchema(t)
	for name, clock := range map[string]string{
		"yes for true in a condition":                madeClock("met_by: [{fact: court.order, where: {efforts_to_prevent: yes}}]"),
		"a condition without a value":                madeClock("met_by: [{fact: missing.reported, where: {to: []}}]"),
		"both ways of being met":                     madeClock("met_by_all: [review.held]"),
		"an interval and no first date":              madeClock("length", "recurs: from the date due", "every: 3 months"),
		"a calendar month counted from somewhere":    madeClock("length", "recurs: each full calendar month", "counted_from: start"),
		"a condition with nothing in it":             madeClock("met_by: [{fact: missing.reported, where: {to: }}]"),
		"a calendar month by a counting rule":        madeClock("length", "recurs: each full calendar month", "counting: end of the calendar month"),
		"a calendar month with a window":             madeClock("length", "recurs: each full calendar month", "met_within: 3 days"),
		"a beginning of an interval":                 "{id: periodic-review, counted_from: removal, every: 3 months" + grounds,
		"an end of an interval":                      "{id: periodic-review, counted_back: 3 days, every: 3 months" + grounds,
		"a length without grounds":                   "{id: permanency-hearing, length: 6 months}",
		"a length that nobody has confirmed or not":  "{id: permanency-hearing, length: 6 months, citation: None, source: practice}",
		"a citation without a length":                "{id: permanency-hearing, citation: None}",
		"a confirmation without a length":            "{id: permanency-hearing, confirmed: true}",
		"a consequence without a length":             "{id: permanency-hearing, consequence: None}",
		"a bound of an extension to a day":           madeClock("extended_by: [{fact: determination.extended, to: until, at_most: 3 days}]"),
		"an extension by at most nothing":            madeClock("extended_by: [{fact: determination.extended, by: 3 days, each_at_most: 0 days}]"),
		"a sliding window of years":                  madeClock("starts_with", "during: care", "counted_from: entered care", "length: 2 years", "of: 22 months", "excluding: [missing]"),
		"a change that changes nothing":              "{id: permanency-hearing}",
		"a change of the end without a length":       "{id: permanency-hearing, counted_back: 5 days}",
		"a change of the pause without a length":     "{id: permanency-hearing, paused_during: [missing]}",
		"a change of the beginning without a length": "{id: permanency-hearing, counted_from: removal}",
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			text := withClock(t, clock)
			require.Error(t, schema.Validate(untyped(t, text)))
			require.NotEmpty(t, refusals(t, text), "loading refuses it, too")
		})
	}
}

func compiledSchema(t *testing.T) *jsonschema.Schema {
	t.Helper()
	document, err := jsonschema.UnmarshalJSON(strings.NewReader(policy.Schema()))
	require.NoError(t, err)
	compiler := jsonschema.NewCompiler()
	compiler.AssertFormat()
	require.NoError(t, compiler.AddResource("pack.schema.json", document))
	compiled, err := compiler.Compile("pack.schema.json")
	require.NoError(t, err, "the schema is one of draft 2020-12")
	return compiled
}

func parses(text string) bool {
	var node yaml.Node
	return yaml.Unmarshal([]byte(text), &node) == nil
}

// untyped reads YAML as editors do (YAML 1.2): a date is a text, and so is yes.
func untyped(t *testing.T, text string) any {
	t.Helper()
	var node yaml.Node
	require.NoError(t, yaml.Unmarshal([]byte(text), &node))
	return untypedNode(t, node.Content[0])
}

func untypedNode(t *testing.T, n *yaml.Node) any {
	t.Helper()
	switch {
	case n.Kind == yaml.MappingNode:
		m := map[string]any{}
		for i := 0; i < len(n.Content); i += 2 {
			m[n.Content[i].Value] = untypedNode(t, n.Content[i+1])
		}
		return m
	case n.Kind == yaml.SequenceNode:
		list := []any{}
		for _, item := range n.Content {
			list = append(list, untypedNode(t, item))
		}
		return list
	case n.Tag == "!!timestamp":
		return n.Value
	}
	var value any
	require.NoError(t, n.Decode(&value))
	return value
}
