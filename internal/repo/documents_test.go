package repo_test

import (
	"os"
	"path"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

func TestDocuments_AreShort(t *testing.T) {
	t.Parallel()
	for name, most := range map[string]int{"README.md": 150, "CONTRIBUTING.md": 120} {
		require.Less(t, strings.Count(read(t, name), "\n"), most, name)
	}
}

func TestDocuments_NameMakeTargetsThatExist(t *testing.T) {
	t.Parallel()
	targets := map[string]bool{}
	for _, found := range regexp.MustCompile(`(?m)^([a-z-]+):`).FindAllStringSubmatch(read(t, "Makefile"), -1) {
		targets[found[1]] = true
	}
	command := regexp.MustCompile("(?m)(?:`|^\\s*)make ([a-z-]+)")
	for _, name := range markdown(t) {
		for _, found := range command.FindAllStringSubmatch(read(t, name), -1) {
			require.True(t, targets[found[1]], "%s: make %s is not a target", name, found[1])
		}
	}
}

func TestDocuments_LinkToFilesThatExist(t *testing.T) {
	t.Parallel()
	link := regexp.MustCompile(`\]\(([^)#\s]+)(#[^)]*)?\)`)
	for _, name := range markdown(t) {
		for _, found := range link.FindAllStringSubmatch(read(t, name), -1) {
			if strings.Contains(found[1], ":") {
				continue
			}
			target := path.Join(path.Dir(name), found[1])
			_, err := os.Stat(filepath.Join(root, target))
			require.NoError(t, err, "%s links to %s", name, found[1])
		}
	}
}

func TestProduct_ReplacesNoModule(t *testing.T) {
	t.Parallel()
	found := regexp.MustCompile(`(?m)^\s*replace\b.*`).FindString(read(t, "go.mod"))
	require.Empty(t, found, "go.mod")
}

func TestDependencies_AreEachExplained(t *testing.T) {
	t.Parallel()
	explained := explainedModules(t)
	for _, source := range sources(t) {
		goMod := "go.mod"
		if source.isNested() {
			goMod = nested + "/go.mod"
		}
		required := requiredModules(t, goMod)
		for _, imported := range source.imports() {
			if isStandard(imported) || within(imported, module) {
				continue
			}
			owner := owner(imported, required)
			require.NotEmpty(t, owner, "%s: no module in %s provides %s", source.path, goMod, imported)
			require.True(t, slices.Contains(explained, owner), "%s imports %s: docs/dependencies.md says why each dependency is there", source.path, imported)
		}
	}
}

func TestDependencies_ExplainedAreRequired(t *testing.T) {
	t.Parallel()
	required := slices.Concat(requiredModules(t, "go.mod"), requiredModules(t, nested+"/go.mod"))
	for _, name := range explainedModules(t) {
		require.True(t, slices.Contains(required, name), "docs/dependencies.md explains %s, which is gone", name)
	}
}

// Each direct dependency of either module has its row, with what for and why, and
// is pinned to one version.
func TestDependencies_DirectOnesAreExplained(t *testing.T) {
	t.Parallel()
	rows := regexp.MustCompile("(?m)^\\| `([^`]+)` \\| ([^|]+) \\| ([^|]+) \\|$").FindAllStringSubmatch(read(t, "docs/dependencies.md"), -1)
	explained := map[string]bool{}
	for _, row := range rows {
		require.False(t, explained[row[1]], "docs/dependencies.md explains %s twice", row[1])
		require.Greater(t, len(strings.TrimSpace(row[2])), 5, "%s: what for", row[1])
		require.Greater(t, len(strings.TrimSpace(row[3])), 5, "%s: why this one", row[1])
		explained[row[1]] = true
	}
	direct := regexp.MustCompile(`(?m)^(?:require)?\s+([^\s()]+) (v\S+)$`) // others end with // indirect
	for _, goMod := range []string{"go.mod", nested + "/go.mod"} {
		found := direct.FindAllStringSubmatch(read(t, goMod), -1)
		require.NotEmpty(t, found, goMod)
		for _, one := range found {
			require.True(t, explained[one[1]], "%s requires %s: docs/dependencies.md says what for and why", goMod, one[1])
			require.Regexp(t, `^v\d+\.\d+\.\d+`, one[2])
		}
	}
}

// explainedModules returns the first cell of each row of docs/dependencies.md.
func explainedModules(t *testing.T) []string {
	t.Helper()
	var names []string
	for _, found := range regexp.MustCompile("(?m)^\\| `([^`]+)` \\|").FindAllStringSubmatch(read(t, "docs/dependencies.md"), -1) {
		names = append(names, found[1])
	}
	require.NotEmpty(t, names)
	return names
}

// requiredModules returns the modules that a go.mod requires.
func requiredModules(t *testing.T, goMod string) []string {
	t.Helper()
	var names []string
	for _, found := range regexp.MustCompile(`(?m)^(?:require)?\s+([^\s()]+) v\S+`).FindAllStringSubmatch(read(t, goMod), -1) {
		names = append(names, found[1])
	}
	return names
}

// owner returns the longest of the modules that provides the package, or "".
func owner(imported string, modules []string) string {
	longest := ""
	for _, name := range modules {
		if within(imported, name) && len(name) > len(longest) {
			longest = name
		}
	}
	return longest
}

func markdown(t *testing.T) []string {
	t.Helper()
	return slices.DeleteFunc(files(t), func(name string) bool { return path.Ext(name) != ".md" })
}

func number(t *testing.T, digits string) int {
	t.Helper()
	parsed, err := strconv.Atoi(digits)
	require.NoError(t, err)
	return parsed
}
