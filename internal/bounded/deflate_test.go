package bounded_test

import (
	"bytes"
	"testing"

	"github.com/stretchr/testify/require"

	"homeward/internal/bounded"
)

func TestInflate_ReturnsWhatWasDeflated(t *testing.T) {
	t.Parallel()
	for _, data := range [][]byte{{}, []byte("x"), bytes.Repeat([]byte("facts "), 100_000)} {
		packed, err := bounded.Deflate(data)
		require.NoError(t, err)
		again, err := bounded.Deflate(data)
		require.NoError(t, err)
		require.Equal(t, packed, again)
		opened, err := bounded.Inflate(packed, int64(len(data)))
		require.NoError(t, err)
		require.Equal(t, data, opened)
	}
}

func TestInflate_RefusesWhatIsTooLargeOrBroken(t *testing.T) {
	t.Parallel()
	packed, err := bounded.Deflate(bytes.Repeat([]byte{0}, 1<<20))
	require.NoError(t, err)
	for name, c := range map[string]struct {
		packed []byte
		reason bounded.Reason
	}{
		"a bomb":     {packed, bounded.TooLarge},
		"cut off":    {packed[:len(packed)/2], bounded.Broken},
		"no DEFLATE": {[]byte("not packed"), bounded.Broken},
		"nothing":    {nil, bounded.Broken},
	} {
		limit := int64(1 << 20)
		if c.reason == bounded.TooLarge {
			limit--
		}
		_, err := bounded.Inflate(c.packed, limit)
		var refused *bounded.Error
		require.ErrorAs(t, err, &refused, name)
		require.Equal(t, c.reason, refused.Reason, name)
	}
}

func FuzzInflate(f *testing.F) {
	packed, err := bounded.Deflate([]byte(`{"facts":[]}`))
	require.NoError(f, err)
	f.Add(packed)
	f.Add([]byte("not packed"))
	f.Fuzz(func(t *testing.T, data []byte) {
		const limit = 1 << 16
		opened, err := bounded.Inflate(data, limit)
		if err != nil {
			return
		}
		require.LessOrEqual(t, len(opened), limit)
		packed, err := bounded.Deflate(opened)
		require.NoError(t, err)
		again, err := bounded.Inflate(packed, limit)
		require.NoError(t, err)
		require.True(t, bytes.Equal(opened, again))
	})
}
