-- What people have written and not yet sent: a draft for each person, record and
-- kind of step, every save a version of its own. It is sealed as narratives are,
-- and goes with its record: a purge empties every table with this column aggregate.

-- +goose Up

SET LOCAL lock_timeout = '2s';

-- beside marks what was saved on top of a version that was not the newest any more:
-- it is kept, and does not take the place of the newer one. body is empty where
-- sealed is not.
CREATE TABLE drafts (
    id        text        NOT NULL,
    aggregate text        NOT NULL,
    author    text        NOT NULL,
    step      text        NOT NULL,
    version   integer     NOT NULL,
    beside    boolean     NOT NULL,
    body      text        NOT NULL,
    sealed    bytea,
    saved_at  timestamptz NOT NULL,
    CONSTRAINT drafts_pkey PRIMARY KEY (aggregate, author, step, version)
);
