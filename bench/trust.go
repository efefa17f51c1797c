package main

import (
	"bytes"
	"context"
	"crypto/rand"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"os"
	"strings"
	"time"

	"github.com/prometheus/client_golang/prometheus"

	"homeward/api"
	"homeward/casework"
	"homeward/internal/access"
	"homeward/internal/app"
	"homeward/internal/audit"
	"homeward/internal/codec"
	"homeward/internal/config"
	"homeward/internal/devtoken"
	"homeward/postgres"
)

// trust compares Homeward over HTTP with itself: with access, audit and
// encryption, and without any of them.
func trust() measurement {
	return measurement{
		title: "Trust",
		method: func(s scale) string {
			return fmt.Sprintf("Here both columns are Homeward, and one client sends to its API over HTTP. Under Bare nobody "+
				"looks up how the caller stands to the record, nothing is written to the audit (the function that does it is "+
				"replaced by one that does nothing, in a database of its own) and nothing is encrypted; the ratio is what all "+
				"of it costs. %d visits with both children on each of %d cases, new in each repeat.", s.further, s.records)
		},
		run: func(ctx context.Context, b *bench) ([]figure, error) {
			blind, stop, err := b.blind(ctx)
			if err != nil {
				return nil, err
			}
			var took paired
			off, err := blind.openDoor(everybody{blind.db}) //nolint:contextcheck // handlers take the context of their request
			if err != nil {
				return nil, errors.Join(err, stop(context.WithoutCancel(ctx)))
			}
			on, err := b.openDoor(b.db) //nolint:contextcheck // handlers take the context of their request
			for i := 0; err == nil && i < b.repeats; i++ {
				err = b.knock(ctx, off, on, &took)
				b.say("repeat %d of %d", i+1, b.repeats)
			}
			if stopped := stop(context.WithoutCancel(ctx)); err == nil {
				err = stopped
			}
			return latencies("visit over HTTP", took, ratioAtMost(1.1), goal{}), err
		},
	}
}

// everybody is a store in which everybody works with every record, and which
// forgets who did.
type everybody struct{ *postgres.DB }

// Standing says yes without a look.
func (everybody) Standing(_ context.Context, person, aggregate string, _ time.Time) (postgres.Standing, error) {
	kind, number, _ := strings.Cut(aggregate, "-")
	s := casework.Summary{Aggregate: aggregate, Kind: casework.AggregateKind(kind), Number: number, Worker: person}
	return postgres.Standing{Summary: s, Object: access.Object{Kind: s.Kind, Worker: person}}, nil
}

// Audit forgets.
func (everybody) Audit(context.Context, audit.Entry) error { return nil }

// blind returns a stage without encryption and without the audit, with a database
// and a worker of its own until stop is called.
func (b *bench) blind(ctx context.Context) (off *stage, stop func(context.Context) error, err error) {
	blind := *b.stage
	blind.closers = nil
	blind.client, blind.taskQueue = b.plain, "bench-blind-"+rand.Text()
	stop = func(ctx context.Context) error { blind.close(ctx); return nil }
	if err := blind.openDatabase(ctx, os.Getenv(databaseVariable)); err != nil {
		return nil, nil, err
	}
	_, err = blind.pool.ExecContext(ctx, `CREATE OR REPLACE FUNCTION audit_append(into_chain text, entry json) RETURNS bigint
LANGUAGE sql AS 'SELECT 0::bigint'`)
	if err == nil {
		err = blind.hire(ctx)
	}
	blind.watch = &watch{Log: blind.db}
	w, started := blind.startHomeward(ctx)
	if err == nil {
		err = started
	}
	if err != nil {
		return nil, nil, err
	}
	blind.onClose(w.Stop)
	return &blind, stop, nil
}

// door is the API of a stage, and a caseworker who is signed in there.
type door struct {
	*stage

	url, token string
}

// openDoor serves the API over a store.
func (s *stage) openDoor(store api.Store) (door, error) {
	folder, err := os.MkdirTemp("", "homeward-bench-")
	if err != nil {
		return door{}, err
	}
	s.onClose(func(context.Context) error { return os.RemoveAll(folder) })
	file := folder + "/key.json"
	key, err := devtoken.LoadOrCreate(file)
	if err != nil {
		return door{}, err
	}
	public, err := devtoken.PublicKeys(file)
	if err != nil {
		return door{}, err
	}
	law, err := app.Law(config.Packs{})
	if err != nil {
		return door{}, err
	}
	registry := prometheus.NewRegistry()
	handler, err := api.New(api.Options{
		Temporal: s.client, Namespace: namespace, TaskQueue: s.taskQueue, Store: store,
		Verifier: api.DevelopmentVerifier(public, time.Now), Law: law, Pack: pack,
		Codec: codec.New(codec.Options{Ring: codec.Off(), Namespace: namespace, Random: rand.Reader}),
		Log:   slog.New(slog.DiscardHandler), Registerer: registry, Gatherer: registry, Now: time.Now,
	})
	if err != nil {
		return door{}, err
	}
	server := httptest.NewServer(handler)
	s.onClose(func(context.Context) error { server.Close(); return nil })
	token, err := devtoken.Sign(key, devtoken.Claims{Subject: caseworker, Role: casework.RoleCaseworker}, time.Hour, time.Now())
	return door{s, server.URL, token}, err
}

// visit records a visit with both children of a case over HTTP.
func (d door) visit(ctx context.Context, id string) error {
	_, number, _ := strings.Cut(id, "-")
	content, err := json.Marshal(map[string]any{
		"children": []string{elder, younger}, "at": time.Now(), "in_residence": true, "notes": "Seen at home.",
	})
	if err != nil {
		return err
	}
	request, err := http.NewRequestWithContext(ctx, http.MethodPost, d.url+"/v1/cases/"+number+"/visits", bytes.NewReader(content))
	if err != nil {
		return err
	}
	request.Header.Set("Authorization", "Bearer "+d.token)
	request.Header.Set("Content-Type", "application/json")
	request.Header.Set("Idempotency-Key", rand.Text())
	answered, err := http.DefaultClient.Do(request)
	if err != nil {
		return err
	}
	defer func() { _ = answered.Body.Close() }() // It is read to its end.
	text, err := io.ReadAll(answered.Body)
	if err == nil && answered.StatusCode != http.StatusOK {
		err = fmt.Errorf("a visit was answered with %d: %s", answered.StatusCode, text)
	}
	return err
}

// knock is one repeat.
func (b *bench) knock(ctx context.Context, off, on door, took *paired) error {
	var without, with []string
	for range b.records {
		for _, side := range []struct {
			stage *stage
			ids   *[]string
		}{{off.stage, &without}, {on.stage, &with}} {
			id, err := side.stage.openInCare(ctx)
			if err != nil {
				return err
			}
			*side.ids = append(*side.ids, id)
		}
	}
	if err := b.rest(ctx); err != nil {
		return err
	}
	blind, trusted, err := b.takeTurns(ctx, b.records*b.further,
		func(ctx context.Context, i int) error { return off.visit(ctx, without[i%b.records]) },
		func(ctx context.Context, i int) error { return on.visit(ctx, with[i%b.records]) })
	if err == nil {
		took.add(blind, trusted)
	}
	return err
}
