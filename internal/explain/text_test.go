package explain_test

import (
	"flag"
	"os"
	"strings"
	"testing"
	"unicode/utf8"

	"github.com/stretchr/testify/require"

	"homeward/internal/explain"
)

var update = flag.Bool("update", false, "write the calendars in testdata again; then read them")

func text(t testing.TB, a explain.Answer) string {
	t.Helper()
	var out strings.Builder
	require.NoError(t, a.WriteText(&out))
	return out.String()
}

// The calendars were read by a person against the law; see the dates there.
func TestWriteText_ReadsLikeACalendarToPinUp(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct{ pack, asOf string }{
		// Every standing: overdue, missed for good, at risk, to come, paused,
		// waived, done in time and late; hours, practice, unconfirmed sources.
		"washington": {"washington@2025.1", "2025-05-30T20:00:00-07:00"},
		// Two victims and a determination that was extended twice.
		"illinois": {"illinois@2025.1", "2024-12-21"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			got := text(t, explained(t, test.pack, contents(t, "testdata/"+name+".json"), test.asOf))
			golden := "testdata/" + name + ".txt"
			if *update {
				require.NoError(t, os.WriteFile(golden, []byte(got), 0o644))
			}
			require.Equal(t, contents(t, golden), got)
		})
	}
}

func TestWriteText_FitsThePage(t *testing.T) {
	t.Parallel()
	long := strings.Repeat("P", 200)
	a := explained(t, "texas@2025.1", strings.Replace(issue, `"P1"`, `"`+long+`"`, 1), "2025-03-09")
	for line := range strings.Lines(text(t, a)) {
		require.LessOrEqual(t, utf8.RuneCountInString(strings.TrimSuffix(line, "\n")), 100, line)
	}
}

func TestWriteText_NamesSiblingsAndWhatIsStillToCome(t *testing.T) {
	t.Parallel()
	got := text(t, explained(t, "us-federal@2025.1", `{"timezone": "UTC", "children": [{"id": "A"}, {"id": "B"}], "facts": [
		{"type": "child.removed", "on": "2024-01-10", "subject": "B"}]}`, "2024-01-20"))
	require.Contains(t, got, "What the law asks for A, B\nus-federal@2025.1, as of Saturday 20 January 2024, UTC\n")
	require.Contains(t, got, "B will have entered care on Sunday 10 March 2024:\n  child removed 2024-01-10\n")
	require.Contains(t, got, "FEBRUARY 2024\n\n  Fri  9 Feb 2024   Find the child's adult relatives and send them notice (B)\n")
	require.NotContains(t, got, "A will")
}

func TestWriteText_TellsItemsApart(t *testing.T) {
	t.Parallel()
	got := text(t, explained(t, "us-federal@2025.1", chicago(
		`{"type": "order.made", "on": "2024-03-04", "ref": "order-1", "until": "2024-04-01"}`,
		`{"type": "order.made", "on": "2024-03-04", "ref": "order-2", "until": "2024-04-15"}`,
		`{"type": "order.complied", "on": "2024-03-08", "ref": "order-1"}`), "2024-03-10"))
	require.Contains(t, got, "Mon 15 Apr 2024   Do what the court has ordered (order-2)\n")
	require.Contains(t, got, "Mon  1 Apr 2024   Do what the court has ordered (order-1)\n")
	require.Contains(t, got, "Done in time, on 8 March 2024.")
}

func TestWriteText_OfNothingSaysSo(t *testing.T) {
	t.Parallel()
	require.Equal(t, `What the law asks for the child
us-federal@2025.1, as of Saturday 20 January 2024, UTC

Nothing is owed.

A tool for keeping dates, not legal advice.
`, text(t, explained(t, "us-federal@2025.1", `{"timezone": "UTC", "facts": []}`, "2024-01-20")))
}
