-- The audit: who did what, who looked at what, and who was refused, chained by
-- hashes for each day and record. docs/audit.md says what it proves.
--
-- A chain's lines of one day are numbered from 1; each carries the hash of the
-- line before, the first one that of the chain's last line on an earlier day.
-- Heads say where each chain of a day ends. A day numbers its chains in the order
-- in which they begin, and its first line closes the day before: opening is the
-- hash over everything that the day before holds.
--
-- Only audit_append writes. It runs with its owner's rights, so that whoever may
-- call it can add a line and do nothing else: the time, the number and the hash
-- are the database's.

-- +goose Up

-- hash of a day chains the beginnings of its chains, from opening on.
CREATE TABLE audit_days (
    day      date   NOT NULL,
    prev_day date,
    opening  text   NOT NULL,
    chains   bigint NOT NULL,
    hash     text   NOT NULL,
    CONSTRAINT audit_days_pkey PRIMARY KEY (day),
    CONSTRAINT audit_days_chain FOREIGN KEY (prev_day) REFERENCES audit_days (day),
    CONSTRAINT audit_days_first CHECK (CASE WHEN prev_day IS NULL THEN opening = '' ELSE prev_day < day END)
);
-- One first day, and one day after each.
CREATE UNIQUE INDEX audit_days_prev ON audit_days (coalesce(prev_day, '-infinity'));

-- chain is compared by its bytes, everywhere alike. Half of each page stays free,
-- so that a head moves on within it and no index is written.
CREATE TABLE audit_heads (
    chain      text COLLATE "C" NOT NULL,
    day        date        NOT NULL,
    nth        bigint      NOT NULL,
    seq        bigint      NOT NULL,
    at         timestamptz NOT NULL,
    first_hash text        NOT NULL,
    hash       text        NOT NULL,
    CONSTRAINT audit_heads_pkey PRIMARY KEY (chain, day),
    CONSTRAINT audit_heads_nth UNIQUE (day, nth),
    CONSTRAINT audit_heads_day FOREIGN KEY (day) REFERENCES audit_days (day)
) WITH (fillfactor = 50);

-- +goose StatementBegin
-- The IDs of the records that a line shows, for the index on them.
CREATE FUNCTION audit_shown(entry json) RETURNS text[] LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $$
    SELECT ARRAY(SELECT json_array_elements_text(entry -> 'records'))
$$;
-- +goose StatementEnd

-- +goose StatementBegin
-- The hash of a line covers the hash before it, its place, its time and its text.
-- Written out, so that any other program can compute it. It is not declared
-- IMMUTABLE, which to_char is not, so that the planner may inline it.
CREATE FUNCTION audit_hash(prev_hash text, day date, chain text, seq bigint, at timestamptz, entry json)
RETURNS text LANGUAGE sql STABLE PARALLEL SAFE AS $$
    SELECT encode(sha256(convert_to(prev_hash || E'\n' || to_char(day, 'YYYY-MM-DD') || E'\n' || chain || E'\n' || seq
        || E'\n' || to_char(at AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"') || E'\n' || entry::text, 'UTF8')), 'hex')
$$;
-- +goose StatementEnd

-- That a line continues the one before it is no foreign key as in the log, and that
-- its hash is right no constraint: every command would pay for them, half of what its
-- line costs. Nobody but the function below may write, and whoever gets around it is
-- found when the audit is verified.
--
-- entry is the line as it was written: json, not jsonb, keeps its text. The
-- columns behind it repeat parts of it for searches.
CREATE TABLE audit_lines (
    day       date        NOT NULL,
    chain     text COLLATE "C" NOT NULL,
    seq       bigint      NOT NULL,
    at        timestamptz NOT NULL,
    entry     json        NOT NULL,
    prev_hash text        NOT NULL,
    hash      text        NOT NULL,
    actor     text        GENERATED ALWAYS AS (entry #>> '{actor,id}') STORED,
    action    text        GENERATED ALWAYS AS (entry ->> 'action') STORED,
    outcome   text        GENERATED ALWAYS AS (entry ->> 'outcome') STORED,
    -- Most lines show one record, their own: the function is called for lists alone.
    shown     text[]      GENERATED ALWAYS AS (CASE WHEN entry -> 'records' IS NULL THEN '{}' ELSE audit_shown(entry) END) STORED,
    CONSTRAINT audit_lines_pkey PRIMARY KEY (chain, day, seq),
    CONSTRAINT audit_lines_seq CHECK (seq >= 1)
);

-- The plans that each index is for, as TestPlans finds them on 60,000 lines:
--   audit_lines_pkey     a record's own chain, newest first: Index Scan Backward
--   audit_lines_shown    lists that showed a record: Bitmap Index Scan
--   audit_lines_actor    what a person did, newest first: Index Scan Backward
--   audit_lines_newest   everything, or what days hold: Index Scan Backward
--   audit_lines_refused  what was refused or failed: Index Scan Backward
CREATE INDEX audit_lines_shown ON audit_lines USING gin (shown) WHERE shown <> '{}';
CREATE INDEX audit_lines_actor ON audit_lines (actor, day, at, chain, seq);
CREATE INDEX audit_lines_newest ON audit_lines (day, at, chain, seq);
CREATE INDEX audit_lines_refused ON audit_lines (day, at, chain, seq) WHERE outcome <> 'done';

-- +goose StatementBegin
-- The hash over all that a day holds: what opened it, and where each of its
-- chains ends.
CREATE FUNCTION audit_closing(closed date) RETURNS text LANGUAGE sql STABLE AS $$
    SELECT encode(sha256(convert_to((SELECT d.opening FROM audit_days d WHERE d.day = closed)
        || E'\n' || to_char(closed, 'YYYY-MM-DD')
        || coalesce(string_agg(E'\n' || h.chain || ' ' || h.seq || ' ' || h.hash, '' ORDER BY h.chain), ''), 'UTF8')), 'hex')
    FROM audit_heads h WHERE h.day = closed
$$;
-- +goose StatementEnd

-- +goose StatementBegin
-- Opens the day that the clock shows and returns the day to write to. The caller
-- is alone, so the day before cannot change any more. A clock that is set back
-- does not reopen a day.
CREATE FUNCTION audit_open() RETURNS date LANGUAGE plpgsql AS $$
DECLARE
    clock date := (clock_timestamp() AT TIME ZONE 'UTC')::date;
    last  date := (SELECT max(d.day) FROM audit_days d);
BEGIN
    IF last >= clock THEN
        RETURN last;
    END IF;
    INSERT INTO audit_days (day, prev_day, opening, chains, hash)
    SELECT clock, last, o.opening, 0, o.opening FROM (SELECT coalesce(audit_closing(last), '')) AS o(opening);
    RETURN clock;
END
$$;
-- +goose StatementEnd

-- +goose StatementBegin
-- Appends a line to a chain and returns its number; nothing where there is no
-- entry. It holds its locks until the transaction ends:
--   1. a lock on the audit as a whole, shared by all writers; the first line of a
--      day takes it alone, so that the day before is complete when it is closed;
--   2. where the chain is new today: the day, so that its chains have an order;
--   3. the chain's head.
-- Whoever holds 3 waits for nothing more, if a transaction writes one line and
-- writes it last. So there is no deadlock.
CREATE FUNCTION audit_append(into_chain text, entry json) RETURNS bigint
LANGUAGE plpgsql STRICT SECURITY DEFINER AS $$
DECLARE
    today    date := (SELECT max(d.day) FROM audit_days d);
    begun    bigint;
    new_seq  bigint;
    new_at   timestamptz;
    earlier  text;
    new_hash text;
BEGIN
    IF today >= (clock_timestamp() AT TIME ZONE 'UTC')::date THEN
        PERFORM pg_advisory_xact_lock_shared(7, 7);
        today := (SELECT max(d.day) FROM audit_days d);
    ELSE
        PERFORM pg_advisory_xact_lock(7, 7);
        today := audit_open();
    END IF;

    SELECT h.seq, h.at, h.hash INTO new_seq, new_at, earlier
    FROM audit_heads h WHERE h.chain = into_chain AND h.day = today FOR UPDATE;
    IF NOT FOUND THEN
        SELECT d.chains INTO begun FROM audit_days d WHERE d.day = today FOR UPDATE;
        -- Somebody may have begun the chain meanwhile.
        SELECT h.seq, h.at, h.hash INTO new_seq, new_at, earlier
        FROM audit_heads h WHERE h.chain = into_chain AND h.day = today FOR UPDATE;
    END IF;
    IF new_seq IS NULL THEN
        SELECT h.hash INTO earlier
        FROM audit_heads h WHERE h.chain = into_chain AND h.day < today ORDER BY h.day DESC LIMIT 1;
    END IF;

    new_seq := coalesce(new_seq, 0) + 1;
    new_at := greatest(clock_timestamp(), new_at);
    earlier := coalesce(earlier, '');
    new_hash := audit_hash(earlier, today, into_chain, new_seq, new_at, entry);
    INSERT INTO audit_lines (day, chain, seq, at, entry, prev_hash, hash)
    VALUES (today, into_chain, new_seq, new_at, entry, earlier, new_hash);

    IF new_seq > 1 THEN
        UPDATE audit_heads h SET seq = new_seq, at = new_at, hash = new_hash
        WHERE h.chain = into_chain AND h.day = today;
        RETURN new_seq;
    END IF;
    INSERT INTO audit_heads (chain, day, nth, seq, at, first_hash, hash)
    VALUES (into_chain, today, begun + 1, 1, new_at, new_hash, new_hash);
    UPDATE audit_days d SET chains = d.chains + 1,
        hash = encode(sha256(convert_to(d.hash || E'\n' || into_chain || ' ' || new_hash, 'UTF8')), 'hex')
    WHERE d.day = today;
    RETURN 1;
END
$$;
-- +goose StatementEnd

-- +goose StatementBegin
-- Returns an instant that separates the lines: whatever is committed up to now is
-- not later, whatever comes is. It waits for running writers, for two seconds at
-- most, and lets new ones wait for as long.
CREATE FUNCTION audit_settle() RETURNS timestamptz LANGUAGE plpgsql AS $$
DECLARE
    settled timestamptz;
BEGIN
    PERFORM set_config('lock_timeout', '2s', true);
    PERFORM pg_advisory_xact_lock(7, 7);
    settled := clock_timestamp();
    PERFORM pg_sleep(0.001);
    RETURN settled;
END
$$;
-- +goose StatementEnd

-- A caller's own tables must not stand in for these, whose owner's rights the
-- function has.
-- +goose StatementBegin
DO $$
BEGIN
    EXECUTE format('ALTER FUNCTION audit_append(text, json) SET search_path = %I, pg_temp', current_schema());
END
$$;
-- +goose StatementEnd
REVOKE ALL ON FUNCTION audit_append(text, json), audit_open() FROM PUBLIC;

-- Lines are never touched again. Heads and days move on by one.
CREATE TRIGGER append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON audit_lines
    FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();
CREATE TRIGGER kept BEFORE DELETE OR TRUNCATE ON audit_heads
    FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();
CREATE TRIGGER forward_only BEFORE UPDATE ON audit_heads FOR EACH ROW
    WHEN ((new.chain, new.day, new.nth, new.first_hash, new.seq)
        IS DISTINCT FROM (old.chain, old.day, old.nth, old.first_hash, old.seq + 1))
    EXECUTE FUNCTION refuse_change();
CREATE TRIGGER kept BEFORE DELETE OR TRUNCATE ON audit_days
    FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();
CREATE TRIGGER forward_only BEFORE UPDATE ON audit_days FOR EACH ROW
    WHEN ((new.day, new.prev_day, new.opening, new.chains) IS DISTINCT FROM (old.day, old.prev_day, old.opening, old.chains + 1))
    EXECUTE FUNCTION refuse_change();

ALTER TABLE audit_lines ENABLE ALWAYS TRIGGER append_only;
ALTER TABLE audit_heads ENABLE ALWAYS TRIGGER kept;
ALTER TABLE audit_heads ENABLE ALWAYS TRIGGER forward_only;
ALTER TABLE audit_days ENABLE ALWAYS TRIGGER kept;
ALTER TABLE audit_days ENABLE ALWAYS TRIGGER forward_only;
