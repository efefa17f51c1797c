package api_test

import (
	"context"
	"io"
	"net"
	"net/http"
	"net/url"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/prometheus/client_golang/prometheus/testutil/promlint"
	"github.com/stretchr/testify/require"
	"go.temporal.io/sdk/client"
	sdklog "go.temporal.io/sdk/log"

	"homeward/api"
	"homeward/casework"
	"homeward/internal/testdb"
	"homeward/internal/teststack"
	"homeward/postgres"
)

// absentTemporal is a client of a server that is not there.
func absentTemporal(t *testing.T) client.Client {
	t.Helper()
	c, err := client.NewLazyClient(client.Options{
		HostPort: "127.0.0.1:1", Logger: sdklog.NewStructuredLogger(teststack.Quiet()),
	})
	require.NoError(t, err)
	t.Cleanup(c.Close)
	return c
}

// absentDatabase is a connection to a database that has gone since.
func absentDatabase(t *testing.T) *postgres.DB {
	t.Helper()
	address, err := url.Parse(testdb.Empty(t))
	require.NoError(t, err)
	server := address.Host
	listener, err := new(net.ListenConfig).Listen(t.Context(), "tcp", "127.0.0.1:0")
	require.NoError(t, err)
	gone, cut := context.WithCancel(t.Context())
	var connections sync.WaitGroup
	connections.Go(func() {
		for {
			from, err := listener.Accept()
			if err != nil {
				return
			}
			connections.Go(func() { join(gone, from, server) })
		}
	})
	address.Host = listener.Addr().String()
	db := testdb.Open(t, address.String())
	cut()
	require.NoError(t, listener.Close())
	connections.Wait()
	return db
}

// join copies between a connection and another one to an address, until ctx ends.
func join(ctx context.Context, from net.Conn, address string) {
	defer from.Close()
	to, err := new(net.Dialer).DialContext(ctx, "tcp", address)
	if err != nil {
		return
	}
	defer to.Close()
	go func() { _, _ = io.Copy(to, from) }()
	go func() { _, _ = io.Copy(from, to) }()
	<-ctx.Done()
}

type part struct {
	Name   string
	OK     bool
	Detail string
}

// ready asks /readyz and returns the parts by name.
func (s *service) ready(status int) map[string]part {
	s.tb.Helper()
	answered := s.ask(request{path: "/readyz"})
	require.Equal(s.tb, status, answered.status, answered.text)
	var view struct {
		Ready bool
		Parts []part
	}
	answered.into(&view)
	require.Equal(s.tb, status == http.StatusOK, view.Ready)
	parts := map[string]part{}
	for _, p := range view.Parts {
		parts[p.Name] = p
	}
	return parts
}

func TestReady_FollowsTheWorker(t *testing.T) {
	t.Parallel()
	stack := teststack.New(t, teststack.Options{Idle: true})
	s := overStack(t, stack)
	becomes := func(status int) {
		t.Helper()
		require.Eventually(t, func() bool { return s.ask(request{path: "/readyz"}).status == status },
			time.Minute, 50*time.Millisecond)
	}

	require.False(t, s.ready(http.StatusServiceUnavailable)["worker"].OK)
	stack.StartWorker(t)
	becomes(http.StatusOK)
	require.Len(t, s.ready(http.StatusOK), 3)
	stack.StopWorker(t)
	becomes(http.StatusServiceUnavailable)
}

func TestReady_SaysWhichPartDoesNot(t *testing.T) {
	t.Parallel()
	idle := teststack.New(t, teststack.Options{Idle: true})

	none := overStack(t, idle).ready(http.StatusServiceUnavailable)
	require.True(t, none["database"].OK)
	require.True(t, none["temporal"].OK)
	require.False(t, none["worker"].OK)
	require.Contains(t, none["worker"].Detail, idle.TaskQueue)

	away := newService(t, func(o *api.Options) { o.Temporal, o.Store = absentTemporal(t), testdb.New(t) }).
		ready(http.StatusServiceUnavailable)
	require.True(t, away["database"].OK)
	require.False(t, away["temporal"].OK)
	require.False(t, away["worker"].OK)

	gone := newService(t, func(o *api.Options) {
		o.Temporal, o.Namespace, o.Store = idle.Client, idle.Namespace, absentDatabase(t)
	}).
		ready(http.StatusServiceUnavailable)
	require.False(t, gone["database"].OK)

	old := newService(t, func(o *api.Options) {
		o.Temporal, o.Namespace, o.Store = idle.Client, idle.Namespace, testdb.Open(t, testdb.Empty(t))
	}).
		ready(http.StatusServiceUnavailable)
	require.Contains(t, old["database"].Detail, "homeward migrate")
}

func TestOutage_OfTemporalStopsWritesAlone(t *testing.T) {
	t.Parallel()
	stack := teststack.New(t, teststack.Options{})
	r := takeReport(t, overStack(t, stack))
	s := newService(t, func(o *api.Options) {
		o.Temporal, o.Store, o.UpdateTimeout = absentTemporal(t), stack.DB, time.Second
	})

	answered := s.post(casework.RoleSupervisor, r.path+"/screen-out", body{"reason": "not-a-child", "note": "24"})

	answered.refused(http.StatusServiceUnavailable, casework.Unavailable, "")
	require.NotEmpty(t, answered.header.Get("Retry-After"))
	require.Equal(t, http.StatusOK, s.get(casework.RoleSupervisor, "/v1/cases").status)
	s.get(casework.RoleSupervisor, "/v1/commands/report-"+r.number+"/"+strings.Repeat("a", 64)).
		refused(http.StatusServiceUnavailable, casework.Unavailable, "")
}

func TestOutage_OfTheDatabaseIsSaid(t *testing.T) {
	t.Parallel()
	s := newService(t, func(o *api.Options) { o.Temporal, o.Store = absentTemporal(t), absentDatabase(t) })
	contact := body{"victim": "p-1", "at": justNow(), "place": "home", "notes": "CANARY"}

	for _, answered := range []response{
		s.get(casework.RoleSupervisor, "/v1/worklist"),
		s.get(casework.RoleSupervisor, "/v1/reports/7/timeline"),
		s.post(casework.RoleSupervisor, "/v1/reports/7/contacts", contact),
		s.post(casework.RoleHotline, "/v1/reports", receipt()),
	} {
		answered.refused(http.StatusServiceUnavailable, casework.Unavailable, "")
		require.NotEmpty(t, answered.header.Get("Retry-After"))
	}
	require.NotContains(t, s.log.String(), "CANARY")
}

func TestRoutes_UnknownAndWrongMethod(t *testing.T) {
	t.Parallel()
	s := newService(t, func(o *api.Options) { o.Temporal, o.Store = absentTemporal(t), testdb.New(t) })

	for _, path := range []string{"/", "/v1", "/v1/cases/1/visit", "//v1/cases", "/v1/cases/", "/v1/cases/1/../2"} {
		s.ask(request{path: path}).refused(http.StatusNotFound, casework.NotFound, "")
	}
	wrong := s.ask(request{method: http.MethodDelete, path: "/v1/reports"})
	wrong.refused(http.StatusMethodNotAllowed, "method-not-allowed", "")
	require.Equal(t, "GET, POST", wrong.header.Get("Allow"))
	require.Equal(t, http.StatusOK, s.ask(request{path: "/healthz"}).status)
	s.ask(request{path: "/v1/cases/1/visits"}).refused(http.StatusMethodNotAllowed, "method-not-allowed", "")
}

func TestMetrics_CountByTemplate(t *testing.T) {
	t.Parallel()
	s := newService(t, func(o *api.Options) { o.Temporal, o.Store = absentTemporal(t), testdb.New(t) })
	for _, path := range []string{"/v1/cases/1", "/v1/cases/2", "/v1/CANARY"} {
		s.get(casework.RoleSupervisor, path)
	}
	odd, err := http.NewRequestWithContext(t.Context(), "CANARY", s.url+"/v1/cases", http.NoBody)
	require.NoError(t, err)
	response, err := http.DefaultClient.Do(odd)
	require.NoError(t, err)
	require.NoError(t, response.Body.Close())

	shown := s.ask(request{path: "/metrics"}).text

	require.Contains(t, shown, `homeward_http_requests_total{code="404",method="GET",route="/v1/cases/{case}"} 2`)
	require.Contains(t, shown, `homeward_http_requests_total{code="404",method="GET",route="unknown"} 1`)
	require.Contains(t, shown, `method="other"`)
	require.NotContains(t, shown+s.log.String(), "CANARY")
	problems, err := promlint.New(strings.NewReader(shown)).Lint()
	require.NoError(t, err)
	require.Empty(t, problems)
}

func TestHeaders_KeepAnswersOutOfCaches(t *testing.T) {
	t.Parallel()
	s := newService(t, func(o *api.Options) { o.Temporal, o.Store = absentTemporal(t), testdb.New(t) })

	header := s.get(casework.RoleSupervisor, "/v1/worklist").header

	require.Equal(t, "no-store", header.Get("Cache-Control"))
	require.Equal(t, "nosniff", header.Get("X-Content-Type-Options"))
	require.NotEmpty(t, header.Get("X-Request-Id"))
	require.Contains(t, s.log.String(), header.Get("X-Request-Id"))
	require.Contains(t, s.log.String(), "route=/v1/worklist")
}

func TestNew_NeedsItsParts(t *testing.T) {
	t.Parallel()
	_, err := api.New(api.Options{})
	require.ErrorContains(t, err, "Temporal")
}

func TestServer_LetsRequestsInFlightFinish(t *testing.T) {
	t.Parallel()
	s := overStack(t, teststack.New(t, teststack.Options{Idle: true}), func(o *api.Options) { o.UpdateTimeout = 2 * time.Second })
	answered := make(chan response, 1)
	go func() { answered <- s.post(casework.RoleHotline, "/v1/reports", receipt()) }()
	require.Eventually(t, func() bool {
		return strings.Contains(s.ask(request{path: "/metrics"}).text, "homeward_http_requests_in_flight 2")
	}, time.Minute, time.Millisecond, "the report waits for a worker")

	require.NoError(t, s.server.Shutdown(t.Context()))

	(<-answered).refused(http.StatusAccepted, casework.Unknown, "")
}
