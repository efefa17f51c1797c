package explain_test

import (
	"go/ast"
	"go/parser"
	"go/token"
	"strconv"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"homeward/casework"
	"homeward/internal/explain"
)

const documentation = "../../docs/explain.md"

// row is a row of a table in Markdown, with codes in its first column.
func row(code string, cells ...string) string {
	return "| `" + code + "` | " + strings.Join(cells, " | ") + " |"
}

// rowsUnder returns the rows of the table under a heading, without its head.
func rowsUnder(t *testing.T, heading string) []string {
	t.Helper()
	_, section, found := strings.Cut(contents(t, documentation), "\n## "+heading+"\n")
	require.True(t, found, heading)
	section, _, _ = strings.Cut(section, "\n## ")
	var rows []string
	for line := range strings.Lines(section) {
		if strings.HasPrefix(line, "| `") {
			rows = append(rows, strings.TrimSpace(line))
		}
	}
	return rows
}

func TestDocumentation_ListsTheFactsThatAreRead(t *testing.T) {
	t.Parallel()
	var want []string
	for _, kind := range explain.Types() {
		var attributes []string
		for i, name := range explain.Attributes(kind) {
			shown := "`" + name + "`"
			if i < explain.Required(kind) {
				shown += " (required)"
			}
			attributes = append(attributes, shown)
		}
		usual := map[string]string{"on": "day", "at": "hour"}[explain.Usual(kind)]
		want = append(want, row(kind, usual, strings.Join(attributes, ", ")))
	}
	require.Equal(t, strings.Join(want, "\n"), strings.Join(rowsUnder(t, "Facts"), "\n"))
}

func TestDocumentation_SaysWhatEachStatusMeans(t *testing.T) {
	t.Parallel()
	var documented []string
	for _, line := range rowsUnder(t, "Statuses") {
		documented = append(documented, strings.Split(line, "`")[1])
	}
	file, err := parser.ParseFile(token.NewFileSet(), "../../casework/duty.go", nil, 0)
	require.NoError(t, err)
	var declared []string
	ast.Inspect(file, func(n ast.Node) bool {
		spec, ok := n.(*ast.ValueSpec)
		if !ok || len(spec.Values) == 0 {
			return true
		}
		if of, ok := spec.Type.(*ast.Ident); !ok || of.Name != "DutyStatus" {
			return true
		}
		literal, ok := spec.Values[0].(*ast.BasicLit)
		require.True(t, ok)
		status, err := strconv.Unquote(literal.Value)
		require.NoError(t, err)
		// Only the ledger of a record knows what was superseded.
		if status != string(casework.DutySuperseded) {
			declared = append(declared, status)
		}
		return true
	})
	require.ElementsMatch(t, declared, documented)
}

// TestDocumentation_ShowsWhatIsPrinted runs the example of the page.
func TestDocumentation_ShowsWhatIsPrinted(t *testing.T) {
	t.Parallel()
	page := contents(t, documentation)
	input := block(t, page, "```json\n{\"timezone\"")
	a := explained(t, "us-federal@2025.1", input, "2025-03-01")
	shown := block(t, page, "```text\n")
	printed := text(t, a)
	for entry := range strings.SplitSeq(shown, "\n\n") {
		require.Contains(t, printed, strings.TrimSuffix(entry, "\n"))
	}
}

// block returns the first code block that begins so, without its fences.
func block(t *testing.T, page, begin string) string {
	t.Helper()
	at := strings.Index(page, begin)
	require.GreaterOrEqual(t, at, 0, begin)
	_, rest, _ := strings.Cut(page[at:], "\n")
	inside, _, found := strings.Cut(rest, "\n```")
	require.True(t, found)
	return inside
}
