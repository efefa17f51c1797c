package app

import (
	"log/slog"
	"os"
	"path/filepath"
	"testing"
	"time"

	"github.com/prometheus/client_golang/prometheus"
	"github.com/stretchr/testify/require"

	"homeward/internal/access"
	"homeward/internal/config"
	"homeward/internal/lifecycle"
)

// keyFile is a key file with these lines.
func keyFile(t *testing.T, text string) string {
	t.Helper()
	file := filepath.Join(t.TempDir(), "keys")
	require.NoError(t, os.WriteFile(file, []byte(text), 0o600))
	return file
}

func TestVaults_AreThoseThatHaveKeys(t *testing.T) {
	t.Parallel()
	shown, registry := &book{}, prometheus.NewRegistry()
	log := slog.New(slog.NewTextHandler(shown, nil))
	stack := lifecycle.New(log, time.Minute)
	c := APIConfig{
		Codec:        config.Codec{Off: true},
		Compartments: config.Compartments{ReporterKeyFile: keyFile(t, newKey+"\n"+oldKey)},
	}

	open, err := vaults(t.Context(), c, log, registry, stack)

	require.NoError(t, err)
	require.Len(t, open, 1)
	require.NotNil(t, open[access.Reporter])
	shown.says(t, `msg="a compartment is encrypted" compartment=reporter with=2026-06 decrypted_with="[2026-06 2025-06]"`)
	shown.says(t, `msg="a compartment is closed: it has no keys" compartment=adoption`)
	require.Equal(t, map[string]float64{
		"homeward_compartment_key reporter 2026-06 encrypt": 1, "homeward_compartment_key reporter 2025-06 decrypt": 1,
	}, figures(t, registry))
	require.NoError(t, stack.Stop(t.Context()))
}

func TestVaults_RefuseKeysThatAreNotTheirOwn(t *testing.T) {
	t.Parallel()
	off := config.Codec{Off: true}
	open := keyFile(t, newKey)
	require.NoError(t, os.Chmod(open, 0o644))
	for name, test := range map[string]struct {
		codec config.Codec
		files config.Compartments
		want  string
	}{
		"of another compartment": {
			off,
			config.Compartments{JuvenileKeyFile: keyFile(t, newKey), AdoptionKeyFile: keyFile(t, oldKey+","+newKey)},
			"juvenile and adoption have a key in common",
		},
		"of Temporal": {
			config.Codec{KeyFile: keyFile(t, oldKey)},
			config.Compartments{TreatmentKeyFile: keyFile(t, oldKey)},
			"treatment has a key in common with --codec-key-file",
		},
		"for everybody to read": {off, config.Compartments{ReporterKeyFile: open}, "--reporter-key-file: everybody on this machine may read"},
		"that are not there":    {off, config.Compartments{ReporterKeyFile: "/nowhere"}, "--reporter-key-file: stat"},
		"that are none":         {off, config.Compartments{ReporterKeyFile: keyFile(t, "nonsense")}, "the compartment reporter: line 1"},
	} {
		log := slog.New(slog.DiscardHandler)
		_, err := vaults(t.Context(), APIConfig{Codec: test.codec, Compartments: test.files}, log, prometheus.NewRegistry(),
			lifecycle.New(log, time.Minute))
		require.ErrorContains(t, err, test.want, name)
	}
}
