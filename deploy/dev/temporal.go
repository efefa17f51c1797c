package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"time"

	"go.temporal.io/server/common/authorization"
	"go.temporal.io/server/common/cluster"
	"go.temporal.io/server/common/config"
	"go.temporal.io/server/common/log"
	"go.temporal.io/server/common/membership/static"
	"go.temporal.io/server/common/metrics"
	"go.temporal.io/server/common/primitives"
	"go.temporal.io/server/temporal"
	"go.uber.org/zap"
	"go.uber.org/zap/zapcore"
)

// temporalStopLimit bounds the server's stop; its own limit is minutes.
const temporalStopLimit = 15 * time.Second

// temporalPorts are the ports of one server.
type temporalPorts struct {
	frontend, history, matching, worker, metrics port
}

// all lists the ports, for choosing.
func (t *temporalPorts) all() []*port {
	return []*port{&t.frontend, &t.history, &t.matching, &t.worker, &t.metrics}
}

// temporalServer is the Temporal server inside this process: frontend,
// history, matching and worker, on PostgreSQL.
type temporalServer struct {
	server temporal.Server
}

// startTemporal starts the server and returns when its services run, which is
// before they answer everything: see awaitTemporal.
func startTemporal(
	ctx context.Context, static *config.Config, ports *temporalPorts, smallLimits []string, logger log.Logger,
) (*temporalServer, error) {
	type started struct {
		server temporal.Server
		err    error
	}
	done := make(chan started, 1)
	go func() {
		// The server's logger ends the goroutine on a fatal error.
		result := started{err: errors.New("it ended with a fatal error")}
		defer func() { done <- result }()
		server, err := temporal.NewServer(
			temporal.ForServices(temporal.DefaultServices),
			temporal.WithConfig(static),
			temporal.WithStaticHosts(temporalHosts(ports)),
			temporal.WithDynamicConfigClient(dynamicConfig(temporalSettings(smallLimits...))),
			temporal.WithLogger(logger),
			temporal.WithAuthorizer(authorization.NewNoopAuthorizer()),
			temporal.WithClaimMapper(func(*config.Config) authorization.ClaimMapper {
				return authorization.NewNoopClaimMapper()
			}),
		)
		if err == nil {
			err = server.Start()
		}
		result = started{server: server, err: err}
	}()
	var result started
	select {
	case result = <-done:
	case <-ctx.Done():
		return nil, context.Cause(ctx)
	}
	if result.err != nil {
		return nil, fmt.Errorf("the Temporal server did not start: %w", result.err)
	}
	return &temporalServer{server: result.server}, nil
}

// stop ends the services in order, or gives up after temporalStopLimit: the
// process is about to end.
func (t *temporalServer) stop() error {
	done := make(chan error, 1)
	go func() {
		err := errors.New("fatal error while stopping")
		defer func() { done <- err }()
		err = t.server.Stop()
	}()
	select {
	case err := <-done:
		return err
	case <-time.After(temporalStopLimit):
		return fmt.Errorf("not stopped within %s", temporalStopLimit)
	}
}

// temporalConfig is the server's static configuration.
func temporalConfig(p *postgres, ports *temporalPorts) *config.Config {
	return &config.Config{
		Global: config.Global{
			Membership: config.Membership{MaxJoinDuration: 30 * time.Second, BroadcastAddress: loopback},
			Metrics: &metrics.Config{
				Prometheus: &metrics.PrometheusConfig{ListenAddress: address(ports.metrics.number), HandlerPath: "/metrics"},
			},
		},
		Persistence: config.Persistence{
			DefaultStore:     temporalDatabase,
			VisibilityStore:  visibilityDatabase,
			NumHistoryShards: historyShards,
			DataStores: map[string]config.DataStore{
				temporalDatabase:   {SQL: p.temporalStore(temporalDatabase, temporalConnections)},
				visibilityDatabase: {SQL: p.temporalStore(visibilityDatabase, temporalConnections)},
			},
		},
		ClusterMetadata: &cluster.Config{
			FailoverVersionIncrement: 10,
			MasterClusterName:        clusterName,
			CurrentClusterName:       clusterName,
			ClusterInformation: map[string]cluster.ClusterInformation{
				clusterName: {Enabled: true, InitialFailoverVersion: 1, RPCAddress: address(ports.frontend.number)},
			},
		},
		DCRedirectionPolicy: config.DCRedirectionPolicy{Policy: "noop"},
		Services: map[string]config.Service{
			string(primitives.FrontendService): temporalService(ports.frontend),
			string(primitives.HistoryService):  temporalService(ports.history),
			string(primitives.MatchingService): temporalService(ports.matching),
			string(primitives.WorkerService):   temporalService(ports.worker),
		},
		Archival: config.Archival{
			History:    config.HistoryArchival{State: "disabled"},
			Visibility: config.VisibilityArchival{State: "disabled"},
		},
		NamespaceDefaults: config.NamespaceDefaults{Archival: config.ArchivalNamespaceDefaults{
			History:    config.HistoryArchivalNamespaceDefaults{State: "disabled"},
			Visibility: config.VisibilityArchivalNamespaceDefaults{State: "disabled"},
		}},
		PublicClient: config.PublicClient{HostPort: address(ports.frontend.number)},
	}
}

// temporalService listens on the loopback address.
func temporalService(p port) config.Service {
	return config.Service{RPC: config.RPC{GRPCPort: p.number, BindOnIP: loopback}}
}

// temporalHosts tells the services where the others are. Fixed hosts need no
// gossip, which after a restart would first look for the hosts of the last run.
func temporalHosts(ports *temporalPorts) map[primitives.ServiceName]static.Hosts {
	return map[primitives.ServiceName]static.Hosts{ //nolint:exhaustive // the others are not started
		primitives.FrontendService: static.SingleLocalHost(address(ports.frontend.number)),
		primitives.HistoryService:  static.SingleLocalHost(address(ports.history.number)),
		primitives.MatchingService: static.SingleLocalHost(address(ports.matching.number)),
		primitives.WorkerService:   static.SingleLocalHost(address(ports.worker.number)),
	}
}

// temporalLogger writes the server's log to file. What the server calls fatal
// would end this process on the spot; here it ends the goroutine and is given
// to fail, so that everything is stopped in order.
func temporalLogger(file *os.File, fail func(error)) log.Logger {
	core := zapcore.NewCore(
		zapcore.NewJSONEncoder(log.DefaultZapEncoderConfig),
		zapcore.Lock(file),
		zapcore.InfoLevel,
	)
	return log.NewZapLogger(zap.New(core, zap.WithFatalHook(fatalHook{path: file.Name(), fail: fail})))
}

// fatalHook is what happens when the server logs a fatal error.
type fatalHook struct {
	path string
	fail func(error)
}

// OnWrite reports the error and ends the goroutine.
func (h fatalHook) OnWrite(entry *zapcore.CheckedEntry, _ []zapcore.Field) {
	h.fail(fmt.Errorf("the Temporal server gave up: %s (log: %s)", entry.Message, h.path))
	zapcore.WriteThenGoexit.OnWrite(entry, nil)
}
