-- Two entries that look like one person and were judged to be two. A row holds until it
-- is undone, and goes with either person. one is before other, so that a pair is one
-- row. Reasons are codes.

-- +goose Up

CREATE TABLE persons_apart (
    id          text        NOT NULL,
    one         text        NOT NULL,
    other       text        NOT NULL,
    reason      text        NOT NULL,
    told_by     text        NOT NULL,
    told_at     timestamptz NOT NULL,
    undo        text        NOT NULL DEFAULT '',
    undo_reason text        NOT NULL DEFAULT '',
    undone_by   text        NOT NULL DEFAULT '',
    undone_at   timestamptz,
    CONSTRAINT persons_apart_pkey PRIMARY KEY (id),
    CONSTRAINT persons_apart_two CHECK (one < other),
    CONSTRAINT persons_apart_one FOREIGN KEY (one) REFERENCES persons (id) ON DELETE CASCADE,
    CONSTRAINT persons_apart_other FOREIGN KEY (other) REFERENCES persons (id) ON DELETE CASCADE
);
-- A pair is told apart once; who stands first is looked up by it, too.
CREATE UNIQUE INDEX persons_apart_held ON persons_apart (one, other) WHERE undone_at IS NULL;
CREATE INDEX persons_apart_other_side ON persons_apart (other, told_at);
