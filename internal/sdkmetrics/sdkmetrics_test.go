package sdkmetrics_test

import (
	"context"
	"net/http"
	"net/http/httptest"
	"sync"
	"testing"
	"time"

	"homeward/internal/sdkmetrics"

	"github.com/prometheus/client_golang/prometheus"
	"github.com/prometheus/client_golang/prometheus/promhttp"
	"github.com/stretchr/testify/require"
	"go.temporal.io/sdk/client"
)

func newHandler(tb testing.TB) (client.MetricsHandler, *prometheus.Registry) {
	tb.Helper()
	registry := prometheus.NewPedanticRegistry()
	handler, err := sdkmetrics.New(registry)
	require.NoError(tb, err)
	return handler, registry
}

// scrape returns what Prometheus would read.
func scrape(tb testing.TB, registry *prometheus.Registry) string {
	tb.Helper()
	answer := httptest.NewRecorder()
	promhttp.HandlerFor(registry, promhttp.HandlerOpts{}).ServeHTTP(answer, httptest.NewRequest(http.MethodGet, "/metrics", http.NoBody))
	require.Equal(tb, http.StatusOK, answer.Code, answer.Body.String())
	return answer.Body.String()
}

func TestCounter_EndsInTotalOnce(t *testing.T) {
	t.Parallel()
	handler, registry := newHandler(t)

	handler.Counter("temporal_request").Inc(2)
	handler.Counter("temporal_request").Inc(3)
	handler.Counter("temporal_local_activity_total").Inc(1)

	text := scrape(t, registry)
	require.Contains(t, text, "# TYPE temporal_request_total counter\ntemporal_request_total 5\n")
	require.Contains(t, text, "\ntemporal_local_activity_total 1\n")
}

func TestCounter_IgnoresNegativeIncrement(t *testing.T) {
	t.Parallel()
	handler, registry := newHandler(t)

	handler.Counter("temporal_request").Inc(4)
	require.NotPanics(t, func() { handler.Counter("temporal_request").Inc(-1) })

	require.Contains(t, scrape(t, registry), "\ntemporal_request_total 4\n")
}

func TestTimer_IsHistogramInSeconds(t *testing.T) {
	t.Parallel()
	handler, registry := newHandler(t)

	handler.Timer("temporal_request_latency").Record(30 * time.Millisecond)

	text := scrape(t, registry)
	require.Contains(t, text, "# TYPE temporal_request_latency histogram\n")
	require.Contains(t, text, "temporal_request_latency_bucket{le=\"0.025\"} 0\n")
	require.Contains(t, text, "temporal_request_latency_bucket{le=\"0.05\"} 1\n")
	require.Contains(t, text, "temporal_request_latency_sum 0.03\n")
}

func TestTimer_MeasuresWholeCasesInDaysAndYears(t *testing.T) {
	t.Parallel()
	handler, registry := newHandler(t)

	handler.Timer("temporal_workflow_endtoend_latency").Record(400 * 24 * time.Hour)

	text := scrape(t, registry)
	require.Contains(t, text, "temporal_workflow_endtoend_latency_bucket{le=\"3.1536e+07\"} 0\n", "one year")
	require.Contains(t, text, "temporal_workflow_endtoend_latency_bucket{le=\"4.73472e+07\"} 1\n", "eighteen months")
}

func TestGauge_KeepsLastValue(t *testing.T) {
	t.Parallel()
	handler, registry := newHandler(t)

	handler.Gauge("temporal_num_pollers").Update(5)
	handler.Gauge("temporal_num_pollers").Update(2)

	require.Contains(t, scrape(t, registry), "# TYPE temporal_num_pollers gauge\ntemporal_num_pollers 2\n")
}

func TestWithTags_KeepsEarlierTagsAndOverwritesSameName(t *testing.T) {
	t.Parallel()
	handler, registry := newHandler(t)

	parent := handler.WithTags(map[string]string{"namespace": "homeward", "operation": "none"})
	parent.WithTags(map[string]string{"operation": "Start"}).Counter("temporal_request").Inc(1)
	parent.Counter("temporal_request").Inc(2)

	text := scrape(t, registry)
	require.Contains(t, text, `temporal_request_total{namespace="homeward",operation="Start"} 1`)
	require.Contains(t, text, `temporal_request_total{namespace="homeward",operation="none"} 2`)
}

func TestWithTags_OneNameMayHaveSeveralLabelSets(t *testing.T) {
	t.Parallel()
	handler, registry := newHandler(t)

	started := handler.WithTags(map[string]string{"operation": "Start"})
	handler.Counter("temporal_request_failure").Inc(1)
	started.Counter("temporal_request_failure").Inc(2)
	started.WithTags(map[string]string{"status_code": "NOT_FOUND"}).Counter("temporal_request_failure").Inc(3)

	text := scrape(t, registry)
	require.Contains(t, text, "temporal_request_failure_total 1\n")
	require.Contains(t, text, "temporal_request_failure_total{operation=\"Start\"} 2\n")
	require.Contains(t, text, "temporal_request_failure_total{operation=\"Start\",status_code=\"NOT_FOUND\"} 3\n")
}

func TestWithTags_DropsWhatNamesOneCase(t *testing.T) {
	t.Parallel()
	handler, registry := newHandler(t)

	handler.WithTags(map[string]string{
		"workflow_id": "case-17", "run_id": "r", "activity_id": "5", "workflow_type": "Case",
	}).Counter("temporal_workflow_completed").Inc(1)

	require.Contains(t, scrape(t, registry), "temporal_workflow_completed_total{workflow_type=\"Case\"} 1\n")
}

func TestNames_AreMadeValid(t *testing.T) {
	t.Parallel()
	handler, registry := newHandler(t)

	handler.WithTags(map[string]string{"task-queue": "a\xffb", "": "x", "__name__": "y", "9": "z"}).Counter("9 lives").Inc(1)

	require.Contains(t, scrape(t, registry), "m9_lives_total{m9=\"z\",name__=\"y\",task_queue=\"a\uFFFDb\",unnamed=\"x\"} 1\n")
}

func TestKindConflict_KeepsFirstKindAndTheScrape(t *testing.T) {
	t.Parallel()
	handler, registry := newHandler(t)

	handler.Gauge("temporal_thing").Update(1)
	handler.Gauge("temporal_other_total").Update(1)
	require.NotPanics(t, func() {
		handler.Timer("temporal_thing").Record(time.Second)
		handler.Counter("temporal_other").Inc(7)
		handler.WithTags(map[string]string{"a": "b"}).Counter("temporal_other").Inc(7)
	})

	text := scrape(t, registry)
	require.Contains(t, text, "# TYPE temporal_thing gauge\ntemporal_thing 1\n")
	require.Contains(t, text, "# TYPE temporal_other_total gauge\ntemporal_other_total 1\n")
}

func TestHandler_CountsEveryConcurrentIncrement(t *testing.T) {
	t.Parallel()
	handler, registry := newHandler(t)

	var wg sync.WaitGroup
	for range 16 {
		wg.Go(func() {
			for range 500 {
				handler.WithTags(map[string]string{"operation": "Poll"}).Counter("temporal_request").Inc(1)
				handler.Timer("temporal_request_latency").Record(time.Millisecond)
			}
		})
	}
	for range 20 {
		scrape(t, registry)
	}
	wg.Wait()

	text := scrape(t, registry)
	require.Contains(t, text, "temporal_request_total{operation=\"Poll\"} 8000\n")
	require.Contains(t, text, "temporal_request_latency_count 8000\n")
}

// The SDK's own client drives the handler: it counts and times each request, here one
// that fails because nothing listens on the port.
func TestHandler_CarriesWhatTheSDKEmits(t *testing.T) {
	t.Parallel()
	handler, registry := newHandler(t)
	temporal, err := client.NewLazyClient(client.Options{HostPort: "127.0.0.1:1", Namespace: "homeward", MetricsHandler: handler})
	require.NoError(t, err)
	defer temporal.Close()

	ctx, cancel := context.WithTimeout(t.Context(), 300*time.Millisecond)
	defer cancel()
	_, err = temporal.DescribeWorkflowExecution(ctx, "case-1", "")
	require.Error(t, err)

	text := scrape(t, registry)
	require.Regexp(t, `(?m)^temporal_request_total\{.*client_name="temporal_go".*operation="GetSystemInfo"`, text)
	require.Regexp(t, `(?m)^temporal_request_failure_total\{.*status_code="[A-Z_]+"`, text)
	require.Regexp(t, `(?m)^temporal_request_latency_count\{.*operation="GetSystemInfo"`, text)
	require.NotContains(t, text, "case-1")
}

func BenchmarkHandler_RequestCounter(b *testing.B) {
	handler, _ := newHandler(b)
	root := handler.WithTags(map[string]string{"namespace": "homeward", "client_name": "temporal_go", "worker_type": "none"})
	tags := map[string]string{"operation": "RespondWorkflowTaskCompleted"}
	b.ReportAllocs()
	b.RunParallel(func(pb *testing.PB) {
		for pb.Next() {
			root.WithTags(tags).Counter("temporal_request").Inc(1)
		}
	})
}
