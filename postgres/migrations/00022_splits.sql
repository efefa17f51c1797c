-- Splits of a case in two: who leaves, and how far it has come. Times are by the
-- wall clock. The columns hold IDs and codes alone, and note the ID of a text. There
-- are few of them, so it has no index but that of its key.

-- +goose Up

CREATE TABLE splits (
    id          text        NOT NULL,
    fingerprint text        NOT NULL,
    aggregate   text        NOT NULL,
    number      text        NOT NULL,
    children    text[]      NOT NULL,
    persons     text[]      NOT NULL,
    reason      text        NOT NULL,
    note        text        NOT NULL,
    worker      text        NOT NULL,
    supervisor  text        NOT NULL,
    by_worker   text        NOT NULL,
    by_role     text        NOT NULL,
    state       text        NOT NULL,
    why         text        NOT NULL DEFAULT '',
    attempts    integer     NOT NULL DEFAULT 0,
    set_at      timestamptz NOT NULL,
    done_at     timestamptz,
    CONSTRAINT splits_pkey PRIMARY KEY (id)
);
