package main

import (
	"bytes"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"homeward/internal/codec"
)

func TestCodecKey_PrintsALineForTheKeyFile(t *testing.T) {
	t.Parallel()
	day := func() time.Time { return time.Date(2026, time.June, 30, 23, 0, 0, 0, time.FixedZone("", -7*60*60)) }
	seen := map[string]bool{}
	for _, args := range [][]string{{"codec", "key"}, {"codec", "key"}, {"codec", "key", "--id", "county.1"}} {
		var out, said bytes.Buffer
		require.Equal(t, statusDone, execute(t.Context(), args, console{Writer: &out, now: day}, &said), said.String())
		ring, err := codec.Open(func() ([]byte, error) { return out.Bytes(), nil })
		require.NoError(t, err)
		require.False(t, seen[out.String()], "each key is new")
		seen[out.String()] = true
		if len(args) == 2 {
			require.Regexp(t, `^2026-07-01-[a-z2-7]{4}$`, ring.IDs()[0], "the day in UTC")
			continue
		}
		require.Equal(t, []string{"county.1"}, ring.IDs())
	}
	var out, said bytes.Buffer
	require.Equal(t, statusFailed, execute(t.Context(), []string{"codec", "key", "--id", "a b"}, console{Writer: &out, now: day}, &said))
	require.Contains(t, said.String(), "--id: line 1: want an ID")
	require.Empty(t, out.String())
}
