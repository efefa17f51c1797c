-- Needs for which no service was found, for counting them. The table of events is in
-- use: this waits for no write and makes none wait. docs/referrals.md.

-- +goose NO TRANSACTION
-- +goose Up

CREATE INDEX CONCURRENTLY events_unmet_needs ON events ((content -> 'body' ->> 'on')) WHERE type = 'need.unmet';
