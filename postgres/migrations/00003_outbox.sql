-- The workers, how each can be reached, and the outbox. A notice is in its
-- recipient's inbox by being here; every other channel has a delivery.

-- +goose Up

-- name is personal.
CREATE TABLE workers (
    id         text NOT NULL,
    role       text NOT NULL,
    office     text NOT NULL,
    unit       text NOT NULL,
    supervisor text NOT NULL,
    manager    text NOT NULL,
    name       text NOT NULL,
    CONSTRAINT workers_pkey PRIMARY KEY (id)
);

-- address is personal.
CREATE TABLE channels (
    worker  text    NOT NULL REFERENCES workers (id) ON DELETE CASCADE,
    channel text    NOT NULL,
    address text    NOT NULL,
    active  boolean NOT NULL,
    CONSTRAINT channels_pkey PRIMARY KEY (worker, channel)
);

CREATE TABLE notices (
    key        text        NOT NULL,
    aggregate  text        NOT NULL,
    recipient  text        NOT NULL,
    role       text        NOT NULL,
    kind       text        NOT NULL,
    duty       text        NOT NULL,
    subject    text        NOT NULL,
    body       text        NOT NULL,
    created_at timestamptz NOT NULL,
    CONSTRAINT notices_pkey PRIMARY KEY (key)
);

-- An inbox, and the notices of a record, newest first. Plans, as TestPlans
-- finds them on 30,000 notices: Bitmap Index Scan on the first page, Index Scan
-- Backward on those that follow.
CREATE INDEX notices_recipient ON notices (recipient, created_at, key);
CREATE INDEX notices_aggregate ON notices (aggregate, created_at, key);

-- One row a notice and channel. Addresses are looked up when it is sent, so
-- that a moved person gets it at the new place.
CREATE TABLE deliveries (
    notice          text        NOT NULL REFERENCES notices (key),
    channel         text        NOT NULL,
    aggregate       text        NOT NULL,
    recipient       text        NOT NULL,
    state           text        NOT NULL,
    attempts        integer     NOT NULL DEFAULT 0,
    last_attempt_at timestamptz,
    last_error      text        NOT NULL DEFAULT '',
    claimed_until   timestamptz,
    delivered_at    timestamptz,
    provider_id     text        NOT NULL DEFAULT '',
    CONSTRAINT deliveries_pkey PRIMARY KEY (notice, channel),
    CONSTRAINT deliveries_state CHECK (state IN ('pending', 'delivered', 'failed'))
);

-- What waits to be sent, of a record or of all. Plan, as TestPlans finds it on
-- 30,000 deliveries: Index or Bitmap Scan using deliveries_pending.
CREATE INDEX deliveries_pending ON deliveries (aggregate, attempts) WHERE state = 'pending';
