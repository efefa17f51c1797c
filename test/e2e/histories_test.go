package e2e

import (
	"bytes"
	"crypto/rand"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"go.temporal.io/api/history/v1"
	"google.golang.org/protobuf/encoding/protojson"

	"homeward/casework"
	"homeward/internal/access"
	"homeward/internal/audit"
	"homeward/internal/story"
	"homeward/internal/teststack"
	"homeward/postgres"
	"homeward/workflows"
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
	outcome, err := story.Reunification().Play(t.Context(), player(t, s))
	require.NoError(t, err)
	keep(t, s, casework.AggregateID(casework.KindReport, outcome.Report), filepath.Join(folder, "story-report.json"))
	keep(t, s, casework.AggregateID(casework.KindCase, outcome.Case), filepath.Join(folder, "story-case.json"))

	glass := brokenGlass(t, s, casework.AggregateID(casework.KindCase, outcome.Case))
	runs := s.Runs(t, glass)
	require.Len(t, runs, 2)
	keepRun(t, s, glass, runs[0], filepath.Join(folder, "glass-first-run.json"))
	keepRun(t, s, glass, runs[1], filepath.Join(folder, "glass-last-run.json"))

	small := teststack.New(t, teststack.Options{Namespace: teststack.SmallLimits})
	outcome, err = story.Reunification().Play(t.Context(), player(t, small))
	require.NoError(t, err)
	id := casework.AggregateID(casework.KindCase, outcome.Case)
	runs = small.Runs(t, id)
	require.Greater(t, len(runs), 2)
	keepRun(t, small, id, runs[0], filepath.Join(folder, "renewed-case-first-run.json"))
	keepRun(t, small, id, runs[1], filepath.Join(folder, "renewed-case-second-run.json"))
	keepRun(t, small, id, runs[len(runs)-1], filepath.Join(folder, "renewed-case-last-run.json"))
}

// brokenGlass has an emergency watched until it is overdue, moved to a fresh run,
// and reviewed. It returns the ID of its workflow.
func brokenGlass(t *testing.T, s *teststack.Stack, record string) string {
	t.Helper()
	now := time.Now().Truncate(time.Second)
	g, err := s.DB.BreakGlass(t.Context(), postgres.Breaking{Glass: casework.Glass{
		ID: strings.ToLower(rand.Text()), Record: record, Worker: "w-hotline", Role: casework.RoleHotline, Purpose: casework.GlassMissing,
		Reason: "t-reason", BrokenAt: now, ExpiresAt: now.Add(time.Hour), ReviewDue: now.Add(time.Hour),
	}, Words: "A patrol has found the child.", Limit: 1, Line: audit.Entry{
		Actor: casework.Actor{ID: "w-hotline", Role: casework.RoleHotline}, Action: access.BreakGlass, Outcome: audit.Done, Record: record,
	}})
	require.NoError(t, err)
	id := casework.GlassAggregate(g.ID)
	update, err := s.Client.UpdateWithStartWorkflow(t.Context(), workflows.GlassOptions(s.Client, s.TaskQueue, g.ID))
	require.NoError(t, err)
	require.NoError(t, update.Get(t.Context(), nil))
	require.NoError(t, s.Mover.By(t.Context(), id, 26*time.Hour))
	require.NoError(t, s.Mover.Settled(t.Context(), id))
	require.NoError(t, s.Client.SignalWorkflow(t.Context(), id, "", workflows.SignalRenew, nil))
	require.Eventually(t, func() bool { return len(s.Runs(t, id)) == 2 }, 20*time.Second, 20*time.Millisecond)
	update, err = s.Client.UpdateWorkflow(t.Context(), workflows.ReviewOptions(casework.GlassReview{
		Glass: g.ID, By: casework.Actor{ID: "w-supervisor", Role: casework.RoleSupervisor}, Finding: casework.GlassJustified,
		Note: "t-note", At: now.Add(time.Minute),
	}, "review"))
	require.NoError(t, err)
	require.NoError(t, update.Get(t.Context(), nil))
	require.NoError(t, s.Client.GetWorkflow(t.Context(), id, "").Get(t.Context(), nil))
	return id
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
