package app

import (
	"context"
	"crypto/hmac"
	"errors"
	"fmt"
	"log/slog"
	"maps"
	"slices"

	"go.temporal.io/api/serviceerror"
	"go.temporal.io/api/workflowservice/v1"
	"go.temporal.io/sdk/client"

	"homeward/casework"
	"homeward/internal/codec"
	"homeward/internal/config"
	"homeward/internal/secrets"
	"homeward/postgres"
)

// ErasureConfig is what the commands read that look after the keys of records.
type ErasureConfig struct {
	Database config.Database `embed:"" group:"Database"`
	Temporal config.Temporal `embed:"" group:"Temporal"`
	Codec    config.Codec    `embed:"" group:"Encryption"`
	Process  config.Process  `embed:"" group:"Process"`
}

// open connects to what the commands need; close gives it back.
func (c ErasureConfig) open(ctx context.Context, log *slog.Logger) (own parts, closing func(), err error) {
	ring := codec.Off()
	if !c.Codec.Off {
		if ring, err = codec.Open(c.Codec.Read); err != nil {
			return parts{}, nil, err
		}
	}
	db, err := Database(ctx, c.Database, "tool")
	if err != nil {
		return parts{}, nil, err
	}
	v := Vault(db, ring)
	payloads := codec.New(codec.Options{Ring: ring, Namespace: c.Temporal.Namespace, Secrets: v})
	temporal, err := Temporal(ctx, c.Temporal, payloads, log, NewRegistry())
	if err != nil {
		_ = db.Close() // The first error says why.
		return parts{}, nil, err
	}
	return parts{db, temporal, payloads, v}, func() { temporal.Close(); _ = db.Close() }, nil
}

// RewrapSecrets wraps the secrets of the records with the first key of the ring, and
// returns how many it has.
func RewrapSecrets(ctx context.Context, c ErasureConfig, log *slog.Logger) (int, error) {
	own, closing, err := c.open(ctx, log)
	if err != nil {
		return 0, err
	}
	defer closing()
	return own.vault.Rewrap(ctx)
}

// Verification is what is found where a record is said to be destroyed.
type Verification struct {
	Tombstone postgres.Tombstone
	// Wrong says in sentences what does not fit; empty where all is destroyed.
	Wrong []string
}

// VerifyPurge looks for what is left of a record that was destroyed. Its error means
// that it could not look everywhere, and then nothing is proved.
func VerifyPurge(ctx context.Context, c ErasureConfig, log *slog.Logger, record string) (Verification, error) {
	own, closing, err := c.open(ctx, log)
	if err != nil {
		return Verification{}, err
	}
	defer closing()
	return Verify(ctx, own.db, own.temporal, own.payloads, own.vault, c.Temporal.Namespace, record)
}

// Verify is [VerifyPurge] on parts that are open.
func Verify(
	ctx context.Context, db *postgres.DB, temporal client.Client, payloads *codec.Codec, v *secrets.Vault, namespace, record string,
) (Verification, error) {
	kind, number, ok := casework.SplitAggregate(record)
	if !ok {
		return Verification{}, casework.InvalidField("record", "Name a report or a case: report-1001, case-1002.")
	}
	stone, err := db.Tombstone(ctx, casework.AggregateID(kind, number))
	if err != nil {
		return Verification{}, err
	}
	check := verifying{ctx: ctx, db: db, found: Verification{Tombstone: stone}}
	if !stone.Intact {
		check.wrong("The tombstone was altered: its hash does not fit.")
	}
	check.key(stone)
	check.rows(record)
	check.runs(temporal, namespace, record)
	v.Forget(record) // so that no memory answers for the database
	check.samples(eraser{db, payloads, v}, stone)
	return check.found, check.failed
}

// verifying collects what is wrong, and what could not be looked at.
type verifying struct {
	ctx    context.Context
	db     *postgres.DB
	found  Verification
	failed error
}

func (v *verifying) wrong(format string, args ...any) {
	v.found.Wrong = append(v.found.Wrong, fmt.Sprintf(format, args...))
}

func (v *verifying) fail(err error) { v.failed = errors.Join(v.failed, err) }

func (v *verifying) key(stone postgres.Tombstone) {
	key, err := v.db.Key(v.ctx, stone.Record)
	switch {
	case casework.KindOf(err) == casework.NotFound:
		v.wrong("The destroyed key has left no proof.")
	case err != nil:
		v.fail(err)
	case key.Held || key.DestroyedAt.IsZero():
		v.wrong("The key of the record is there.")
	case !hmac.Equal([]byte(key.Digest), []byte(stone.KeyDigest)) || key.DestroyedBy != stone.Purge:
		v.wrong("The key that was destroyed is not the one that the tombstone names.")
	}
	purge, err := v.db.Purge(v.ctx, stone.Purge)
	switch {
	case casework.KindOf(err) == casework.NotFound:
		v.wrong("The request is not there.")
	case err != nil:
		v.fail(err)
	case purge.DoneAt.IsZero():
		v.wrong("The purge is not finished.")
	case purge.RequestedBy != stone.RequestedBy || purge.ApprovedBy != stone.ApprovedBy || purge.Record != stone.Record:
		v.wrong("The request is not the one that the tombstone names.")
	}
}

func (v *verifying) rows(record string) {
	remains, err := v.db.Remains(v.ctx, record)
	if err != nil {
		v.fail(err)
		return
	}
	for _, table := range slices.Sorted(maps.Keys(remains)) {
		v.wrong("Table %s has %d rows of the record.", table, remains[table])
	}
}

func (v *verifying) runs(temporal client.Client, namespace, record string) {
	_, err := temporal.DescribeWorkflowExecution(v.ctx, record, "")
	if _, gone := errors.AsType[*serviceerror.NotFound](err); err != nil && !gone {
		v.fail(err)
	} else if err == nil {
		v.wrong("Temporal knows a workflow %s.", record)
	}
	counted, err := temporal.CountWorkflow(v.ctx, &workflowservice.CountWorkflowExecutionsRequest{
		Namespace: namespace, Query: "WorkflowId = '" + record + "'",
	})
	if err != nil {
		v.fail(err)
	} else if counted.GetCount() > 0 {
		v.wrong("Temporal lists %d runs of %s.", counted.GetCount(), record)
	}
}

func (v *verifying) samples(e eraser, stone postgres.Tombstone) {
	samples, err := v.db.Samples(v.ctx, stone.Purge)
	if casework.KindOf(err) == casework.NotFound {
		return // said before
	}
	var opens bool
	if err == nil {
		opens, err = e.opens(v.ctx, stone.Record, samples)
	}
	if err != nil {
		v.fail(err)
	} else if opens {
		v.wrong("What was sealed before the purge can still be opened.")
	}
}
