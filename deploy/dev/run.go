package main

import (
	"context"
	"fmt"
	"net"
	"os"
	"path/filepath"
	"strconv"
)

// runCommand starts the stack and the product.
type runCommand struct {
	serverFlags

	Dir               string `type:"path" default:".homeward" env:"HOMEWARD_DIR" placeholder:"DIR" help:"Folder for the data and logs (.homeward)."`
	Port              int    `default:"8080" env:"HOMEWARD_PORT" help:"Port of the API; 0 takes a free one."`
	WorkerPort        int    `default:"9090" env:"HOMEWARD_WORKER_PORT" help:"Port of the worker's metrics and readiness; 0 takes a free one."`
	Product           string `type:"path" placeholder:"FILE" help:"The product's program (homeward beside this program)."`
	DatabaseURL       string `env:"HOMEWARD_DATABASE_URL" placeholder:"URL" help:"Use this PostgreSQL database instead of starting one."`
	TemporalAddress   string `env:"TEMPORAL_ADDRESS" placeholder:"HOST:PORT" help:"Use this Temporal instead of starting one."`
	TemporalNamespace string `env:"TEMPORAL_NAMESPACE" default:"homeward" help:"Namespace of the product."`
}

// running is everything that one run has started.
type running struct {
	stack   *stack
	product *product
	record  string // the file that tells other programs where the stack is
}

// Run starts everything, prints where it is, and keeps it until ctx ends or a
// server is lost. Then it stops everything in order.
func (r runCommand) Run(ctx context.Context, c console) (err error) {
	in, err := openFolder(r.Dir)
	if err != nil {
		return err
	}
	defer in.close()
	started, err := r.start(ctx, in, c)
	defer started.stop()
	if err != nil {
		return err
	}
	return started.stack.failure.wait(ctx)
}

// start starts the servers and the product on them, and prints the screen.
func (r runCommand) start(ctx context.Context, in *folder, c console) (running, error) {
	var started running
	program, err := r.program()
	if err != nil {
		return started, err
	}
	api := port{r.Port, "the API", "--port or HOMEWARD_PORT"}
	worker := port{r.WorkerPort, "the worker's metrics", "--worker-port or HOMEWARD_WORKER_PORT"}
	options := r.options(in)
	options.temporal = r.TemporalAddress == ""
	options.postgres = options.temporal || r.DatabaseURL == ""
	options.others = []*port{&api, &worker}
	decode := new(decoder)
	options.decode = decode
	if started.stack, err = startStack(ctx, options, c); err != nil {
		return started, err
	}
	a := r.addresses(started.stack.addresses, in, api.number, worker.number)

	ctx, cancel := started.stack.failure.cut(ctx)
	defer cancel()
	started.product = newProduct(program, in, a, c, started.stack.failure.report)
	if err := started.product.start(ctx, a); err != nil {
		return started, err
	}
	token, err := started.product.output(ctx, "token", "--role", uiRole)
	if err == nil {
		err = decode.use(a.APIURL, token)
	}
	if err != nil {
		return started, err
	}
	record := in.file("stack.json")
	if err := writeJSON(record, a); err != nil {
		return started, err
	}
	started.record = record
	return started, printScreen(ctx, started.product, a, c)
}

// program is the path of the product's program.
func (r runCommand) program() (string, error) {
	path := r.Product
	if path == "" {
		self, err := os.Executable()
		if err != nil {
			return "", err
		}
		path = filepath.Join(filepath.Dir(self), "homeward")
	}
	if _, err := os.Stat(path); err != nil {
		return "", fmt.Errorf("the product %s is not built: run \"make build\"", path)
	}
	return path, nil
}

// addresses completes those of the stack with the product's, and with those of
// servers that were there before.
func (r runCommand) addresses(a addresses, in *folder, api, worker int) addresses {
	if r.DatabaseURL != "" {
		a.DatabaseURL = r.DatabaseURL
	}
	if r.TemporalAddress != "" {
		a.TemporalAddress = r.TemporalAddress
		a.UIURL = os.Getenv("HOMEWARD_UI_URL")
	}
	a.TemporalNamespace = r.TemporalNamespace
	a.APIURL = "http://" + net.JoinHostPort(loopback, strconv.Itoa(api))
	a.WorkerURL = "http://" + net.JoinHostPort(loopback, strconv.Itoa(worker))
	a.DevKeyFile = in.file("dev-key.json")
	a.CodecKeyFile = in.file("codec-keys")
	return a
}

// stop ends everything, in the reverse order of the start.
func (r running) stop() {
	if r.record != "" {
		_ = os.Remove(r.record)
	}
	if r.product != nil {
		r.product.stop()
	}
	if r.stack != nil {
		r.stack.stop()
	}
}
