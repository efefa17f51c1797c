package app

import (
	"context"
	"time"

	"homeward/activities"
	"homeward/casework"
	"homeward/notify"
	"homeward/policy"
	"homeward/postgres"
)

// digests shows the database to the activities as what can wait.
type digests struct {
	db      *postgres.DB
	library *policy.Library
	hour    int
}

// NewDigests returns the digests of what waits in db, due at an hour of the morning, 0
// to 23, in the zone of the office. The library knows on which days an office works.
func NewDigests(db *postgres.DB, library *policy.Library, hour int) activities.Digests {
	return digests{db, library, hour}
}

// DueDigests implements [activities.Digests].
func (d digests) DueDigests(ctx context.Context, now time.Time, limit int) ([]activities.DueDelivery, error) {
	readers, err := d.db.DigestReaders(ctx)
	if err != nil {
		return nil, err
	}
	var due []activities.DueDelivery
	for _, r := range readers {
		morning := d.morning(r, now)
		if len(due) == limit || r.Digest == "" && !r.Since.Before(morning) {
			continue
		}
		key := r.Digest
		if key == "" {
			key = casework.DigestKey(r.Recipient, casework.DateOf(morning))
		}
		bound, err := d.db.BindDigest(ctx, key, r.Recipient, morning)
		if err != nil {
			return nil, err
		}
		if len(bound) == 0 {
			continue // Another worker has it.
		}
		notices := make([]casework.Notice, len(bound))
		for i, b := range bound {
			notices[i] = b.Notice
		}
		due = append(due, activities.DueDelivery{Attempts: bound[0].Attempts, Delivery: notify.Delivery{
			Notice: casework.Digest(key, r.Recipient, notices), Channel: notify.Channel(bound[0].Channel), Address: bound[0].Address,
		}})
	}
	return due, nil
}

// morning is the last one before now on which the person's office works. An office
// whose law is not installed here works on every day but weekends.
func (d digests) morning(r postgres.DigestReader, now time.Time) time.Time {
	zone, err := time.LoadLocation(r.Timezone)
	if err != nil {
		zone = time.UTC
	}
	works := func(day casework.Date) bool {
		weekday := day.Start(time.UTC).Weekday()
		return weekday != time.Saturday && weekday != time.Sunday
	}
	if pack, err := d.library.Pack(r.Pack); err == nil {
		works = func(day casework.Date) bool {
			return pack.NextWorkday(day.AddDays(-1).Start(time.UTC), time.UTC).Date == day
		}
	}
	for day := casework.DateOf(now.In(zone)); ; day = day.AddDays(-1) {
		y, m, n := day.Start(time.UTC).Date()
		if at := time.Date(y, m, n, d.hour, 0, 0, 0, zone); works(day) && !at.After(now) {
			return at
		}
	}
}

// RecordDigest implements [activities.Digests].
func (d digests) RecordDigest(ctx context.Context, a activities.Attempt) error {
	return d.db.RecordDigest(ctx, postgres.Attempt{
		NoticeKey: a.NoticeKey, Delivered: a.Delivered, Permanent: a.Permanent, Error: a.Error, ProviderID: a.Response, At: a.At,
	})
}
