-- What can wait goes out by mail as one digest a person and morning.

-- +goose Up

SET LOCAL lock_timeout = '2s';

-- When a delivery was queued, by the wall clock: a record's own may be ahead. The
-- default is one constant for the rows that are there, so the table is not rewritten.
-- digest names the mail that a delivery is bound to, once there is one.
ALTER TABLE deliveries
    ADD COLUMN queued_at timestamptz NOT NULL DEFAULT now(),
    ADD COLUMN digest    text        NOT NULL DEFAULT '';

-- Nothing waits for a digest before this release, so the index is empty; it reads the
-- table once, which takes a second for a million rows, and outboxes wait for that long.
CREATE INDEX deliveries_digest ON deliveries (recipient, digest) WHERE state = 'digest';
