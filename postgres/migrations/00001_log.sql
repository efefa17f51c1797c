-- The log: what happened, in order, for ever. Everything else but the outbox,
-- the people and the texts can be built from it again.

-- +goose Up

-- One row a transition, so that a command is carried out once. first_seq and
-- last_seq are the events that it became; answer is what the caller was told.
CREATE TABLE commands (
    aggregate   text        NOT NULL,
    command_id  text        NOT NULL,
    fingerprint text        NOT NULL,
    first_seq   bigint      NOT NULL,
    last_seq    bigint      NOT NULL,
    answer      json        NOT NULL,
    recorded_at timestamptz NOT NULL,
    CONSTRAINT commands_pkey PRIMARY KEY (aggregate, command_id),
    CONSTRAINT commands_span CHECK (first_seq >= 1 AND last_seq >= first_seq)
);

-- content is the event exactly as it was sealed: json, not jsonb, keeps the
-- text byte for byte, so that the hash can be checked without knowing what a
-- type of event means. The other columns repeat parts of it for queries.
--
-- The database itself keeps the chain: a hash must cover its content, and the
-- event before must carry the hash that this one names. So a gap, a fork or a
-- rewritten line is refused whoever asks. The second unique index is there for
-- that foreign key alone.
CREATE TABLE events (
    aggregate   text        NOT NULL,
    seq         bigint      NOT NULL,
    command_id  text        NOT NULL,
    type        text        NOT NULL,
    actor_id    text        NOT NULL,
    actor_role  text        NOT NULL,
    occurred_at timestamptz NOT NULL,
    recorded_at timestamptz NOT NULL,
    content     json        NOT NULL,
    prev_seq    bigint      GENERATED ALWAYS AS (nullif(seq - 1, 0)) STORED,
    prev_hash   text        NOT NULL,
    hash        text        NOT NULL,
    CONSTRAINT events_pkey PRIMARY KEY (aggregate, seq),
    CONSTRAINT events_link UNIQUE (aggregate, seq, hash),
    CONSTRAINT events_chain FOREIGN KEY (aggregate, prev_seq, prev_hash)
        REFERENCES events (aggregate, seq, hash),
    CONSTRAINT events_first CHECK (seq > 1 OR (seq = 1 AND prev_hash = '')),
    CONSTRAINT events_prev CHECK (prev_hash = content ->> 'prev_hash'),
    CONSTRAINT events_hash CHECK (hash = encode(sha256(convert_to(content::text, 'UTF8')), 'hex'))
);

-- +goose StatementBegin
CREATE FUNCTION refuse_change() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION '% on % is refused: the log is append-only', TG_OP, TG_TABLE_NAME
        USING ERRCODE = 'restrict_violation';
END
$$;
-- +goose StatementEnd

CREATE TRIGGER append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON events
    FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();
CREATE TRIGGER append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON commands
    FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();

-- ALWAYS: session_replication_role does not switch these off.
ALTER TABLE events ENABLE ALWAYS TRIGGER append_only;
ALTER TABLE commands ENABLE ALWAYS TRIGGER append_only;
