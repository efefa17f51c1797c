package postgres_test

import (
	"testing"

	"github.com/stretchr/testify/require"

	"homeward/casework"
	"homeward/internal/access"
	"homeward/internal/testdb"
	"homeward/postgres"
)

func draft(id, body string) postgres.Draft {
	return postgres.Draft{
		DraftKey: postgres.DraftKey{Aggregate: "case-1", Author: "w-17", Step: "visit.record"}, ID: id, Body: body, SavedAt: start(),
	}
}

func TestDraft_KeepsEverySaveAsAVersion(t *testing.T) {
	t.Parallel()
	db, line := testdb.New(t), did("case-1", access.KeepDraft)
	save := func(known int, d postgres.Draft) postgres.Draft {
		saved, err := db.SaveDraft(t.Context(), d, known, line)
		require.NoError(t, err)
		return saved
	}
	require.Equal(t, 1, save(0, draft("a", "one")).Version)
	require.Equal(t, 2, save(1, draft("b", "two")).Version)
	beside := save(1, draft("c", "three"))
	require.Equal(t, 3, beside.Version)
	require.True(t, beside.Beside, "who has not seen the newest one does not take its place")
	key := draft("", "").DraftKey
	newest, err := db.Draft(t.Context(), key, 0)
	require.NoError(t, err)
	require.Equal(t, "two", newest.Body)
	lost, err := db.Draft(t.Context(), key, 3)
	require.NoError(t, err)
	require.Equal(t, "three", lost.Body, "and is kept")
	require.False(t, save(2, draft("d", "four")).Beside)
	require.False(t, save(postgres.AnyDraft, draft("e", "five")).Beside)

	listed, err := db.Drafts(t.Context(), key)
	require.NoError(t, err)
	require.Len(t, listed, 5)
	require.Equal(t, 5, listed[0].Version)
	require.Empty(t, listed[0].Body)
}

func TestDraft_IsOfItsAuthorAlone(t *testing.T) {
	t.Parallel()
	db, line := testdb.New(t), did("case-1", access.KeepDraft)
	_, err := db.SaveDraft(t.Context(), draft("a", "one"), 0, line)
	require.NoError(t, err)
	for name, key := range map[string]postgres.DraftKey{
		"another person": {Aggregate: "case-1", Author: "w-18", Step: "visit.record"},
		"another record": {Aggregate: "case-2", Author: "w-17", Step: "visit.record"},
		"another step":   {Aggregate: "case-1", Author: "w-17", Step: "plan.submit"},
	} {
		_, err := db.Draft(t.Context(), key, 0)
		require.Equal(t, casework.NotFound, casework.KindOf(err), name)
		require.Equal(t, casework.NotFound, casework.KindOf(db.DropDraft(t.Context(), key, 0, line)), name)
		listed, err := db.Drafts(t.Context(), key)
		require.NoError(t, err)
		require.Empty(t, listed, name)
	}
}

func TestDraft_GoesUpToTheVersionThatWasUsed(t *testing.T) {
	t.Parallel()
	db, line := testdb.New(t), did("case-1", access.KeepDraft)
	for i, body := range []string{"one", "two", "three"} {
		_, err := db.SaveDraft(t.Context(), draft(body, body), i, line)
		require.NoError(t, err)
	}
	key := draft("", "").DraftKey
	require.NoError(t, db.DropDraft(t.Context(), key, 2, line))
	left, err := db.Drafts(t.Context(), key)
	require.NoError(t, err)
	require.Len(t, left, 1, "what was written since stays")
	require.NoError(t, db.DropDraft(t.Context(), key, 0, line))
	_, err = db.Draft(t.Context(), key, 0)
	require.Equal(t, casework.NotFound, casework.KindOf(err))
}

func TestDraft_IsSealedWithTheSecretOfItsRecord(t *testing.T) {
	t.Parallel()
	db, raw := open(t)
	db.SealTexts(letters{})
	_, err := db.SaveDraft(t.Context(), draft("a", "CANARY"), 0, did("case-1", access.KeepDraft))
	require.NoError(t, err)
	var body, sealed string
	require.NoError(t, raw.QueryRowContext(t.Context(), `SELECT body, convert_from(sealed, 'UTF8') FROM drafts`).Scan(&body, &sealed))
	require.Empty(t, body)
	require.Equal(t, "case-1/a/CANARY", sealed)
	read, err := db.Draft(t.Context(), draft("", "").DraftKey, 1)
	require.NoError(t, err)
	require.Equal(t, "CANARY", read.Body)
	db.SealTexts(letters{gone: "case-1"})
	_, err = db.Draft(t.Context(), draft("", "").DraftKey, 1)
	require.Equal(t, casework.Gone, casework.KindOf(err), "destroyed with its record")
}

// One author has drafts of a few steps in many records.
func TestPlans_OfDrafts(t *testing.T) {
	t.Parallel()
	_, raw := open(t)
	_, err := raw.ExecContext(t.Context(), `
INSERT INTO drafts (id, aggregate, author, step, version, beside, body, saved_at)
SELECT 'd-' || n, 'case-' || n % 3000, 'w-' || n % 500, 'visit.record', n, false, '', now() FROM generate_series(1, 30000) n;
ANALYZE drafts`)
	require.NoError(t, err)
	for _, step := range []string{"", "visit.record"} {
		plan := explain(t, raw, postgres.SelectDrafts, []any{"case-7", "w-7", step})
		require.Contains(t, plan, " drafts_pkey ")
		require.NotContains(t, plan, "Seq Scan")
	}
}
