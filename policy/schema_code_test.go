package policy_test

import (
	"encoding/json"
	"errors"
	"fmt"
	"go/ast"
	"go/parser"
	"go/token"
	"maps"
	"reflect"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"
	"testing/fstest"

	"github.com/stretchr/testify/require"

	"homeward/casework"
	"homeward/policy"
)

// refusals loads a pack that is broken on purpose and returns the reasons by line.
func refusals(t *testing.T, text string) map[int][]string {
	t.Helper()
	_, err := policy.Load(fstest.MapFS{"broken.yaml": {Data: []byte(text)}})
	reasons := map[int][]string{}
	for _, problem := range packErrors(err) {
		reasons[problem.Line] = append(reasons[problem.Line], problem.Reason)
	}
	return reasons
}

// packErrors takes a joined error apart.
func packErrors(err error) []*policy.PackError {
	if joined, ok := errors.AsType[interface {
		error
		Unwrap() []error
	}](err); ok {
		var all []*policy.PackError
		for _, one := range joined.Unwrap() {
			all = append(all, packErrors(one)...)
		}
		return all
	}
	if one, ok := errors.AsType[*policy.PackError](err); ok {
		return []*policy.PackError{one}
	}
	return nil
}

// node is a part of the schema.
type node map[string]any

func schemaAt(t *testing.T, path string) node {
	t.Helper()
	var root node
	require.NoError(t, json.Unmarshal([]byte(policy.Schema()), &root))
	at := root
	for key := range strings.SplitSeq(strings.Trim(path, "/"), "/") {
		if key == "" {
			continue
		}
		next, ok := at[key].(map[string]any)
		require.True(t, ok, "the schema has no %s", path)
		at = next
	}
	return at
}

func (n node) keys(name string) []string {
	part, _ := n[name].(map[string]any)
	return slices.Sorted(maps.Keys(part))
}

func (n node) texts(name string) []string {
	var list []string
	items, _ := n[name].([]any)
	for _, item := range items {
		list = append(list, fmt.Sprint(item))
	}
	return slices.Sorted(slices.Values(list))
}

// keysThatNeed returns the keys of dependentRequired that ask for another key.
func (n node) keysThatNeed(other string) []string {
	var keys []string
	for _, key := range slices.Sorted(maps.Keys(n)) {
		if slices.Contains(n.texts(key), other) {
			keys = append(keys, key)
		}
	}
	return keys
}

// words are the values that a part of the schema allows, each explained.
func (n node) words(t *testing.T) []string {
	t.Helper()
	if word, ok := n["const"].(string); ok {
		return []string{word}
	}
	var list []string
	choices, _ := n["oneOf"].([]any)
	for _, choice := range choices {
		one, ok := choice.(map[string]any)
		require.True(t, ok)
		require.NotEmpty(t, one["description"], "%v says what it is", one["const"])
		list = append(list, fmt.Sprint(one["const"]))
	}
	return slices.Sorted(slices.Values(list))
}

// Loading says which keys a part of a pack has and which it needs. The schema
// says the same of each, both ways.
func TestSchema_HasTheKeysThatLoadingReads(t *testing.T) {
	t.Parallel()
	parts := []struct{ line, schema string }{
		{`id: x`, ""},
		{`care: {unknown: 1}`, "/$defs/care"},
		{`visit_goals: {unknown: 1}`, "/$defs/visitGoals"},
		{`spans: [{unknown: 1}]`, "/$defs/span"},
		{`calendars: [{unknown: 1}]`, "/$defs/calendar"},
		{`ladders:`, ""},
		{`  - unknown: 1`, "/$defs/ladder"},
		{`  - id: x`, ""},
		{`    at_risk: {unknown: 1}`, "/$defs/ladder/properties/at_risk"},
		{`    overdue: {unknown: 1}`, "/$defs/ladder/properties/overdue"},
		{`    escalated: [{unknown: 1}]`, "/$defs/ladder/properties/escalated/items"},
		{`clocks:`, ""},
		{`  - unknown: 1`, "/$defs/clock"},
		{`    starts_with: [{unknown: 1}]`, "/$defs/conditionalFact"},
		{`    lengths: [{unknown: 1}]`, "/$defs/caseLength"},
		{`    extended_by: [{unknown: 1}]`, "/$defs/extension"},
		{`retention: [{unknown: 1}]`, "/$defs/retentionRule"},
	}
	var text strings.Builder
	for _, part := range parts {
		text.WriteString(part.line + "\n")
	}
	reasons := refusals(t, text.String())
	for i, part := range parts {
		if part.schema == "" {
			continue
		}
		keys, needed := keysOf(reasons[i+1])
		if part.schema == "/$defs/clock" {
			// A new clock is one that has a scope.
			needed = slices.DeleteFunc(needed, func(key string) bool { return key == "scope" })
		}
		requireKeys(t, part.schema, keys, needed)
	}
	keys, needed := keysOf(refusals(t, "unknown: 1")[1])
	requireKeys(t, "/", keys, needed)
}

func requireKeys(t *testing.T, path string, keys, needed []string) {
	t.Helper()
	require.NotEmpty(t, keys, path)
	part := schemaAt(t, path)
	require.Equal(t, keys, part.keys("properties"), path)
	require.Equal(t, false, part["additionalProperties"], path)
	required := part.texts("required")
	if dependent, ok := part["dependentRequired"].(map[string]any); ok {
		required = slices.Sorted(slices.Values(append(required, node(dependent).texts("scope")...)))
	}
	require.Equal(t, needed, required, path)
}

func TestSchema_KnowsWhatAChangeToAClockCanSay(t *testing.T) {
	t.Parallel()
	reasons := refusals(t, "id: x\nversion: \"2025.1\"\ntitle: x\njurisdiction: x\nextends: us-federal@2025.1\nclocks:\n  - id: case-plan\n    unknown: 1")
	keys, _ := keysOf(reasons[8])
	require.NotEmpty(t, keys, reasons)
	clock, defining := schemaAt(t, "/$defs/clock"), schemaAt(t, "/$defs/clock/dependentRequired")
	allowed := slices.DeleteFunc(clock.keys("properties"), func(key string) bool {
		return key == "scope" || slices.Contains(defining.keysThatNeed("scope"), key)
	})
	require.Equal(t, keys, allowed)
}

// keysOf reads `has no key "unknown"; it has a, b` and `needs "a"`.
func keysOf(reasons []string) (keys, needed []string) {
	needs := regexp.MustCompile(` needs "([^"]+)"$`)
	for _, reason := range reasons {
		if _, list, ok := strings.Cut(reason, `has no key "unknown"; it has `); ok {
			keys = slices.Sorted(strings.SplitSeq(list, ", "))
		}
		if found := needs.FindStringSubmatch(reason); found != nil && !strings.HasPrefix(reason, "clock ") {
			needed = append(needed, found[1])
		}
	}
	slices.Sort(needed)
	return keys, needed
}

func TestSchema_KnowsTheWordsThatLoadingKnows(t *testing.T) {
	t.Parallel()
	for _, test := range []struct{ key, schema string }{
		{"scope", "/$defs/clock/properties/scope"},
		{"during", "/$defs/clock/properties/during"},
		{"if_started_again", "/$defs/clock/properties/if_started_again"},
		{"recurs", "/$defs/clock/properties/recurs"},
		{"met_after_start", "/$defs/clock/properties/met_after_start"},
		{"lasts", "/$defs/clock/properties/lasts"},
		{"on_the_day", "/$defs/clock/properties/on_the_day"},
		{"missed", "/$defs/clock/properties/missed"},
		{"counting", "/$defs/clock/properties/counting"},
		{"source", "/$defs/clock/properties/source"},
		{"extended_by: [{to", "/$defs/extension/properties/to"},
		{"extended_by: [{given", "/$defs/extension/properties/given"},
		{"retention.of", "/$defs/retentionRule/properties/of"},
		{"retention.from", "/$defs/retentionRule/properties/from"},
		{"retention.then", "/$defs/retentionRule/properties/then"},
		{"retention.source", "/$defs/retentionRule/properties/source"},
		{"retention.of: finding, where: {result", "/$defs/result"},
		{"retention.of: report, where: {disposition", "/$defs/disposition"},
	} {
		said := about(t, test.key, "full moon")
		require.Len(t, said, 1, test.key)
		_, list, ok := strings.Cut(said[0], " must be one of ")
		require.True(t, ok, said)
		var words []string
		for word := range strings.SplitSeq(list, ", ") {
			unquoted, err := strconv.Unquote(word)
			require.NoError(t, err)
			words = append(words, unquoted)
		}
		slices.Sort(words)
		require.Equal(t, words, schemaAt(t, test.schema).words(t), test.key)
	}
}

func TestSchema_KnowsTheUnitsThatLoadingKnows(t *testing.T) {
	t.Parallel()
	for _, test := range []struct{ key, schema string }{
		{"length", "/$defs/clock/properties/length"},
		{"lengths: [{length", "/$defs/caseLength/properties/length"},
		{"counted_back", "/$defs/clock/properties/counted_back"},
		{"of", "/$defs/clock/properties/of"},
		{"every", "/$defs/clock/properties/every"},
		{"met_early", "/$defs/clock/properties/met_early"},
		{"starts_early", "/$defs/clock/properties/starts_early"},
		{"met_within", "/$defs/clock/properties/met_within"},
		{"in_care_for", "/$defs/clock/properties/in_care_for"},
		{"extended_by: [{by", "/$defs/extension/properties/by"},
		{"extended_by: [{each_at_most", "/$defs/extension/properties/each_at_most"},
		{"extended_by: [{at_most", "/$defs/extension/properties/at_most"},
		{"entered_after", "/$defs/care/properties/entered_after"},
		{"trial_home_visit", "/$defs/care/properties/trial_home_visit"},
		{"at_most", "/$defs/span/properties/at_most"},
		{"before", "/$defs/ladder/properties/at_risk/properties/before"},
		{"after", "/$defs/ladder/properties/escalated/items/properties/after"},
		{"retention.after", "/$defs/retentionRule/properties/after"},
	} {
		said := about(t, test.key, "1 moon")
		require.Len(t, said, 1, test.key)
		_, list, ok := strings.Cut(said[0], " must be a number of ")
		require.True(t, ok, said)
		units := slices.Sorted(strings.SplitSeq(list, ", "))
		pattern, ok := schemaAt(t, test.schema)["pattern"].(string)
		require.True(t, ok)
		known := regexp.MustCompile(`\(([a-z ?|]+)\)(?:\(, or as stated\)\?)?\)?\$$`).FindStringSubmatch(pattern)
		require.NotNil(t, known, pattern)
		require.Equal(t, units, slices.Sorted(strings.SplitSeq(strings.ReplaceAll(known[1], "?", ""), "|")), test.key)
		right, wrong := []string{"0 " + units[0], "100000 " + units[0]}, []string{"-1 " + units[0], "100001 " + units[0], "1.5 " + units[0]}
		if test.key == "every" || strings.HasPrefix(test.key, "extended_by") {
			right[0] = "1 " + units[0] // None of it would be none at all.
		}
		for _, unit := range units {
			right = append(right, "2 "+unit, "1 "+strings.TrimSuffix(unit, "s"))
			wrong = append(wrong, "1"+unit, unit)
		}
		for _, text := range right {
			require.Regexp(t, pattern, text)
		}
		require.Empty(t, about(t, test.key, right...), test.key)
		for _, text := range wrong {
			require.NotRegexp(t, pattern, text)
		}
		require.Len(t, about(t, test.key, wrong...), len(wrong), test.key)
	}
}

// about returns what loading says of values of one key, wherever the key belongs.
func about(t *testing.T, key string, values ...string) []string {
	t.Helper()
	begin, end := "clocks: [", "]"
	item := func(value string) string { return key + ": " + value + "}" }
	switch key {
	case "entered_after", "trial_home_visit":
		begin, end = "", "" // A pack has one care.
		item = func(value string) string { return "care: {" + key + ": " + value + "}}" }
	case "at_most":
		begin = "spans: ["
	case "before":
		begin, item = "ladders: [", func(value string) string { return "at_risk: {before: " + value + "}}" }
	case "after":
		begin, item = "ladders: [", func(value string) string { return "escalated: [{after: " + value + "}]}" }
	default:
		if rule, ok := strings.CutPrefix(key, "retention."); ok {
			begin, key = "retention: [", rule
		}
		if strings.Contains(key, "where: {") {
			item = func(value string) string { return key + ": " + value + "}}" }
		}
		if strings.Contains(key, "[{") {
			item = func(value string) string { return key + ": " + value + "}]}" }
		}
	}
	items := make([]string, len(values))
	for i, value := range values {
		items[i] = fmt.Sprintf("{id: x%d, ", i) + item(value)
	}
	texts := []string{begin + strings.Join(items, ",\n") + end}
	if begin == "" {
		texts = items
	}
	var said []string
	for _, text := range texts {
		for _, reasons := range refusals(t, text) {
			for _, reason := range reasons {
				if slices.ContainsFunc(values, func(value string) bool { return strings.HasPrefix(reason, strconv.Quote(value)+" ") }) {
					said = append(said, reason)
				}
			}
		}
	}
	return said
}

func TestSchema_KnowsTheFactsAndRolesOfTheProduct(t *testing.T) {
	t.Parallel()
	facts := constants(t, "../casework/fact.go", "FactType")
	require.Equal(t, facts, schemaAt(t, "/$defs/fact").words(t))
	for _, fact := range facts {
		require.NotContains(t, refusals(t, "clocks: [{starts_with:\n["+fact+"]}]"), 2, "packs can name %s", fact)
	}
	roles := slices.DeleteFunc(constants(t, "../casework/role.go", "Role"), func(role string) bool {
		return !slices.Contains(casework.StepRoles(), casework.Role(role))
	})
	require.Equal(t, roles, schemaAt(t, "/$defs/role").words(t))
}

func TestSchema_KnowsTheAttributesThatConditionsCanName(t *testing.T) {
	t.Parallel()
	known := schemaAt(t, "/$defs/conditions").keys("properties")
	var allowed []string
	for field := range reflect.TypeFor[casework.Fact]().Fields() {
		name, _, _ := strings.Cut(field.Tag.Get("json"), ",")
		value, truth := "x", field.Type.Kind() == reflect.Bool || name == "provider" // of an ID, whether there is one
		if truth {
			value = "true"
		}
		if _, refused := refusals(t, "clocks: [{starts_with: [{fact: court.order, where: {\n"+name+": "+value+"}}]}]")[2]; refused {
			continue
		}
		allowed = append(allowed, name)
		schema := schemaAt(t, "/$defs/conditions/properties/"+name)
		require.Equal(t, truth, schema["type"] == "boolean", name)
	}
	slices.Sort(allowed)
	require.Equal(t, allowed, known)
	require.ElementsMatch(t, casework.Settings(), schemaAt(t, "/$defs/conditions/properties/setting").texts("examples"))
	require.ElementsMatch(t, casework.Priorities(), schemaAt(t, "/$defs/conditions/properties/priority").texts("examples"))
}

func TestSchema_ExplainsEveryField(t *testing.T) {
	t.Parallel()
	var root any
	require.NoError(t, json.Unmarshal([]byte(policy.Schema()), &root))
	var walk func(path string, part any)
	walk = func(path string, part any) {
		switch part := part.(type) {
		case []any:
			for i, item := range part {
				walk(fmt.Sprintf("%s/%d", path, i), item)
			}
		case map[string]any:
			fields, _ := part["properties"].(map[string]any)
			_, closed := part["additionalProperties"]
			for name, field := range fields {
				described, _ := field.(map[string]any)
				text, _ := described["description"].(string)
				require.True(t, !closed || strings.HasSuffix(text, "."), "%s/%s says in a sentence what it is", path, name)
			}
			for name, value := range part {
				walk(path+"/"+name, value)
			}
		}
	}
	walk("", root)
}

// constants returns the values of the constants of a type, from the source.
func constants(t *testing.T, file, typed string) []string {
	t.Helper()
	source, err := parser.ParseFile(token.NewFileSet(), file, nil, 0)
	require.NoError(t, err)
	var values []string
	ast.Inspect(source, func(n ast.Node) bool {
		spec, ok := n.(*ast.ValueSpec)
		if !ok {
			return true
		}
		if name, ok := spec.Type.(*ast.Ident); ok && name.Name == typed {
			for _, value := range spec.Values {
				literal, ok := value.(*ast.BasicLit)
				require.True(t, ok)
				text, err := strconv.Unquote(literal.Value)
				require.NoError(t, err)
				values = append(values, text)
			}
		}
		return true
	})
	require.NotEmpty(t, values, typed)
	return slices.Sorted(slices.Values(values))
}
