package main

import (
	"bytes"
	"encoding/json"
	"os"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"homeward/policy"
)

func TestPacksSchema_PrintsTheSchema(t *testing.T) {
	t.Parallel()
	status, out, said := runPacks(t, "schema")
	require.Equal(t, statusDone, status, said)
	var schema map[string]any
	require.NoError(t, json.Unmarshal([]byte(out), &schema))
	require.Equal(t, "https://json-schema.org/draft/2020-12/schema", schema["$schema"])
}

func TestPacksList_ShowsEachReleasedPack(t *testing.T) {
	t.Parallel()
	status, out, said := runPacks(t, "list")
	require.Equal(t, statusDone, status, said)
	lines := strings.Split(strings.TrimSpace(out), "\n")
	require.Equal(t, []string{"PACK", "VERSION", "TITLE", "JURISDICTION", "CLOCKS", "UNCONFIRMED"}, strings.Fields(lines[0]))
	library, err := policy.Load()
	require.NoError(t, err)
	require.Len(t, lines, 1+len(library.Packs()))
	require.Regexp(t, `(?m)^us-federal +2025\.1 +Federal law +US +\d+ +\d+$`, out)
	require.Regexp(t, `(?m)^washington +2025\.1 +Washington State +US-WA +\d+ +\d+$`, out)
}

func TestPacksCheck_ListsTheFoldersOwnPacksWithTheirClocks(t *testing.T) {
	t.Parallel()
	folder := t.TempDir()
	writePack(t, folder, "made-up-2025.1.yaml", madeUpPack)
	status, out, said := runPacks(t, "check", folder)
	require.Equal(t, statusDone, status, said)
	lines := strings.Split(strings.TrimSpace(out), "\n")
	require.Len(t, lines, 2, "the released packs are not the folder's")
	library, err := policy.Load()
	require.NoError(t, err)
	federal, err := library.Pack("us-federal@2025.1")
	require.NoError(t, err)
	clocks, unconfirmed := 2, 1
	for _, clock := range federal.Clocks() {
		clocks++
		if !clock.Confirmed {
			unconfirmed++
		}
	}
	require.Equal(t, []string{"made-up", "2025.1", "Made", "up", "US-XX", strconv.Itoa(clocks), strconv.Itoa(unconfirmed)},
		strings.Fields(lines[1]))
}

func TestPacksCheck_NamesEveryProblemByFileAndLine(t *testing.T) {
	t.Parallel()
	folder := t.TempDir()
	writePack(t, folder, "a.yaml", strings.NewReplacer("24 hours", "24 moons", "owner: hotline", "owner: uncle").Replace(madeUpPack))
	writePack(t, folder, "b.yaml", strings.NewReplacer("id: made-up", "id: other", "jurisdiction: US-XX\n", "").Replace(madeUpPack))
	status, out, said := runPacks(t, "check", folder)
	require.Equal(t, statusMisused, status)
	require.Empty(t, out)
	var where []string
	for line := range strings.Lines(said) {
		file, rest, ok := strings.Cut(strings.TrimPrefix(line, folder+string(filepath.Separator)), ":")
		require.True(t, ok, line)
		number, reason, ok := strings.Cut(rest, ": ")
		require.True(t, ok, line)
		require.NotEmpty(t, reason)
		where = append(where, file+":"+number)
	}
	require.Contains(t, where, "a.yaml:12")
	require.Contains(t, where, "a.yaml:14")
	require.Contains(t, where, "b.yaml:1")
	require.IsNonDecreasing(t, filesOf(where), "the problems of a file stand together")
	require.Contains(t, said, `"24 moons" must be a number of hours`)
}

func TestPacksCheck_TakesNothingFoundForAMistake(t *testing.T) {
	t.Parallel()
	empty, misnamed := t.TempDir(), t.TempDir()
	writePack(t, misnamed, "made-up-2025.1.yml", madeUpPack)
	for folder, want := range map[string]string{
		empty:                             "there is no pack in the folder",
		misnamed:                          "the name of a pack ends in .yaml",
		filepath.Join(empty, "not-there"): "no such file or directory",
	} {
		status, out, said := runPacks(t, "check", folder)
		require.Equal(t, statusMisused, status)
		require.Empty(t, out)
		require.Contains(t, said, want)
	}
}

// What docs/policy-packs.md tells to type does what it says, on the pack and
// the facts that it shows.
func TestPacks_ThePageOnPacksTellsTheRightCommands(t *testing.T) {
	t.Parallel()
	page, err := os.ReadFile("../../docs/policy-packs.md")
	require.NoError(t, err)
	block := func(language string) string {
		found := regexp.MustCompile("(?ms)^```" + language + "\n(.*?)^```$").FindStringSubmatch(string(page))
		require.NotNil(t, found, language)
		return found[1]
	}
	folder, facts := t.TempDir(), filepath.Join(t.TempDir(), "facts.json")
	writePack(t, folder, "cascadia-2026.1.yaml", block("yaml"))
	require.NoError(t, os.WriteFile(facts, []byte(block("json")), 0o600))
	wants := []string{"Homeward policy pack", "State of Cascadia", "See the child"}
	for line := range strings.Lines(block("sh")) {
		command, _, _ := strings.Cut(line, "#")
		command, _, _ = strings.Cut(command, ">")
		command = strings.NewReplacer("my-packs", folder, "facts.json", facts).Replace(command)
		words := strings.Fields(command)
		require.Equal(t, "homeward", words[0])
		var out, said bytes.Buffer
		require.Equal(t, statusDone, execute(t.Context(), words[1:], console{Writer: &out, now: time.Now}, &said), "%s: %s", command, &said)
		require.NotEmpty(t, wants, command)
		require.Contains(t, out.String(), wants[0], command)
		wants = wants[1:]
	}
	require.Empty(t, wants)
}

// runPacks runs `homeward packs` and returns its exit status and what it wrote.
func runPacks(t *testing.T, args ...string) (status int, out, said string) {
	t.Helper()
	var stdout, stderr bytes.Buffer
	status = execute(t.Context(), append([]string{"packs"}, args...), console{Writer: &stdout}, &stderr)
	return status, stdout.String(), stderr.String()
}

func writePack(t *testing.T, folder, name, text string) {
	t.Helper()
	require.NoError(t, os.WriteFile(filepath.Join(folder, name), []byte(text), 0o600))
}

func filesOf(where []string) []string {
	names := make([]string, len(where))
	for i, place := range where {
		names[i], _, _ = strings.Cut(place, ":")
	}
	return names
}

const madeUpPack = `id: made-up
version: "2025.1"
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
  - id: ask
    title: Ask
    scope: record
    owner: hotline
    starts_with: [report.received]
    length: 2 days
    met_by: [report.screened]
    ladder: plain
    citation: Made-up code 2
    source: statute
    confirmed: false
`
