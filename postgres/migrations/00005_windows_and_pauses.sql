-- The first day of a duty's window, and the instant at which its pause ends by
-- plan. A release that does not know them leaves them empty, and the next
-- transition that concerns the duty fills them in. Columns that may be NULL are
-- added without rewriting the table, and the lock is held for a moment only.

-- +goose Up

SET LOCAL lock_timeout = '2s';

ALTER TABLE duties
    ADD COLUMN not_before date,
    ADD COLUMN resumes_at timestamptz;
