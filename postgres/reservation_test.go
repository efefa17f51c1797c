package postgres_test

import (
	"sync"
	"testing"

	"github.com/stretchr/testify/require"

	"homeward/casework"
	"homeward/internal/testdb"
	"homeward/postgres"
)

func reservation(key string) postgres.Reservation {
	return postgres.Reservation{
		Key: key, Kind: casework.KindReport, Fingerprint: "f-1",
		Persons: []postgres.Person{
			{Name: "Ada Canary", Born: casework.NewDate(2019, 5, 1), Sex: "f", Address: "1 Elm St", Phone: "555"},
			{Name: "Ben Canary"},
		},
		Texts: []postgres.Text{text("t-"+key, "The caller said …")},
	}
}

func TestReserve_StoresPersonsAndTextsUnderANumber(t *testing.T) {
	t.Parallel()
	db := testdb.New(t)
	r := reservation("k-1")
	got, err := db.Reserve(t.Context(), r)
	require.NoError(t, err)
	require.True(t, got.New)
	require.Equal(t, "f-1", got.Fingerprint)
	require.Len(t, got.Persons, 2)

	persons, err := db.Persons(t.Context(), got.Persons)
	require.NoError(t, err)
	want := r.Persons
	want[0].ID, want[1].ID = got.Persons[0], got.Persons[1]
	same(t, want, persons)
	texts, err := db.Texts(t.Context(), []string{"t-k-1"})
	require.NoError(t, err)
	require.Len(t, texts, 1)
	require.Equal(t, "report-"+got.Number, texts[0].Aggregate)
	require.Equal(t, r.Texts[0].Body, texts[0].Body)
}

func TestReserve_TakesAPersonWhoIsKnownAsTheyAre(t *testing.T) {
	t.Parallel()
	db, raw := open(t)
	first, err := db.Reserve(t.Context(), reservation("k-1"))
	require.NoError(t, err)
	before, err := db.Persons(t.Context(), first.Persons)
	require.NoError(t, err)
	again := reservation("k-2")
	again.Persons = []postgres.Person{{Name: "New"}, {ID: first.Persons[0]}}
	second, err := db.Reserve(t.Context(), again)
	require.NoError(t, err)
	require.Equal(t, first.Persons[0], second.Persons[1])
	require.NotContains(t, first.Persons, second.Persons[0])
	after, err := db.Persons(t.Context(), first.Persons)
	require.NoError(t, err)
	same(t, before, after)
	require.Equal(t, 3, count(t, raw, `SELECT count(*) FROM persons`))
}

func TestReserve_TheSameKeyGetsTheSameAndStoresNothing(t *testing.T) {
	t.Parallel()
	db, raw := open(t)
	first, err := db.Reserve(t.Context(), reservation("k-1"))
	require.NoError(t, err)
	again := reservation("k-1")
	again.Fingerprint = "f-2"
	second, err := db.Reserve(t.Context(), again)
	require.NoError(t, err)
	first.New = false
	require.Equal(t, first, second, "with the fingerprint of the first, for the caller to compare")
	require.Equal(t, 2, count(t, raw, `SELECT count(*) FROM persons`))

	next, err := db.Reserve(t.Context(), postgres.Reservation{Key: "k-2", Kind: casework.KindReport})
	require.NoError(t, err)
	require.Empty(t, next.Persons)
	require.Equal(t, atoi(t, first.Number)+1, atoi(t, next.Number), "no number was used up")
}

func TestReserve_ReportsAndCasesCountApart(t *testing.T) {
	t.Parallel()
	db := testdb.New(t)
	report, err := db.Reserve(t.Context(), postgres.Reservation{Key: "k-1", Kind: casework.KindReport})
	require.NoError(t, err)
	first, err := db.Reserve(t.Context(), postgres.Reservation{Key: "k-2", Kind: casework.KindCase})
	require.NoError(t, err)
	require.Equal(t, report.Number, first.Number)
	_, err = db.Reserve(t.Context(), postgres.Reservation{Key: "k-3", Kind: "family"})
	require.Equal(t, casework.Internal, casework.KindOf(err))
}

func TestReserve_ConcurrentCallsOfOneKeyGetOneNumber(t *testing.T) {
	t.Parallel()
	db, raw := open(t)
	var wg sync.WaitGroup
	results := make([]postgres.Reserved, 20)
	errs := make([]error, len(results))
	for i := range results {
		wg.Go(func() { results[i], errs[i] = db.Reserve(t.Context(), reservation("k-1")) })
	}
	wg.Wait()
	first := 0
	for i, r := range results {
		require.NoError(t, errs[i])
		require.Equal(t, results[0].Number, r.Number)
		require.Equal(t, results[0].Persons, r.Persons)
		if r.New {
			first++
		}
	}
	require.Equal(t, 1, first)
	require.Equal(t, 1, count(t, raw, `SELECT count(*) FROM reservations`))
	require.Equal(t, 2, count(t, raw, `SELECT count(*) FROM persons`))
}
