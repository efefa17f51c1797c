package postgres_test

import (
	"testing"

	"github.com/stretchr/testify/require"

	"homeward/casework"
	"homeward/internal/testdb"
	"homeward/postgres"
)

func text(id, body string) postgres.Text {
	return postgres.Text{ID: id, Aggregate: "case-1", Author: "w-17", Body: body, CreatedAt: start()}
}

func TestSaveTexts_KeepsTheFirstWordsOfAnID(t *testing.T) {
	t.Parallel()
	db := testdb.New(t)
	a, b := text("t-1", "The door was \"open\".\nÉmilie said so."), text("t-2", "Nobody was home.")
	require.NoError(t, db.SaveTexts(t.Context(), []postgres.Text{a, b}))
	require.NoError(t, db.SaveTexts(t.Context(), []postgres.Text{text("t-1", "other words")}))
	require.NoError(t, db.SaveTexts(t.Context(), nil))

	got, err := db.Texts(t.Context(), []string{"t-2", "t-404", "t-1"})
	require.NoError(t, err)
	require.Equal(t, []postgres.Text{b, a}, got)
}

func TestDropTexts_RemovesOnlyThose(t *testing.T) {
	t.Parallel()
	db := testdb.New(t)
	require.NoError(t, db.SaveTexts(t.Context(), []postgres.Text{text("t-1", "a"), text("t-2", "b")}))
	require.NoError(t, db.DropTexts(t.Context(), []string{"t-1", "t-404"}))
	got, err := db.Texts(t.Context(), []string{"t-1", "t-2"})
	require.NoError(t, err)
	require.Equal(t, []postgres.Text{text("t-2", "b")}, got)
}

func TestSaveTexts_RefusesWhatCannotBeStoredWithoutRepeatingIt(t *testing.T) {
	t.Parallel()
	err := testdb.New(t).SaveTexts(t.Context(), []postgres.Text{text("t-1", "secret\x00words")})
	require.Equal(t, casework.Invalid, casework.KindOf(err))
	require.NotContains(t, err.Error(), "secret")
}
