-- What is personal, and the numbers. Nothing here travels through Temporal:
-- the rest of Homeward holds the IDs alone.
--
-- persons and texts carry no CHECK, and every column is filled in by the
-- statement, because PostgreSQL writes the whole row into its own log when a
-- constraint on its values fails.

-- +goose Up

CREATE SEQUENCE report_numbers START WITH 1001;
CREATE SEQUENCE case_numbers START WITH 1001;
CREATE SEQUENCE person_numbers START WITH 1;

CREATE TABLE persons (
    id      text NOT NULL DEFAULT 'p-' || nextval('person_numbers'),
    name    text NOT NULL,
    born    date,
    sex     text NOT NULL,
    address text NOT NULL,
    phone   text NOT NULL,
    CONSTRAINT persons_pkey PRIMARY KEY (id)
);

-- Narratives: the words of callers and workers.
CREATE TABLE texts (
    id         text        NOT NULL,
    aggregate  text        NOT NULL,
    author     text        NOT NULL,
    body       text        NOT NULL,
    created_at timestamptz NOT NULL,
    CONSTRAINT texts_pkey PRIMARY KEY (id)
);

-- One row an idempotency key that asked for a number.
CREATE TABLE reservations (
    key         text        NOT NULL,
    kind        text        NOT NULL,
    number      bigint      NOT NULL,
    fingerprint text        NOT NULL,
    persons     text[]      NOT NULL,
    created_at  timestamptz NOT NULL DEFAULT now(),
    CONSTRAINT reservations_pkey PRIMARY KEY (key),
    CONSTRAINT reservations_number UNIQUE (kind, number)
);
