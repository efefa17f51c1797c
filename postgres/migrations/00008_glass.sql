-- Why the glass was broken, as a code, and what the reviewer wrote: the ID of a
-- text. No release has written to the table yet, so the check has nothing to read.

-- +goose Up

SET LOCAL lock_timeout = '2s';

ALTER TABLE glass
    ADD COLUMN purpose text NOT NULL DEFAULT '',
    ADD COLUMN note    text NOT NULL DEFAULT '',
    ADD CONSTRAINT glass_reviewer CHECK (reviewed_by <> worker);
