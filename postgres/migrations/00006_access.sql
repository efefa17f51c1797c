-- Who may see which record beside those who work on it, and who may not. Times
-- are by the wall clock: access is about today, whatever time a record has.
-- A grant, a conflict or a seal is ended, never deleted.

-- +goose Up

-- People named for a record by somebody who may: for a restricted one the only
-- way in beside its own line.
CREATE TABLE grants (
    id         text        NOT NULL,
    aggregate  text        NOT NULL,
    worker     text        NOT NULL,
    purpose    text        NOT NULL,
    granted_by text        NOT NULL,
    granted_at timestamptz NOT NULL,
    expires_at timestamptz,
    ended_by   text        NOT NULL DEFAULT '',
    ended_at   timestamptz,
    CONSTRAINT grants_pkey PRIMARY KEY (id)
);

-- Workers who are related to somebody in a record. It holds for the report and
-- for the case that came of it.
CREATE TABLE conflicts (
    id          text        NOT NULL,
    aggregate   text        NOT NULL,
    worker      text        NOT NULL,
    declared_by text        NOT NULL,
    declared_at timestamptz NOT NULL,
    ended_by    text        NOT NULL DEFAULT '',
    ended_at    timestamptz,
    CONSTRAINT conflicts_pkey PRIMARY KEY (id)
);

-- Records that a court has closed. authority names the order.
CREATE TABLE seals (
    id         text        NOT NULL,
    aggregate  text        NOT NULL,
    authority  text        NOT NULL,
    sealed_by  text        NOT NULL,
    sealed_at  timestamptz NOT NULL,
    ended_by   text        NOT NULL DEFAULT '',
    ended_at   timestamptz,
    CONSTRAINT seals_pkey PRIMARY KEY (id)
);

-- Broken glass: an emergency in which somebody reads a record that is not theirs.
-- reason is the ID of a text. Nothing is readable by it before watched_at: only
-- then does the clock run by which it is reviewed.
CREATE TABLE glass (
    id          text        NOT NULL,
    aggregate   text        NOT NULL,
    worker      text        NOT NULL,
    role        text        NOT NULL,
    reason      text        NOT NULL,
    broken_at   timestamptz NOT NULL,
    expires_at  timestamptz NOT NULL,
    review_due  timestamptz NOT NULL,
    watched_at  timestamptz,
    reviewed_by text        NOT NULL DEFAULT '',
    reviewed_at timestamptz,
    finding     text        NOT NULL DEFAULT '',
    CONSTRAINT glass_pkey PRIMARY KEY (id)
);

-- Accounts of programs. The ID is the subject of their tokens.
CREATE TABLE services (
    id         text        NOT NULL,
    purpose    text        NOT NULL,
    acts_as    text        NOT NULL,
    steps      text[]      NOT NULL,
    actions    text[]      NOT NULL,
    offices    text[]      NOT NULL,
    active     boolean     NOT NULL,
    expires_at timestamptz,
    saved_by   text        NOT NULL,
    saved_at   timestamptz NOT NULL,
    CONSTRAINT services_pkey PRIMARY KEY (id)
);

CREATE UNIQUE INDEX grants_held ON grants (aggregate, worker) WHERE ended_at IS NULL;
CREATE INDEX grants_worker ON grants (worker, aggregate) WHERE ended_at IS NULL;
CREATE UNIQUE INDEX conflicts_held ON conflicts (aggregate, worker) WHERE ended_at IS NULL;
CREATE INDEX conflicts_worker ON conflicts (worker, aggregate) WHERE ended_at IS NULL;
CREATE UNIQUE INDEX seals_held ON seals (aggregate) WHERE ended_at IS NULL;
CREATE INDEX glass_worker ON glass (worker, aggregate, expires_at);
CREATE INDEX glass_record ON glass (aggregate, broken_at);
CREATE INDEX glass_unreviewed ON glass (review_due) WHERE reviewed_at IS NULL;
