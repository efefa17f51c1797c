package api

import (
	"context"
	"errors"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"github.com/prometheus/client_golang/prometheus"
	"github.com/stretchr/testify/require"

	"homeward/casework"
)

// bare is an API without parts, for what needs none.
func bare(t *testing.T) (*API, *strings.Builder) {
	t.Helper()
	log := new(strings.Builder)
	m, err := newMetrics(prometheus.NewRegistry())
	require.NoError(t, err)
	return &API{log: slog.New(slog.NewTextHandler(log, nil)), metrics: m, maxBody: 1 << 10}, log
}

// serve sends one request through a handler as the API would.
func serve(t *testing.T, a *API, h handler) *httptest.ResponseRecorder {
	t.Helper()
	recorder := httptest.NewRecorder()
	a.outermost(a.serve("/test", h)).ServeHTTP(recorder, httptest.NewRequestWithContext(t.Context(), http.MethodGet, "/", http.NoBody))
	return recorder
}

func TestRefuse_TellsNothingOfAPrivateCause(t *testing.T) {
	t.Parallel()
	for name, err := range map[string]error{
		"foreign":  errors.New("SECRET password"),
		"internal": casework.WrapError(casework.Internal, "SECRET detail", errors.New("SECRET password")),
		"cause":    casework.WrapError(casework.Unavailable, "The database does not answer.", errors.New("SECRET password")),
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			a, log := bare(t)
			answered := serve(t, a, func(*call) (reply, error) { return reply{}, err })

			require.GreaterOrEqual(t, answered.Code, 500)
			require.NotContains(t, answered.Body.String(), "SECRET")
			require.Contains(t, log.String(), "SECRET password", "the log knows why")
			require.Contains(t, log.String(), answered.Header().Get("X-Request-Id"))
		})
	}
}

func TestPanic_IsAnInternalError(t *testing.T) {
	t.Parallel()
	a, log := bare(t)

	answered := serve(t, a, func(*call) (reply, error) { panic("SECRET value") })

	require.Equal(t, http.StatusInternalServerError, answered.Code)
	require.Equal(t, "application/problem+json", answered.Header().Get("Content-Type"))
	require.Contains(t, log.String(), "TestPanic_IsAnInternalError", "the stack is in the log")
	require.NotContains(t, answered.Body.String()+log.String(), "SECRET", "what was thrown is not")
}

func TestPanic_CutsAHalfSentAnswer(t *testing.T) {
	t.Parallel()
	a, _ := bare(t)
	half := a.outermost(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		w.WriteHeader(http.StatusOK)
		panic("late")
	}))

	require.PanicsWithValue(t, http.ErrAbortHandler, func() {
		half.ServeHTTP(httptest.NewRecorder(), httptest.NewRequestWithContext(t.Context(), http.MethodGet, "/", http.NoBody))
	})
}

func TestKeyed_LetsOneAtATimePass(t *testing.T) {
	t.Parallel()
	var k keyed
	unlock, err := k.lock(t.Context(), "a")
	require.NoError(t, err)
	other, err := k.lock(t.Context(), "b")
	require.NoError(t, err)
	other()
	impatient, cancel := context.WithCancel(t.Context())
	cancel()
	_, err = k.lock(impatient, "a")
	require.ErrorIs(t, err, context.Canceled)

	passed := make(chan struct{})
	go func() {
		again, err := k.lock(context.WithoutCancel(t.Context()), "a")
		if err == nil {
			again()
			close(passed)
		}
	}()
	unlock()
	<-passed
	require.Empty(t, k.held)
}

func TestFingerprint_CoversWhatIsSaid(t *testing.T) {
	t.Parallel()
	marks := map[string]bool{}
	for _, body := range []string{
		`{"at":"2026-01-31T14:05:00Z","notes":"a"}`, `{ "notes": "a", "at": "2026-01-31T14:05:00Z", "alone": false }`,
	} {
		visit := casework.Visit{}
		require.NoError(t, decode([]byte(body), &visit))
		mark, err := fingerprint(&visit)
		require.NoError(t, err)
		marks[mark] = true
	}
	require.Len(t, marks, 1, "the same said otherwise")
	other, err := fingerprint(&casework.Visit{Notes: "b"})
	require.NoError(t, err)
	require.False(t, marks[other])
}

func TestCommandID_DiffersByPersonRouteRecordAndKey(t *testing.T) {
	t.Parallel()
	ids := map[string]bool{}
	for _, parts := range [][4]string{
		{"w-1", "r", "case-1", "k"},
		{"w-2", "r", "case-1", "k"},
		{"w-1", "s", "case-1", "k"},
		{"w-1", "r", "case-2", "k"},
		{"w-1", "r", "case-1", "l"},
		{"w-1r", "", "case-1", "k"},
	} {
		id := commandID(Person{ID: parts[0]}, parts[1], parts[2], parts[3])
		require.True(t, isHash(id))
		ids[id] = true
	}
	require.Len(t, ids, 6)
}
