-- The directory of services that families are referred to. Somebody else keeps it: an
-- import writes a source's rows whole, in one transaction, and search reads them.
-- Nothing in it is about a family. docs/directory.md.
--
-- IDs of organizations, services and locations are "source:id of the source". What a
-- source names no longer is marked gone, never deleted: a referral may lead to it.

-- +goose Up

-- A schema of its own: the API reads it, and who imports needs rights in it alone.
CREATE SCHEMA directory;

CREATE TABLE directory.imports (
    id       bigint      GENERATED ALWAYS AS IDENTITY,
    source   text        NOT NULL,
    format   text        NOT NULL,
    at       timestamptz NOT NULL,
    rows     integer     NOT NULL,
    added    integer     NOT NULL,
    changed  integer     NOT NULL,
    gone     integer     NOT NULL,
    left_out integer     NOT NULL,
    CONSTRAINT imports_pkey PRIMARY KEY (id)
);

-- raw is the row as the source has it.
CREATE TABLE directory.organizations (
    id          text        NOT NULL,
    source      text        NOT NULL,
    name        text        NOT NULL,
    description text        NOT NULL,
    email       text        NOT NULL,
    website     text        NOT NULL,
    raw         jsonb       NOT NULL,
    gone_at     timestamptz,
    CONSTRAINT organizations_pkey PRIMARY KEY (id)
);

-- Ages are in years. lowest_fee is NULL where it is not known.
CREATE TABLE directory.services (
    id             text        NOT NULL,
    source         text        NOT NULL,
    organization   text        NOT NULL,
    name           text        NOT NULL,
    alternate_name text        NOT NULL,
    description    text        NOT NULL,
    url            text        NOT NULL,
    email          text        NOT NULL,
    status         text        NOT NULL,
    eligibility    text        NOT NULL,
    minimum_age    double precision,
    maximum_age    double precision,
    fees           text        NOT NULL,
    lowest_fee     double precision,
    application    text        NOT NULL,
    wait_time      text        NOT NULL,
    interpretation text        NOT NULL,
    alert          text        NOT NULL,
    documents      jsonb       NOT NULL,
    terms          jsonb       NOT NULL,
    term_codes     jsonb       NOT NULL,
    raw            jsonb       NOT NULL,
    gone_at        timestamptz,
    search         tsvector    GENERATED ALWAYS AS (
        setweight(to_tsvector('english', name || ' ' || alternate_name), 'A') ||
        setweight(jsonb_to_tsvector('english', terms, '["string"]'), 'A') ||
        setweight(to_tsvector('english', description), 'B')) STORED,
    CONSTRAINT services_pkey PRIMARY KEY (id)
);

CREATE TABLE directory.locations (
    id             text        NOT NULL,
    source         text        NOT NULL,
    name           text        NOT NULL,
    type           text        NOT NULL,
    latitude       double precision,
    longitude      double precision,
    address        text        NOT NULL,
    city           text        NOT NULL,
    region         text        NOT NULL,
    state          text        NOT NULL,
    postal_code    text        NOT NULL,
    country        text        NOT NULL,
    transportation text        NOT NULL,
    accessibility  text        NOT NULL,
    raw            jsonb       NOT NULL,
    gone_at        timestamptz,
    CONSTRAINT locations_pkey PRIMARY KEY (id)
);

-- What follows belongs to a service, and stays with it when the service is gone.
CREATE TABLE directory.places (
    service  text NOT NULL,
    location text NOT NULL,
    source   text NOT NULL,
    id       text NOT NULL,
    CONSTRAINT places_pkey PRIMARY KEY (service, location)
);

CREATE TABLE directory.phones (
    service     text NOT NULL,
    id          text NOT NULL,
    source      text NOT NULL,
    number      text NOT NULL,
    extension   text NOT NULL,
    type        text NOT NULL,
    description text NOT NULL,
    CONSTRAINT phones_pkey PRIMARY KEY (service, id)
);

-- days has a bit for each day of the week, Monday's the lowest; opens and closes are
-- local. every counts weeks from that of from_day.
CREATE TABLE directory.schedules (
    service     text    NOT NULL,
    id          text    NOT NULL,
    source      text    NOT NULL,
    location    text    NOT NULL,
    days        integer NOT NULL,
    opens       text    NOT NULL,
    closes      text    NOT NULL,
    from_day    date,
    to_day      date,
    every       integer NOT NULL,
    description text    NOT NULL,
    CONSTRAINT schedules_pkey PRIMARY KEY (service, id)
);

CREATE TABLE directory.service_areas (
    service text NOT NULL,
    id      text NOT NULL,
    source  text NOT NULL,
    name    text NOT NULL,
    extent  text NOT NULL,
    CONSTRAINT service_areas_pkey PRIMARY KEY (service, id)
);

CREATE TABLE directory.languages (
    service text NOT NULL,
    id      text NOT NULL,
    source  text NOT NULL,
    code    text NOT NULL,
    name    text NOT NULL,
    note    text NOT NULL,
    CONSTRAINT languages_pkey PRIMARY KEY (service, id)
);

CREATE TABLE directory.cost_options (
    service     text NOT NULL,
    id          text NOT NULL,
    source      text NOT NULL,
    option      text NOT NULL,
    currency    text NOT NULL,
    amount      double precision,
    description text NOT NULL,
    from_day    date,
    to_day      date,
    CONSTRAINT cost_options_pkey PRIMARY KEY (service, id)
);

-- Search by words, by a term's code, by name, and around a point; the rest narrows
-- what these find. TestDirectoryPlans holds the plans to them.
CREATE INDEX services_search ON directory.services USING gin (search) WITH (fastupdate = off);
CREATE INDEX services_terms ON directory.services USING gin (term_codes jsonb_path_ops) WITH (fastupdate = off);
CREATE INDEX services_name ON directory.services (name, id) WHERE gone_at IS NULL AND status = 'active';
CREATE INDEX services_organization ON directory.services (organization);
CREATE INDEX locations_point ON directory.locations (latitude, longitude) WHERE gone_at IS NULL;
CREATE INDEX places_location ON directory.places (location);
CREATE INDEX service_areas_words ON directory.service_areas
    USING gin (to_tsvector('simple', name || ' ' || extent)) WITH (fastupdate = off);
CREATE INDEX locations_words ON directory.locations
    USING gin (to_tsvector('simple', city || ' ' || region || ' ' || state || ' ' || postal_code)) WITH (fastupdate = off);
