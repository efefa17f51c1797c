package explain_test

import (
	"encoding/json"
	"fmt"
	"go/ast"
	"go/parser"
	"go/token"
	"io/fs"
	"maps"
	"os"
	"path"
	"reflect"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
	"go.yaml.in/yaml/v3"

	"homeward/casework"
	"homeward/internal/explain"
)

// factTypes reads the types that casework declares.
func factTypes(t *testing.T) []string {
	t.Helper()
	file, err := parser.ParseFile(token.NewFileSet(), "../../casework/fact.go", nil, 0)
	require.NoError(t, err)
	var types []string
	for _, declaration := range file.Decls {
		constants, ok := declaration.(*ast.GenDecl)
		if !ok || constants.Tok != token.CONST {
			continue
		}
		for _, spec := range constants.Specs {
			literal, ok := spec.(*ast.ValueSpec).Values[0].(*ast.BasicLit)
			require.True(t, ok)
			name, err := strconv.Unquote(literal.Value)
			require.NoError(t, err)
			types = append(types, name)
		}
	}
	require.NotEmpty(t, types)
	return types
}

// attributesOf reads the JSON names of a fact's fields.
func attributesOf() []string {
	var names []string
	for field := range reflect.TypeFor[casework.Fact]().Fields() {
		name, _, _ := strings.Cut(field.Tag.Get("json"), ",")
		names = append(names, name)
	}
	return names
}

func TestForms_AreThoseOfEveryTypeOfFact(t *testing.T) {
	t.Parallel()
	require.ElementsMatch(t, factTypes(t), explain.Types())
}

func TestForms_UseEveryAttributeOfAFact(t *testing.T) {
	t.Parallel()
	used := explain.Common()
	for _, kind := range explain.Types() {
		used = append(used, explain.Attributes(kind)...)
	}
	slices.Sort(used)
	require.ElementsMatch(t, attributesOf(), slices.Compact(used))
}

// filled writes a value that fits an attribute.
func filled(name string) string {
	switch name {
	case "until":
		return `"2025-12-31"`
	case "days":
		return "30"
	case "court_ordered", "contrary_to_welfare", "efforts_to_prevent", "efforts_to_finalize", "allows_removal", "in_residence":
		return "true"
	}
	return `"x"`
}

func TestForms_AreReadWithAllTheirAttributes(t *testing.T) {
	t.Parallel()
	// What something else must come before is given it.
	begins := map[string]string{
		"episode.ended": "child.removed", "trial-home-visit.started": "child.removed", "child.found": "child.missing",
		"aftercare.ended": "aftercare.started",
	}
	for _, kind := range explain.Types() {
		for field, when := range map[string]string{"on": "2025-03-08", "at": "2025-03-08T20:30:00-06:00"} {
			want := map[string]any{"type": kind, field: when}
			fact := fmt.Sprintf(`{"type": %q, %q: %q`, kind, field, when)
			for _, name := range explain.Attributes(kind) {
				fact += fmt.Sprintf(`, %q: %s`, name, filled(name))
				var value any
				require.NoError(t, json.Unmarshal([]byte(filled(name)), &value))
				want[name] = value
			}
			facts := []string{fact + "}"}
			switch {
			case begins[kind] != "":
				facts = append(facts, `{"type": "`+begins[kind]+`", "on": "2025-03-01"}`)
			case kind == "placement.ended":
				facts = append(facts, `{"type": "placement.started", "on": "2025-03-01", "setting": "relative"}`)
			case kind == "trial-home-visit.ended":
				facts = append(facts, `{"type": "child.removed", "on": "2025-03-01"}`, `{"type": "trial-home-visit.started", "on": "2025-03-01"}`)
			}
			encoded, err := json.Marshal(read(t, chicago(facts...)).Facts[0])
			require.NoError(t, err)
			var got map[string]any
			require.NoError(t, json.Unmarshal(encoded, &got))
			require.Equal(t, want, got)
		}
	}
}

// TestForms_SayWhatThePacksAskFor holds that no pack asks for an attribute that
// a fact of the type cannot have.
func TestForms_SayWhatThePacksAskFor(t *testing.T) {
	t.Parallel()
	asked := 0
	for _, file := range filesIn(t, "../../policy/packs") {
		var pack yaml.Node
		require.NoError(t, yaml.Unmarshal(file.content, &pack))
		for _, node := range mappings(&pack) {
			var one struct {
				Fact  string               `yaml:"fact"`
				Where map[string]yaml.Node `yaml:"where"`
			}
			if node.Decode(&one) != nil || one.Fact == "" {
				continue
			}
			for name := range one.Where {
				asked++
				require.Contains(t, explain.Attributes(one.Fact), name, "%s, line %d", file.name, node.Line)
			}
		}
	}
	require.Positive(t, asked)
}

// TestVectors_AreFactsThatCanBeRead holds that everything that was worked out by
// hand for the packs can be asked for on the command line.
func TestVectors_AreFactsThatCanBeRead(t *testing.T) {
	t.Parallel()
	for _, file := range filesIn(t, "../../policy/testdata/vectors") {
		var v struct {
			Zone    string `yaml:"zone"`
			Born    string `yaml:"born"`
			Vectors []struct {
				Name  string      `yaml:"name"`
				Zone  string      `yaml:"zone"`
				Born  string      `yaml:"born"`
				Facts []yaml.Node `yaml:"facts"`
			} `yaml:"vectors"`
		}
		require.NoError(t, yaml.Unmarshal(file.content, &v), file.name)
		for _, c := range v.Vectors {
			facts, children := []map[string]any{}, map[any]map[string]any{"P1": {"id": "P1"}}
			if born := either(c.Born, v.Born); born != "" {
				children["P1"]["born"] = born
			}
			for _, node := range c.Facts {
				fact := jsonOf(node)
				if id, ok := fact["subject"]; ok && children[id] == nil {
					children[id] = map[string]any{"id": id}
				}
				facts = append(facts, fact)
			}
			encoded, err := json.Marshal(map[string]any{
				"timezone": either(c.Zone, v.Zone), "children": slices.Collect(maps.Values(children)), "facts": facts,
			})
			require.NoError(t, err)
			_, err = explain.Read(strings.NewReader(string(encoded)))
			if err != nil {
				t.Errorf("%s, %q: %v", file.name, c.Name, err)
			}
		}
	}
}

func either(own, common string) string {
	if own != "" {
		return own
	}
	return common
}

// jsonOf turns a fact in YAML into one in JSON: dates stay as they are written.
func jsonOf(node yaml.Node) map[string]any {
	fields := map[string]any{}
	for i := 0; i+1 < len(node.Content); i += 2 {
		value := node.Content[i+1]
		fields[node.Content[i].Value] = value.Value
		if value.Tag == "!!bool" || value.Tag == "!!int" {
			fields[node.Content[i].Value] = json.RawMessage(value.Value)
		}
	}
	return fields
}

func mappings(node *yaml.Node) []*yaml.Node {
	var found []*yaml.Node
	if node.Kind == yaml.MappingNode {
		found = append(found, node)
	}
	for _, child := range node.Content {
		found = append(found, mappings(child)...)
	}
	return found
}

type file struct {
	name    string
	content []byte
}

// filesIn returns the YAML files under a folder.
func filesIn(t *testing.T, folder string) []file {
	t.Helper()
	var files []file
	require.NoError(t, fs.WalkDir(os.DirFS(folder), ".", func(name string, entry fs.DirEntry, err error) error {
		if err != nil || path.Ext(name) != ".yaml" {
			return err
		}
		content, err := os.ReadFile(path.Join(folder, name))
		files = append(files, file{name, content})
		return err
	}))
	return files
}
