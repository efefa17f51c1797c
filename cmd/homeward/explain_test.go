package main

import (
	"bytes"
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"homeward/casework"
	"homeward/internal/testdb"
	"homeward/postgres"
)

const facts = `{"timezone": "America/Chicago", "child": {"id": "C1"},
 "facts": [{"type": "child.removed", "on": "2024-01-10"}, {"type": "relatives.notified", "on": "2024-02-12"}]}`

// outcome is what one run of the command left behind.
type outcome struct {
	status      int
	out, errors string
}

// execution runs the program as main does, on the first of March 2024, 03:00 UTC:
// still the last of February in Chicago.
func execution(t *testing.T, input string, args ...string) outcome {
	t.Helper()
	var out, errors bytes.Buffer
	c := console{
		Writer: &out, in: strings.NewReader(input),
		now: func() time.Time { return time.Date(2024, time.March, 1, 3, 0, 0, 0, time.UTC) },
	}
	status := execute(t.Context(), args, c, &errors)
	return outcome{status, out.String(), errors.String()}
}

func written(t *testing.T, name, content string) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), name)
	require.NoError(t, os.WriteFile(path, []byte(content), 0o600))
	return path
}

// answer is the part of the output that these tests look at.
type answer struct {
	Pack        string           `json:"pack"`
	AsOf        string           `json:"as_of"`
	EnteredCare *json.RawMessage `json:"entered_care"`
	Children    []struct {
		Child       string `json:"child"`
		EnteredCare *struct {
			On string `json:"on"`
		} `json:"entered_care"`
	} `json:"children"`
	Duties []struct {
		ID     string `json:"id"`
		Due    string `json:"due"`
		Status string `json:"status"`
	} `json:"duties"`
}

func (o outcome) answer(t *testing.T) answer {
	t.Helper()
	require.Equal(t, 0, o.status, o.errors)
	require.Empty(t, o.errors)
	var a answer
	require.NoError(t, json.Unmarshal([]byte(o.out), &a), o.out)
	return a
}

// duty finds "due status" of a duty.
func (a answer) duty(t *testing.T, id string) string {
	t.Helper()
	for _, d := range a.Duties {
		if d.ID == id {
			return d.Due + " " + d.Status
		}
	}
	require.Failf(t, "no such duty", "%s in %+v", id, a)
	return ""
}

func TestExplain_ReadsAFileOrStandardInput(t *testing.T) {
	t.Parallel()
	file := execution(t, "", "explain", "--pack", "us-federal@2025.1", "--facts", written(t, "facts.json", facts))
	a := file.answer(t)
	require.Equal(t, "us-federal@2025.1", a.Pack)
	// Relatives were told three days late; the plan has until day 60.
	require.Equal(t, "2024-02-09 met-late", a.duty(t, "relative-notice/C1/1"))
	require.Equal(t, "2024-03-10 at-risk", a.duty(t, "case-plan/C1/1"))

	piped := execution(t, facts, "explain", "--pack=us-federal", "--facts=-")
	require.Equal(t, file, piped)
}

func TestExplain_LooksFromTodayWhereTheFactsAre(t *testing.T) {
	t.Parallel()
	a := execution(t, facts, "explain", "--pack", "us-federal", "--facts", "-").answer(t)
	require.Equal(t, "2024-02-29", a.AsOf)
	require.Equal(t, "2024-02-29 at-risk", a.duty(t, "caseworker-visit/C1/1"))
	a = execution(t, facts, "explain", "--pack", "us-federal", "--facts", "-", "--as-of", "2024-03-01").answer(t)
	require.Equal(t, "2024-03-01", a.AsOf)
	require.Equal(t, "2024-02-29 overdue", a.duty(t, "caseworker-visit/C1/1"))
}

func TestExplain_WritesACalendar(t *testing.T) {
	t.Parallel()
	o := execution(t, facts, "explain", "--pack", "us-federal", "--facts", "-", "--format", "text")
	require.Equal(t, 0, o.status)
	require.True(t, strings.HasPrefix(o.out, "What the law asks for C1\nus-federal@2025.1, as of Thursday 29 February 2024, America/Chicago\n"), o.out)
	require.Contains(t, o.out, "\nMARCH 2024\n\n  Sun 10 Mar 2024   ")
}

func TestExplain_NamesEachRefusalOnALineAndExitsWith2(t *testing.T) {
	t.Parallel()
	o := execution(t, `{"timezone": "America/Chicago", "facts": [
		{"type": "child.removed", "on": "2024-01-10"},
		{"type": "report.received", "at": "2025-03-08T20:30:00"},
		{"type": "episode.ended", "on": "2024-01-09"}]}`, "explain", "--pack", "us-federal", "--facts", "-")
	require.Equal(t, outcome{status: 2, errors: "facts[1].at: has no time zone; write 2025-03-08T20:30:00-06:00\n" +
		"facts[2].on: ends a stay in care that is not open: no removal comes before it\n"}, o)
}

func TestExplain_ExitsWith2WhereItIsGivenWhatCannotBe(t *testing.T) {
	t.Parallel()
	broken := t.TempDir()
	require.NoError(t, os.WriteFile(filepath.Join(broken, "own-1.yaml"), []byte("id: own\nversion: \"1\"\ncolour: red\n"), 0o600))
	for name, test := range map[string]struct {
		args []string
		want []string
	}{
		"nothing":          {nil, []string{"--facts", "--case", "--report"}},
		"no pack":          {[]string{"--facts", "-"}, []string{"--pack is missing"}},
		"two sources":      {[]string{"--facts", "-", "--case", "1", "--pack", "texas"}, []string{"--facts", "--case"}},
		"unknown pack":     {[]string{"--facts", "-", "--pack", "atlantis"}, []string{`There is no policy pack "atlantis"`, "us-federal@2025.1", "washington@2025.1"}},
		"unknown version":  {[]string{"--facts", "-", "--pack", "texas@1836"}, []string{`There is no policy pack "texas@1836"`}},
		"unknown format":   {[]string{"--facts", "-", "--pack", "texas", "--format", "xml"}, []string{"--format must be one of"}},
		"unknown flag":     {[]string{"--facts", "-", "--pack", "texas", "--now"}, []string{"unknown flag --now"}},
		"no such day":      {[]string{"--facts", "-", "--pack", "texas", "--as-of", "2025-02-29"}, []string{`--as-of: "2025-02-29" is neither a date`}},
		"no such file":     {[]string{"--facts", "/nowhere.json", "--pack", "texas"}, []string{"--facts: open /nowhere.json"}},
		"no such folder":   {[]string{"--facts", "-", "--pack", "texas", "--packs", "/nowhere"}, []string{"/nowhere"}},
		"broken pack":      {[]string{"--facts", "-", "--pack", "texas", "--packs", broken}, []string{"own-1.yaml:3: ", "colour"}},
		"no such settings": {[]string{"--case", "1", "--database-url-file", "/nowhere"}, []string{"/nowhere"}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			o := execution(t, facts, append([]string{"explain"}, test.args...)...)
			require.Equal(t, 2, o.status, o.errors)
			require.Empty(t, o.out)
			for _, want := range test.want {
				require.Contains(t, o.errors, want)
			}
		})
	}
}

// ownPack is the federal law with one clock of an agency's own.
const ownPack = `id: county
version: "2025.1"
title: A county
jurisdiction: US-XX
extends: us-federal@2025.1
clocks:
  - id: call-home
    title: Call the foster home
    scope: subject
    owner: caseworker
    starts_with: [child.removed]
    length: 3 days
    met_by: [visit.made]
    ladder: hearing
    citation: County handbook 1
    source: practice
    confirmed: true
`

func TestExplain_TakesAnAgencysOwnPacks(t *testing.T) {
	t.Parallel()
	folder := filepath.Dir(written(t, "county-2025.1.yaml", ownPack))
	same := execution(t, facts, "explain", "--pack", "county", "--pack-folder", folder, "--facts", "-")
	a := execution(t, facts, "explain", "--pack", "county", "--packs", folder, "--facts", "-").answer(t)
	require.Equal(t, a, same.answer(t), "the API and the worker call it --pack-folder")
	require.Equal(t, "county@2025.1", a.Pack)
	require.Equal(t, "2024-01-13 overdue", a.duty(t, "call-home/C1/1"))
	require.Equal(t, "2024-02-09 met-late", a.duty(t, "relative-notice/C1/1"))
}

// archive records events of one record as its workflow does.
type archive struct {
	db   *postgres.DB
	head string
	seq  int
}

// add decides a command, records its event and applies it.
func (a *archive) add(t *testing.T, state interface {
	Decide(c casework.Command) (casework.Event, error)
	Apply(e casework.Event)
	Summary() casework.Summary
}, name string, at time.Time, body casework.Body,
) {
	t.Helper()
	step, ok := casework.StepNamed(name)
	require.True(t, ok)
	id := fmt.Sprintf("c-%d", a.seq+1)
	event, err := state.Decide(casework.Command{
		ID: id, Fingerprint: id, Name: name, Actor: casework.Actor{ID: "w-1", Role: step.Roles[0]}, Body: body, Now: at,
	})
	require.NoError(t, err)
	require.NoError(t, event.Seal(a.head))
	state.Apply(event)
	a.head, a.seq = event.Hash, event.Seq
	result, err := a.db.Record(t.Context(), casework.Transition{
		CommandID: id, Fingerprint: id, Events: []casework.Event{event}, Summary: state.Summary(),
		Answer: casework.Answer{Aggregate: event.Aggregate, CommandID: id, Fingerprint: id, Revision: event.Seq, RecordedAt: at},
	})
	require.NoError(t, err)
	require.Equal(t, casework.Recorded, result.Outcome)
}

// database returns a new database and the flag that says where it is.
func database(t *testing.T) (*postgres.DB, string) {
	t.Helper()
	address := testdb.URL(t)
	return testdb.Open(t, address), "--database-url-file=" + written(t, "url", address)
}

func day(t *testing.T, s string) casework.Date {
	t.Helper()
	d, err := casework.ParseDate(s)
	require.NoError(t, err)
	return d
}

func utc(month time.Month, day, hour int) time.Time {
	return time.Date(2024, month, day, hour, 0, 0, 0, time.UTC)
}

// aCase stores a case in Chicago with two children, one of them removed on
// 10 January 2024, at noon there.
func aCase(t *testing.T, db *postgres.DB) {
	t.Helper()
	a, family := &archive{db: db}, &casework.Case{}
	a.add(t, family, "case.open", utc(time.January, 9, 16), &casework.Opening{
		Number: "2001", Report: "1001", On: day(t, "2024-01-09"), Children: []casework.Subject{{ID: "P1"}, {ID: "P2"}},
		Timezone: "America/Chicago", Office: "north", Jurisdiction: "US", Pack: "us-federal@2025.1", Worker: "w-2",
		Supervisor: "w-3", Risk: "high",
	})
	a.add(t, family, "child.remove", utc(time.January, 10, 20), &casework.Removal{
		Children: []string{"P1"}, At: utc(time.January, 10, 18), Authority: "court-order", Danger: "text-1", Efforts: "text-2",
		ICWAInquiry: "no-reason-to-know", RelativesAsked: true, Setting: "foster-home",
	})
	a.add(t, family, "relatives.notify", utc(time.February, 13, 20), &casework.RelativeNotice{
		Children: []string{"P1"}, On: day(t, "2024-02-12"),
	})
}

func TestExplain_ExplainsAStoredCase(t *testing.T) {
	t.Parallel()
	db, flag := database(t)
	aCase(t, db)
	a := execution(t, "", "explain", "--case", "2001", flag).answer(t)
	require.Equal(t, "us-federal@2025.1", a.Pack)
	require.Equal(t, "2024-02-29", a.AsOf)
	require.Nil(t, a.EnteredCare)
	require.Len(t, a.Children, 2)
	require.Equal(t, "P1", a.Children[0].Child)
	// Day 60 after 10 January.
	require.Equal(t, "2024-03-10", a.Children[0].EnteredCare.On)
	require.Equal(t, "P2", a.Children[1].Child)
	require.Nil(t, a.Children[1].EnteredCare)
	require.Equal(t, "2024-02-09 met-late", a.duty(t, "relative-notice/P1/1"))

	// What another pack would ask: the adversary hearing by day 14.
	a = execution(t, "", "explain", "--case", "2001", "--pack", "texas@2025.1", flag).answer(t)
	require.Equal(t, "texas@2025.1", a.Pack)
	require.Equal(t, "2024-01-24 overdue", a.duty(t, "adversary-hearing/P1/1"))
}

func TestExplain_LooksFromTheTodayOfARecordThatIsAhead(t *testing.T) {
	t.Parallel()
	db, flag := database(t)
	a, family := &archive{db: db}, &casework.Case{}
	a.add(t, family, "case.open", time.Date(2031, time.May, 2, 4, 0, 0, 0, time.UTC), &casework.Opening{
		Number: "2001", Report: "1001", On: day(t, "2031-05-01"), Children: []casework.Subject{{ID: "P1"}},
		Timezone: "America/Chicago", Office: "north", Jurisdiction: "US", Pack: "us-federal@2025.1", Worker: "w-2",
		Supervisor: "w-3", Risk: "high",
	})
	require.Equal(t, "2031-05-01", execution(t, "", "explain", "--case", "2001", flag).answer(t).AsOf)
}

func TestExplain_ExplainsAStoredReport(t *testing.T) {
	t.Parallel()
	db, flag := database(t)
	a, report := &archive{db: db}, &casework.Report{}
	a.add(t, report, "report.receive", utc(time.January, 9, 16), &casework.Receipt{
		Number: "1001", ReceivedAt: utc(time.January, 9, 15), Timezone: "America/Los_Angeles", Office: "north",
		Jurisdiction: "US-WA", Pack: "washington@2025.1", ReporterCategory: "mandated", Narrative: "text-1",
		Children:    []casework.Subject{{ID: "P1"}},
		Allegations: []casework.Allegation{{ID: "A1", Victim: "P1", Type: "neglect"}}, Supervisor: "w-3",
	})
	a.add(t, report, "report.screen-in", utc(time.January, 9, 18), &casework.ScreeningIn{
		Priority: "emergent", Track: "investigation", Investigator: "w-4",
	})
	got := execution(t, "", "explain", "--report", "1001", flag).answer(t)
	require.Equal(t, "washington@2025.1", got.Pack)
	// 24 hours from 07:00 in the morning, in the office's own time.
	require.Equal(t, "2024-01-10T07:00:00-08:00 overdue", got.duty(t, "initial-face-to-face/P1/1"))
}

func TestExplain_SaysThatThereIsNoSuchRecord(t *testing.T) {
	t.Parallel()
	db, flag := database(t)
	aCase(t, db)
	require.Equal(t, outcome{status: 1, errors: "homeward: There is no case \"4711\".\n"},
		execution(t, "", "explain", "--case", "4711", flag))
	require.Equal(t, outcome{status: 1, errors: "homeward: There is no report \"2001\".\n"},
		execution(t, "", "explain", "--report", "2001", flag))
}

func TestExplain_AsksForADatabaseOnlyForAStoredRecord(t *testing.T) {
	t.Setenv("HOMEWARD_DATABASE_URL", "")
	o := execution(t, "", "explain", "--case", "2001")
	require.Equal(t, outcome{
		status: 2,
		errors: "no database: set HOMEWARD_DATABASE_URL, or --database-url-file to a file that holds the URL\n",
	}, o)
	require.Equal(t, 0, execution(t, facts, "explain", "--pack", "us-federal", "--facts", "-").status)
}

func TestExplain_FailsWhereTheDatabaseDoesNotAnswer(t *testing.T) {
	t.Parallel()
	o := execution(t, "", "explain", "--case", "2001", "--database-url-file="+
		written(t, "url", "postgres://nobody@127.0.0.1:1/nothing?sslmode=disable"))
	require.Equal(t, 1, o.status, o.errors)
	require.NotEmpty(t, o.errors)
}
