package e2e

import (
	"bytes"
	"os"
	"path/filepath"
	"regexp"
	"testing"

	"github.com/stretchr/testify/require"
	"go.temporal.io/api/history/v1"
	"google.golang.org/protobuf/encoding/protojson"

	"homeward/casework"
	"homeward/internal/story"
	"homeward/internal/teststack"
)

// recordVariable asks for new histories; `make record-histories` sets it, once
// a release.
const recordVariable = "HOMEWARD_RECORD_HISTORIES"

// TestRecordHistories plays the story, and a case that continues as new, and
// keeps their histories for the replay tests of every later release. The file
// names say what the histories are of; a release adds a folder and never
// changes one. They are kept decrypted, so that replaying them needs no key.
func TestRecordHistories(t *testing.T) {
	release := os.Getenv(recordVariable)
	if release == "" {
		t.Skip(recordVariable + " is not set")
	}
	folder := filepath.Join("..", "..", "workflows", "testdata", "history", release)
	require.NoError(t, os.MkdirAll(folder, 0o755))

	s := teststack.New(t, teststack.Options{})
	outcome, err := story.Play(t.Context(), player(t, s))
	require.NoError(t, err)
	keep(t, s, casework.AggregateID(casework.KindReport, outcome.Report), filepath.Join(folder, "story-report.json"))
	keep(t, s, casework.AggregateID(casework.KindCase, outcome.Case), filepath.Join(folder, "story-case.json"))

	small := teststack.New(t, teststack.Options{Namespace: teststack.SmallLimits})
	outcome, err = story.Play(t.Context(), player(t, small))
	require.NoError(t, err)
	id := casework.AggregateID(casework.KindCase, outcome.Case)
	runs := small.Runs(t, id)
	require.Greater(t, len(runs), 2)
	keepRun(t, small, id, runs[0], filepath.Join(folder, "renewed-case-first-run.json"))
	keepRun(t, small, id, runs[1], filepath.Join(folder, "renewed-case-second-run.json"))
	keepRun(t, small, id, runs[len(runs)-1], filepath.Join(folder, "renewed-case-last-run.json"))
}

func keep(t *testing.T, s *teststack.Stack, id, file string) { t.Helper(); keepRun(t, s, id, "", file) }

func keepRun(t *testing.T, s *teststack.Stack, id, run, file string) {
	t.Helper()
	content, err := protojson.MarshalOptions{Indent: " "}.Marshal(&history.History{Events: s.History(t, id, run)})
	require.NoError(t, err)
	require.NoError(t, os.WriteFile(file, append(anonymous(t, content), '\n'), 0o644))
}

// anonymous takes the name of this machine out of a history. Workers put it into
// their identity and into the names of their queues.
func anonymous(t *testing.T, history []byte) []byte {
	t.Helper()
	host, err := os.Hostname()
	require.NoError(t, err)
	history = regexp.MustCompile(`"[0-9]+@[^"]*@"`).ReplaceAll(history, []byte(`"worker"`))
	return bytes.ReplaceAll(history, []byte(`"`+host+":"), []byte(`"sticky:`))
}
