package postgres_test

import (
	"context"
	"strings"
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

// letters is a cipher that can be read off what it seals.
type letters struct{ gone string }

func (l letters) SealText(_ context.Context, record, text, words string) ([]byte, error) {
	return []byte(record + "/" + text + "/" + words), nil
}

func (l letters) OpenText(_ context.Context, record, text string, sealed []byte) (string, error) {
	if record == l.gone {
		return "", casework.NewError(casework.Gone, "destroyed")
	}
	words, _ := strings.CutPrefix(string(sealed), record+"/"+text+"/")
	return words, nil
}

func TestTexts_AreSealedForTheirRecordAndThoseOfBeforeAreRead(t *testing.T) {
	t.Parallel()
	db, raw := open(t)
	before, after := text("t-1", "plain of before"), text("t-2", "sealed now")
	require.NoError(t, db.SaveTexts(t.Context(), []postgres.Text{before}))
	db.SealTexts(letters{})
	require.NoError(t, db.SaveTexts(t.Context(), []postgres.Text{after}))

	read, err := db.Texts(t.Context(), []string{"t-1", "t-2"})
	require.NoError(t, err)
	require.Equal(t, []postgres.Text{before, after}, read)
	require.Equal(t, 1, count(t, raw, `SELECT count(*) FROM texts WHERE id = 't-2' AND body = '' AND sealed = 'case-1/t-2/sealed now'`))

	db.SealTexts(letters{gone: "case-1"})
	read, err = db.Texts(t.Context(), []string{"t-1", "t-2"})
	require.NoError(t, err)
	require.Equal(t, []postgres.Text{before}, read, "what was destroyed is not there")
}

func TestReserve_SealsTheTextsForTheNumberThatItGives(t *testing.T) {
	t.Parallel()
	db, raw := open(t)
	db.SealTexts(letters{})
	reserved, err := db.Reserve(t.Context(), postgres.Reservation{
		Key: "k", Kind: casework.KindReport, Fingerprint: "f", Texts: []postgres.Text{{ID: "t-1", Body: "words"}},
	})
	require.NoError(t, err)
	require.Equal(t, 1, count(t, raw, `SELECT count(*) FROM texts WHERE convert_from(sealed, 'UTF8') = $1`,
		"report-"+reserved.Number+"/t-1/words"))
}

// What moves to another record is that record's own: it stays when the first one is
// destroyed.
func TestCopyTexts_SealsThemForTheOtherRecord(t *testing.T) {
	t.Parallel()
	db := testdb.New(t)
	db.SealTexts(letters{})
	a := text("t-1", "The aunt takes her.")
	require.NoError(t, db.SaveTexts(t.Context(), []postgres.Text{a}))
	copied, err := db.CopyTexts(t.Context(), "case-2", []string{"t-1", "t-404"})
	require.NoError(t, err)
	again, err := db.CopyTexts(t.Context(), "case-2", []string{"t-1"})
	require.NoError(t, err)
	require.Equal(t, copied, again)
	require.Len(t, copied, 1)

	db.SealTexts(letters{gone: "case-1"})
	got, err := db.Texts(t.Context(), []string{"t-1", copied["t-1"]})
	require.NoError(t, err)
	want := a
	want.ID, want.Aggregate = copied["t-1"], "case-2"
	require.Equal(t, []postgres.Text{want}, got)
}
