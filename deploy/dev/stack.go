package main

import (
	"context"
	"net/http"
	"net/url"
	"os"

	"golang.org/x/sync/errgroup"
)

// stackOptions say which servers to start, and where.
type stackOptions struct {
	folder       *folder
	postgresPort port
	temporalPort port
	uiPort       port
	decode       http.Handler // what decrypts for the UI; nil for nothing
	others       []*port      // ports that the caller is about to listen on
	durable      bool         // keep data safe against a loss of power
	postgres     bool         // whether to start PostgreSQL
	temporal     bool         // whether to start Temporal and its UI; needs PostgreSQL
	smallLimits  []string     // namespaces with lowered limits
}

// stack is the servers of one folder, running.
type stack struct {
	options   stackOptions
	ports     temporalPorts
	uiInner   port // of the UI behind what decrypts for it
	console   console
	postgres  *postgres
	temporal  *temporalServer
	ui        *ui
	failure   *failure
	addresses addresses

	releasePorts func()
}

// addresses is what a client needs to know of a running stack. Its JSON form
// is the ports file of "up" and the stack.json of "run".
type addresses struct {
	PID                int    `json:"pid"`
	DatabaseURL        string `json:"database_url,omitempty"`       // as the product's role
	AdminDatabaseURL   string `json:"admin_database_url,omitempty"` // as superuser
	PostgresData       string `json:"postgres_data,omitempty"`
	TemporalAddress    string `json:"temporal_address"`
	TemporalNamespace  string `json:"temporal_namespace"`
	TemporalMetricsURL string `json:"temporal_metrics_url,omitempty"`
	UIURL              string `json:"ui_url,omitempty"`
	APIURL             string `json:"api_url,omitempty"`
	WorkerURL          string `json:"worker_url,omitempty"`
	DevKeyFile         string `json:"dev_key_file,omitempty"`
	CodecKeyFile       string `json:"codec_key_file,omitempty"`
}

// startStack starts the servers and returns when everything answers. On an
// error, and when ctx ends first, nothing is left running.
func startStack(ctx context.Context, options stackOptions, c console) (started *stack, err error) {
	s := &stack{options: options, console: c, failure: newFailure()}
	defer func() {
		if err != nil {
			s.stop()
			started = nil
		}
	}()
	ctx, cancel := s.failure.cut(ctx)
	defer cancel()

	k, err := findCluster(options.folder, options.durable, c)
	if err != nil {
		return nil, err
	}
	if err := stopLeftover(ctx, k); err != nil { // before it looks like a taken port
		return nil, err
	}
	if err := s.choosePorts(); err != nil {
		return nil, err
	}
	if options.postgres {
		if err := s.startPostgres(ctx, k); err != nil {
			return nil, err
		}
	}
	if options.temporal {
		if err := s.startTemporal(ctx); err != nil {
			return nil, err
		}
	}
	s.describe()
	return s, s.awaitReady(ctx)
}

// choosePorts fills in the free ones and checks the others.
func (s *stack) choosePorts() error {
	chosen := s.options.others
	if s.options.postgres {
		chosen = append(chosen, &s.options.postgresPort)
	}
	if s.options.temporal {
		s.ports = temporalPorts{frontend: s.options.temporalPort}
		chosen = append(chosen, &s.options.uiPort, &s.uiInner)
		chosen = append(chosen, s.ports.all()...)
	}
	var err error
	s.releasePorts, err = choosePorts(chosen...)
	return err
}

// startPostgres starts the cluster and makes the product's database.
func (s *stack) startPostgres(ctx context.Context, k *pgCluster) error {
	log, err := s.options.folder.openLog("postgres.log")
	if err != nil {
		return err
	}
	if err := k.prepare(ctx, s.console); err != nil {
		return err
	}
	s.console.say("Starting PostgreSQL %d on port %d", k.install.major, s.options.postgresPort.number)
	s.postgres, err = startPostgres(ctx, k, s.options.postgresPort.number, log, s.console, s.failure.report)
	if err != nil {
		return err
	}
	return s.postgres.prepareProduct(ctx)
}

// startTemporal makes Temporal's databases and starts the server and its UI.
func (s *stack) startTemporal(ctx context.Context) error {
	log, err := s.options.folder.openLog("temporal.log")
	if err != nil {
		return err
	}
	s.console.say("Starting Temporal on port %d and its UI on port %d", s.ports.frontend.number, s.options.uiPort.number)
	logger := temporalLogger(log, s.failure.report)
	if err := s.postgres.prepareTemporal(ctx, logger); err != nil {
		return err
	}
	s.temporal, err = startTemporal(ctx, temporalConfig(s.postgres, &s.ports), &s.ports, s.options.smallLimits, logger)
	if err != nil {
		return err
	}
	s.ui, err = startUI(ctx, s.options.uiPort.number, s.uiInner.number, address(s.ports.frontend.number), s.options.decode)
	return err
}

// describe fills in the addresses.
func (s *stack) describe() {
	s.addresses = addresses{PID: os.Getpid(), TemporalNamespace: namespace}
	if s.options.postgres {
		s.addresses.DatabaseURL = s.postgres.url(productRole, productDatabase)
		s.addresses.AdminDatabaseURL = s.postgres.url(superuser, adminDatabase)
		s.addresses.PostgresData = s.postgres.cluster.data()
	}
	if s.options.temporal {
		s.addresses.TemporalAddress = address(s.ports.frontend.number)
		s.addresses.TemporalMetricsURL = webURL(s.ports.metrics.number) + "/metrics"
		s.addresses.UIURL = webURL(s.options.uiPort.number)
	}
}

// webURL is the address of a web server on the loopback interface.
func webURL(number int) string {
	u := url.URL{Scheme: "http", Host: address(number)}
	return u.String()
}

// awaitReady waits until everything answers.
func (s *stack) awaitReady(ctx context.Context) error {
	group, ctx := errgroup.WithContext(ctx)
	if s.options.postgres {
		group.Go(func() error { return awaitProduct(ctx, s.addresses.DatabaseURL) })
	}
	if s.options.temporal {
		group.Go(func() error { return awaitTemporal(ctx, s.addresses.TemporalAddress) })
		group.Go(func() error { return awaitUI(ctx, s.addresses.UIURL) })
	}
	return group.Wait()
}

// stop ends what runs, in the reverse order of the start.
func (s *stack) stop() {
	if s.ui != nil {
		s.ui.stop()
		s.console.say("Stopped the Temporal UI")
	}
	if s.temporal != nil {
		if err := s.temporal.stop(); err != nil {
			s.console.say("Temporal did not stop in order: %v", err)
		} else {
			s.console.say("Stopped Temporal")
		}
	}
	if s.postgres != nil {
		s.postgres.stop()
		s.console.say("Stopped PostgreSQL")
	}
	if s.releasePorts != nil {
		s.releasePorts()
	}
}
