package e2e

import (
	"net/http/httptest"
	"slices"
	"testing"
	"time"

	"github.com/prometheus/client_golang/prometheus"
	"github.com/stretchr/testify/require"
	"go.temporal.io/api/enums/v1"

	"homeward/api"
	"homeward/casework"
	"homeward/internal/app"
	"homeward/internal/config"
	"homeward/internal/devtoken"
	"homeward/internal/story"
	"homeward/internal/teststack"
)

// player serves the API over a stack and signs everybody in.
func player(t *testing.T, s *teststack.Stack) story.Player {
	t.Helper()
	file := t.TempDir() + "/key.json"
	key, err := devtoken.LoadOrCreate(file)
	require.NoError(t, err)
	public, err := devtoken.PublicKeys(file)
	require.NoError(t, err)
	law, err := app.Law(config.Packs{})
	require.NoError(t, err)
	registry := prometheus.NewRegistry()
	handler, err := api.New(api.Options{
		Temporal: s.Client, Namespace: s.Namespace, TaskQueue: s.TaskQueue, Store: s.DB, Law: law, Pack: "washington@2025.1", Codec: s.Codec, Now: time.Now,
		Verifier: api.DevelopmentVerifier(public, time.Now), Log: teststack.Quiet(),
		Registerer: registry, Gatherer: registry,
	})
	require.NoError(t, err)
	server := httptest.NewServer(handler)
	t.Cleanup(server.Close)
	p := story.Player{
		API: server.URL, HTTP: server.Client(), Clock: s.Mover,
		IDs: make(map[casework.Role]string),
		SignIn: func(id string, role casework.Role) (string, error) {
			return devtoken.Sign(key, devtoken.Claims{Subject: id, Role: role}, time.Hour, time.Now())
		},
		Tell: func(at time.Time, line string) { t.Log(at.Format("2006-01-02 15:04"), line) },
	}
	for _, role := range []casework.Role{
		casework.RoleHotline, casework.RoleInvestigator, casework.RoleCaseworker, casework.RoleSupervisor,
	} {
		p.IDs[role] = "w-" + string(role)
	}
	return p
}

// A reference case-year may cost this many events; the story is 18 months.
const maxEventsOfStory = 1_600

func TestStory_FromTheCallToTheClosing(t *testing.T) {
	t.Parallel()
	s := teststack.New(t, teststack.Options{})
	outcome, state := played(t, s, story.Reunification())
	for _, child := range state.Children {
		require.Equal(t, "reunification", child.ExitReason)
	}
	late := state.Ledger[slices.IndexFunc(state.Ledger, func(d casework.Duty) bool { return d.ID == outcome.LateVisit })]
	for _, d := range state.Ledger {
		if d.Clock == late.Clock {
			require.Equal(t, d.Due == late.Due, d.Status == casework.DutyMetLate, "%s, due %s, is %s", d.ID, d.Due, d.Status)
		}
	}

	described, err := s.Client.DescribeWorkflowExecution(t.Context(), casework.AggregateID(casework.KindCase, outcome.Case), "")
	require.NoError(t, err)
	require.LessOrEqual(t, described.GetWorkflowExecutionInfo().GetHistoryLength(), int64(maxEventsOfStory))
	t.Log("events", described.GetWorkflowExecutionInfo().GetHistoryLength())
}

func TestStory_OfFourSiblingsWhoDiverge(t *testing.T) {
	t.Parallel()
	outcome, state := played(t, teststack.New(t, teststack.Options{}), story.Siblings())
	ways := map[string]string{}
	for _, child := range state.Children {
		ways[child.ID] = child.ExitReason
	}
	require.Equal(t, map[string]string{
		outcome.Children[0]: "emancipation", outcome.Children[1]: "reunification", outcome.Children[2]: "reunification",
		outcome.Children[3]: "relative",
	}, ways)
	for _, d := range state.Ledger {
		require.NotEqual(t, casework.DutyMetLate, d.Status, "%s was due %s", d.ID, d.Due)
	}
}

func TestStory_FromAFailedWayHomeToAGuardian(t *testing.T) {
	t.Parallel()
	_, state := played(t, teststack.New(t, teststack.Options{}), story.Guardianship())
	for _, child := range state.Children {
		require.Equal(t, "guardianship", child.ExitReason)
	}
	for _, d := range state.Ledger {
		if d.ID == "plan-step/1/step-1.1.1" {
			continue
		}
		require.NotEqual(t, casework.DutyMetLate, d.Status, "%s was due %s", d.ID, d.Due)
	}
}

func TestStory_OfASupervisorWhoIsAwayWhenEverythingFallsDue(t *testing.T) {
	t.Parallel()
	s := teststack.New(t, teststack.Options{})
	p := player(t, s)
	for range 2 { // a second time, as a demonstration is played
		outcome, err := story.Absence().Play(t.Context(), p)
		require.NoError(t, err)
		id := casework.AggregateID(casework.KindCase, outcome.Case)
		events, err := s.DB.Events(t.Context(), id, 1)
		require.NoError(t, err)
		state := casework.FoldCase(events)
		deciders := make([]string, len(state.Plans))
		for i, plan := range state.Plans {
			deciders[i] = plan.Decider
		}
		require.Equal(t, []string{"w-story-delegate", "w-story-supervisor"}, deciders)
		for _, d := range state.Pending() {
			require.NotEqual(t, casework.DutyOverdue, d.Status, d.ID)
		}
	}
}

// played plays a story to the closing of its case and requires that nothing is
// left of it: no duty, no timer, no run.
func played(t *testing.T, s *teststack.Stack, st story.Story) (story.Outcome, *casework.Case) {
	t.Helper()
	outcome, err := st.Play(t.Context(), player(t, s))
	require.NoError(t, err)

	id := casework.AggregateID(casework.KindCase, outcome.Case)
	events, err := s.DB.Events(t.Context(), id, 1)
	require.NoError(t, err)
	state := casework.FoldCase(events)
	require.True(t, state.Closed())
	require.Empty(t, state.Pending(), "a closed case owes nothing")
	chain, err := s.DB.VerifyChain(t.Context(), id)
	require.NoError(t, err)
	require.True(t, chain.Intact())

	require.NoError(t, s.Client.GetWorkflow(t.Context(), id, "").Get(t.Context(), nil))
	described, err := s.Client.DescribeWorkflowExecution(t.Context(), id, "")
	require.NoError(t, err)
	require.Equal(t, enums.WORKFLOW_EXECUTION_STATUS_COMPLETED, described.GetWorkflowExecutionInfo().GetStatus())
	require.Empty(t, s.Timers(t, id), "no timer is left")
	return outcome, state
}
