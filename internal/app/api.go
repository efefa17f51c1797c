package app

import (
	"context"
	"errors"
	"log/slog"
	"time"

	"github.com/prometheus/client_golang/prometheus"
	"go.temporal.io/sdk/client"

	"homeward/api"
	"homeward/internal/access"
	"homeward/internal/codec"
	"homeward/internal/config"
	"homeward/internal/lifecycle"
	"homeward/internal/secrets"
	"homeward/internal/vault"
	"homeward/postgres"
	"homeward/workflows"
)

// APIConfig is what the API process reads from its environment and flags.
type APIConfig struct {
	Database config.Database `embed:"" group:"Database"`
	Temporal config.Temporal `embed:"" group:"Temporal"`
	Codec    config.Codec    `embed:"" group:"Encryption"`
	Serving  config.Serving  `embed:"" group:"Listener"`
	API      config.API      `embed:"" group:"API"`
	Auth     config.Auth     `embed:"" group:"Sign-in"`
	Policy   config.Policy   `embed:"" group:"Policy"`
	Packs    config.Packs    `embed:"" group:"Policy"`
	Process  config.Process  `embed:"" group:"Process"`

	Compartments config.Compartments `embed:"" group:"Compartments"`
}

// RunAPI serves until ctx ends or it cannot go on, and then lets requests in
// flight finish.
func RunAPI(ctx context.Context, c APIConfig, log *slog.Logger) error {
	ctx, fail := context.WithCancelCause(ctx)
	defer fail(nil)
	stack := lifecycle.New(log, c.Process.StopTimeout)
	err := startAPI(ctx, c, log, stack, fail)
	if err == nil {
		log.InfoContext(ctx, "API ready", slog.String("address", c.API.Listen))
		err = until(ctx)
	}
	return errors.Join(err, stack.Stop(ctx))
}

// until waits for the end of ctx and returns why it ended, nil where it was
// asked to.
func until(ctx context.Context) error {
	<-ctx.Done()
	if cause := context.Cause(ctx); !errors.Is(cause, context.Canceled) {
		return cause
	}
	return nil
}

// startAPI starts each part and leaves its stop on the stack.
func startAPI(
	ctx context.Context, c APIConfig, log *slog.Logger, stack *lifecycle.Stack, fail context.CancelCauseFunc,
) error {
	law, err := Law(c.Packs)
	if err != nil {
		return err
	}
	registry := NewRegistry()
	payloads, err := payloads(ctx, c.Codec, c.Temporal.Namespace, log, registry, stack)
	if err != nil {
		return err
	}
	own, err := connect(ctx, c.Database, c.Temporal, payloads, "api", log, registry, stack)
	if err != nil {
		return err
	}
	compartments, err := vaults(ctx, c, log, registry, stack)
	if err != nil {
		return err
	}
	handler, err := buildAPI(ctx, c, log, own, compartments, law, registry)
	if err != nil {
		return err
	}
	return serve(ctx, stack, c.Serving, c.API.Listen, handler.Server(), log, fail)
}

// buildAPI puts the API together.
func buildAPI(
	ctx context.Context, c APIConfig, log *slog.Logger, own parts, compartments map[access.Compartment]*vault.Vault,
	law workflows.Packs, registry *prometheus.Registry,
) (*api.API, error) {
	verifier, err := verifier(ctx, c.Auth, own.temporal, log)
	if err != nil {
		return nil, err
	}
	pack, err := law.Library.Pack(c.Policy.Pack)
	if err != nil {
		return nil, err
	}
	return api.New(api.Options{ //nolint:contextcheck // handlers take the context of their request
		Temporal: own.temporal, TaskQueue: c.Temporal.TaskQueue, Store: own.db, Verifier: verifier, Law: law, Pack: pack.Ref(),
		Codec: own.payloads, UIURL: c.API.UIURL, Namespace: c.Temporal.Namespace, MaxBody: c.API.MaxBody, UpdateTimeout: c.API.UpdateTimeout,
		GlassTime: c.API.GlassTime, GlassLimit: c.API.GlassLimit,
		PerPerson: c.API.PerPerson, PerAddress: c.API.PerAddress, Proxies: c.API.Proxies, HTTPSOnly: c.API.HTTPSOnly,
		WorkerSilence: silence, Vaults: compartments,
		Log: log, Registerer: registry, Gatherer: registry, Now: time.Now,
	})
}

// parts are what every process has.
type parts struct {
	db       *postgres.DB
	temporal client.Client
	payloads *codec.Codec
	vault    *secrets.Vault
}

// connect opens the connections that every process needs, to be closed last. The
// codec that it returns knows the secrets of the records, which the vault keeps.
func connect(
	ctx context.Context, d config.Database, t config.Temporal, payloads *codec.Codec, process string,
	log *slog.Logger, metrics prometheus.Registerer, stack *lifecycle.Stack,
) (parts, error) {
	db, err := Database(ctx, d, process)
	if err != nil {
		return parts{}, err
	}
	err = stack.Start(ctx, "database", nil, func(context.Context) error { return db.Close() })
	if err != nil {
		return parts{}, err
	}
	v := Vault(db, payloads.Ring())
	payloads = payloads.WithSecrets(v)
	temporal, err := Temporal(ctx, t, payloads, log, metrics)
	if err != nil {
		return parts{}, err
	}
	err = stack.Start(ctx, "temporal client", nil, func(context.Context) error { temporal.Close(); return nil })
	return parts{db, temporal, payloads, v}, err
}
