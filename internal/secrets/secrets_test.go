package secrets_test

import (
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"maps"
	"slices"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"homeward/casework"
	"homeward/internal/codec"
	"homeward/internal/secrets"
	"homeward/internal/testdb"
	"homeward/internal/teststack"
	"homeward/postgres"
)

// counted is the real store, which counts lookups and can be away.
type counted struct {
	*postgres.DB

	looks atomic.Int64
	away  atomic.Bool
}

func (c *counted) Secret(ctx context.Context, record string) (codec.Wrapped, error) {
	c.looks.Add(1)
	if c.away.Load() {
		return codec.Wrapped{}, casework.NewError(casework.Unavailable, "away")
	}
	return c.DB.Secret(ctx, record)
}

// clock is a wall clock that a test moves.
type clock struct{ at atomic.Int64 }

func (c *clock) now() time.Time { return time.Unix(c.at.Load(), 0) }

func (c *clock) move(d time.Duration) { c.at.Add(int64(d.Seconds())) }

const freshKey = "fresh QUJDREVGR0hJSktMTU5PUFFSU1RVVldYWVphYmNkZWY="

func open(t *testing.T, store secrets.Store, c *clock, keys string) *secrets.Vault {
	t.Helper()
	return secrets.New(secrets.Options{Ring: teststack.Ring(t, keys), Store: store, Random: rand.Reader, Now: c.now})
}

func start() *clock {
	c := &clock{}
	c.at.Store(1_800_000_000)
	return c
}

func TestVault_LooksOnceForEachRecordAndForgetsInMinutes(t *testing.T) {
	t.Parallel()
	store, now := &counted{DB: testdb.New(t)}, start()
	v := open(t, store, now, teststack.Keys)
	none, err := v.Known("case-1")
	require.NoError(t, err)
	require.Nil(t, none, "reading makes no secret")

	var all sync.WaitGroup
	seen := make([]*codec.Secret, 16)
	for i := range seen {
		all.Go(func() { seen[i], _ = v.Making("case-1") })
	}
	all.Wait()
	require.NotNil(t, seen[0])
	for _, one := range seen {
		require.Equal(t, seen[0], one, "those who ask at once get one secret")
	}
	looks := store.looks.Load()
	for range 100 {
		known, err := v.Known("case-1")
		require.NoError(t, err)
		require.Equal(t, seen[0], known)
	}
	require.Equal(t, looks, store.looks.Load())

	now.move(secrets.Memory)
	again, err := v.Known("case-1")
	require.NoError(t, err)
	require.Equal(t, seen[0], again)
	require.Equal(t, looks+1, store.looks.Load())

	elsewhere, err := open(t, store, now, teststack.Keys).Making("case-1")
	require.NoError(t, err)
	require.Equal(t, seen[0], elsewhere, "all processes have the same")
}

func TestVault_RacingProcessesKeepOneSecret(t *testing.T) {
	t.Parallel()
	db, now := testdb.New(t), start()
	seen := make([]*codec.Secret, 8)
	var all sync.WaitGroup
	for i := range seen {
		v := open(t, db, now, teststack.Keys)
		all.Go(func() { seen[i], _ = v.Making("report-7") })
	}
	all.Wait()
	require.NotNil(t, seen[0])
	for _, one := range seen {
		require.Equal(t, seen[0], one)
	}
}

func TestVault_GivesNoSecretToWhatIsNoRecord(t *testing.T) {
	t.Parallel()
	v := open(t, testdb.New(t), start(), teststack.Keys)
	for _, workflow := range []string{"", "purge-1", "case-", "case-x", "case", "cases-1", "case-1234567890123456789"} {
		secret, err := v.Making(workflow)
		require.NoError(t, err, workflow)
		require.Nil(t, secret, workflow)
	}
	off := secrets.New(secrets.Options{Ring: codec.Off(), Store: testdb.New(t), Random: rand.Reader, Now: time.Now})
	secret, err := off.Making("case-1")
	require.NoError(t, err)
	require.Nil(t, secret, "encryption is off")
	sealed, err := off.SealText(t.Context(), "case-1", "t-1", "words")
	require.NoError(t, err)
	require.Nil(t, sealed)
}

func TestVault_SaysSoWhereTheDatabaseDoesNotAnswer(t *testing.T) {
	t.Parallel()
	store, now := &counted{DB: testdb.New(t)}, start()
	v := open(t, store, now, teststack.Keys)
	store.away.Store(true)
	_, err := v.Making("case-1")
	require.Equal(t, casework.Unavailable, casework.KindOf(err))
	_, err = v.SealText(t.Context(), "case-1", "t-1", "words")
	require.Equal(t, casework.Unavailable, casework.KindOf(err))
	store.away.Store(false)
	secret, err := v.Making("case-1")
	require.NoError(t, err, "an outage is not remembered")
	require.NotNil(t, secret)
}

func TestVault_RemembersTheLatestOnly(t *testing.T) {
	t.Parallel()
	store, now := &counted{DB: testdb.New(t)}, start()
	v := secrets.New(secrets.Options{
		Ring: teststack.Ring(t, teststack.Keys), Store: store, Random: rand.Reader, Now: now.now, Capacity: 2,
	})
	for _, record := range []string{"case-1", "case-2", "case-1", "case-3"} {
		_, err := v.Making(record)
		require.NoError(t, err)
	}
	looks := store.looks.Load()
	for record, asked := range map[string]int64{"case-1": 0, "case-3": 0} {
		_, err := v.Known(record)
		require.NoError(t, err)
		require.Equal(t, looks+asked, store.looks.Load())
	}
	_, err := v.Known("case-2")
	require.NoError(t, err)
	require.Equal(t, looks+1, store.looks.Load(), "it was used least lately")
}

func TestRewrap_LeavesNothingInTheDatabaseThatNeedsTheOldKey(t *testing.T) {
	t.Parallel()
	db, now := testdb.New(t), start()
	db.SealTexts(open(t, db, now, teststack.Keys))
	var texts []postgres.Text
	for i := range 450 { // more than two rounds
		texts = append(texts, postgres.Text{
			ID: fmt.Sprint("t-", i), Aggregate: fmt.Sprint("case-", i+1), Author: "w-1", Body: fmt.Sprint("words ", i), CreatedAt: now.now().UTC(),
		})
	}
	require.NoError(t, db.SaveTexts(t.Context(), texts))

	rotated := open(t, db, now, freshKey+"\n"+teststack.Keys)
	count, err := rotated.Rewrap(t.Context())
	require.NoError(t, err)
	require.Equal(t, 450, count)
	keys, err := db.SecretKeys(t.Context())
	require.NoError(t, err)
	require.Equal(t, []string{"fresh"}, slices.Collect(maps.Keys(keys)))
	count, err = rotated.Rewrap(t.Context())
	require.NoError(t, err)
	require.Zero(t, count)

	db.SealTexts(open(t, db, now, freshKey))
	ids := []string{"t-0", "t-449"}
	read, err := db.Texts(t.Context(), ids)
	require.NoError(t, err)
	require.Equal(t, []postgres.Text{texts[0], texts[449]}, read)

	db.SealTexts(open(t, db, now, teststack.Keys))
	_, err = db.Texts(t.Context(), ids)
	require.Equal(t, casework.Unavailable, casework.KindOf(err), "the key may come")
	e, ok := errors.AsType[*codec.Error](err)
	require.True(t, ok)
	require.Equal(t, codec.MissingKey, e.Reason)
}
