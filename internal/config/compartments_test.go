package config_test

import (
	"os"
	"testing"

	"github.com/stretchr/testify/require"

	"homeward/internal/access"
	"homeward/internal/config"
)

func TestCompartments_HaveKeysOfTheirOwnOrNone(t *testing.T) {
	parsed, err := parse(t, least("HOMEWARD_REPORTER_KEY_FILE", "/a", "HOMEWARD_TREATMENT_KEY_FILE", "/b",
		"HOMEWARD_JUVENILE_KEY_FILE", "/c", "HOMEWARD_ADOPTION_KEY_FILE", "/d"))
	require.NoError(t, err)
	for _, c := range access.Compartments() {
		require.NotNil(t, parsed.Compartments.Source(c), c)
	}

	parsed, err = parse(t, least())
	require.NoError(t, err)
	for _, c := range access.Compartments() {
		require.Nil(t, parsed.Compartments.Source(c), c)
	}

	_, err = parse(t, least("HOMEWARD_TREATMENT_KEY_FILE", "/a"), "--adoption-key-file", "/a")
	require.ErrorContains(t, err, "--treatment-key-file and --adoption-key-file must be different files")
}

func TestCompartments_ReadTheirFilesEachTime(t *testing.T) {
	t.Parallel()
	c := config.Compartments{JuvenileKeyFile: file(t, keyLine)}
	read := c.Source(access.Juvenile)
	for _, text := range []string{keyLine, "another"} {
		require.NoError(t, os.WriteFile(c.JuvenileKeyFile, []byte(text), 0o600))
		keys, err := read()
		require.NoError(t, err)
		require.Equal(t, text, string(keys))
	}

	require.NoError(t, os.Chmod(c.JuvenileKeyFile, 0o644))
	_, err := read()
	require.ErrorContains(t, err, "--juvenile-key-file: everybody on this machine may read")
}
