package keyring_test

import (
	"bytes"
	"fmt"
	"log/slog"
	"testing"

	"github.com/stretchr/testify/require"

	"homeward/internal/keyring"
)

const (
	oldKey = "2025-06 UEKwkKWvy3eTQXkxrhnTcmvU0jlgm6tSIWXVTIq3dTo="
	newKey = "2026-06 mS9+8Ni5OaDvmkUpFTFbGYlxLXvHRZJmGD6pXGV1Zgs="
)

func ring(t *testing.T, text string) *keyring.Ring {
	t.Helper()
	r, err := keyring.Open(func() ([]byte, error) { return []byte(text), nil })
	require.NoError(t, err)
	return r
}

func TestRing_FirstEncryptsAndAllAreFound(t *testing.T) {
	t.Parallel()
	r := ring(t, newKey+"\n"+oldKey)

	first, ok := r.First()

	require.True(t, ok)
	require.Equal(t, "2026-06", first.ID)
	old, ok := r.Find("2025-06")
	require.True(t, ok)
	require.Len(t, old.Secret, keyring.Size)
	_, ok = r.Find("2024-06")
	require.False(t, ok)
}

func TestRing_NilHasNoKey(t *testing.T) {
	t.Parallel()
	var none *keyring.Ring

	_, ok := none.First()
	require.False(t, ok)
	changed, err := none.Reload()
	require.NoError(t, err)
	require.False(t, changed)
	require.Empty(t, none.IDs())
	require.False(t, none.Shares(ring(t, oldKey)))
}

func TestRing_SharesAKeyUnderAnyID(t *testing.T) {
	t.Parallel()
	renamed := "another UEKwkKWvy3eTQXkxrhnTcmvU0jlgm6tSIWXVTIq3dTo="

	require.True(t, ring(t, newKey+","+oldKey).Shares(ring(t, renamed)))
	require.False(t, ring(t, newKey).Shares(ring(t, oldKey)))
}

func TestKey_ShowsItsIDAlone(t *testing.T) {
	t.Parallel()
	key, _ := ring(t, oldKey).First()
	var shown bytes.Buffer

	fmt.Fprintf(&shown, "%v %+v %#v %s", key, key, key, key)
	slog.New(slog.NewTextHandler(&shown, nil)).Info("key", slog.Any("key", key))

	require.Contains(t, shown.String(), "2025-06")
	for _, secret := range []string{"UEKwkKWv", "80 66 176", "5042b090", "0x50, 0x42"} { // the first bytes, as Go might print them
		require.NotContains(t, shown.String(), secret)
	}
}
