-- What can be destroyed, and how. Each record has a secret of its own; what
-- Temporal holds of the record and what people wrote in it are sealed with that
-- secret, so that destroying one row destroys every copy.
--
-- Tables here name a record by the column "record". Every table with a column
-- "aggregate", in whatever schema, is emptied of a record by its purge, those of
-- the audit alone left out: a table that is added later is purged without a word
-- here.

-- +goose Up

SET LOCAL lock_timeout = '2s';
-- The functions below look into this schema and, last, among temporary tables: none
-- of those can pass for one of ours.
SELECT set_config('search_path', quote_ident(current_schema()) || ', pg_temp', true);

-- A schema of its own, so that it can be backed up apart from everything else and
-- be kept for a short time only: a purge is complete once the last copy of the
-- secret is gone.
CREATE SCHEMA keys;

-- wrapped is the secret, sealed by the key ring_key of the key ring, which is in no
-- database. digest is the SHA-256 of the secret; it stays as the proof of what was
-- destroyed, by which purge and on whose authority. A destroyed row stays for ever,
-- so that the record never gets another secret.
CREATE TABLE keys.secrets (
    record       text        NOT NULL,
    ring_key     text        NOT NULL,
    wrapped      bytea,
    digest       text        NOT NULL,
    created_at   timestamptz NOT NULL,
    destroyed_at timestamptz,
    destroyed_by text        NOT NULL DEFAULT '',
    authority    text        NOT NULL DEFAULT '',
    CONSTRAINT secrets_pkey PRIMARY KEY (record),
    CONSTRAINT secrets_gone CHECK ((destroyed_at IS NULL) = (wrapped IS NOT NULL))
);

-- Narratives are sealed from now on: then body is empty. Rows of before stay plain,
-- and can be read. A column that may be NULL is added without rewriting the table.
ALTER TABLE texts ADD COLUMN sealed bytea;

-- Nothing is destroyed while a hold lasts, whatever the law of retention says.
-- reason is the ID of a text.
CREATE TABLE holds (
    id          text        NOT NULL,
    record      text        NOT NULL,
    authority   text        NOT NULL,
    reference   text        NOT NULL,
    reason      text        NOT NULL,
    placed_by   text        NOT NULL,
    placed_at   timestamptz NOT NULL,
    released_by text        NOT NULL DEFAULT '',
    released_at timestamptz,
    CONSTRAINT holds_pkey PRIMARY KEY (id)
);
CREATE INDEX holds_record ON holds (record, placed_at);

-- One row a request to destroy a record. samples are a payload and a text that were
-- sealed before, to show afterwards that they do not open.
CREATE TABLE purges (
    id             text        NOT NULL,
    record         text        NOT NULL,
    authority      text        NOT NULL,
    reference      text        NOT NULL,
    reason         text        NOT NULL,
    requested_by   text        NOT NULL,
    requested_at   timestamptz NOT NULL,
    approved_by    text        NOT NULL DEFAULT '',
    approved_at    timestamptz,
    withdrawn_by   text        NOT NULL DEFAULT '',
    withdrawn_at   timestamptz,
    sample_payload bytea,
    sample_text    bytea,
    done_at        timestamptz,
    CONSTRAINT purges_pkey PRIMARY KEY (id),
    CONSTRAINT purges_two_people CHECK (approved_by = '' OR approved_by <> requested_by)
);
CREATE UNIQUE INDEX purges_open ON purges (record) WHERE withdrawn_at IS NULL;
CREATE INDEX purges_unfinished ON purges (approved_at) WHERE approved_at IS NOT NULL AND done_at IS NULL;

-- What is left of a record. content says what was destroyed and proof is the hash
-- over it: json, not jsonb, keeps the text byte for byte.
CREATE TABLE tombstones (
    record  text NOT NULL,
    purge   text NOT NULL,
    content json NOT NULL,
    proof   text NOT NULL,
    CONSTRAINT tombstones_pkey PRIMARY KEY (record),
    CONSTRAINT tombstones_proof CHECK (proof = encode(sha256(convert_to(content::text, 'UTF8')), 'hex'))
);

CREATE TRIGGER append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON tombstones
    FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();
ALTER TABLE tombstones ENABLE ALWAYS TRIGGER append_only;

-- +goose StatementBegin
-- may_destroy says whether a purge of this record was approved and nothing holds it.
CREATE FUNCTION may_destroy(which text, target text) RETURNS boolean
    LANGUAGE sql STABLE SET search_path FROM CURRENT
RETURN EXISTS (SELECT FROM purges p
    WHERE p.id = which AND p.record = target AND p.approved_at IS NOT NULL AND p.withdrawn_at IS NULL)
    AND NOT EXISTS (SELECT FROM holds h WHERE h.record = target AND h.released_at IS NULL);
-- +goose StatementEnd

-- +goose StatementBegin
CREATE FUNCTION keys.guard() RETURNS trigger LANGUAGE plpgsql SET search_path FROM CURRENT AS $$
BEGIN
    IF TG_OP NOT IN ('INSERT', 'UPDATE') THEN
        RAISE EXCEPTION '% on keys.secrets is refused: a destroyed secret stays as a proof', TG_OP
            USING ERRCODE = 'restrict_violation';
    END IF;
    IF TG_OP = 'UPDATE' THEN
        IF OLD.destroyed_at IS NOT NULL THEN
            RAISE EXCEPTION 'the secret was destroyed for good' USING ERRCODE = 'restrict_violation';
        END IF;
        IF NEW.record <> OLD.record OR NEW.digest <> OLD.digest OR NEW.created_at <> OLD.created_at THEN
            RAISE EXCEPTION 'a secret is wrapped again or destroyed, never changed' USING ERRCODE = 'restrict_violation';
        END IF;
    END IF;
    IF NEW.destroyed_at IS NOT NULL AND NOT may_destroy(NEW.destroyed_by, NEW.record) THEN
        RAISE EXCEPTION 'a secret is destroyed by an approved purge that nothing holds' USING ERRCODE = 'restrict_violation';
    END IF;
    RETURN NEW;
END
$$;
-- +goose StatementEnd

CREATE TRIGGER guard BEFORE INSERT OR UPDATE OR DELETE ON keys.secrets FOR EACH ROW EXECUTE FUNCTION keys.guard();
CREATE TRIGGER append_only BEFORE TRUNCATE ON keys.secrets FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();
ALTER TABLE keys.secrets ENABLE ALWAYS TRIGGER guard;
ALTER TABLE keys.secrets ENABLE ALWAYS TRIGGER append_only;

-- The log lets a row go in one case: erase_record is at work on this very record,
-- whose purge was approved and whose secret is destroyed. The setting alone opens
-- nothing, and neither do the rights of the role that owns the log.

-- +goose StatementBegin
CREATE FUNCTION refuse_delete() RETURNS trigger LANGUAGE plpgsql SET search_path FROM CURRENT AS $$
BEGIN
    IF current_setting('homeward.erasing', true) = OLD.aggregate AND EXISTS (
        SELECT FROM purges p JOIN keys.secrets s ON s.destroyed_by = p.id AND s.record = p.record
        WHERE p.record = OLD.aggregate AND p.approved_at IS NOT NULL AND s.destroyed_at IS NOT NULL) THEN
        RETURN OLD;
    END IF;
    RAISE EXCEPTION '% on % is refused: the log is append-only', TG_OP, TG_TABLE_NAME
        USING ERRCODE = 'restrict_violation';
END
$$;
-- +goose StatementEnd

-- Held for a moment: triggers are exchanged without reading the tables.
DROP TRIGGER append_only ON events;
DROP TRIGGER append_only ON commands;
CREATE TRIGGER append_only BEFORE UPDATE OR TRUNCATE ON events
    FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();
CREATE TRIGGER append_only BEFORE UPDATE OR TRUNCATE ON commands
    FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();
CREATE TRIGGER no_delete BEFORE DELETE ON events FOR EACH ROW EXECUTE FUNCTION refuse_delete();
CREATE TRIGGER no_delete BEFORE DELETE ON commands FOR EACH ROW EXECUTE FUNCTION refuse_delete();
ALTER TABLE events ENABLE ALWAYS TRIGGER append_only;
ALTER TABLE commands ENABLE ALWAYS TRIGGER append_only;
ALTER TABLE events ENABLE ALWAYS TRIGGER no_delete;
ALTER TABLE commands ENABLE ALWAYS TRIGGER no_delete;

-- +goose StatementBegin
-- A record that was destroyed does not come back: neither from a command that was
-- sent again, nor under its number. Only first events ask.
CREATE FUNCTION refuse_purged() RETURNS trigger LANGUAGE plpgsql SET search_path FROM CURRENT AS $$
BEGIN
    IF EXISTS (SELECT FROM tombstones t WHERE t.record = NEW.aggregate) THEN
        RAISE EXCEPTION 'the record was destroyed' USING ERRCODE = 'restrict_violation';
    END IF;
    RETURN NEW;
END
$$;
-- +goose StatementEnd

CREATE TRIGGER purged BEFORE INSERT ON events FOR EACH ROW WHEN (NEW.seq = 1) EXECUTE FUNCTION refuse_purged();
ALTER TABLE events ENABLE ALWAYS TRIGGER purged;

-- +goose StatementBegin
-- purgeable lists the tables that a purge empties of a record.
CREATE FUNCTION purgeable() RETURNS SETOF regclass LANGUAGE sql STABLE SET search_path FROM CURRENT
BEGIN ATOMIC
    SELECT c.oid::regclass FROM pg_catalog.pg_class c
    JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace
    JOIN pg_catalog.pg_attribute a ON a.attrelid = c.oid AND a.attname = 'aggregate' AND NOT a.attisdropped
    WHERE c.relkind IN ('r', 'p') AND NOT c.relispartition AND c.relpersistence <> 't'
        AND n.nspname NOT IN ('pg_catalog', 'information_schema', 'audit') AND c.relname NOT LIKE 'audit%'
    ORDER BY n.nspname, c.relname;
END;
-- +goose StatementEnd

-- +goose StatementBegin
-- erase_rows deletes every row of a record and returns how many from which table. A
-- table that others refer to has its turn after them.
CREATE FUNCTION erase_rows(target text) RETURNS jsonb LANGUAGE plpgsql SET search_path FROM CURRENT AS $$
DECLARE
    tables   regclass[] := ARRAY(SELECT purgeable());
    later    regclass[];
    one      regclass;
    affected bigint;
    counts   jsonb := '{}';
BEGIN
    WHILE cardinality(tables) > 0 LOOP
        later := '{}';
        FOREACH one IN ARRAY tables LOOP
            BEGIN
                EXECUTE format('DELETE FROM %s WHERE aggregate = $1', one) USING target;
                GET DIAGNOSTICS affected = ROW_COUNT;
                IF affected > 0 THEN
                    counts := counts || jsonb_build_object(one::text, affected);
                END IF;
            EXCEPTION WHEN foreign_key_violation THEN
                later := later || one;
            END;
        END LOOP;
        IF cardinality(later) = cardinality(tables) THEN
            RAISE EXCEPTION 'rows of % refer to each other in a circle', tables USING ERRCODE = 'restrict_violation';
        END IF;
        tables := later;
    END LOOP;
    RETURN counts;
END
$$;
-- +goose StatementEnd

-- +goose StatementBegin
-- erase_record deletes everything that PostgreSQL holds of a record whose purge was
-- approved and whose secret is destroyed, leaves the tombstone, and returns its
-- proof. Called again it returns the same proof. It runs with the rights of the
-- schema's owner: the program itself may delete nothing of a log. executions is how
-- many workflow runs were deleted, moment the time by the wall clock.
CREATE FUNCTION erase_record(which text, executions integer, moment timestamptz) RETURNS text
    LANGUAGE plpgsql SECURITY DEFINER SET search_path FROM CURRENT AS $$
DECLARE
    target    text;
    request   jsonb;
    secret    jsonb;
    log       jsonb;
    people    text[];
    counts    jsonb;
    affected  bigint;
    told      text;
    mark      text;
BEGIN
    SELECT p.record, jsonb_build_object('purge', p.id, 'authority', p.authority, 'reference', p.reference,
            'requested_by', p.requested_by, 'requested_at', p.requested_at, 'approved_by', p.approved_by,
            'approved_at', p.approved_at)
        INTO target, request FROM purges p
        WHERE p.id = which AND p.approved_at IS NOT NULL AND p.withdrawn_at IS NULL FOR UPDATE;
    IF NOT FOUND THEN
        RAISE EXCEPTION 'the purge is not approved' USING ERRCODE = 'restrict_violation';
    END IF;
    SELECT t.proof INTO mark FROM tombstones t WHERE t.record = target;
    IF FOUND THEN
        RETURN mark;
    END IF;
    SELECT jsonb_build_object('key_digest', s.digest, 'key_destroyed_at', s.destroyed_at) INTO secret
        FROM keys.secrets s WHERE s.record = target AND s.destroyed_at IS NOT NULL AND s.destroyed_by = which;
    IF NOT FOUND THEN
        RAISE EXCEPTION 'the secret is not destroyed' USING ERRCODE = 'restrict_violation';
    END IF;
    IF EXISTS (SELECT FROM records r WHERE r.aggregate = target AND r.closed_at IS NULL) THEN
        RAISE EXCEPTION 'the record is open' USING ERRCODE = 'restrict_violation';
    END IF;
    SELECT jsonb_build_object('events', count(*), 'first_hash', coalesce(max(e.hash) FILTER (WHERE e.prev_seq IS NULL), ''),
            'last_hash', coalesce((array_agg(e.hash ORDER BY e.seq DESC))[1], ''))
        INTO log FROM events e WHERE e.aggregate = target;
    people := ARRAY(SELECT c.child FROM children c WHERE c.aggregate = target
        UNION SELECT unnest(r.persons) FROM reservations r
            WHERE r.kind = split_part(target, '-', 1) AND r.number = split_part(target, '-', 2)::bigint);

    PERFORM set_config('homeward.erasing', target, true);
    counts := erase_rows(target);
    PERFORM set_config('homeward.erasing', '', true);
    DELETE FROM reservations r
        WHERE r.kind = split_part(target, '-', 1) AND r.number = split_part(target, '-', 2)::bigint;
    GET DIAGNOSTICS affected = ROW_COUNT;
    IF affected > 0 THEN
        counts := counts || jsonb_build_object('reservations', affected);
    END IF;
    -- The report of a case, or a case of the same children, goes on knowing them.
    DELETE FROM persons p WHERE p.id = ANY (people)
        AND NOT EXISTS (SELECT FROM children c WHERE c.child = p.id)
        AND NOT EXISTS (SELECT FROM reservations r WHERE r.persons @> ARRAY[p.id]);
    GET DIAGNOSTICS affected = ROW_COUNT;
    IF affected > 0 THEN
        counts := counts || jsonb_build_object('persons', affected);
    END IF;

    told := (jsonb_build_object('record', target) || request || secret || log || jsonb_build_object(
        'deleted', counts, 'executions', executions, 'erased_at', moment))::text;
    mark := encode(sha256(convert_to(told, 'UTF8')), 'hex');
    INSERT INTO tombstones (record, purge, content, proof) VALUES (target, which, told::json, mark);
    RETURN mark;
END
$$;
-- +goose StatementEnd
REVOKE EXECUTE ON FUNCTION erase_record, erase_rows FROM PUBLIC;

-- The registry: what background checks may see of findings. It is apart from the
-- casework file, so that a finding leaves it and the file stays (42 USC
-- 5106a(b)(2)(B)(xii)). perpetrator is an opaque ID. An expunged row says nothing
-- but that, when, by whom and on whose authority.
CREATE TABLE registry (
    aggregate   text        NOT NULL,
    allegation  text        NOT NULL,
    perpetrator text        NOT NULL,
    type        text        NOT NULL,
    result      text        NOT NULL,
    found_on    date,
    recorded_at timestamptz NOT NULL,
    expunged_by text        NOT NULL DEFAULT '',
    expunged_at timestamptz,
    authority   text        NOT NULL DEFAULT '',
    reference   text        NOT NULL DEFAULT '',
    CONSTRAINT registry_pkey PRIMARY KEY (aggregate, allegation)
);
CREATE INDEX registry_perpetrator ON registry (perpetrator, found_on) WHERE expunged_at IS NULL AND perpetrator <> '';

-- +goose StatementBegin
-- A finding is on the registry in the transaction that records it. One that was
-- expunged does not come back.
CREATE FUNCTION register_finding() RETURNS trigger LANGUAGE plpgsql SET search_path FROM CURRENT AS $$
BEGIN
    INSERT INTO registry (aggregate, allegation, perpetrator, type, result, found_on, recorded_at)
    SELECT NEW.aggregate, f.allegation, coalesce(a.perpetrator, ''), coalesce(a.type, ''), f.result, f."on", NEW.recorded_at
    FROM json_to_record(NEW.content -> 'body') AS f(allegation text, result text, "on" date)
        LEFT JOIN LATERAL (
            SELECT l.perpetrator, l.type FROM events e,
                json_to_recordset(e.content #> '{body,allegations}') AS l(id text, type text, perpetrator text)
            WHERE e.aggregate = NEW.aggregate AND e.seq = 1 AND l.id = f.allegation) AS a ON true
    ON CONFLICT (aggregate, allegation) DO NOTHING;
    RETURN NULL;
END
$$;
-- +goose StatementEnd
CREATE TRIGGER register AFTER INSERT ON events FOR EACH ROW WHEN (NEW.type = 'finding.made') EXECUTE FUNCTION register_finding();

-- The findings of before. Reads the findings once and locks nothing for longer.
INSERT INTO registry (aggregate, allegation, perpetrator, type, result, found_on, recorded_at)
SELECT n.aggregate, f.allegation, coalesce(a.perpetrator, ''), coalesce(a.type, ''), f.result, f."on", n.recorded_at
FROM events n CROSS JOIN LATERAL json_to_record(n.content -> 'body') AS f(allegation text, result text, "on" date)
    LEFT JOIN LATERAL (
        SELECT l.perpetrator, l.type FROM events e,
            json_to_recordset(e.content #> '{body,allegations}') AS l(id text, type text, perpetrator text)
        WHERE e.aggregate = n.aggregate AND e.seq = 1 AND l.id = f.allegation) AS a ON true
WHERE n.type = 'finding.made'
ON CONFLICT (aggregate, allegation) DO NOTHING;
