-- What a notice says beside its words: why this person is told, in parts, whether it
-- can wait for a digest, and when its reader said that they have read it.

-- +goose Up

SET LOCAL lock_timeout = '2s';

-- Columns that may be NULL or have a constant default are added without rewriting the
-- table. What was told before has no parts, and is urgent: it has been sent already.
ALTER TABLE notices
    ADD COLUMN why             jsonb,
    ADD COLUMN urgent          boolean NOT NULL DEFAULT true,
    ADD COLUMN acknowledged_at timestamptz;

-- A delivery is unneeded once its notice was acknowledged: nobody is told again of
-- what they have read. The new rule is wider than the old one, so no row is looked at.
ALTER TABLE deliveries DROP CONSTRAINT deliveries_state;
ALTER TABLE deliveries ADD CONSTRAINT deliveries_state
    CHECK (state IN ('pending', 'delivered', 'failed', 'unneeded', 'digest')) NOT VALID;
