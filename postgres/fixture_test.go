package postgres_test

import (
	"database/sql"
	"fmt"
	"strconv"
	"testing"
	"time"

	"homeward/casework"
	"homeward/internal/testdb"
	"homeward/postgres"

	"github.com/google/go-cmp/cmp"
	"github.com/stretchr/testify/require"
)

// start is the record's clock in the first transition of every test.
func start() time.Time { return time.Date(2026, time.January, 31, 19, 30, 0, 0, time.UTC) }

// file is a case as its workflow sees it: the end of its log.
type file struct {
	aggregate string
	number    string
	seq       int
	head      string
}

func newFile(number int) *file {
	return &file{
		aggregate: casework.AggregateID(casework.KindCase, fmt.Sprint(number)),
		number:    fmt.Sprint(number),
	}
}

// next makes the transition of a visit and of the duties that changed with it,
// without moving on: a visit is made at an instant with an offset and with more
// digits than PostgreSQL keeps.
func (f *file) next(tb testing.TB, command string, duties ...casework.Duty) casework.Transition {
	tb.Helper()
	made := time.Date(2026, time.January, 31, 11, 5, 0, 123456789, time.FixedZone("", -8*60*60))
	changes := make([]casework.DutyChange, len(duties))
	for i, d := range duties {
		changes[i] = casework.DutyChange{Duty: d}
	}
	events := []casework.Event{
		f.event(command, 1, "visit.recorded", made, &casework.Visit{Children: []string{"p-7"}, At: made, Notes: "text-1"}),
		f.event(command, 2, casework.EventDutiesChanged, start(), &casework.DutiesChanged{Changes: changes}),
	}
	prev := f.head
	for i := range events {
		require.NoError(tb, events[i].Seal(prev))
		prev = events[i].Hash
	}
	return casework.Transition{
		CommandID: command, Fingerprint: "f-" + command,
		Answer: casework.Answer{
			Aggregate: f.aggregate, CommandID: command, Fingerprint: "f-" + command, Revision: f.seq + 2,
			Stage: casework.StageServices, RecordedAt: start(),
		},
		Events: events, Summary: f.summary(f.seq + 2), Duties: duties,
	}
}

func (f *file) event(
	command string, n int, kind casework.EventType, at time.Time, body casework.Body,
) casework.Event {
	return casework.Event{
		Aggregate: f.aggregate, Seq: f.seq + n, CommandID: command, Type: kind,
		Actor:      casework.Actor{ID: "w-17", Role: casework.RoleCaseworker},
		OccurredAt: at, RecordedAt: start(), Body: body,
	}
}

func (f *file) summary(revision int) casework.Summary {
	return casework.Summary{
		Aggregate: f.aggregate, Kind: casework.KindCase, Number: f.number, Stage: casework.StageServices,
		Revision: revision, Office: "north", Jurisdiction: "us-ca", Timezone: "America/Los_Angeles",
		Pack: "us-federal@1", Worker: "w-17", Supervisor: "w-3", Risk: "high", Report: "1001",
		NextDue: start().AddDate(0, 1, 0), Overdue: 0, OpenedAt: start(), Now: start(),
	}
}

// moved takes the file behind a transition.
func (f *file) moved(t casework.Transition) {
	last := t.Events[len(t.Events)-1]
	f.seq, f.head = last.Seq, last.Hash
}

// record records a transition that must be new and moves the file behind it.
func (f *file) record(tb testing.TB, db *postgres.DB, t casework.Transition) {
	tb.Helper()
	result, err := db.Record(tb.Context(), t)
	require.NoError(tb, err)
	require.Equal(tb, casework.Recorded, result.Outcome)
	f.moved(t)
}

func duty(id string, status casework.DutyStatus, due time.Time) casework.Duty {
	return casework.Duty{
		ID: id, Clock: "caseworker-visit", Subject: "p-7", Ref: "order-2", Occurrence: 3, Title: "Visit the child",
		Due: due.Format(time.DateOnly), DueAt: due, OriginalDue: "2026-01-01", Status: status,
		Owner: casework.RoleCaseworker, Citation: "42 USC 624(f)", Consequence: "Funding is reduced.",
		Why: []string{"Once every calendar month.", "The month ends on the 28th."},
		Rungs: []casework.Rung{
			{Kind: casework.RungAtRisk, At: due.AddDate(0, 0, -7), Tell: []casework.Role{casework.RoleCaseworker}},
		},
		Told: 1, NotBefore: casework.DateOf(due).AddDays(-27), ResumesAt: due.AddDate(0, 0, -1),
	}
}

func notice(f *file, key, recipient string) casework.Notice {
	return casework.Notice{
		Key: f.aggregate + "/" + key, Aggregate: f.aggregate, Recipient: recipient, Role: casework.RoleCaseworker,
		Kind: casework.NoticeDutyOverdue, Duty: "visit/p-7/3", Subject: "Overdue: visit the child",
		Text: "A visit is overdue on case " + f.number + ".", CreatedAt: start(), Urgent: true,
	}
}

// worker is a caseworker with these channels, each active.
func worker(id string, channels ...postgres.ChannelKind) postgres.Worker {
	w := postgres.Worker{
		ID: id, Role: casework.RoleCaseworker, Office: "north", Unit: "n-1", Supervisor: "w-3", Manager: "w-1",
		Name: "Worker " + id, Channels: []postgres.Channel{},
	}
	for _, kind := range channels {
		w.Channels = append(w.Channels, postgres.Channel{Kind: kind, Address: id + "@" + string(kind), Active: true})
	}
	return w
}

// open gives a database and a way past the package's methods into it.
func open(tb testing.TB) (*postgres.DB, *sql.DB) {
	tb.Helper()
	address := testdb.URL(tb)
	return testdb.Open(tb, address), sqlOpen(tb, address)
}

func sqlOpen(tb testing.TB, address string) *sql.DB {
	tb.Helper()
	raw, err := sql.Open("postgres", address+"&binary_parameters=yes")
	require.NoError(tb, err)
	tb.Cleanup(func() { require.NoError(tb, raw.Close()) })
	return raw
}

func count(tb testing.TB, raw *sql.DB, query string, args ...any) int {
	tb.Helper()
	var n int
	require.NoError(tb, raw.QueryRowContext(tb.Context(), query, args...).Scan(&n))
	return n
}

// same compares by content, Dates and unexported fields included.
func same(tb testing.TB, want, got any) {
	tb.Helper()
	require.Empty(tb, cmp.Diff(want, got, cmp.Comparer(func(a, b casework.Date) bool { return a == b })))
}

func atoi(tb testing.TB, s string) int {
	tb.Helper()
	n, err := strconv.Atoi(s)
	require.NoError(tb, err)
	return n
}
