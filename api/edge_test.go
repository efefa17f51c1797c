package api_test

import (
	"encoding/base64"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/netip"
	"net/url"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"homeward/api"
	"homeward/casework"
	"homeward/internal/testdb"
	"homeward/internal/teststack"
)

func TestLimits_HoldOnePersonBackAndNoOther(t *testing.T) {
	t.Parallel()
	clock := new(clock)
	stopped := clock.now()
	s := newService(t, func(o *api.Options) {
		o.Temporal, o.Store, o.PerPerson = absentTemporal(t), testdb.New(t), 1
		o.Now = func() time.Time { return stopped.Add(time.Duration(clock.ahead.Load())) }
	})
	for range 10 {
		require.Equal(t, http.StatusOK, s.get(casework.RoleSupervisor, "/v1/worklist").status)
	}
	answered := s.get(casework.RoleSupervisor, "/v1/worklist")
	answered.refused(http.StatusTooManyRequests, casework.TooMany, "")
	require.Equal(t, "1", answered.header.Get("Retry-After"))
	require.Equal(t, http.StatusOK, s.get(casework.RoleCaseworker, "/v1/worklist").status, "a colleague at the same address")

	clock.add(time.Second)
	require.Equal(t, http.StatusOK, s.get(casework.RoleSupervisor, "/v1/worklist").status, "the time that was asked for is enough")
}

func TestLimits_HoldOneAddressBackBeforeAnyTokenIsRead(t *testing.T) {
	t.Parallel()
	now := time.Now()
	s := newService(t, func(o *api.Options) {
		o.Temporal, o.Store, o.PerAddress = absentTemporal(t), testdb.New(t), 1
		o.Proxies, o.Now = []netip.Prefix{netip.MustParsePrefix("127.0.0.0/8")}, func() time.Time { return now }
	})
	from := func(address, path, token string) response {
		return s.ask(request{path: path, token: token, header: http.Header{"X-Forwarded-For": {address}}})
	}
	for range 5 {
		from("192.0.2.1", "/v1/worklist", "made-up").refused(http.StatusUnauthorized, casework.Unauthenticated, "")
		from("192.0.2.1", "/v1/nothing", "").refused(http.StatusNotFound, casework.NotFound, "")
	}
	good := s.token(casework.RoleSupervisor)
	from("192.0.2.1", "/v1/worklist", good).refused(http.StatusTooManyRequests, casework.TooMany, "")
	from("192.0.2.1", "/v1/nothing", "").refused(http.StatusTooManyRequests, casework.TooMany, "")
	require.Equal(t, http.StatusOK, from("192.0.2.2", "/v1/worklist", good).status)
	for _, probe := range []string{"/healthz", "/metrics"} {
		require.Equal(t, http.StatusOK, from("192.0.2.1", probe, "").status, probe)
	}
	require.NotContains(t, s.log.String(), "192.0.2.1")
}

func TestEveryAnswer_KeepsOutOfCachesAndFrames(t *testing.T) {
	t.Parallel()
	s := newService(t, func(o *api.Options) {
		o.Temporal, o.Store, o.HTTPSOnly = absentTemporal(t), testdb.New(t), true
	})
	good := s.token(casework.RoleSupervisor)
	for _, q := range []request{
		{path: "/v1/worklist", token: good},
		{path: "/v1/worklist"},
		{path: "/v1/worklist?colour=red", token: good},
		{path: "/v1/cases/1", token: good},
		{path: "/nothing"},
		{method: http.MethodPut, path: "/v1/worklist", token: good},
		{path: "/healthz"},
		{path: "/openapi.yaml"},
		{path: "/readyz"},
		{path: "/metrics"},
		{method: http.MethodOptions, path: decodePath},
	} {
		answered := s.ask(q)
		for name, want := range map[string]string{
			"Cache-Control": "no-store", "X-Content-Type-Options": "nosniff", "Referrer-Policy": "no-referrer",
			"Content-Security-Policy":   "default-src 'none'; frame-ancestors 'none'",
			"Strict-Transport-Security": "max-age=31536000",
		} {
			require.Equal(t, want, answered.header.Get(name), "%s: %s", q.path, name)
		}
	}
}

func TestStrictTransport_IsSentOnlyWhereTheAgencySaysSo(t *testing.T) {
	t.Parallel()
	s := newService(t, func(o *api.Options) { o.Temporal, o.Store = absentTemporal(t), testdb.New(t) })
	require.Empty(t, s.ask(request{path: "/healthz"}).header.Get("Strict-Transport-Security"))
}

func TestServer_SetsEveryTimeout(t *testing.T) {
	t.Parallel()
	s := newService(t, func(o *api.Options) { o.Temporal, o.Store = absentTemporal(t), testdb.New(t) })
	for name, limit := range map[string]time.Duration{
		"headers": s.server.ReadHeaderTimeout, "read": s.server.ReadTimeout, "write": s.server.WriteTimeout, "idle": s.server.IdleTimeout,
	} {
		require.Positive(t, limit, name)
		require.LessOrEqual(t, limit, 2*time.Minute, name)
	}
	large, err := http.NewRequestWithContext(t.Context(), http.MethodGet, s.url+"/healthz", http.NoBody)
	require.NoError(t, err)
	large.Header.Set("X-Large", strings.Repeat("x", 40<<10))
	answered, err := http.DefaultClient.Do(large)
	require.NoError(t, err)
	require.NoError(t, answered.Body.Close())
	require.Equal(t, http.StatusRequestHeaderFieldsTooLarge, answered.StatusCode)
}

func TestServer_HangsUpOnWhoNeverEndsTheHeaders(t *testing.T) {
	t.Parallel()
	s := newService(t, func(o *api.Options) { o.Temporal, o.Store = absentTemporal(t), testdb.New(t) })
	connection, err := new(net.Dialer).DialContext(t.Context(), "tcp", strings.TrimPrefix(s.url, "http://"))
	require.NoError(t, err)
	defer connection.Close()
	require.NoError(t, connection.SetDeadline(time.Now().Add(4*s.server.ReadHeaderTimeout)))
	_, err = io.WriteString(connection, "GET /v1/worklist HTTP/1.1\r\nHost: x\r\nX-Slow: ")
	require.NoError(t, err)
	_, err = io.Copy(io.Discard, connection)
	require.NoError(t, err, "the server hangs up before our own deadline")
}

// canary stands in what is sent, and must stand in no answer and no log.
const canary = "Robin-Sample"

func TestReads_AnswerInjectedAddressesLikeUnknownOnes(t *testing.T) {
	t.Parallel()
	s := overStack(t, teststack.New(t, teststack.Options{}))
	known := takeReport(t, s).path
	texts := []string{
		canary + "\x00", "..", "../" + canary, "1/../../" + canary, "1;DROP TABLE events--" + canary, "1' OR '1'='1" + canary,
		"1 OR CaseStage='open'" + canary, `1" OR WorkflowType = "case` + canary, "%2e%2e" + canary, "1\r\nX-Set: " + canary,
		strings.Repeat("9", 19), strings.Repeat("9", 400), "\xff" + canary, "-1", "0", "01", "1e3", "+1", "١", "１", "1\u202e" + canary, "<script>" + canary,
	}
	for _, text := range texts {
		part := url.PathEscape(text)
		for _, path := range []string{
			"/v1/cases/" + part, "/v1/reports/" + part, "/v1/cases/" + part + "/timeline", "/v1/reports/" + part + "/children",
			"/v1/cases/" + part + "/duties/x", "/v1/reports/" + part + "/next", "/v1/cases/" + part + "/narratives/" + part,
			known + "/duties/" + part, known + "/narratives/" + part, "/v1/commands/case-" + part + "/" + part,
			"/v1/commands/" + part + "/" + strings.Repeat("a", 64), "/v1/workers/" + part,
		} {
			answered := s.get(casework.RoleSupervisor, path)
			require.Contains(t, []int{http.StatusBadRequest, http.StatusNotFound}, answered.status, "%s: %s", path, answered.text)
			require.NotContains(t, answered.text+fmt.Sprint(answered.header), canary, path)
		}
		// Where a name may be looked for, the text is only ever compared.
		for _, path := range []string{"/v1/cases?office=", "/v1/reports?office=", "/v1/cases?report=", "/v1/cases?stage=", "/v1/cases?cursor=", "/v1/cases?limit=", "/v1/worklist?due_before="} {
			answered := s.get(casework.RoleSupervisor, path+url.QueryEscape(text))
			require.NotContains(t, answered.text+fmt.Sprint(answered.header), canary, path)
			require.Less(t, answered.status, http.StatusInternalServerError, "%s%s: %s", path, text, answered.text)
		}
	}
	require.NotContains(t, s.log.String(), canary)
	require.NotContains(t, s.log.String(), "DROP TABLE")
	require.NotContains(t, s.log.String(), "request failed")
}

func TestLists_FiltersWidenNothing(t *testing.T) {
	t.Parallel()
	s := overStack(t, teststack.New(t, teststack.Options{}))
	takeReport(t, s)
	found := func(query string) int {
		var list struct {
			Items []map[string]any `json:"items"`
		}
		answered := s.get(casework.RoleSupervisor, "/v1/reports?"+query)
		if answered.status >= http.StatusBadRequest {
			require.Less(t, answered.status, http.StatusInternalServerError, query)
			return 0
		}
		answered.into(&list)
		return len(list.Items)
	}
	require.Equal(t, 1, found("office=north"))
	for _, office := range []string{"north'OR'1'='1", "%", "nort_", "north'--", "*", "north\\", "NORTH", "north\x00", "north' OR 1=1 --"} {
		require.Zero(t, found("office="+url.QueryEscape(office)), office)
	}
	for _, position := range []string{"'OR 1=1--", "[1]);DROP TABLE events--", "{}", "\x00"} {
		require.Zero(t, found("cursor="+base64.RawURLEncoding.EncodeToString([]byte(position))), position)
	}
	require.Equal(t, 1, found("office=north"), "the records are still there")
}
