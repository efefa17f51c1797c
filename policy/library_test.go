package policy_test

import (
	"crypto/sha256"
	"encoding/hex"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"
	"testing/fstest"

	"github.com/stretchr/testify/require"
	"go.yaml.in/yaml/v3"

	"homeward/casework"
	"homeward/internal/courtdays"
	"homeward/policy"
)

// A released version never changes: what a record was promised under it must
// still be computed in twenty years. A file is released with the first tagged
// release that carries it. To change the law from then on, add a file with a new
// version and its line to testdata/released.sha256; before, bring the line up to date.
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

// courtCalendars is what a pack file says about its jurisdiction's closed days,
// read without the package under test.
type courtCalendars struct {
	Jurisdiction string
	Calendars    []struct {
		ID, From, To string
		Weekend      []string
		Closed       [][]string
	}
}

// TestCalendars_AgreeWithTheHolidayLibrary holds every calendar of every
// released pack, for all of its years.
func TestCalendars_AgreeWithTheHolidayLibrary(t *testing.T) {
	t.Parallel()
	files, err := filepath.Glob("packs/*.yaml")
	require.NoError(t, err)
	checked := 0
	for _, file := range files {
		text, err := os.ReadFile(file)
		require.NoError(t, err)
		var pack courtCalendars
		require.NoError(t, yaml.Unmarshal(text, &pack), file)
		for _, c := range pack.Calendars {
			checked++
			dates, err := courtdays.Closed(pack.Jurisdiction)
			require.NoError(t, err, "%s: %s", file, c.ID)
			want := make([]string, len(dates))
			for i, d := range dates {
				want[i] = d.String()
			}
			require.Equal(t, want, slices.Concat(c.Closed...), "%s: %s", file, c.ID)
			require.Equal(t, []string{"saturday", "sunday"}, c.Weekend, c.ID)
			require.Equal(t, strconv.Itoa(courtdays.FirstYear)+"-01-01", c.From, c.ID)
			require.Equal(t, strconv.Itoa(courtdays.LastYear)+"-12-31", c.To, c.ID)
		}
	}
	require.GreaterOrEqual(t, checked, 3)
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
extends: us-federal@2025.1
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
