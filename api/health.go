package api

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"slices"
	"sync"
	"time"

	enumspb "go.temporal.io/api/enums/v1"
	taskqueuepb "go.temporal.io/api/taskqueue/v1"
	workerpb "go.temporal.io/api/worker/v1"
	"go.temporal.io/api/workflowservice/v1"
	"go.temporal.io/sdk/client"

	"homeward/casework"
)

const (
	// readyFor is how long an answer of /readyz stands, so that it can be asked
	// as often as anybody likes.
	readyFor = time.Second
	// checkTimeout bounds the checks behind it.
	checkTimeout = 3 * time.Second
	// silenceDefault is how long a worker may be silent: it sends a heartbeat,
	// and begins a new poll where there is nothing to do, once a minute.
	silenceDefault = 75 * time.Second
)

// readiness remembers the last answer of /readyz.
type readiness struct {
	mu    sync.Mutex
	until time.Time
	view  readinessView
}

// readinessView says whether everything works, and which part does not.
type readinessView struct {
	Ready bool       `json:"ready"`
	Parts []partView `json:"parts"`
}

type partView struct {
	Name   string `json:"name"`
	OK     bool   `json:"ok"`
	Detail string `json:"detail"`
}

// alive answers GET /healthz: the process serves requests.
func (a *API) alive(w http.ResponseWriter, _ *http.Request) {
	writeJSON(w, http.StatusOK, "application/json", map[string]string{"status": "ok"})
}

// ready answers GET /readyz with 200 when a step sent now would be carried out:
// the database has the schema, Temporal is healthy, and a worker polls.
func (a *API) ready(w http.ResponseWriter, r *http.Request) {
	view := a.readiness.ask(r.Context(), a.checks())
	status := http.StatusOK
	if !view.Ready {
		status = http.StatusServiceUnavailable
		w.Header().Set("Retry-After", seconds(retryAfter))
	}
	writeJSON(w, status, "application/json", view)
}

// check is one part that must work.
type check struct {
	name string
	run  func(context.Context) error
}

func (a *API) checks() []check {
	return []check{
		{"database", a.store.Ready},
		{"temporal", func(ctx context.Context) error {
			_, err := a.temporal.CheckHealth(ctx, &client.CheckHealthRequest{})
			return silent("Temporal does not answer.", err)
		}},
		{"worker", a.attended},
	}
}

// ask runs the checks side by side, or repeats their last result. Whoever comes
// meanwhile waits for it. It does not end with the one request that started it.
func (r *readiness) ask(ctx context.Context, checks []check) readinessView {
	r.mu.Lock()
	defer r.mu.Unlock()
	if time.Now().Before(r.until) {
		return r.view
	}
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), checkTimeout)
	defer cancel()
	r.view = readinessView{Ready: true, Parts: make([]partView, len(checks))}
	var wg sync.WaitGroup
	for i, c := range checks {
		wg.Go(func() { r.view.Parts[i] = c.part(ctx) })
	}
	wg.Wait()
	for _, part := range r.view.Parts {
		r.view.Ready = r.view.Ready && part.OK
	}
	r.until = time.Now().Add(readyFor)
	return r.view
}

func (c check) part(ctx context.Context) partView {
	err := c.run(ctx)
	if err == nil {
		return partView{Name: c.name, OK: true, Detail: "ok"}
	}
	detail := "This part does not answer."
	if public, ok := errors.AsType[*casework.Error](err); ok {
		detail = public.Detail
	}
	return partView{Name: c.name, Detail: detail}
}

// attended returns nil when a worker takes the tasks of the queue: one that has
// sent a heartbeat lately and is not stopping. Where the server keeps no
// heartbeats, one that has polled lately will do.
func (a *API) attended(ctx context.Context) error {
	mine := fmt.Sprintf("TaskQueue = %q", a.taskQueue)
	lately := time.Now().Add(-a.workerSilence).UTC().Format(time.RFC3339)
	beating, err := a.workers(ctx, mine+fmt.Sprintf(" AND HeartbeatTime > %q", lately))
	if err != nil {
		return err
	}
	for _, w := range beating {
		if w.GetStatus() == enumspb.WORKER_STATUS_RUNNING {
			return nil
		}
	}
	known, err := a.workers(ctx, mine)
	if err != nil {
		return err
	}
	if len(known) > 0 {
		return a.unattended()
	}
	return a.polled(ctx)
}

func (a *API) workers(ctx context.Context, query string) ([]*workerpb.WorkerListInfo, error) {
	list, err := a.temporal.WorkflowService().ListWorkers(ctx, &workflowservice.ListWorkersRequest{
		Namespace: a.namespace, PageSize: 100, Query: query,
	})
	return list.GetWorkers(), silent("Temporal does not say whether a worker is there.", err)
}

// polled returns nil when somebody has polled for workflow and activity tasks.
func (a *API) polled(ctx context.Context) error {
	for _, kind := range []enumspb.TaskQueueType{enumspb.TASK_QUEUE_TYPE_WORKFLOW, enumspb.TASK_QUEUE_TYPE_ACTIVITY} {
		described, err := a.temporal.WorkflowService().DescribeTaskQueue(ctx, &workflowservice.DescribeTaskQueueRequest{
			Namespace: a.namespace, TaskQueue: &taskqueuepb.TaskQueue{Name: a.taskQueue}, TaskQueueType: kind,
		})
		if err != nil {
			return silent("Temporal does not say whether a worker is there.", err)
		}
		present := slices.ContainsFunc(described.GetPollers(), func(p *taskqueuepb.PollerInfo) bool {
			return time.Since(p.GetLastAccessTime().AsTime()) < a.workerSilence
		})
		if !present {
			return a.unattended()
		}
	}
	return nil
}

func (a *API) unattended() error {
	return casework.NewError(casework.Unavailable, fmt.Sprintf("No worker takes tasks of the queue %q.", a.taskQueue))
}

func silent(detail string, err error) error {
	if err == nil {
		return nil
	}
	return casework.WrapError(casework.Unavailable, detail, err)
}
