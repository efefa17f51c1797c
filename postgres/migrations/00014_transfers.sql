-- Transfers of records from one worker to another: what was asked, and what became
-- of each record. Times are by the wall clock. The columns hold IDs and codes alone.

-- +goose Up

CREATE TABLE transfers (
    id             text        NOT NULL,
    fingerprint    text        NOT NULL,
    from_worker    text        NOT NULL,
    to_worker      text        NOT NULL,
    supervisor     text        NOT NULL,
    by_worker      text        NOT NULL,
    by_role        text        NOT NULL,
    reason         text        NOT NULL,
    ask            boolean     NOT NULL,
    all_or_nothing boolean     NOT NULL,
    state          text        NOT NULL,
    set_at         timestamptz NOT NULL,
    undo_by        text        NOT NULL DEFAULT '',
    undo_role      text        NOT NULL DEFAULT '',
    undo_at        timestamptz,
    done_at        timestamptz,
    CONSTRAINT transfers_pkey PRIMARY KEY (id)
);

CREATE TABLE transfer_items (
    transfer   text        NOT NULL REFERENCES transfers (id),
    aggregate  text        NOT NULL,
    supervisor text        NOT NULL,
    state      text        NOT NULL,
    reason     text        NOT NULL,
    attempts   integer     NOT NULL,
    at         timestamptz,
    CONSTRAINT transfer_items_pkey PRIMARY KEY (transfer, aggregate)
);
