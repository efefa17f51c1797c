package secrets_test

import (
	"crypto/rand"
	"testing"

	"github.com/stretchr/testify/require"

	"homeward/internal/codec"
	"homeward/internal/secrets"
	"homeward/internal/testdb"
	"homeward/internal/teststack"
)

func TestMark_IsTheSameForEverybodyAndCannotBeTriedOut(t *testing.T) {
	t.Parallel()
	db, now := testdb.New(t), start()
	mark := func(v *secrets.Vault, text string) []byte {
		t.Helper()
		m, err := v.Mark(t.Context(), text)
		require.NoError(t, err)
		return m
	}
	mine := mark(open(t, db, now, teststack.Keys), "ssn 123456789")
	require.Equal(t, mine, mark(open(t, db, now, teststack.Keys), "ssn 123456789"), "another process")
	require.NotEqual(t, mine, mark(open(t, db, now, teststack.Keys), "ssn 123456788"))
	require.NotEqual(t, mine, mark(open(t, testdb.New(t), now, teststack.Keys), "ssn 123456789"), "another agency")

	rotated := open(t, db, now, freshKey+"\n"+teststack.Keys)
	_, err := rotated.Rewrap(t.Context())
	require.NoError(t, err)
	require.Equal(t, mine, mark(open(t, db, now, freshKey), "ssn 123456789"), "a rotation moves no mark")

	off := secrets.New(secrets.Options{Ring: codec.Off(), Store: db, Random: rand.Reader, Now: now.now})
	require.Len(t, mark(off, "a"), 32, "a plain hash")
}
