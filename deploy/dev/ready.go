package main

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"net/http"
	"time"

	"go.temporal.io/api/common/v1"
	"go.temporal.io/api/enums/v1"
	"go.temporal.io/api/serviceerror"
	"go.temporal.io/api/taskqueue/v1"
	"go.temporal.io/api/workflowservice/v1"
	"google.golang.org/grpc"
	"google.golang.org/grpc/credentials/insecure"
	"google.golang.org/grpc/health/grpc_health_v1"
	"google.golang.org/grpc/status"
	"google.golang.org/protobuf/types/known/durationpb"
)

const (
	readyLimit = 90 * time.Second
	readyRetry = 25 * time.Millisecond
)

// await calls check until it succeeds. When it has not within readyLimit, or
// the context ends, the error names what was awaited and the last reason.
func await(ctx context.Context, what string, check func(context.Context) error) error {
	ctx, cancel := context.WithTimeout(ctx, readyLimit)
	defer cancel()
	for {
		attempt, cancelAttempt := context.WithTimeout(ctx, 5*time.Second)
		err := check(attempt)
		cancelAttempt()
		if err == nil {
			return nil
		}
		select {
		case <-ctx.Done():
			if cause := context.Cause(ctx); !errors.Is(cause, context.DeadlineExceeded) {
				return cause
			}
			return fmt.Errorf("%s does not answer after %s: %w", what, readyLimit, err)
		case <-time.After(readyRetry):
		}
	}
}

// awaitProduct waits until the product's role can query its database.
func awaitProduct(ctx context.Context, url string) error {
	database, err := sql.Open("postgres", url)
	if err != nil {
		return err
	}
	defer database.Close()
	return await(ctx, "PostgreSQL", database.PingContext)
}

// awaitUI waits until the page is served.
func awaitUI(ctx context.Context, url string) error {
	return await(ctx, "the Temporal UI", func(ctx context.Context) error { return getOK(ctx, url) })
}

// getOK fails unless a GET answers 200.
func getOK(ctx context.Context, url string) error {
	request, err := http.NewRequestWithContext(ctx, http.MethodGet, url, http.NoBody)
	if err != nil {
		return err
	}
	response, err := http.DefaultClient.Do(request)
	if err != nil {
		return err
	}
	defer response.Body.Close()
	if response.StatusCode != http.StatusOK {
		return fmt.Errorf("%s answered %s", url, response.Status)
	}
	return nil
}

// awaitTemporal waits until the server is healthy, registers the namespaces,
// and waits until each of its services answers for each of them.
func awaitTemporal(ctx context.Context, frontend string) error {
	connection, err := grpc.NewClient(frontend, grpc.WithTransportCredentials(insecure.NewCredentials()))
	if err != nil {
		return err
	}
	defer connection.Close()
	health := grpc_health_v1.NewHealthClient(connection)
	if err := await(ctx, "Temporal", func(ctx context.Context) error { return serving(ctx, health) }); err != nil {
		return err
	}
	service := workflowservice.NewWorkflowServiceClient(connection)
	for _, name := range []string{namespace, smallLimitsNamespace} {
		what := "Temporal's namespace " + name
		if err := await(ctx, what, func(ctx context.Context) error { return register(ctx, service, name) }); err != nil {
			return err
		}
	}
	for _, name := range []string{namespace, smallLimitsNamespace} {
		what := "Temporal's namespace " + name
		if err := await(ctx, what, func(ctx context.Context) error { return answers(ctx, service, name) }); err != nil {
			return err
		}
	}
	return nil
}

// serving fails unless the frontend calls itself healthy.
func serving(ctx context.Context, health grpc_health_v1.HealthClient) error {
	response, err := health.Check(ctx, &grpc_health_v1.HealthCheckRequest{
		Service: workflowservice.WorkflowService_ServiceDesc.ServiceName,
	})
	if err != nil {
		return err
	}
	if response.GetStatus() != grpc_health_v1.HealthCheckResponse_SERVING {
		return fmt.Errorf("its health is %s", response.GetStatus())
	}
	return nil
}

// register makes a namespace, or finds it made.
func register(ctx context.Context, service workflowservice.WorkflowServiceClient, name string) error {
	_, err := service.RegisterNamespace(ctx, &workflowservice.RegisterNamespaceRequest{
		Namespace:                        name,
		WorkflowExecutionRetentionPeriod: durationpb.New(retention),
	})
	err = serviceerror.FromStatus(status.Convert(err))
	if _, exists := errors.AsType[*serviceerror.NamespaceAlreadyExists](err); exists {
		return nil
	}
	return err
}

// answers fails unless frontend, matching, visibility and every history shard
// answer for the namespace.
func answers(ctx context.Context, service workflowservice.WorkflowServiceClient, name string) error {
	if _, err := service.DescribeNamespace(ctx, &workflowservice.DescribeNamespaceRequest{Namespace: name}); err != nil {
		return err
	}
	queue := &workflowservice.DescribeTaskQueueRequest{
		Namespace:     name,
		TaskQueue:     &taskqueue.TaskQueue{Name: "readiness", Kind: enums.TASK_QUEUE_KIND_NORMAL},
		TaskQueueType: enums.TASK_QUEUE_TYPE_WORKFLOW,
	}
	if _, err := service.DescribeTaskQueue(ctx, queue); err != nil {
		return err
	}
	count := &workflowservice.CountWorkflowExecutionsRequest{Namespace: name}
	if _, err := service.CountWorkflowExecutions(ctx, count); err != nil {
		return err
	}
	// IDs spread over the shards; this many reach each of four.
	for i := range 16 * historyShards {
		_, err := service.DescribeWorkflowExecution(ctx, &workflowservice.DescribeWorkflowExecutionRequest{
			Namespace: name,
			Execution: &common.WorkflowExecution{WorkflowId: fmt.Sprintf("readiness-%d", i)},
		})
		err = serviceerror.FromStatus(status.Convert(err))
		if _, absent := errors.AsType[*serviceerror.NotFound](err); err != nil && !absent {
			return err
		}
	}
	return nil
}
