package main

import (
	"context"
	"database/sql"
	"encoding/json"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"homeward/casework"
	"homeward/internal/access"
	"homeward/internal/app"
	"homeward/internal/audit"
	"homeward/internal/testdb"
	"homeward/policy"
	"homeward/postgres"
)

// keeping is the pack of an agency that asks for the purge of what was closed five
// years ago.
const keeping = `id: keeping
version: "2024.1"
title: Keeping
jurisdiction: US-XX
extends: us-federal@2025.1
clocks:
  - {id: case-plan, owner: supervisor}
retention:
  - {id: closed-case, of: case, after: 5 years, from: closed, then: purge-request, citation: Manual 9, source: practice, confirmed: true}
  - {id: no-case, of: report, where: {disposition: [screened-out, referred]}, after: 5 years, from: closed, then: purge-request,
     citation: Manual 10, source: practice, confirmed: true}
`

// shelf is a database with findings and closed records, seen on 2024-03-01 at
// 03:00 UTC: in Los Angeles that is the evening of 29 February.
type shelf struct {
	t    *testing.T
	db   *postgres.DB
	raw  *sql.DB
	args []string
	// address is the URL of the database.
	address string
}

func newShelf(t *testing.T) *shelf {
	t.Helper()
	address := testdb.URL(t)
	raw, err := sql.Open("postgres", address)
	require.NoError(t, err)
	t.Cleanup(func() { require.NoError(t, raw.Close()) })
	return &shelf{
		t: t, db: testdb.Open(t, address), raw: raw, address: address,
		args: []string{"--database-url-file=" + written(t, "url", address), "--pack-folder=" + filepath.Dir(written(t, "keeping-2024.1.yaml", keeping))},
	}
}

// put records a report or case with these events; closed is empty while it is open.
func (s *shelf) put(aggregate, closed string, change func(*casework.Summary), bodies map[string][]casework.Body) {
	s.t.Helper()
	at := time.Date(2018, time.January, 1, 12, 0, 0, 0, time.UTC)
	kind, number, ok := casework.SplitAggregate(aggregate)
	require.True(s.t, ok)
	var events []casework.Event
	for _, one := range []string{"report.received", "visit.recorded", "finding.made", "report.closed"} {
		for _, body := range bodies[one] {
			events = append(events, casework.Event{
				Aggregate: aggregate, Seq: len(events) + 1, CommandID: "c-1", Type: casework.EventType(one),
				Actor: casework.Actor{ID: "w-17", Role: casework.RoleCaseworker}, OccurredAt: at, RecordedAt: at, Body: body,
			})
		}
	}
	prev := ""
	for i := range events {
		require.NoError(s.t, events[i].Seal(prev))
		prev = events[i].Hash
	}
	summary := casework.Summary{
		Aggregate: aggregate, Kind: kind, Number: number, Stage: casework.StageClosed, Revision: len(events), Office: "north",
		Jurisdiction: "US-XX", Timezone: "America/Los_Angeles", Pack: "keeping@2024.1", Worker: "w-17", Supervisor: "w-3",
		OpenedAt: at, Now: at,
	}
	if closed != "" {
		var err error
		summary.ClosedAt, err = time.Parse(time.RFC3339, closed)
		require.NoError(s.t, err)
	}
	if change != nil {
		change(&summary)
	}
	_, err := s.db.Record(s.t.Context(), casework.Transition{
		CommandID: "c-1", Fingerprint: "f", Events: events, Summary: summary,
		Answer: casework.Answer{Aggregate: aggregate, CommandID: "c-1", Fingerprint: "f", Revision: len(events), Stage: summary.Stage, RecordedAt: at},
	})
	require.NoError(s.t, err)
}

// family records a closed case.
func (s *shelf) family(aggregate, closed string) {
	s.t.Helper()
	s.put(aggregate, closed, nil, map[string][]casework.Body{"visit.recorded": {
		&casework.Visit{Children: []string{"p-7"}, At: time.Date(2018, time.January, 1, 12, 0, 0, 0, time.UTC), Notes: "text-1"},
	}})
}

// report records a report with a finding of each result, on a day each.
func (s *shelf) report(aggregate, closed string, change func(*casework.Summary), findings ...casework.Finding) {
	s.t.Helper()
	receipt := &casework.Receipt{Number: strings.TrimPrefix(aggregate, "report-")}
	bodies := map[string][]casework.Body{"report.received": {receipt}}
	for _, f := range findings {
		receipt.Allegations = append(receipt.Allegations, casework.Allegation{
			ID: f.Allegation, Victim: "p-7", Type: "neglect", Perpetrator: "p-9",
		})
		bodies["finding.made"] = append(bodies["finding.made"], &f)
	}
	if closed != "" {
		bodies["report.closed"] = []casework.Body{&casework.ReportClosing{Reason: "referred", Note: "text-1"}}
	}
	s.put(aggregate, closed, change, bodies)
}

func finding(allegation, result string, day int) casework.Finding {
	return casework.Finding{Allegation: allegation, Result: result, On: casework.NewDate(2024, time.January, day), Evidence: "text-2"}
}

func (s *shelf) retention(command string, more ...string) outcome {
	s.t.Helper()
	return execution(s.t, "", slices.Concat([]string{"retention", command}, s.args, more)...)
}

// filled has two findings and five records of which a rule asks for something, among
// others that look almost the same.
func filled(t *testing.T) *shelf {
	t.Helper()
	s := newShelf(t)
	s.report("report-7", "", nil, finding("a1", "unsubstantiated", 30), finding("a2", "unsubstantiated", 31),
		finding("a3", "substantiated", 1), finding("a4", "undetermined", 1))
	s.report("report-8", "2019-01-10T12:00:00Z", nil, finding("a1", "unsubstantiated", 2))
	s.report("report-9", "2019-01-10T12:00:00Z", func(s *casework.Summary) { s.Stage = casework.StageScreenedOut })
	s.report("report-10", "2019-01-10T12:00:00Z", func(s *casework.Summary) { s.Case = "1001" })
	s.report("report-11", "2019-03-02T12:00:00Z", nil)
	s.family("case-1001", "2019-03-01T07:59:59Z") // the last second of 28 February there
	s.family("case-1002", "2019-03-01T08:00:00Z") // and the first of 1 March
	s.family("case-1003", "2012-06-01T12:00:00Z")
	s.family("case-1004", "2012-06-01T12:00:00Z")
	s.family("case-1005", "")
	person := audit.Entry{
		Actor: casework.Actor{ID: "w-9", Role: casework.RoleAdministrator}, Action: access.HoldRecord, Outcome: audit.Done, Record: "case-1003",
	}
	_, err := s.db.PlaceHold(t.Context(), postgres.Hold{
		ID: "h-1", Record: "case-1003", Authority: "litigation", Reference: "24-1", PlacedBy: "w-9", PlacedAt: time.Now(),
	}, person)
	require.NoError(t, err)
	person.Action, person.Record = access.RequestPurge, "case-1004"
	_, err = s.db.RequestPurge(t.Context(), postgres.Purge{
		ID: "purge-1", Record: "case-1004", Authority: "court-order", Reference: "24-2", RequestedBy: "w-9", RequestedAt: time.Now(),
	}, person)
	require.NoError(t, err)
	return s
}

func TestRetention_ListsWhatIsDueThere(t *testing.T) {
	t.Parallel()
	s := filled(t)
	got := s.retention("due")
	require.Equal(t, statusDone, got.status, got.errors)
	const unfounded = "us-federal@2025.1/unsubstantiated-finding  42 USC 5106a(b)(2)(B)(xii) (not confirmed)"
	require.Equal(t, strings.Join([]string{
		"2024-02-29  expunge        report-7/a1  " + unfounded,
		"2024-02-01  expunge        report-8/a1  " + unfounded,
		"2024-02-29  purge-request  case-1001  keeping@2024.1/closed-case  Manual 9",
		"2017-06-02  purge-request  case-1003  keeping@2024.1/closed-case  Manual 9  held",
		"2017-06-02  purge-request  case-1004  keeping@2024.1/closed-case  Manual 9  requested",
		"2024-01-11  purge-request  report-8  keeping@2024.1/no-case  Manual 10",
		"2024-01-11  purge-request  report-9  keeping@2024.1/no-case  Manual 10",
	}, "\n")+"\n", got.out)

	later := s.retention("due", "--as-of", "2024-03-02", "--format", "json")
	require.Equal(t, statusDone, later.status, later.errors)
	var records []string
	for line := range strings.Lines(later.out) {
		var due app.Due
		require.NoError(t, json.Unmarshal([]byte(line), &due))
		require.NotEmpty(t, due.Why)
		records = append(records, retentionMatter(due))
	}
	require.Equal(t, []string{
		"report-7/a1", "report-7/a2", "report-8/a1", "case-1001", "case-1002", "case-1003", "case-1004", "report-8", "report-9",
	}, records)
	require.Equal(t, statusMisused, s.retention("due", "--as-of", "March").status)
}

func TestRetention_DoesWhatIsDueOnceAndLeavesPurgesToPeople(t *testing.T) {
	t.Parallel()
	s := filled(t)
	first := s.retention("run")
	require.Equal(t, statusDone, first.status, first.errors)
	require.Contains(t, first.out, "\n2 findings expunged, 3 purges asked for, 2 records left as they are.\n")
	require.Equal(t, 6, strings.Count(first.out, "\n"))
	second := s.retention("run")
	require.Equal(t, statusDone, second.status, second.errors)
	require.Equal(t, "0 findings expunged, 0 purges asked for, 5 records left as they are.\n", second.out)

	expunged, err := s.db.Expunged(t.Context(), "report-7")
	require.NoError(t, err)
	require.Equal(t, []postgres.RegistryEntry{{
		Report: "report-7", Allegation: "a1", ExpungedBy: "system", ExpungedAt: time.Date(2024, time.March, 1, 3, 0, 0, 0, time.UTC),
		Authority: "retention-rule", Reference: "us-federal@2025.1/unsubstantiated-finding",
	}}, expunged)
	left, err := s.db.Registry(t.Context(), "p-9")
	require.NoError(t, err)
	require.Len(t, left, 3)
	events, err := s.db.Events(t.Context(), "report-7", 1)
	require.NoError(t, err)
	require.Len(t, events, 5, "the agency keeps its casework file")

	for record, of := range map[string]int{"case-1001": 1, "case-1002": 0, "case-1003": 0, "case-1004": 1, "report-8": 1, "report-10": 0} {
		purges, err := s.db.Purges(t.Context(), record)
		require.NoError(t, err)
		require.Len(t, purges, of, record)
	}
	var lines, rules int
	require.NoError(t, s.raw.QueryRowContext(t.Context(), `
SELECT count(*), count(*) FILTER (WHERE entry ->> 'part' IN ('us-federal@2025.1/unsubstantiated-finding', 'keeping@2024.1/closed-case', 'keeping@2024.1/no-case'))
FROM audit_lines WHERE entry #>> '{actor,id}' = 'system' AND entry ->> 'reason' = 'retention-rule'`).Scan(&lines, &rules))
	require.Equal(t, 5, lines)
	require.Equal(t, 5, rules)
}

func TestRetention_AsksNoSecondTimeForWhatAPersonDeclined(t *testing.T) {
	t.Parallel()
	s := newShelf(t)
	s.family("case-1001", "2012-06-01T12:00:00Z")
	require.Contains(t, s.retention("run").out, "1 purge asked for")
	purges, err := s.db.Purges(t.Context(), "case-1001")
	require.NoError(t, err)
	require.Len(t, purges, 1)
	asked := purges[0]
	require.Equal(t, "retention-rule keeping@2024.1/closed-case system", asked.Authority+" "+asked.Reference+" "+asked.RequestedBy)

	line := audit.Entry{
		Actor: casework.Actor{ID: "w-9", Role: casework.RoleManager}, Action: access.ApprovePurge, Outcome: audit.Done, Record: "case-1001",
	}
	_, err = s.db.ApprovePurge(t.Context(), "case-1001", asked.ID, "system", time.Now(), line)
	require.Equal(t, casework.Forbidden, casework.KindOf(err), "a person decides")
	_, err = s.db.WithdrawPurge(t.Context(), "case-1001", asked.ID, "w-9", time.Now(), line)
	require.NoError(t, err)
	require.Contains(t, s.retention("due").out, "case-1001  keeping@2024.1/closed-case  Manual 9  declined\n")
	require.Contains(t, s.retention("run").out, "0 purges asked for, 1 record left as they are")
	again, err := s.db.Purges(t.Context(), "case-1001")
	require.NoError(t, err)
	require.Len(t, again, 1)
}

// What cannot be judged is no "nothing is due".
func TestRetention_NamesThePacksThatAreNotThere(t *testing.T) {
	t.Parallel()
	s := newShelf(t)
	s.report("report-7", "", func(s *casework.Summary) { s.Pack = "gone@2020.1" }, finding("a1", "unsubstantiated", 1))
	s.report("report-8", "", func(s *casework.Summary) { s.Timezone = "Nowhere/Land" }, finding("a1", "unsubstantiated", 1))
	s.report("report-9", "", nil, finding("a1", "unsubstantiated", 1))
	got := s.retention("run")
	require.Equal(t, statusFailed, got.status)
	require.Contains(t, got.errors, "about what follows gone@2020.1, the time zone Nowhere/Land")
	require.Contains(t, got.out, "report-9/a1")
	require.Contains(t, got.out, "1 finding expunged, 0 purges asked for")
	left, err := s.db.Registry(t.Context(), "p-9")
	require.NoError(t, err)
	require.Len(t, left, 2)
}

func TestRetention_StopsBetweenTwoAndGoesOn(t *testing.T) {
	t.Parallel()
	s := filled(t)
	library, err := policy.Load(os.DirFS(strings.TrimPrefix(s.args[1], "--pack-folder=")))
	require.NoError(t, err)
	now := time.Date(2024, time.March, 1, 3, 0, 0, 0, time.UTC)
	ctx, stop := context.WithCancel(t.Context())
	r := app.Retention{DB: s.db, Library: library, AsOf: func(*time.Location) time.Time { return now }, Progress: func(int) {}}
	err = r.Due(ctx, func(due app.Due) error {
		done, err := r.Apply(ctx, due, now)
		require.True(t, done)
		stop()
		return err
	})
	require.ErrorIs(t, err, context.Canceled)
	require.ErrorContains(t, err, "the next run goes on from there")
	require.Contains(t, s.retention("run").out, "1 finding expunged, 3 purges asked for")
}
