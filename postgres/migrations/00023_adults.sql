-- The adults of a record: in the index of persons like the children.

-- +goose Up

SET LOCAL lock_timeout = '2s';
-- Functions keep this path, so that a caller's own tables stand in for none of these.
SELECT set_config('search_path', quote_ident(current_schema()) || ', pg_temp', true);

-- Who is known to a record, beside its children, and as what (codes). Who made a report
-- is not among them. Who is protected is found by nobody.
CREATE TABLE adults (
    aggregate text    NOT NULL,
    person    text    NOT NULL,
    revision  bigint  NOT NULL,
    roles     text[]  NOT NULL,
    protected boolean NOT NULL,
    CONSTRAINT adults_pkey PRIMARY KEY (aggregate, person)
);
-- In which records a person is: a search for persons.
CREATE INDEX adults_person ON adults (person);

-- Which person a request has added to a record, so that it can be sent again.
CREATE TABLE person_keys (
    key       text NOT NULL,
    aggregate text NOT NULL,
    person    text NOT NULL,
    CONSTRAINT person_keys_pkey PRIMARY KEY (key)
);
-- Whether a person was added elsewhere, too: when a record is destroyed.
CREATE INDEX person_keys_person ON person_keys (person);

-- +goose StatementBegin
-- erase_record as it was, for adults, too: they go with the last record that knows them.
CREATE OR REPLACE FUNCTION erase_record(which text, executions integer, moment timestamptz) RETURNS text
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
            WHERE r.kind = split_part(target, '-', 1) AND r.number = split_part(target, '-', 2)::bigint
        UNION SELECT a.person FROM adults a WHERE a.aggregate = target
        UNION SELECT k.person FROM person_keys k WHERE k.aggregate = target);

    PERFORM set_config('homeward.erasing', target, true);
    counts := erase_rows(target);
    PERFORM set_config('homeward.erasing', '', true);
    DELETE FROM reservations r
        WHERE r.kind = split_part(target, '-', 1) AND r.number = split_part(target, '-', 2)::bigint;
    GET DIAGNOSTICS affected = ROW_COUNT;
    IF affected > 0 THEN
        counts := counts || jsonb_build_object('reservations', affected);
    END IF;
    -- The report of a case, or a case of the same family, goes on knowing them.
    DELETE FROM persons p WHERE p.id = ANY (people)
        AND NOT EXISTS (SELECT FROM children c WHERE c.child = p.id)
        AND NOT EXISTS (SELECT FROM adults a WHERE a.person = p.id)
        AND NOT EXISTS (SELECT FROM person_keys k WHERE k.person = p.id)
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
