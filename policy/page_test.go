package policy_test

import (
	"encoding/json"
	"os"
	"regexp"
	"slices"
	"strings"
	"testing"
	"testing/fstest"
	"time"

	"github.com/santhosh-tekuri/jsonschema/v6"
	"github.com/stretchr/testify/require"

	"homeward/casework"
	"homeward/internal/explain"
	"homeward/policy"
)

// page is docs/policy-packs.md, which teaches how to write a pack. What it shows
// is what these tests load and compute.
func page(t *testing.T) string {
	t.Helper()
	text, err := os.ReadFile("../docs/policy-packs.md")
	require.NoError(t, err)
	return string(text)
}

// block returns the one code block of a language.
func block(t *testing.T, language string) string {
	t.Helper()
	blocks := regexp.MustCompile("(?ms)^```"+language+"\n(.*?)^```$").FindAllStringSubmatch(page(t), -1)
	require.Len(t, blocks, 1, language)
	return blocks[0][1]
}

// rows returns the cells of the table under a heading of the page.
func rows(t *testing.T, heading string) [][]string {
	t.Helper()
	_, section, ok := strings.Cut(page(t), "\n## "+heading+"\n")
	require.True(t, ok, heading)
	section, _, _ = strings.Cut(section, "\n## ")
	var table [][]string
	for line := range strings.Lines(section) {
		if cells, ok := strings.CutPrefix(strings.TrimSpace(line), "| "); ok {
			table = append(table, strings.Split(strings.TrimSuffix(cells, " |"), " | "))
		}
	}
	require.Greater(t, len(table), 2, heading)
	return table[2:] // without the head and its line
}

func TestPage_ShowsAPackThatLoadsAndThatEditorsAccept(t *testing.T) {
	t.Parallel()
	pack := cascadia(t)
	require.Equal(t, "cascadia@2026.1", pack.Ref())
	require.NoError(t, compiledSchema(t).Validate(untyped(t, block(t, "yaml"))))
}

func TestPage_WorksOutEachDateAsThePackDoes(t *testing.T) {
	t.Parallel()
	in, err := explain.Read(strings.NewReader(block(t, "json")))
	require.NoError(t, err)
	asOf := regexp.MustCompile(`--as-of (\S+)`).FindStringSubmatch(page(t))
	require.NotNil(t, asOf)
	duties := cascadia(t).Evaluate(in, instant(t, asOf[1], in.Zone))
	stated := regexp.MustCompile(`\d{4}-\d{2}-\d{2}( \d{2}:\d{2} [A-Z]{3})?`)
	for _, row := range rows(t, "Counting") {
		require.Len(t, row, 4)
		clock, occurrence, ok := strings.Cut(row[2], " ")
		require.True(t, ok, row)
		i := slices.IndexFunc(duties, func(d casework.Duty) bool {
			return d.Clock == clock && d.Occurrence == number(t, occurrence)
		})
		require.GreaterOrEqual(t, i, 0, "no duty %s", row[2])
		require.Equal(t, row[3], duties[i].Due, row[2])
		reason := strings.Join(append(duties[i].Why, duties[i].NotBefore.String()), "\n")
		for _, date := range stated.FindAllString(row[1], -1) {
			require.Contains(t, reason, date, row[2])
		}
	}
}

func TestPage_WorksADateForEveryCountingRule(t *testing.T) {
	t.Parallel()
	var rules []string
	for _, row := range rows(t, "Counting") {
		rules = append(rules, row[0])
	}
	shown := strings.Join(rules, "\n")
	for _, rule := range schemaAt(t, "/$defs/clock/properties/counting").words(t) {
		require.Contains(t, shown, "`"+rule+"`")
	}
}

func TestPage_ExplainsEveryFieldOfAClock(t *testing.T) {
	t.Parallel()
	document, err := jsonschema.UnmarshalJSON(strings.NewReader(policy.Schema()))
	require.NoError(t, err)
	compiler := jsonschema.NewCompiler()
	require.NoError(t, compiler.AddResource("pack.schema.json", document))
	var fields []string
	for _, row := range rows(t, "Every field of a clock") {
		require.Len(t, row, 3)
		named := strings.Split(strings.ReplaceAll(row[0], "`", ""), ", ")
		fields = append(fields, named...)
		example, ok := untyped(t, strings.Trim(row[2], "`")).(map[string]any)
		require.True(t, ok, row[2])
		for field, value := range example {
			require.Contains(t, named, field)
			schema, err := compiler.Compile("pack.schema.json#/$defs/clock/properties/" + field)
			require.NoError(t, err)
			require.NoError(t, schema.Validate(value), "the example %s", row[2])
		}
	}
	slices.Sort(fields)
	require.Equal(t, schemaAt(t, "/$defs/clock").keys("properties"), fields)
}

func TestPage_WorksOutHowLongThingsAreKept(t *testing.T) {
	t.Parallel()
	_, worked, ok := strings.Cut(page(t), "\n| of | outcome |")
	require.True(t, ok)
	worked, _, _ = strings.Cut(worked, "\n\n")
	zone, err := time.LoadLocation("America/Los_Angeles")
	require.NoError(t, err)
	table := strings.Split(worked, "\n")[2:]
	require.Len(t, table, 4)
	for _, line := range table {
		row := strings.Split(strings.Trim(line, "| "), " | ")
		require.Len(t, row, 6)
		kept := policy.Kept{Of: policy.Matter(row[0]), Outcome: row[1], Zone: zone}
		if kept.Of == policy.MatterFinding {
			kept.FoundOn = day(row[2])
		} else {
			kept.ClosedAt = instant(t, row[2], zone)
		}
		got, asked := cascadia(t).Disposal(kept)
		require.True(t, asked, line)
		require.Equal(t, row[4], got.Rule)
		require.Equal(t, row[5], got.Due.String(), "%s: %q", line, got.Why)
	}
}

func TestPage_ExplainsEveryFieldOfARetentionRule(t *testing.T) {
	t.Parallel()
	var fields []string
	for _, row := range rows(t, "Retention") {
		if len(row) == 3 && strings.HasPrefix(row[0], "`") {
			fields = append(fields, strings.Split(strings.ReplaceAll(row[0], "`", ""), ", ")...)
		}
	}
	slices.Sort(fields)
	require.Equal(t, schemaAt(t, "/$defs/retentionRule").keys("properties"), fields)
}

func cascadia(t *testing.T) *policy.Pack {
	t.Helper()
	library, err := policy.Load(fstest.MapFS{"cascadia-2026.1.yaml": {Data: []byte(block(t, "yaml"))}})
	require.NoError(t, err)
	pack, err := library.Pack("cascadia")
	require.NoError(t, err)
	return pack
}

func number(t *testing.T, digits string) int {
	t.Helper()
	var n int
	require.NoError(t, json.Unmarshal([]byte(digits), &n))
	return n
}
