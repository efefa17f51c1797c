package app

import (
	"context"

	"homeward/activities"
	"homeward/notify"
	"homeward/postgres"
)

// outbox shows the database to the activities as the outbox that they work on.
type outbox struct{ db *postgres.DB }

// NewOutbox returns the outbox in db.
func NewOutbox(db *postgres.DB) activities.Outbox { return outbox{db} }

// DueDeliveries implements [activities.Outbox].
func (o outbox) DueDeliveries(ctx context.Context, aggregate string, limit int) ([]activities.DueDelivery, error) {
	rows, err := o.db.DueDeliveries(ctx, aggregate, limit)
	if err != nil {
		return nil, err
	}
	due := make([]activities.DueDelivery, len(rows))
	for i, row := range rows {
		due[i] = activities.DueDelivery{
			Delivery: notify.Delivery{Notice: row.Notice, Channel: notify.Channel(row.Channel), Address: row.Address},
			Attempts: row.Attempts,
		}
	}
	return due, nil
}

// RecordAttempt implements [activities.Outbox].
func (o outbox) RecordAttempt(ctx context.Context, a activities.Attempt) error {
	return o.db.RecordAttempt(ctx, postgres.Attempt{
		NoticeKey: a.NoticeKey, Channel: postgres.ChannelKind(a.Channel), Delivered: a.Delivered,
		Permanent: a.Permanent, Error: a.Error, ProviderID: a.Response, At: a.At,
	})
}

// Undelivered implements [activities.Outbox].
func (o outbox) Undelivered(ctx context.Context, aggregate string) (int, error) {
	return o.db.Undelivered(ctx, aggregate)
}
