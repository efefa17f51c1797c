-- How reports ended and what they are linked with, so that a screened-out report is
-- found again; and alleged perpetrators who were named after the call.

-- +goose Up

-- Columns with a constant default are added without a rewrite of the table.
ALTER TABLE records
    ADD COLUMN disposition text NOT NULL DEFAULT '',
    ADD COLUMN reason      text NOT NULL DEFAULT '',
    ADD COLUMN original    text NOT NULL DEFAULT '',
    ADD COLUMN linked      text NOT NULL DEFAULT '',
    ADD COLUMN received_at timestamptz;

-- The reports of before. Reads the first and the last event of each once, and locks
-- the rows of reports alone, for as long.
UPDATE records r SET received_at = e.occurred_at
FROM events e WHERE e.aggregate = r.aggregate AND e.type = 'report.received';
UPDATE records r SET disposition = 'screened-out', reason = coalesce(e.content #>> '{body,reason}', '')
FROM events e WHERE e.aggregate = r.aggregate AND e.type = 'report.screened-out';
UPDATE records r SET disposition = coalesce(e.content #>> '{body,reason}', '')
FROM events e WHERE e.aggregate = r.aggregate AND e.type = 'report.closed';
UPDATE records r SET disposition = 'case-opened'
FROM events e WHERE e.aggregate = r.aggregate AND e.type = 'report.case-opened';

-- The plans that each index is for, as TestPlans finds them on 30,000 records:
--   records_disposition  reports that ended in one way: Index Scan
--   records_reason       reports that were screened out for one reason: Index Scan
--   records_received     reports of a period: Index or Bitmap Scan
--   records_original     the duplicates of a report: Index Scan
--   records_linked       the reports about a family whose case is open: Index Scan
-- Each is built while the few reports that are written meanwhile wait.
CREATE INDEX records_disposition ON records (disposition, number) WHERE disposition <> '';
CREATE INDEX records_reason ON records (reason, number) WHERE reason <> '';
CREATE INDEX records_received ON records (received_at) WHERE received_at IS NOT NULL;
CREATE INDEX records_original ON records (original) WHERE original <> '';
CREATE INDEX records_linked ON records (linked) WHERE linked <> '';

-- +goose StatementBegin
-- As before, with whoever was named after the call: the last one counts.
CREATE OR REPLACE FUNCTION register_finding() RETURNS trigger LANGUAGE plpgsql SET search_path FROM CURRENT AS $$
BEGIN
    INSERT INTO registry (aggregate, allegation, perpetrator, type, result, found_on, recorded_at)
    SELECT NEW.aggregate, f.allegation, coalesce(n.perpetrator, a.perpetrator, ''), coalesce(a.type, ''), f.result, f."on",
        NEW.recorded_at
    FROM json_to_record(NEW.content -> 'body') AS f(allegation text, result text, "on" date)
        LEFT JOIN LATERAL (
            SELECT l.perpetrator, l.type FROM events e,
                json_to_recordset(e.content #> '{body,allegations}') AS l(id text, type text, perpetrator text)
            WHERE e.aggregate = NEW.aggregate AND e.seq = 1 AND l.id = f.allegation) AS a ON true
        LEFT JOIN LATERAL (
            SELECT e.content #>> '{body,perpetrator}' AS perpetrator FROM events e,
                json_array_elements_text(e.content #> '{body,allegations}') AS named
            WHERE e.aggregate = NEW.aggregate AND e.type = 'perpetrator.named' AND named = f.allegation
            ORDER BY e.seq DESC LIMIT 1) AS n ON true
    ON CONFLICT (aggregate, allegation) DO NOTHING;
    RETURN NULL;
END
$$;
-- +goose StatementEnd
