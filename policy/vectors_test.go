package policy_test

import (
	"bytes"
	"encoding/json"
	"io/fs"
	"os"
	"path"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/stretchr/testify/require"
	"go.yaml.in/yaml/v3"

	"homeward/casework"
	"homeward/policy"
)

// rules are what every clock is worked out for by hand. A clock that a rule
// does not touch has a vector that shows so: a federal due date stays on a
// Saturday.
func rules() []string {
	return []string{
		"plain", "month-end", "leap-day", "dst-spring", "dst-autumn", "holiday", "weekend", "pause", "early", "late", "corrected",
	}
}

// handWorked is one file of testdata/vectors: what one clock of a pack makes of
// facts, worked out by hand.
type handWorked struct {
	Pack  string        `yaml:"pack"`
	Clock string        `yaml:"clock"`
	Zone  string        `yaml:"zone"`
	Born  string        `yaml:"born"`
	Cases []handWorking `yaml:"vectors"`
}

type handWorking struct {
	Rule string `yaml:"rule"`
	Name string `yaml:"name"`
	// Work is the arithmetic, as a person did it.
	Work  string      `yaml:"work"`
	Zone  string      `yaml:"zone"`
	Born  string      `yaml:"born"`
	Facts []yaml.Node `yaml:"facts"`
	// AsOf is a local day, which means its end, or an instant.
	AsOf string `yaml:"as_of"`
	// Want are all duties of the clock, by occurrence; other fields of a duty
	// than those given are not looked at.
	Want []map[string]string `yaml:"want"`
}

func TestVectors_EveryClockMakesTheDatesThatWereWorkedOutByHand(t *testing.T) {
	t.Parallel()
	for _, file := range vectorFiles(t) {
		v := readVectors(t, file)
		for _, c := range v.Cases {
			t.Run(v.Pack+"/"+v.Clock+"/"+c.Rule+": "+c.Name, func(t *testing.T) {
				t.Parallel()
				require.Contains(t, rules(), c.Rule)
				require.NotEmpty(t, c.Work, "a vector shows its arithmetic")
				checkVector(t, v, c)
			})
		}
	}
}

func checkVector(t *testing.T, v handWorked, c handWorking) {
	t.Helper()
	in := suite{zone: c.or(c.Zone, v.Zone), born: c.or(c.Born, v.Born)}.input(t, c.facts(t))
	var got []map[string]string
	for _, d := range packNamed(t, v.Pack).Evaluate(in, instant(t, c.AsOf, in.Zone)) {
		requireSound(t, d, in)
		if d.Clock == v.Clock {
			got = append(got, shown(t, d))
		}
	}
	slices.SortFunc(got, func(a, b map[string]string) int { return strings.Compare(a["due_at"], b["due_at"]) })
	require.Len(t, got, len(c.Want), "%v", got)
	for i, want := range c.Want {
		require.Contains(t, want, "due")
		require.Contains(t, want, "status")
		if text, ok := want["why_has"]; ok {
			require.Contains(t, got[i]["why"], text)
		}
		for field := range got[i] {
			if _, asked := want[field]; !asked {
				delete(got[i], field)
			}
		}
		delete(want, "why_has")
		require.Empty(t, cmp.Diff(want, got[i]), "duty %d", i+1)
	}
}

func (c handWorking) or(own, common string) string {
	if own != "" {
		return own
	}
	return common
}

// shown flattens a duty to the texts that vectors speak of.
func shown(t *testing.T, d casework.Duty) map[string]string {
	t.Helper()
	encoded, err := json.Marshal(d)
	require.NoError(t, err)
	var fields map[string]any
	decoder := json.NewDecoder(bytes.NewReader(encoded))
	decoder.UseNumber()
	require.NoError(t, decoder.Decode(&fields))
	flat := map[string]string{"why": strings.Join(d.Why, "\n")}
	for name, value := range fields {
		switch value := value.(type) {
		case string:
			flat[name] = value
		case json.Number:
			flat[name] = value.String()
		}
	}
	return flat
}

func (c handWorking) facts(t *testing.T) []casework.Fact {
	t.Helper()
	facts := make([]casework.Fact, len(c.Facts))
	for i, node := range c.Facts {
		fields := map[string]any{}
		for j := 0; j+1 < len(node.Content); j += 2 {
			value := node.Content[j+1]
			fields[node.Content[j].Value] = value.Value
			if value.Tag == "!!bool" || value.Tag == "!!int" {
				fields[node.Content[j].Value] = json.RawMessage(value.Value)
			}
		}
		encoded, err := json.Marshal(fields)
		require.NoError(t, err)
		decoder := json.NewDecoder(bytes.NewReader(encoded))
		decoder.DisallowUnknownFields()
		require.NoError(t, decoder.Decode(&facts[i]), "fact %d of %q", i, c.Name)
	}
	return facts
}

func vectorFiles(t *testing.T) []string {
	t.Helper()
	var files []string
	require.NoError(t, fs.WalkDir(os.DirFS("testdata/vectors"), ".", func(file string, d fs.DirEntry, err error) error {
		if err == nil && path.Ext(file) == ".yaml" {
			files = append(files, file)
		}
		return err
	}))
	return files
}

func readVectors(t *testing.T, file string) handWorked {
	t.Helper()
	content, err := os.ReadFile(path.Join("testdata/vectors", file))
	require.NoError(t, err)
	var v handWorked
	decoder := yaml.NewDecoder(bytes.NewReader(content))
	decoder.KnownFields(true)
	require.NoError(t, decoder.Decode(&v), file)
	require.Equal(t, v.Pack+"/"+v.Clock+".yaml", file)
	return v
}

// TestVectors_CoverEveryRuleForEveryClock holds that nothing is left out: each
// clock that a released pack brings or changes, under each rule.
func TestVectors_CoverEveryRuleForEveryClock(t *testing.T) {
	t.Parallel()
	worked := map[string][]string{}
	for _, file := range vectorFiles(t) {
		v := readVectors(t, file)
		for _, c := range v.Cases {
			worked[v.Pack+"/"+v.Clock] = append(worked[v.Pack+"/"+v.Clock], c.Rule)
		}
	}
	library, err := policy.Load()
	require.NoError(t, err)
	for _, pack := range library.Packs() {
		for _, clock := range pack.Clocks() {
			if clock.From != pack.Ref() {
				continue
			}
			for _, rule := range rules() {
				if !slices.Contains(worked[pack.ID()+"/"+clock.ID], rule) {
					t.Errorf("%s: clock %s has no vector for %q", pack.Ref(), clock.ID, rule)
				}
			}
		}
	}
}
