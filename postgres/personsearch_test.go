package postgres_test

import (
	"context"
	"crypto/rand"
	"database/sql"
	"encoding/hex"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"homeward/casework"
	"homeward/internal/access"
	"homeward/internal/audit"
	"homeward/postgres"
)

// keyedMarks is a cipher whose marks need a key.
type keyedMarks struct {
	letters

	key string
}

func (k keyedMarks) Mark(_ context.Context, text string) ([]byte, error) {
	return []byte(k.key + hex.EncodeToString([]byte(text))), nil
}

// enter adds a person who is a child of a case of the office o-1.
func enter(t *testing.T, raw *sql.DB, id, name, born, record string) {
	t.Helper()
	_, err := raw.ExecContext(t.Context(), `
INSERT INTO persons (id, name, born, sex, address, phone) VALUES ($1, $2, nullif($3, '')::date, '', '', '')`, id, name, born)
	require.NoError(t, err)
	_, err = raw.ExecContext(t.Context(), `
INSERT INTO records (aggregate, kind, number, stage, revision, office, jurisdiction, timezone, pack, worker,
    supervisor, priority, risk, restricted, from_report, to_case, next_due, overdue, opened_at, closed_at, clock)
SELECT $1, split_part($1, '-', 1), split_part($1, '-', 2)::bigint, 'services', 1, 'o-1', 'us-ca', 'UTC', 'us-federal@1', 'w-1', 's-1',
    '', '', false, '', '', NULL, 0, now(), NULL, now() ON CONFLICT DO NOTHING`, record)
	require.NoError(t, err)
	_, err = raw.ExecContext(t.Context(), `
INSERT INTO children (aggregate, child, revision, stage, setting, exit_reason) VALUES ($1, $2, 1, 'at-home', '', '')`, record, id)
	require.NoError(t, err)
}

// ofOffice is what a supervisor of an office sees.
func ofOffice(office string) access.Scope {
	return access.Caller{ID: "s-9", Role: casework.RoleSupervisor, Office: office}.Scope()
}

func identifying(person string) audit.Entry {
	return audit.Entry{
		Actor: casework.Actor{ID: "s-1", Role: casework.RoleSupervisor}, Action: access.IdentifyPerson, Outcome: audit.Done, Part: person,
	}
}

// findIDs are those whom an office finds.
func findIDs(t *testing.T, db *postgres.DB, office string, q postgres.PersonQuery) []string {
	t.Helper()
	q.Scope, q.Now = ofOffice(office), start()
	ids, err := db.FindPersons(t.Context(), q)
	require.NoError(t, err)
	return ids
}

func TestFindPersons_ByPartSoundBirthAndIdentifierInWhatTheViewerSees(t *testing.T) {
	t.Parallel()
	db, raw := open(t)
	enter(t, raw, "p-901", "Ana Gómez", "2016-03-04", "case-1")
	enter(t, raw, "p-902", "Peter Schmidt", "2010-01-02", "case-2")
	require.NoError(t, db.Identify(t.Context(), "p-902", []postgres.Identifier{{Kind: "ssn", Value: "123456789"}}, identifying("p-902")))

	for name, c := range map[string]struct {
		q    postgres.PersonQuery
		want []string
	}{
		"a part of the name":      {postgres.PersonQuery{Name: "GOMEZ"}, []string{"p-901"}},
		"a sound":                 {postgres.PersonQuery{Name: "Smith"}, []string{"p-902"}},
		"a date of birth":         {postgres.PersonQuery{Born: casework.NewDate(2016, time.March, 4)}, []string{"p-901"}},
		"an identifier":           {postgres.PersonQuery{Identifiers: []postgres.Identifier{{Kind: "ssn", Value: "123456789"}}}, []string{"p-902"}},
		"one of another kind":     {postgres.PersonQuery{Identifiers: []postgres.Identifier{{Kind: "school", Value: "123456789"}}}, nil},
		"nobody":                  {postgres.PersonQuery{Name: "Xiomara"}, nil},
		"somebody like":           {postgres.PersonQuery{As: "p-901"}, nil},
		"either, and both of two": {postgres.PersonQuery{Name: "Ana Schmid"}, []string{"p-901", "p-902"}},
	} {
		require.Equal(t, c.want, findIDs(t, db, "o-1", c.q), name)
		require.Empty(t, findIDs(t, db, "o-2", c.q), "another office: %s", name)
	}
	enter(t, raw, "p-903", "Anna Gomes", "2016-04-03", "case-3")
	require.Equal(t, []string{"p-901"}, findIDs(t, db, "o-1", postgres.PersonQuery{As: "p-903"}), "who was added a moment ago is compared")
	_, err := raw.ExecContext(t.Context(), `UPDATE records SET restricted = true WHERE aggregate = 'case-1'`)
	require.NoError(t, err)
	require.Equal(t, []string{"p-903"}, findIDs(t, db, "o-1", postgres.PersonQuery{Name: "Gomez"}), "nobody of a restricted record shows")
	known, err := db.KnownPersons(t.Context(), []string{"p-901", "p-902", "p-999"}, ofOffice("o-1"), start())
	require.NoError(t, err)
	require.Len(t, known, 1)
	require.Equal(t, []string{"case-2"}, known["p-902"].Records)
	require.Len(t, known["p-902"].Identifiers["ssn"], 1)
	require.Equal(t, casework.NotFound, casework.KindOf(db.Identify(t.Context(), "p-999",
		[]postgres.Identifier{{Kind: "ssn", Value: "123456789"}}, identifying("p-999"))))
}

func TestMarks_AreKeyedAndHoldNothingThatCanBeRead(t *testing.T) {
	t.Parallel()
	db, raw := open(t)
	key := rand.Text()
	db.SealTexts(keyedMarks{key: key})
	enter(t, raw, "p-901", "Canary Gomez", "", "case-1")
	require.NoError(t, db.Identify(t.Context(), "p-901", []postgres.Identifier{{Kind: "ssn", Value: "123456789"}}, identifying("p-901")))
	require.Equal(t, []string{"p-901"}, findIDs(t, db, "o-1", postgres.PersonQuery{Name: "Canary"}))
	require.Zero(t, count(t, raw, `SELECT count(*) FROM person_marks WHERE position($1::bytea IN mark) = 0`, []byte(key)))
	require.Zero(t, count(t, raw, `SELECT count(*) FROM audit_lines WHERE entry::text ~ '123456789|anary'`))
	require.Zero(t, count(t, raw, `SELECT count(*) FROM person_marks WHERE person_marks::text ~* 'canary|123456789'`))
}

func TestPersonMarks_GoWithTheirPerson(t *testing.T) {
	t.Parallel()
	db, raw := open(t)
	enter(t, raw, "p-901", "Ana Gomez", "", "case-1")
	enter(t, raw, "p-902", "Ana Gomes", "", "case-1")
	require.Len(t, findIDs(t, db, "o-1", postgres.PersonQuery{Name: "Ana"}), 2)
	_, err := db.MergePersons(t.Context(), merge("m-1", "p-902", "p-901"), merging())
	require.NoError(t, err)
	_, err = raw.ExecContext(t.Context(), `DELETE FROM persons WHERE id = 'p-901'`)
	require.NoError(t, err)
	require.Zero(t, count(t, raw, `SELECT count(*) FROM person_marks WHERE person = 'p-901'`))
	require.Zero(t, count(t, raw, `SELECT count(*) FROM person_merges`), "nobody is read as somebody who was destroyed")
}

func merge(id, person, into string) postgres.Merge {
	return postgres.Merge{ID: id, Person: person, Survivor: into, Reason: "entered-twice", By: "s-1", At: start()}
}

func merging() audit.Entry {
	return audit.Entry{
		Actor: casework.Actor{ID: "s-1", Role: casework.RoleSupervisor}, Action: access.MergePersons, Outcome: audit.Done, Part: "p-1/into/p-2",
	}
}

// everybody is all that is kept of persons but merges and the audit.
func everybody(t *testing.T, raw *sql.DB) string {
	t.Helper()
	var all strings.Builder
	for _, table := range []string{"persons", "person_marks", "children"} {
		var rows sql.NullString
		require.NoError(t, raw.QueryRowContext(t.Context(), `SELECT string_agg(x::text, ';' ORDER BY x::text) FROM `+table+` x`).Scan(&rows))
		all.WriteString(rows.String)
	}
	return all.String()
}

func TestMerge_IsReadAsTheSurvivorAndUndoneExactly(t *testing.T) {
	t.Parallel()
	db, raw := open(t)
	for i, name := range []string{"Ana Gomez", "Anna Gomes", "A. Gomez"} {
		enter(t, raw, "p-90"+string(rune('1'+i)), name, "", "case-"+string(rune('1'+i)))
	}
	require.NotEmpty(t, findIDs(t, db, "o-1", postgres.PersonQuery{Name: "Gomez"}))
	before := everybody(t, raw)
	survivor := func(id string) string {
		t.Helper()
		known, err := db.KnownPersons(t.Context(), []string{id}, ofOffice("o-1"), start())
		require.NoError(t, err)
		return known[id].Survivor
	}
	first, err := db.MergePersons(t.Context(), merge("m-1", "p-903", "p-902"), merging())
	require.NoError(t, err)
	again, err := db.MergePersons(t.Context(), merge("m-1", "p-903", "p-902"), merging())
	require.NoError(t, err)
	require.Equal(t, first, again, "sent again it changes nothing")
	_, err = db.MergePersons(t.Context(), merge("m-2", "p-902", "p-901"), merging())
	require.NoError(t, err)
	require.Equal(t, "p-901", survivor("p-903"), "a merge leads on to the last survivor")
	cluster, err := db.Cluster(t.Context(), []string{"p-902"})
	require.NoError(t, err)
	require.Equal(t, []string{"p-901", "p-902", "p-903"}, cluster)

	for name, m := range map[string]postgres.Merge{
		"who was merged already": merge("m-3", "p-903", "p-901"),
		"into who was merged":    merge("m-4", "p-901", "p-903"),
	} {
		_, err := db.MergePersons(t.Context(), m, merging())
		require.Equal(t, casework.Blocked, casework.KindOf(err), name)
	}

	undo := postgres.Merge{Person: "p-902", Undo: "u-1", UndoReason: "merged-by-mistake", UndoneBy: "s-2", UndoneAt: start()}
	undone, err := db.UnmergePerson(t.Context(), undo, merging())
	require.NoError(t, err)
	require.Equal(t, "s-2", undone.UndoneBy)
	repeated, err := db.UnmergePerson(t.Context(), undo, merging())
	require.NoError(t, err)
	require.Equal(t, undone, repeated)
	require.Empty(t, survivor("p-902"))
	require.Equal(t, "p-902", survivor("p-903"), "the other merge stays")
	undo.Undo = "u-2"
	_, err = db.UnmergePerson(t.Context(), undo, merging())
	require.Equal(t, casework.Blocked, casework.KindOf(err))
	_, err = db.MergePersons(t.Context(), merge("m-5", "p-902", "p-901"), merging())
	require.NoError(t, err, "they can be merged again")

	require.Equal(t, before, everybody(t, raw), "nothing was copied, moved or destroyed")
	require.Equal(t, 4, count(t, raw, `SELECT count(*) FROM audit_lines WHERE action = 'persons.merge'`), "a line for each change")
	history, err := db.Merges(t.Context(), []string{"p-902"})
	require.NoError(t, err)
	require.Len(t, history, 3)
}
