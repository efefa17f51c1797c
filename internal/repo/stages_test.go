package repo_test

import (
	"go/ast"
	"regexp"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

// Every transition and invariant of the page has tests that are there, and every
// test that calls itself one is on the page.
func TestStages_AreEachProvedByATestThatExists(t *testing.T) {
	t.Parallel()
	const page, transitions, invariants = "docs/stages-proof.md", 34, 10
	tests := map[string]bool{}
	for _, source := range sources(t) {
		for _, declaration := range source.file.Decls {
			if function, ok := declaration.(*ast.FuncDecl); ok && source.isTest() && strings.HasPrefix(function.Name.Name, "Test") {
				tests[strings.ReplaceAll(source.dir(), "/", ".")+"."+function.Name.Name] = true
			}
		}
	}
	document, rows := read(t, page), 0
	name := regexp.MustCompile("`([a-z0-9.]+\\.Test[A-Za-z0-9]+_[A-Za-z0-9]+)`")
	for line := range strings.Lines(document) {
		if !strings.HasPrefix(line, "| ") || strings.Contains(line, "---") || strings.Contains(line, "| Tests |") {
			continue
		}
		rows++
		named := name.FindAllStringSubmatch(line, -1)
		require.NotEmpty(t, named, "%s: no test proves %q", page, line)
		for _, found := range named {
			require.True(t, tests[found[1]], "%s: there is no test %s", page, found[1])
		}
	}
	require.Equal(t, transitions+invariants, rows, "a transition or an invariant is missing in %s", page)
	for test := range tests {
		if strings.Contains(test, ".TestTransition_") || strings.Contains(test, ".TestInvariant_") {
			require.Contains(t, document, "`"+test+"`", "%s does not name it", page)
		}
	}
}
