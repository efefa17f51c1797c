package app

import (
	"bytes"
	"log/slog"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/prometheus/client_golang/prometheus"
	"github.com/stretchr/testify/require"

	"homeward/internal/codec"
	"homeward/internal/config"
	"homeward/internal/lifecycle"
)

const (
	oldKey = "2025-06 UEKwkKWvy3eTQXkxrhnTcmvU0jlgm6tSIWXVTIq3dTo="
	newKey = "2026-06 AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8="
)

// book is a log that can be read while it is written.
type book struct {
	mu   sync.Mutex
	text bytes.Buffer
}

func (b *book) Write(p []byte) (int, error) {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.text.Write(p)
}

func (b *book) String() string {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.text.String()
}

// says waits until the log says something.
func (b *book) says(t *testing.T, words string) {
	t.Helper()
	require.Eventually(t, func() bool { return strings.Contains(b.String(), words) }, 10*time.Second, time.Millisecond,
		"%s is not in %s", words, b)
}

func TestPayloads_AreEncryptedWithTheKeysOfTheFile(t *testing.T) {
	t.Parallel()
	file, shown, registry := filepath.Join(t.TempDir(), "keys"), &book{}, prometheus.NewRegistry()
	log := slog.New(slog.NewTextHandler(shown, nil))
	stack := lifecycle.New(log, time.Minute)
	_, err := payloads(t.Context(), config.Codec{KeyFile: file}, "homeward", log, registry, stack)
	require.ErrorContains(t, err, "--codec-key-file", "no process starts without its keys")
	require.NoError(t, os.WriteFile(file, []byte("nonsense"), 0o600))
	_, err = payloads(t.Context(), config.Codec{KeyFile: file}, "homeward", log, registry, stack)
	require.ErrorContains(t, err, "line 1")

	require.NoError(t, os.WriteFile(file, []byte(newKey+"\n"+oldKey), 0o600))
	c, err := payloads(t.Context(), config.Codec{KeyFile: file}, "homeward", log, registry, stack)
	require.NoError(t, err)
	p, err := c.DataConverter().ToPayload("words")
	require.NoError(t, err)
	require.Equal(t, "2026-06", codec.KeyOf(p))
	p.Data[20] ^= 1
	require.Error(t, c.DataConverter().FromPayload(p, new(string)))
	shown.says(t, `msg="payloads are encrypted" with=2026-06 decrypted_with="[2026-06 2025-06]"`)
	require.Equal(t, map[string]float64{
		"homeward_codec_key 2026-06 encrypt": 1, "homeward_codec_key 2025-06 decrypt": 1,
		"homeward_codec_unreadable_total altered": 1, "homeward_codec_unreadable_total missing-key": 0, "homeward_codec_unreadable_total missing-secret": 0,
		"homeward_codec_unreadable_total destroyed": 0,
		"homeward_codec_unreadable_total misplaced": 0, "homeward_codec_unreadable_total malformed": 0,
	}, figures(t, registry))
	require.NoError(t, stack.Stop(t.Context()))
}

// figures are the metrics by their name and labels.
func figures(t *testing.T, registry *prometheus.Registry) map[string]float64 {
	t.Helper()
	families, err := registry.Gather()
	require.NoError(t, err)
	values := make(map[string]float64)
	for _, family := range families {
		for _, m := range family.GetMetric() {
			name := family.GetName()
			for _, label := range m.GetLabel() {
				name += " " + label.GetValue()
			}
			values[name] = m.GetGauge().GetValue() + m.GetCounter().GetValue()
		}
	}
	return values
}

func TestPayloads_AreStoredInTheClearOnRequestOnly(t *testing.T) {
	t.Parallel()
	shown := &book{}
	log := slog.New(slog.NewTextHandler(shown, nil))
	stack := lifecycle.New(log, time.Minute)
	c, err := payloads(t.Context(), config.Codec{Off: true}, "homeward", log, prometheus.NewRegistry(), stack)
	require.NoError(t, err)
	p, err := c.DataConverter().ToPayload("words")
	require.NoError(t, err)
	require.Equal(t, `"words"`, string(p.GetData()))
	shown.says(t, "level=WARN msg=\"encryption is off")
	require.NoError(t, stack.Stop(t.Context()))

	_, err = WithoutPayloads().DataConverter().ToPayload("words")
	require.ErrorContains(t, err, "no key to encrypt with", "a tool that should send nothing sends nothing")
}

func TestKeys_AreFollowedWhileTheProcessRuns(t *testing.T) {
	t.Parallel()
	file, shown := filepath.Join(t.TempDir(), "keys"), &book{}
	log := slog.New(slog.NewTextHandler(shown, nil))
	require.NoError(t, os.WriteFile(file, []byte(oldKey), 0o600))
	from := config.Codec{KeyFile: file}
	ring, err := codec.Open(from.Read)
	require.NoError(t, err)
	stack := lifecycle.New(log, time.Minute)
	require.NoError(t, follow(t.Context(), "encryption keys", ring.Ring, time.NewTicker(time.Millisecond),
		func() { tell(t.Context(), log, ring) }, log, stack))

	require.NoError(t, os.WriteFile(file, []byte(newKey+"\n"+oldKey), 0o600))
	shown.says(t, `decrypted_with="[2026-06 2025-06]"`)
	require.NoError(t, os.Remove(file))
	shown.says(t, "those of before stay in use")
	require.Equal(t, []string{"2026-06", "2025-06"}, ring.IDs())
	require.NoError(t, stack.Stop(t.Context()))
}
