-- The read models: what lists and searches show. Each can be built again from
-- the log. revision is the record's revision at which a row was written; no row
-- is ever replaced by an older one.

-- +goose Up

CREATE TABLE records (
    aggregate    text        NOT NULL,
    kind         text        NOT NULL,
    number       bigint      NOT NULL,
    stage        text        NOT NULL,
    revision     bigint      NOT NULL,
    office       text        NOT NULL,
    jurisdiction text        NOT NULL,
    timezone     text        NOT NULL,
    pack         text        NOT NULL,
    worker       text        NOT NULL,
    supervisor   text        NOT NULL,
    priority     text        NOT NULL,
    risk         text        NOT NULL,
    restricted   boolean     NOT NULL,
    from_report  text        NOT NULL,
    to_case      text        NOT NULL,
    next_due     timestamptz,
    overdue      integer     NOT NULL,
    opened_at    timestamptz NOT NULL,
    closed_at    timestamptz,
    clock        timestamptz NOT NULL,
    CONSTRAINT records_pkey PRIMARY KEY (aggregate)
);

-- The plans that each index is for, as TestPlans finds them on 30,000 records:
--   records_number       reports or cases by number: Index Scan
--   records_worker       those of a worker, and the worklist: Index or Bitmap Scan
--   records_supervisor   those of a supervisor, and the worklist: Index or Bitmap Scan
--   records_office       those of an office: Index Scan
--   records_due          those of the agency by due date, or due before a day: Index Scan
--   records_from_report  the case of a report: Index Scan
--   records_to_case      the report of a case: Index Scan
-- (kind, number) is not declared unique: aggregate, which is made of the two, is,
-- and an upsert can wait for a rival on one unique index alone.
CREATE INDEX records_number ON records (kind, number);
CREATE INDEX records_worker ON records (worker, kind, number);
CREATE INDEX records_supervisor ON records (supervisor, kind, number);
CREATE INDEX records_office ON records (office, kind, number);
CREATE INDEX records_due ON records (kind, coalesce(next_due, 'infinity'), number);
CREATE INDEX records_from_report ON records (from_report) WHERE from_report <> '';
CREATE INDEX records_to_case ON records (to_case) WHERE to_case <> '';

CREATE TABLE children (
    aggregate    text   NOT NULL,
    child        text   NOT NULL,
    revision     bigint NOT NULL,
    stage        text   NOT NULL,
    born         date,
    removed_on   date,
    entered_care date,
    setting      text   NOT NULL,
    exited_on    date,
    exit_reason  text   NOT NULL,
    CONSTRAINT children_pkey PRIMARY KEY (aggregate, child)
);

CREATE TABLE duties (
    aggregate    text        NOT NULL,
    id           text        NOT NULL,
    revision     bigint      NOT NULL,
    clock        text        NOT NULL,
    subject      text        NOT NULL,
    occurrence   integer     NOT NULL,
    title        text        NOT NULL,
    due          text        NOT NULL,
    due_at       timestamptz NOT NULL,
    original_due text        NOT NULL,
    status       text        NOT NULL,
    met_on       text        NOT NULL,
    met_by       text        NOT NULL,
    owner        text        NOT NULL,
    citation     text        NOT NULL,
    consequence  text        NOT NULL,
    why          json        NOT NULL,
    rungs        json        NOT NULL,
    told         integer     NOT NULL,
    CONSTRAINT duties_pkey PRIMARY KEY (aggregate, id)
);

-- What the agency still owes, earliest first, whoever owes it: how reconcile
-- finds duties that should have fired. Plan, as TestPlans finds it on 60,000
-- duties: Index Scan using duties_pending. A record's own duties and the
-- worklist use duties_pkey.
CREATE INDEX duties_pending ON duties (due_at, aggregate, id)
    WHERE status IN ('open', 'at-risk', 'overdue');
