-- Compartments: what the law lets very few people read. Each has a table of its
-- own and keys of its own, which only the API has; content is encrypted before it
-- comes here, and so is every word of a consent. The other columns are opaque IDs.
--
-- A schema of its own, so that one GRANT is enough to keep everybody out who does
-- not need it: the worker, reports, copies for statistics. docs/compartments.md
-- has the rights.
--
-- Rows are added, and go when the whole record is destroyed. supersedes names the
-- entry of the same record that was wrong, revokes the consent that was taken
-- back; both are empty for none.

-- +goose Up

CREATE SCHEMA sealed;

-- Who made a report.
CREATE TABLE sealed.reporter (
    id         text        NOT NULL,
    aggregate  text        NOT NULL,
    subject    text        NOT NULL,
    supersedes text        NOT NULL,
    content    bytea       NOT NULL,
    key_id     text        NOT NULL,
    created_by text        NOT NULL,
    created_at timestamptz NOT NULL,
    CONSTRAINT reporter_pkey PRIMARY KEY (id)
);

-- Records of treatment for substance use (42 CFR part 2).
CREATE TABLE sealed.treatment (
    id         text        NOT NULL,
    aggregate  text        NOT NULL,
    subject    text        NOT NULL,
    supersedes text        NOT NULL,
    content    bytea       NOT NULL,
    key_id     text        NOT NULL,
    created_by text        NOT NULL,
    created_at timestamptz NOT NULL,
    CONSTRAINT treatment_pkey PRIMARY KEY (id)
);

-- Sealed records of a young person's offences.
CREATE TABLE sealed.juvenile (
    id         text        NOT NULL,
    aggregate  text        NOT NULL,
    subject    text        NOT NULL,
    supersedes text        NOT NULL,
    content    bytea       NOT NULL,
    key_id     text        NOT NULL,
    created_by text        NOT NULL,
    created_at timestamptz NOT NULL,
    CONSTRAINT juvenile_pkey PRIMARY KEY (id)
);

-- What links an adopted child to the family of birth.
CREATE TABLE sealed.adoption (
    id         text        NOT NULL,
    aggregate  text        NOT NULL,
    subject    text        NOT NULL,
    supersedes text        NOT NULL,
    content    bytea       NOT NULL,
    key_id     text        NOT NULL,
    created_by text        NOT NULL,
    created_at timestamptz NOT NULL,
    CONSTRAINT adoption_pkey PRIMARY KEY (id)
);

-- Consents and court orders that open a compartment, under its keys, and their
-- revocations.
CREATE TABLE sealed.consents (
    id          text        NOT NULL,
    aggregate   text        NOT NULL,
    compartment text        NOT NULL,
    revokes     text        NOT NULL,
    content     bytea       NOT NULL,
    key_id      text        NOT NULL,
    created_by  text        NOT NULL,
    created_at  timestamptz NOT NULL,
    CONSTRAINT consents_pkey PRIMARY KEY (id)
);

CREATE INDEX reporter_record ON sealed.reporter (aggregate, created_at, id);
CREATE INDEX treatment_record ON sealed.treatment (aggregate, created_at, id);
CREATE INDEX juvenile_record ON sealed.juvenile (aggregate, created_at, id);
CREATE INDEX adoption_record ON sealed.adoption (aggregate, created_at, id);
CREATE INDEX consents_record ON sealed.consents (aggregate, created_at, id);

-- An entry is superseded once, a consent revoked once.
CREATE UNIQUE INDEX reporter_superseded ON sealed.reporter (supersedes) WHERE supersedes <> '';
CREATE UNIQUE INDEX treatment_superseded ON sealed.treatment (supersedes) WHERE supersedes <> '';
CREATE UNIQUE INDEX juvenile_superseded ON sealed.juvenile (supersedes) WHERE supersedes <> '';
CREATE UNIQUE INDEX adoption_superseded ON sealed.adoption (supersedes) WHERE supersedes <> '';
CREATE UNIQUE INDEX consents_revoked ON sealed.consents (revokes) WHERE revokes <> '';

-- +goose StatementBegin
CREATE FUNCTION sealed.refuse_change() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION '% on % is refused: a new entry supersedes the old one', TG_OP, TG_TABLE_NAME
        USING ERRCODE = 'restrict_violation';
END
$$;
-- +goose StatementEnd

CREATE TRIGGER never_changed BEFORE UPDATE OR TRUNCATE ON sealed.reporter
    FOR EACH STATEMENT EXECUTE FUNCTION sealed.refuse_change();
CREATE TRIGGER never_changed BEFORE UPDATE OR TRUNCATE ON sealed.treatment
    FOR EACH STATEMENT EXECUTE FUNCTION sealed.refuse_change();
CREATE TRIGGER never_changed BEFORE UPDATE OR TRUNCATE ON sealed.juvenile
    FOR EACH STATEMENT EXECUTE FUNCTION sealed.refuse_change();
CREATE TRIGGER never_changed BEFORE UPDATE OR TRUNCATE ON sealed.adoption
    FOR EACH STATEMENT EXECUTE FUNCTION sealed.refuse_change();
CREATE TRIGGER never_changed BEFORE UPDATE OR TRUNCATE ON sealed.consents
    FOR EACH STATEMENT EXECUTE FUNCTION sealed.refuse_change();
