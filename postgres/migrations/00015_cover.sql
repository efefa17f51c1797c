-- Cover for absence: who answers for whom, from when until when. Times are by the
-- wall clock. A cover ends by itself or is ended, and is never deleted.

-- +goose Up

CREATE TABLE covers (
    id       text        NOT NULL,
    absent   text        NOT NULL,
    delegate text        NOT NULL,
    from_at  timestamptz NOT NULL,
    until_at timestamptz NOT NULL,
    set_by   text        NOT NULL,
    set_at   timestamptz NOT NULL,
    ended_by text        NOT NULL DEFAULT '',
    ended_at timestamptz,
    CONSTRAINT covers_pkey PRIMARY KEY (id),
    CONSTRAINT covers_span CHECK (from_at < until_at)
);

CREATE INDEX covers_absent ON covers (absent, from_at) WHERE ended_at IS NULL;
CREATE INDEX covers_delegate ON covers (delegate, from_at) WHERE ended_at IS NULL;

-- Who is told at an instant what a person should be told about a record: they
-- themselves, their delegate, or who leads them where the delegate is absent too or
-- may not know of the record. Where nobody is there, it stays with the person.
-- +goose StatementBegin
CREATE FUNCTION answering(person text, record text, at timestamptz) RETURNS text LANGUAGE plpgsql STABLE AS $$
DECLARE
    who  text := person;
    other text;
    seen text[] := '{}';
BEGIN
    LOOP
        SELECT c.delegate INTO other FROM covers c
        WHERE c.absent = who AND c.ended_at IS NULL AND c.from_at <= at AND c.until_at > at;
        IF NOT FOUND THEN
            RETURN who;
        END IF;
        IF NOT EXISTS (SELECT FROM covers c WHERE c.absent = other AND c.ended_at IS NULL AND c.from_at <= at AND c.until_at > at)
            AND NOT EXISTS (SELECT FROM records r WHERE r.aggregate = record AND r.restricted)
            AND NOT EXISTS (SELECT FROM access_rules x LEFT JOIN records r ON r.aggregate = record
                WHERE x.ended_at IS NULL AND (x.kind = 'seal' AND x.aggregate = record OR x.kind = 'conflict' AND x.worker = other
                    AND x.aggregate IN (record, 'report-' || r.from_report, 'case-' || r.to_case)))
        THEN
            RETURN other;
        END IF;
        seen := seen || who;
        SELECT coalesce(nullif(w.supervisor, ''), w.manager) INTO other FROM workers w WHERE w.id = who;
        IF NOT FOUND OR other = '' OR other = ANY (seen) THEN
            RETURN person;
        END IF;
        who := other;
    END LOOP;
END
$$;
-- +goose StatementEnd
