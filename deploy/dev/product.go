package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"slices"
	"strings"
)

// product is the program bin/homeward and how it is run on this stack.
type product struct {
	path        string
	environment []string
	folder      *folder
	console     console
	fail        func(error)
	services    []*service // in the order of their start
}

// newProduct is the program at path with the environment for the addresses. If
// one of its servers is lost before it has worked, the reason is given to fail.
func newProduct(path string, in *folder, a addresses, c console, fail func(error)) *product {
	environment := append(os.Environ(),
		"HOMEWARD_DATABASE_URL="+a.DatabaseURL,
		"TEMPORAL_ADDRESS="+a.TemporalAddress,
		"TEMPORAL_NAMESPACE="+a.TemporalNamespace,
		"HOMEWARD_LISTEN="+strings.TrimPrefix(a.APIURL, "http://"),
		"HOMEWARD_WORKER_LISTEN="+strings.TrimPrefix(a.WorkerURL, "http://"),
		"HOMEWARD_DEV_KEY_FILE="+a.DevKeyFile,
	)
	if !slices.ContainsFunc(environment, isCodecSetting) {
		environment = append(environment, "HOMEWARD_CODEC_KEY_FILE="+a.CodecKeyFile)
	}
	if a.UIURL != "" {
		environment = append(environment, "HOMEWARD_UI_URL="+a.UIURL)
	}
	return &product{path: path, environment: environment, folder: in, console: c, fail: fail}
}

// command is the program with arguments.
func (p *product) command(arguments ...string) *exec.Cmd {
	command := exec.Command(p.path, arguments...) //nolint:noctx // stopped by signal
	command.Env = p.environment
	return command
}

// output runs the program to its end and returns what it printed to standard
// output. The error is the last line it printed to standard error.
func (p *product) output(ctx context.Context, arguments ...string) (string, error) {
	command := exec.CommandContext(ctx, p.path, arguments...)
	command.Env = p.environment
	output, err := command.Output()
	if err == nil {
		return strings.TrimSpace(string(output)), nil
	}
	reason := err.Error()
	if exit, ok := errors.AsType[*exec.ExitError](err); ok && len(exit.Stderr) > 0 {
		reason = lastLine(string(exit.Stderr))
	}
	return "", fmt.Errorf("homeward %s failed: %s", strings.Join(arguments, " "), reason)
}

// start prepares the database and Temporal, starts worker and API, and returns
// when the API says that everything works.
func (p *product) start(ctx context.Context, a addresses) error {
	if _, err := p.output(ctx, "token", "--init"); err != nil {
		return err
	}
	if err := p.makeKey(ctx, a.CodecKeyFile); err != nil {
		return err
	}
	compartmentKeys, err := p.makeCompartmentKeys(ctx)
	if err != nil {
		return err
	}
	p.console.say("Preparing the database and the search attributes")
	if _, err := p.output(ctx, "migrate"); err != nil {
		return err
	}
	p.console.say("Starting worker and API")
	worker, err := p.serve("worker", "worker")
	if err != nil {
		return err
	}
	api, err := p.serve("API", "api", compartmentKeys...)
	if err != nil {
		return err
	}
	if err := awaitService(ctx, api, a.APIURL+"/readyz"); err != nil {
		return err
	}
	worker.settle()
	return nil
}

// isCodecSetting reports whether a variable says how the product encrypts.
// Whoever sets one has chosen.
func isCodecSetting(variable string) bool { return strings.HasPrefix(variable, "HOMEWARD_CODEC_") }

// makeKey makes a file with a key that encrypts, where there is none yet. Whoever
// loses it loses what this stack holds.
func (p *product) makeKey(ctx context.Context, file string) error {
	if _, err := os.Stat(file); err == nil {
		return nil
	}
	line, err := p.output(ctx, "codec", "key")
	if err != nil {
		return err
	}
	made, err := os.OpenFile(file, os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o600) // never over another key
	if err != nil {
		return notWritable(p.folder.path, err)
	}
	_, err = made.WriteString(line + "\n")
	return errors.Join(err, made.Sync(), made.Close())
}

// serve starts one of the product's servers, with a log and variables of its own.
func (p *product) serve(name, subcommand string, variables ...string) (*service, error) {
	log, err := p.folder.openLog(subcommand + ".log")
	if err != nil {
		return nil, err
	}
	command := func() *exec.Cmd {
		command := p.command(subcommand)
		command.Env = slices.Concat(command.Env, variables)
		command.Stdout, command.Stderr = log, log
		return command
	}
	s := startService(name, command, log, p.console, p.fail)
	p.services = append(p.services, s)
	return s, nil
}

// stop ends API and worker, in this order: what the API has accepted, the
// worker still finishes.
func (p *product) stop() {
	for _, s := range slices.Backward(p.services) {
		s.stop()
		p.console.say("Stopped the %s", s.name)
	}
}
