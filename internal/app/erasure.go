package app

import (
	"context"
	"errors"
	"log/slog"
	"time"

	"go.temporal.io/api/common/v1"
	"go.temporal.io/sdk/client"
	"go.temporal.io/sdk/converter"
	"google.golang.org/protobuf/proto"

	"homeward/activities"
	"homeward/casework"
	"homeward/internal/codec"
	"homeward/internal/secrets"
	"homeward/postgres"
	"homeward/workflows"
)

// sample is sealed with the secret of a record before it is destroyed.
const sample = "a sample: whoever reads this, for them the record was not destroyed"

// sampleText is the ID of the sealed sample.
const sampleText = "sample"

// eraser shows database, codec and vault to the activities as one.
type eraser struct {
	*postgres.DB

	payloads *codec.Codec
	vault    *secrets.Vault
}

// NewErasure returns the activities that destroy records.
func NewErasure(db *postgres.DB, temporal client.Client, payloads *codec.Codec, v *secrets.Vault, namespace string) *activities.Erasure {
	return &activities.Erasure{
		Eraser: eraser{db, payloads, v}, Runs: temporal.WorkflowService(), Namespace: namespace, Now: time.Now,
	}
}

// resumePurges starts what was approved while Temporal did not answer. One that runs
// goes on as it is. Where it fails, the next worker that starts tries again.
func resumePurges(ctx context.Context, own parts, queue string, log *slog.Logger) {
	unfinished, err := own.db.UnfinishedPurges(ctx)
	for _, p := range unfinished {
		_, started := own.temporal.ExecuteWorkflow(ctx, workflows.PurgeOptions(p.ID, queue), workflows.PurgeWorkflow,
			workflows.PurgeInput{Purge: p.ID, Record: p.Record})
		err = errors.Join(err, started)
	}
	if err != nil {
		log.ErrorContext(ctx, "purges that are approved could not be started", slog.Any("error", err))
	}
}

// DestroySecret implements [activities.Eraser]. The samples are made first, as
// nobody can make them afterwards.
func (e eraser) DestroySecret(ctx context.Context, purge, record string, at time.Time) error {
	samples, err := e.samples(ctx, record)
	if err != nil {
		return err
	}
	if err := e.DB.DestroySecret(ctx, purge, samples, at); err != nil {
		return err
	}
	e.vault.Forget(record)
	return nil
}

// samples returns none where encryption is off, or where the secret is destroyed
// already: then those of before are kept.
func (e eraser) samples(ctx context.Context, record string) (postgres.Samples, error) {
	text, err := e.vault.SealText(ctx, record, sampleText, sample)
	if casework.KindOf(err) == casework.Gone || err == nil && text == nil {
		return postgres.Samples{}, nil
	}
	if err != nil {
		return postgres.Samples{}, err
	}
	sealed, err := e.bound(record).Encode([]*common.Payload{{Data: []byte(sample)}})
	if err != nil {
		return postgres.Samples{}, casework.WrapError(casework.Unavailable, "The record's key cannot be used now.", err)
	}
	payload, err := proto.Marshal(sealed[0])
	return postgres.Samples{Payload: payload, Text: text}, err
}

// bound returns the codec of a record, which tells errors instead of panicking.
func (e eraser) bound(record string) converter.PayloadCodec {
	return e.payloads.ForClient().WithSerializationContext(converter.WorkflowSerializationContext{WorkflowID: record})
}

// opens says whether something that was sealed with the secret of a record opens
// with what this process has. That it could not find out is an error.
func (e eraser) opens(ctx context.Context, record string, s postgres.Samples) (bool, error) {
	if s.Text != nil {
		_, err := e.vault.OpenText(ctx, record, sampleText, s.Text)
		if casework.KindOf(err) != casework.Gone {
			return err == nil, err
		}
	}
	if s.Payload == nil {
		return false, nil
	}
	payload := new(common.Payload)
	if err := proto.Unmarshal(s.Payload, payload); err != nil {
		return false, err
	}
	_, err := e.bound(record).Decode([]*common.Payload{payload})
	if why, ok := errors.AsType[*codec.Error](err); ok && why.Reason == codec.Destroyed {
		return false, nil
	}
	return err == nil, err
}
