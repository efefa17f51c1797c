-- Who may see which record beside those who work on it, and who may not. Times
-- are by the wall clock: access is about today, whatever time a record has.
-- A rule is ended, never deleted.

-- +goose Up

-- A grant names a person for a record: for a restricted one the only way in
-- beside its own line. A conflict closes it to a person who is related to
-- somebody in it, and holds for the report and for the case that came of it. A
-- seal closes it to everybody who is not named, by the order of a court. ground
-- is the purpose of a grant and the reference of an order.
CREATE TABLE access_rules (
    id         text        NOT NULL,
    aggregate  text        NOT NULL,
    kind       text        NOT NULL,
    worker     text        NOT NULL,
    ground     text        NOT NULL,
    set_by     text        NOT NULL,
    set_at     timestamptz NOT NULL,
    expires_at timestamptz,
    ended_by   text        NOT NULL DEFAULT '',
    ended_at   timestamptz,
    CONSTRAINT access_rules_pkey PRIMARY KEY (id),
    CONSTRAINT access_rules_kind CHECK (kind IN ('grant', 'conflict', 'seal'))
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

-- The plans that each index is for, as TestPlans finds them: which rules hold for
-- a record and a person, and what a person was named for.
CREATE UNIQUE INDEX access_rules_held ON access_rules (aggregate, kind, worker) WHERE ended_at IS NULL;
CREATE INDEX access_rules_worker ON access_rules (worker, kind, aggregate) WHERE ended_at IS NULL;
CREATE INDEX access_rules_record ON access_rules (aggregate, set_at);
CREATE INDEX glass_worker ON glass (worker, aggregate, expires_at);
CREATE INDEX glass_record ON glass (aggregate, broken_at);
CREATE INDEX glass_unreviewed ON glass (review_due) WHERE reviewed_at IS NULL;
