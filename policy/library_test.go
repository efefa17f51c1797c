package policy_test

import (
	"crypto/sha256"
	"encoding/hex"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"testing/fstest"

	"github.com/stretchr/testify/require"

	"homeward/casework"
	"homeward/internal/courtdays"
	"homeward/policy"
)

// A released version never changes: what a record was promised under it must
// still be computed in twenty years. To change the law, add a file with a new
// version and its line to testdata/released.sha256.
func TestReleasedPacks_NeverChange(t *testing.T) {
	t.Parallel()
	sums, err := os.ReadFile("testdata/released.sha256")
	require.NoError(t, err)
	want := map[string]string{}
	for line := range strings.Lines(string(sums)) {
		sum, file, ok := strings.Cut(strings.TrimSpace(line), "  ")
		require.True(t, ok, line)
		want[file] = sum
	}
	files, err := filepath.Glob("packs/*.yaml")
	require.NoError(t, err)
	got := map[string]string{}
	for _, file := range files {
		text, err := os.ReadFile(file)
		require.NoError(t, err)
		sum := sha256.Sum256(text)
		got[filepath.Base(file)] = hex.EncodeToString(sum[:])
	}
	require.Equal(t, want, got)
}

func TestReleasedPacks_FileNamesSayWhatIsInside(t *testing.T) {
	t.Parallel()
	library, err := policy.Load()
	require.NoError(t, err)
	for _, p := range library.Packs() {
		require.FileExists(t, filepath.Join("packs", p.ID()+"-"+p.Version()+".yaml"))
		require.NotEmpty(t, p.Title())
		require.NotEmpty(t, p.Jurisdiction())
		for _, c := range p.Clocks() {
			require.NotEmpty(t, c.Title, c.ID)
			require.NotEmpty(t, c.Citation, c.ID)
			if c.Citation == "Agency practice standard; no statute" {
				require.Equal(t, policy.SourcePractice, c.Source, c.ID)
				require.False(t, c.Confirmed, c.ID)
			}
		}
	}
}

func TestWashingtonCalendar_AgreesWithTheHolidayLibrary(t *testing.T) {
	t.Parallel()
	dates, err := courtdays.Closed("US-WA")
	require.NoError(t, err)
	text, err := os.ReadFile("packs/washington-2025.1.yaml")
	require.NoError(t, err)
	listed := string(text)
	for _, d := range dates {
		require.Contains(t, listed, d.String())
	}
	// Each date stands once, besides the two bounds of the calendar.
	require.Equal(t, len(dates)+2, strings.Count(listed, ", 20")+strings.Count(listed, "- [20")+strings.Count(listed, ": 20"))
}

func TestLibrary_FindsPacksByReference(t *testing.T) {
	t.Parallel()
	library, err := policy.Load(fstest.MapFS{
		"made-up-2024.9.yaml":  made("made-up", "2024.9"),
		"made-up-2024.10.yaml": made("made-up", "2024.10"),
	})
	require.NoError(t, err)
	latest, err := library.Pack("made-up")
	require.NoError(t, err)
	require.Equal(t, "made-up@2024.10", latest.Ref())
	pinned, err := library.Pack("made-up@2024.9")
	require.NoError(t, err)
	require.Equal(t, "2024.9", pinned.Version())
	_, err = library.Pack("made-up@2024.8")
	require.Equal(t, casework.NotFound, casework.KindOf(err))
	require.ErrorContains(t, err, "us-federal@2025.1")
}

func TestPack_ListsInheritedClocksFirst(t *testing.T) {
	t.Parallel()
	clocks := packNamed(t, "washington@2025.1").Clocks()
	require.Equal(t, "contrary-to-welfare-finding", clocks[0].ID)
	require.Equal(t, "aftercare-visit", clocks[len(clocks)-1].ID)
}

func made(id, version string) *fstest.MapFile {
	return &fstest.MapFile{Data: []byte(`id: ` + id + `
version: "` + version + `"
title: Made up
jurisdiction: US-XX
ladders:
  - {id: plain, overdue: {tell: [caseworker]}}
clocks:
  - id: answer
    title: Answer
    scope: record
    owner: hotline
    starts_with: [report.received]
    length: 24 hours
    met_by: [report.screened]
    ladder: plain
    citation: Made-up code 1
    source: statute
    confirmed: true
`)}
}
