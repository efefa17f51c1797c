-- The item of a record that a duty is about, where there are several of a kind: the
-- order, the referral. A release that does not know it leaves it empty, and knows
-- the item by the last part of the duty's ID. A column with a constant default is
-- added without rewriting the table, and the lock is held for a moment only.

-- +goose Up

SET LOCAL lock_timeout = '2s';

ALTER TABLE duties
    ADD COLUMN ref text NOT NULL DEFAULT '';
