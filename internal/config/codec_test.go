package config_test

import (
	"os"
	"testing"

	"homeward/internal/config"

	"github.com/stretchr/testify/require"
)

const keyLine = "2026-06 AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8="

func TestCodec_ComesFromOnePlace(t *testing.T) {
	without := least()
	delete(without, "HOMEWARD_CODEC_KEY_FILE")
	_, err := parse(t, without)
	require.ErrorContains(t, err, "no key to encrypt with")
	_, err = parse(t, without, "--codec-keys", keyLine)
	require.ErrorContains(t, err, "unknown flag --codec-keys")
	for _, twice := range []map[string]string{least("HOMEWARD_CODEC_KEYS", keyLine), least("HOMEWARD_CODEC_OFF", "true")} {
		_, err = parse(t, twice)
		require.ErrorContains(t, err, "exclude each other")
	}

	parsed, err := parse(t, without, "--codec-off")
	require.NoError(t, err)
	require.True(t, parsed.Codec.Off)

	without["HOMEWARD_CODEC_KEYS"] = keyLine
	parsed, err = parse(t, without)
	require.NoError(t, err)
	keys, err := parsed.Codec.Read()
	require.NoError(t, err)
	require.Equal(t, keyLine, string(keys))
	require.Equal(t, "[hidden]", parsed.Codec.Keys.String())
}

func TestCodec_ReadsItsFileEachTime(t *testing.T) {
	t.Parallel()
	c := config.Codec{KeyFile: file(t, keyLine)}
	keys, err := c.Read()
	require.NoError(t, err)
	require.Equal(t, keyLine, string(keys))

	require.NoError(t, os.WriteFile(c.KeyFile, []byte("another"), 0o600))
	keys, err = c.Read()
	require.NoError(t, err)
	require.Equal(t, "another", string(keys))

	require.NoError(t, os.Chmod(c.KeyFile, 0o644))
	_, err = c.Read()
	require.ErrorContains(t, err, "--codec-key-file: everybody on this machine may read")
	require.NoError(t, os.Chmod(c.KeyFile, 0o640), "a group may: that is how platforms hand secrets out")
	_, err = c.Read()
	require.NoError(t, err)

	require.NoError(t, os.Remove(c.KeyFile))
	_, err = c.Read()
	require.ErrorContains(t, err, "--codec-key-file: stat")
}
