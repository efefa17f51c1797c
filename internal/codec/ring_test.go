package codec_test

import (
	"errors"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
	"google.golang.org/protobuf/proto"

	"homeward/internal/codec"
)

// The documented order of a rotation: the new key behind the old one everywhere,
// then before it, then alone. While a step is under way, processes that have
// taken it and processes that have not read each other.
func TestRotation_LosesNothingOnTheWay(t *testing.T) {
	t.Parallel()
	first, behind, before := ring(t, oldKey), ring(t, oldKey, newKey), ring(t, newKey, oldKey)
	alone := ring(t, newKey)
	for _, pair := range []struct{ from, to *codec.Ring }{
		{first, behind}, {behind, first}, {behind, before}, {before, behind}, {before, alone}, {alone, before},
	} {
		back, err := opened(of("case-1002", pair.to), sealed(t, of("case-1002", pair.from), secret()))
		require.NoError(t, err, "sealed with %v, read with %v", pair.from.IDs(), pair.to.IDs())
		require.True(t, proto.Equal(secret(), back))
	}
	require.Equal(t, codec.MissingKey, reason(t, of("case-1002", alone), sealed(t, of("case-1002", behind), secret())),
		"the old key is needed for as long as something is sealed with it")
	require.Equal(t, codec.MissingKey, reason(t, of("case-1002", first), sealed(t, of("case-1002", before), secret())),
		"and the new one must be everywhere before it encrypts")
}

func TestRing_FollowsItsSource(t *testing.T) {
	t.Parallel()
	text, failure := oldKey, error(nil)
	r, err := codec.Open(func() ([]byte, error) { return []byte(text), failure })
	require.NoError(t, err)
	require.Equal(t, []string{"2025-06"}, r.IDs())

	changed, err := r.Reload()
	require.NoError(t, err)
	require.False(t, changed)

	text = newKey + "\n" + oldKey
	changed, err = r.Reload()
	require.NoError(t, err)
	require.True(t, changed)
	require.Equal(t, []string{"2026-06", "2025-06"}, r.IDs())

	failure = errors.New("permission denied")
	changed, err = r.Reload()
	require.EqualError(t, err, "permission denied")
	require.False(t, changed)
	text, failure = "half a ke", nil
	_, err = r.Reload()
	require.Error(t, err)
	require.Equal(t, []string{"2026-06", "2025-06"}, r.IDs(), "a file that cannot be read takes no key away")
}

func TestRing_ReadsKeyFiles(t *testing.T) {
	t.Parallel()
	for name, text := range map[string]string{
		"lines":    newKey + "\n" + oldKey + "\n",
		"commas":   newKey + "," + oldKey,
		"comments": "# the keys\n\n  " + newKey + " # since June, for the first time\r\n" + oldKey,
	} {
		r, err := codec.Open(func() ([]byte, error) { return []byte(text), nil })
		require.NoError(t, err, name)
		require.Equal(t, []string{"2026-06", "2025-06"}, r.IDs(), name)
	}
}

func TestRing_RefusesABrokenKeyFileAndShowsNothingOfIt(t *testing.T) {
	t.Parallel()
	const hidden = "UEKwkKWvy3eTQXkxrhnTcmvU0jlgm6tSIWXVTIq3dTo="
	for text, want := range map[string]string{
		"":                                "there is no key",
		"# nothing":                       "there is no key",
		hidden:                            "line 1: want an ID",
		"k " + hidden + " " + hidden:      "line 1: want an ID",
		"k/1 " + hidden:                   "line 1: want an ID",
		newKey + "\nk " + hidden[:40]:     "line 2: k is not 32 bytes in base64",
		"k " + hidden[:42]:                "line 1: k is not 32 bytes in base64",
		"k " + hidden + "AAAA":            "line 1: k is not 32 bytes in base64",
		"k " + strings.Repeat("AAAA", 12): "line 1: k is not 32 bytes in base64",
		oldKey + "\n" + oldKey:            "line 2: 2025-06 stands there twice",
		oldKey + "\n\nk " + hidden:        "line 3: k is the same as 2025-06",
	} {
		_, err := codec.Open(func() ([]byte, error) { return []byte(text), nil })
		require.ErrorContains(t, err, want)
		require.NotContains(t, err.Error(), hidden[:8])
	}
}
