package postgres_test

import (
	"context"
	"crypto/rand"
	"database/sql"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"homeward/casework"
	"homeward/internal/access"
	"homeward/internal/audit"
	"homeward/internal/codec"
	"homeward/postgres"
)

// closed records a transition that closes the file.
func (f *file) closed(tb testing.TB, db *postgres.DB, command string) {
	tb.Helper()
	t := f.next(tb, command)
	t.Notices = []casework.Notice{notice(f, command, "w-17")}
	t.Children = []casework.ChildSummary{{Aggregate: f.aggregate, Child: "p-7", Stage: casework.StageServices}}
	t.Summary.ClosedAt = start()
	f.record(tb, db, t)
}

func request(f *file, id string) postgres.Purge {
	return postgres.Purge{
		ID: id, Record: f.aggregate, Authority: "court-order", Reference: "24-J-17", RequestedBy: "w-admin", RequestedAt: start(),
	}
}

// approved is a purge of a closed file that may go ahead.
func approved(tb testing.TB, db *postgres.DB, f *file, id string) {
	tb.Helper()
	_, err := db.RequestPurge(tb.Context(), request(f, id), did(f.aggregate, access.RequestPurge))
	require.NoError(tb, err)
	_, err = db.ApprovePurge(tb.Context(), f.aggregate, id, "w-manager", start(), did(f.aggregate, access.ApprovePurge))
	require.NoError(tb, err)
}

// did is the line of the audit for an act.
func did(record string, do access.Action) audit.Entry {
	return audit.Entry{
		Actor: casework.Actor{ID: "w-1", Role: casework.RoleManager}, Action: do, Outcome: audit.Done, Record: record,
	}
}

func keepSecret(tb testing.TB, db *postgres.DB, record string) codec.Wrapped {
	tb.Helper()
	kept, err := db.KeepSecret(tb.Context(), record, codec.Wrapped{Key: "k", Sealed: []byte("sealed"), Digest: rand.Text()}, start())
	require.NoError(tb, err)
	return kept
}

func TestSecret_IsKeptOnceAndNeverChanged(t *testing.T) {
	t.Parallel()
	db, raw := open(t)
	_, err := db.Secret(t.Context(), "case-1")
	require.Equal(t, casework.NotFound, casework.KindOf(err))
	first := keepSecret(t, db, "case-1")
	require.Equal(t, first, keepSecret(t, db, "case-1"), "the second has the first one's")
	for statement, says := range map[string]string{
		`UPDATE keys.secrets SET digest = 'other'`:  "never changed",
		`UPDATE keys.secrets SET record = 'case-2'`: "never changed",
		`DELETE FROM keys.secrets`:                  "is refused",
		`TRUNCATE keys.secrets`:                     "is refused",
		`UPDATE keys.secrets SET wrapped = NULL, destroyed_at = now(), destroyed_by = 'x'`:                     "approved purge",
		`INSERT INTO keys.secrets VALUES ('case-3', '', NULL, '', now(), now(), 'x', '')`:                      "approved purge",
		`SET session_replication_role = replica; UPDATE keys.secrets SET wrapped = NULL, destroyed_at = now()`: "approved purge",
	} {
		_, err := raw.ExecContext(t.Context(), statement)
		require.ErrorContains(t, err, says, statement)
	}
}

func TestPurge_LeavesATombstoneAndNothingElse(t *testing.T) {
	t.Parallel()
	db, raw := open(t)
	require.NoError(t, db.SaveWorker(t.Context(), worker("w-17", postgres.ChannelEmail), did("", access.ManageStaff)))
	f, other := newFile(1), newFile(2)
	f.record(t, db, f.next(t, "c-1", duty("visit", casework.DutyOpen, start())))
	other.record(t, db, other.next(t, "c-1", duty("visit", casework.DutyOpen, start())))
	f.closed(t, db, "c-2")
	require.NoError(t, db.SaveTexts(t.Context(), []postgres.Text{text("t-1", "words")}))
	_, err := db.SaveDraft(t.Context(), draft("d-1", "words"), 0, did("", access.KeepDraft))
	require.NoError(t, err)
	digest := keepSecret(t, db, f.aggregate).Digest
	before, err := db.Remains(t.Context(), f.aggregate)
	require.NoError(t, err)
	require.Equal(t, map[string]int{
		"events": 4, "commands": 2, "records": 1, "children": 1, "duties": 1, "notices": 1, "deliveries": 1, "texts": 1,
		"drafts": 1,
	}, before)
	approved(t, db, f, "pu-1")

	_, err = db.EraseRecord(t.Context(), "pu-1", 3, start())
	require.ErrorContains(t, err, "restrict_violation", "the secret comes first")
	require.NoError(t, db.DestroySecret(t.Context(), "pu-1", postgres.Samples{Payload: []byte{1}, Text: []byte{2}}, start()))
	require.NoError(t, db.DestroySecret(t.Context(), "pu-1", postgres.Samples{}, start().Add(time.Hour)), "again")
	samples, err := db.Samples(t.Context(), "pu-1")
	require.NoError(t, err)
	require.Equal(t, postgres.Samples{Payload: []byte{1}, Text: []byte{2}}, samples, "those of the first time")
	proof, err := db.EraseRecord(t.Context(), "pu-1", 3, start())
	require.NoError(t, err)
	again, err := db.EraseRecord(t.Context(), "pu-1", 0, start().Add(time.Hour))
	require.NoError(t, err)
	require.Equal(t, proof, again)

	left, err := db.Remains(t.Context(), f.aggregate)
	require.NoError(t, err)
	require.Empty(t, left)
	stone, err := db.Tombstone(t.Context(), f.aggregate)
	require.NoError(t, err)
	require.True(t, stone.Intact)
	first := stone.FirstHash
	require.Len(t, first, 64)
	same(t, postgres.Tombstone{
		Record: f.aggregate, Purge: "pu-1", Authority: "court-order", Reference: "24-J-17", RequestedBy: "w-admin",
		RequestedAt: start(), ApprovedBy: "w-manager", ApprovedAt: start(), KeyDigest: digest, KeyDestroyedAt: start(),
		Events: 4, FirstHash: first, LastHash: f.head, Deleted: before, Executions: 3, ErasedAt: start(), Proof: proof, Intact: true,
	}, stone)
	require.Equal(t, 4, count(t, raw, `SELECT count(*) FROM audit_lines WHERE chain = $1`, f.aggregate)-2,
		"two steps, the request, the approval, the key, the rows")
	others, err := db.Remains(t.Context(), other.aggregate)
	require.NoError(t, err)
	require.Equal(t, map[string]int{"events": 2, "commands": 1, "records": 1, "duties": 1}, others)

	_, err = db.KeepSecret(t.Context(), f.aggregate, codec.Wrapped{Key: "k", Sealed: []byte("new"), Digest: "d"}, start())
	require.Equal(t, casework.Gone, casework.KindOf(err), "it never gets another secret")
	back := newFile(1)
	_, err = db.Record(t.Context(), back.next(t, "c-1"))
	require.Equal(t, casework.Internal, casework.KindOf(err), "it does not come back")
	for _, statement := range []string{
		`UPDATE tombstones SET purge = 'x'`, `DELETE FROM tombstones`,
		`UPDATE keys.secrets SET destroyed_at = NULL, wrapped = 'x'`, `DELETE FROM keys.secrets`,
	} {
		_, err := raw.ExecContext(t.Context(), statement)
		require.Error(t, err, statement)
	}
}

// The log lets nobody else delete, its owner included, whatever is set.
func TestLog_LetsNothingGoButToAnApprovedPurgeOfThatRecord(t *testing.T) {
	t.Parallel()
	db, raw := open(t)
	f, other := newFile(1), newFile(2)
	f.closed(t, db, "c-1")
	other.closed(t, db, "c-1")
	approved(t, db, f, "pu-1")
	try := func(record, setting string) error {
		tx, err := raw.BeginTx(t.Context(), nil)
		require.NoError(t, err)
		defer func() { require.NoError(t, tx.Rollback()) }()
		_, err = tx.ExecContext(t.Context(), `SELECT set_config('homeward.erasing', $1, true)`, setting)
		require.NoError(t, err)
		_, err = tx.ExecContext(t.Context(), `DELETE FROM events WHERE aggregate = $1`, record)
		return err
	}
	require.ErrorContains(t, try(f.aggregate, f.aggregate), "append-only", "the secret is not destroyed yet")
	require.NoError(t, db.DestroySecret(t.Context(), "pu-1", postgres.Samples{}, start()))
	require.ErrorContains(t, try(f.aggregate, ""), "append-only")
	require.ErrorContains(t, try(other.aggregate, other.aggregate), "append-only")
	require.ErrorContains(t, try(other.aggregate, f.aggregate), "append-only")
}

func TestPurge_LeavesPeopleWhomAnotherRecordKnows(t *testing.T) {
	t.Parallel()
	db, raw := open(t)
	reserved, err := db.Reserve(t.Context(), postgres.Reservation{
		Key: "k-1", Kind: casework.KindReport, Fingerprint: "f", Persons: []postgres.Person{{Name: "Ann"}, {Name: "Bo"}},
	})
	require.NoError(t, err)
	report, sibling := newFile(atoi(t, reserved.Number)), newFile(2)
	report.aggregate = casework.AggregateID(casework.KindReport, reserved.Number)
	child := func(f *file, id string) casework.ChildSummary {
		return casework.ChildSummary{Aggregate: f.aggregate, Child: id, Stage: casework.StageServices}
	}
	for f, children := range map[*file][]casework.ChildSummary{
		report:  {child(report, reserved.Persons[0]), child(report, reserved.Persons[1])},
		sibling: {child(sibling, reserved.Persons[1])},
	} {
		tr := f.next(t, "c-1")
		tr.Children, tr.Summary.ClosedAt, tr.Summary.Kind = children, start(), casework.AggregateKind(strings.Split(f.aggregate, "-")[0])
		f.record(t, db, tr)
	}
	approved(t, db, report, "pu-1")
	require.NoError(t, db.DestroySecret(t.Context(), "pu-1", postgres.Samples{}, start()))
	_, err = db.EraseRecord(t.Context(), "pu-1", 0, start())
	require.NoError(t, err)

	left, err := db.Persons(t.Context(), reserved.Persons)
	require.NoError(t, err)
	require.Len(t, left, 1)
	require.Equal(t, "Bo", left[0].Name)
	require.Zero(t, count(t, raw, `SELECT count(*) FROM reservations`), "its key draws another number now")
	again, err := db.Reserve(t.Context(), postgres.Reservation{Key: "k-1", Kind: casework.KindReport, Fingerprint: "f"})
	require.NoError(t, err)
	require.NotEqual(t, reserved.Number, again.Number)
}

func TestPurge_TakesAdultsWithTheLastRecordThatKnowsThem(t *testing.T) {
	t.Parallel()
	db, raw := open(t)
	report, family := newFile(1), newFile(2)
	add := func(key string, f *file) string {
		id, err := db.AddPerson(t.Context(), key, f.aggregate, postgres.Person{Name: "Rosa"})
		require.NoError(t, err)
		return id
	}
	mother, refused := add("k-1", report), add("k-2", report)
	require.Equal(t, mother, add("k-1", report), "once for a key")
	father := add("k-3", report)
	adult := func(f *file, id string) casework.AdultSummary {
		return casework.AdultSummary{Aggregate: f.aggregate, Person: id, As: []string{"parent", "caregiver"}}
	}
	for f, adults := range map[*file][]casework.AdultSummary{
		report: {adult(report, mother), adult(report, father)}, family: {adult(family, mother)},
	} {
		tr := f.next(t, "c-1")
		tr.Adults, tr.Summary.ClosedAt = adults, start()
		f.record(t, db, tr)
	}
	listed, err := db.Adults(t.Context(), family.aggregate)
	require.NoError(t, err)
	require.Equal(t, []casework.AdultSummary{adult(family, mother)}, listed)

	erase := func(purge string, f *file) {
		approved(t, db, f, purge)
		require.NoError(t, db.DestroySecret(t.Context(), purge, postgres.Samples{}, start()))
		_, err := db.EraseRecord(t.Context(), purge, 0, start())
		require.NoError(t, err)
	}
	erase("pu-1", report)
	left, err := db.Persons(t.Context(), []string{mother, father, refused})
	require.NoError(t, err)
	require.Len(t, left, 1)
	require.Equal(t, mother, left[0].ID, "the case goes on knowing her")
	erase("pu-2", family)
	require.Zero(t, count(t, raw, `SELECT (SELECT count(*) FROM persons) + (SELECT count(*) FROM adults) + (SELECT count(*) FROM person_keys)`))
}

func TestPurge_TakesTwoPeopleAClosedRecordAndNoHold(t *testing.T) {
	t.Parallel()
	db, _ := open(t)
	f := newFile(1)
	blocked := func(err error, code string) {
		t.Helper()
		e, ok := err.(*casework.Error) //nolint:errorlint // it is returned as it is
		require.True(t, ok, "%v", err)
		require.Equal(t, casework.Blocked, e.Kind)
		require.Equal(t, code, e.Missing[0].Code)
	}
	_, err := db.RequestPurge(t.Context(), request(f, "pu-1"), did(f.aggregate, access.RequestPurge))
	require.Equal(t, casework.NotFound, casework.KindOf(err))
	f.record(t, db, f.next(t, "c-1"))
	_, err = db.RequestPurge(t.Context(), request(f, "pu-1"), did(f.aggregate, access.RequestPurge))
	blocked(err, "record-open")
	f.closed(t, db, "c-2")

	hold := postgres.Hold{
		ID: "h-1", Record: f.aggregate, Authority: "litigation", Reference: "24-CV-9", PlacedBy: "w-attorney", PlacedAt: start(),
	}
	placed, err := db.PlaceHold(t.Context(), hold, did(f.aggregate, access.HoldRecord))
	require.NoError(t, err)
	require.Equal(t, hold, placed)
	_, err = db.RequestPurge(t.Context(), request(f, "pu-1"), did(f.aggregate, access.RequestPurge))
	blocked(err, "legal-hold")
	_, err = db.ReleaseHold(t.Context(), "case-2", "h-1", "w-attorney", start(), did(f.aggregate, access.HoldRecord))
	require.Equal(t, casework.NotFound, casework.KindOf(err))
	released, err := db.ReleaseHold(t.Context(), f.aggregate, "h-1", "w-attorney", start(), did(f.aggregate, access.HoldRecord))
	require.NoError(t, err)
	require.Equal(t, start(), released.ReleasedAt)

	asked, err := db.RequestPurge(t.Context(), request(f, "pu-1"), did(f.aggregate, access.RequestPurge))
	require.NoError(t, err)
	require.Equal(t, request(f, "pu-1"), asked)
	again, err := db.RequestPurge(t.Context(), request(f, "pu-1"), did(f.aggregate, access.RequestPurge))
	require.NoError(t, err)
	require.Equal(t, asked, again)
	_, err = db.RequestPurge(t.Context(), request(f, "pu-2"), did(f.aggregate, access.RequestPurge))
	blocked(err, "purge-requested")
	_, err = db.ApprovePurge(t.Context(), f.aggregate, "pu-1", "w-admin", start(), did(f.aggregate, access.ApprovePurge))
	require.Equal(t, casework.Forbidden, casework.KindOf(err))
	_, err = db.ApprovePurge(t.Context(), "case-2", "pu-1", "w-manager", start(), did(f.aggregate, access.ApprovePurge))
	require.Equal(t, casework.NotFound, casework.KindOf(err))

	withdrawn, err := db.WithdrawPurge(t.Context(), f.aggregate, "pu-1", "w-manager", start(), did(f.aggregate, access.RequestPurge))
	require.NoError(t, err)
	require.Equal(t, "w-manager", withdrawn.WithdrawnBy)
	_, err = db.ApprovePurge(t.Context(), f.aggregate, "pu-1", "w-manager", start(), did(f.aggregate, access.ApprovePurge))
	blocked(err, "purge-withdrawn")
	approved(t, db, f, "pu-2")
	_, err = db.WithdrawPurge(t.Context(), f.aggregate, "pu-2", "w-admin", start(), did(f.aggregate, access.RequestPurge))
	blocked(err, "purge-approved")

	hold.ID = "h-2"
	_, err = db.PlaceHold(t.Context(), hold, did(f.aggregate, access.HoldRecord))
	require.NoError(t, err, "as long as nothing is destroyed")
	blocked(db.DestroySecret(t.Context(), "pu-2", postgres.Samples{}, start()), "legal-hold")
	_, err = db.ReleaseHold(t.Context(), f.aggregate, "h-2", "w-attorney", start(), did(f.aggregate, access.HoldRecord))
	require.NoError(t, err)
	require.NoError(t, db.DestroySecret(t.Context(), "pu-2", postgres.Samples{}, start()))
	hold.ID = "h-3"
	_, err = db.PlaceHold(t.Context(), hold, did(f.aggregate, access.HoldRecord))
	blocked(err, "purge-begun")
	holds, err := db.Holds(t.Context(), f.aggregate)
	require.NoError(t, err)
	require.Len(t, holds, 2)
	unfinished, err := db.UnfinishedPurges(t.Context())
	require.NoError(t, err)
	require.Len(t, unfinished, 1)
	require.NoError(t, db.FinishPurge(t.Context(), "pu-2", start()))
	unfinished, err = db.UnfinishedPurges(t.Context())
	require.NoError(t, err)
	require.Empty(t, unfinished)
}

// A table that a later release or another part adds is purged without a word here,
// also where it refers to another one.
func TestPurge_EmptiesTablesThatItHasNeverHeardOf(t *testing.T) {
	t.Parallel()
	db, raw := open(t)
	f := newFile(1)
	f.closed(t, db, "c-1")
	run(t, raw, `CREATE SCHEMA strange;
CREATE TABLE strange.a (id text PRIMARY KEY, aggregate text);
CREATE TABLE strange.b (id text REFERENCES strange.a (id), aggregate text);
CREATE TABLE audit_other (aggregate text);
INSERT INTO strange.a VALUES ('1', 'case-1'), ('2', 'case-2');
INSERT INTO strange.b VALUES ('1', 'case-1'), ('2', 'case-2');
INSERT INTO audit_other VALUES ('case-1')`)
	approved(t, db, f, "pu-1")
	require.NoError(t, db.DestroySecret(t.Context(), "pu-1", postgres.Samples{}, start()))
	before, err := db.Remains(t.Context(), f.aggregate)
	require.NoError(t, err)
	require.Equal(t, 1, before["strange.a"])
	_, err = db.EraseRecord(t.Context(), "pu-1", 0, start())
	require.NoError(t, err)
	left, err := db.Remains(t.Context(), f.aggregate)
	require.NoError(t, err)
	require.Empty(t, left)
	require.Equal(t, 2, count(t, raw, `SELECT (SELECT count(*) FROM strange.a) + (SELECT count(*) FROM strange.b)`))
	require.Equal(t, 1, count(t, raw, `SELECT count(*) FROM audit_other`), "the audit stays")
	run(t, raw, `INSERT INTO strange.a VALUES ('3', 'case-1')`)
	left, err = db.Remains(t.Context(), f.aggregate)
	require.NoError(t, err)
	require.Equal(t, map[string]int{"strange.a": 1}, left)
}

// Whoever may call erase_record gets the rights of its owner for it, so what it
// believes must not be made up by the caller.
func TestEraseRecord_IsNotFooledByTablesOfTheCaller(t *testing.T) {
	t.Parallel()
	db, raw := open(t)
	f := newFile(1)
	f.closed(t, db, "c-1")
	keepSecret(t, db, f.aggregate)
	conn, err := raw.Conn(t.Context())
	require.NoError(t, err)
	defer func() { require.NoError(t, conn.Close()) }()
	for _, statement := range []string{
		`CREATE TEMPORARY TABLE purges (LIKE purges INCLUDING ALL)`,
		`CREATE TEMPORARY TABLE holds (LIKE holds INCLUDING ALL)`,
		`INSERT INTO pg_temp.purges (id, record, authority, reference, reason, requested_by, requested_at, approved_by, approved_at)
VALUES ('pu-1', 'case-1', 'mine', '', '', 'w-1', now(), 'w-2', now())`,
	} {
		_, err := conn.ExecContext(t.Context(), statement)
		require.NoError(t, err)
	}
	_, err = conn.ExecContext(t.Context(), `UPDATE keys.secrets SET wrapped = NULL, destroyed_at = now(), destroyed_by = 'pu-1'`)
	require.ErrorContains(t, err, "approved purge")
	_, err = conn.ExecContext(t.Context(), `SELECT erase_record('pu-1', 0, now())`)
	require.ErrorContains(t, err, "not approved")
}

func run(tb testing.TB, raw *sql.DB, statements string) {
	tb.Helper()
	_, err := raw.ExecContext(context.WithoutCancel(tb.Context()), statements)
	require.NoError(tb, err)
}
