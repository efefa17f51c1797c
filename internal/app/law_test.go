package app_test

import (
	"bytes"
	"context"
	"crypto/rand"
	"log/slog"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"homeward/internal/app"
	"homeward/internal/config"
	"homeward/internal/testdb"
	"homeward/internal/teststack"
)

// agencyPack is a pack of an agency's own; a test may break it.
const agencyPack = `id: county
version: "2025.1"
title: A made-up county
jurisdiction: US-WA
extends: washington@2025.1
clocks:
  - id: relative-notice
    length: 20 days
    citation: Made-up county code 1
    source: practice
    confirmed: true
`

// folder holds files by name.
func folder(t *testing.T, files map[string]string) config.Packs {
	t.Helper()
	dir := t.TempDir()
	for name, content := range files {
		require.NoError(t, os.WriteFile(filepath.Join(dir, name), []byte(content), 0o600))
	}
	return config.Packs{Folder: dir}
}

func TestLaw_HoldsTheAgencysPacksBesideThoseOfTheRelease(t *testing.T) {
	t.Parallel()
	law, err := app.Law(folder(t, map[string]string{"county.yaml": agencyPack, "README.md": "Our packs."}))
	require.NoError(t, err)
	for _, ref := range []string{"county@2025.1", "washington@2025.1", "us-federal@2025.1"} {
		pack, err := law.Library.Pack(ref)
		require.NoError(t, err)
		require.Equal(t, ref, pack.Ref())
	}
}

func TestLaw_RefusesAFolderThatItCannotUseAsAWhole(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct {
		files map[string]string
		says  []string
	}{
		"two mistakes in one pack": {
			map[string]string{"county.yaml": strings.NewReplacer("20 days", "20 moons", "source: practice", "source: rumour").Replace(agencyPack)},
			[]string{`county.yaml:8: "20 moons" must be a number of`, `county.yaml:10: "rumour" must be one of`},
		},
		"laxer than the law of the state": {
			map[string]string{"county.yaml": strings.Replace(agencyPack, "20 days", "40 days", 1)},
			[]string{"county.yaml:8: clock relative-notice has 40 days, which is laxer than the 30 days of washington@2025.1"},
		},
		"not YAML":           {map[string]string{"county.yaml": "id: [county\n"}, []string{"county.yaml:", "not YAML"}},
		"a pack passed over": {map[string]string{"county.yml": agencyPack}, []string{"county.yml: would be passed over"}},
		"no pack at all":     {map[string]string{"README.md": "Our packs."}, []string{"there is no pack in the folder"}},
		"a released version": {
			map[string]string{"ours.yaml": strings.Replace(agencyPack, "id: county", "id: washington", 1)},
			[]string{"ours.yaml:1: washington@2025.1 is already defined"},
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			packs := folder(t, test.files)
			_, err := app.Law(packs)
			require.ErrorContains(t, err, packs.Folder)
			for _, says := range test.says {
				require.ErrorContains(t, err, says)
			}
		})
	}
}

// wordOf waits for a line in a log.
type wordOf struct {
	bytes.Buffer

	word  string
	heard chan struct{}
}

func (w *wordOf) Write(line []byte) (int, error) {
	if bytes.Contains(line, []byte(w.word)) {
		close(w.heard)
	}
	return w.Buffer.Write(line)
}

func TestWorker_StartsUnderTheAgencysLaw(t *testing.T) {
	t.Parallel()
	teststack.Dial(t, teststack.Namespace)
	log := &wordOf{word: "worker ready", heard: make(chan struct{})}
	settings := app.WorkerConfig{
		Database: config.Database{URL: config.Secret(testdb.URL(t)), Connections: 2},
		Temporal: config.Temporal{
			Address: os.Getenv("HOMEWARD_TEST_TEMPORAL_ADDRESS"), Namespace: teststack.Namespace, TaskQueue: "app-" + rand.Text(),
		},
		Codec:   config.Codec{Off: true},
		Worker:  config.Worker{Listen: "127.0.0.1:0", CacheSize: 10},
		Packs:   folder(t, map[string]string{"county.yaml": agencyPack}),
		Process: config.Process{StopTimeout: 20 * time.Second},
	}
	ctx, stop := context.WithCancel(t.Context())
	ended := make(chan error, 1)
	go func() { ended <- app.RunWorker(ctx, settings, slog.New(slog.NewTextHandler(log, nil))) }()
	select {
	case <-log.heard:
	case err := <-ended:
		require.NoError(t, err, "it ended before it was ready: %s", log)
	}
	stop()
	require.NoError(t, <-ended)
}

// No database and no Temporal: a process asks for its law before anything else.
func TestProcesses_RefuseToStartUnderABrokenLaw(t *testing.T) {
	t.Parallel()
	packs := folder(t, map[string]string{"county.yaml": strings.Replace(agencyPack, "20 days", "20 moons", 1)})
	for name, run := range map[string]func() error{
		"worker": func() error {
			return app.RunWorker(t.Context(), app.WorkerConfig{Packs: packs}, teststack.Quiet())
		},
		"api": func() error { return app.RunAPI(t.Context(), app.APIConfig{Packs: packs}, teststack.Quiet()) },
	} {
		require.ErrorContains(t, run(), "county.yaml:8:", name)
	}
}
