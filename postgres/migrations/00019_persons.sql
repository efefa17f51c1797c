-- How people find a person before they add one, and what becomes of one who was
-- entered twice.

-- +goose Up

SET LOCAL lock_timeout = '2s';

-- Which form of marks a person has, 0 for none yet: whoever searches marks those who
-- came since. A column with a constant default is added without rewriting the table.
ALTER TABLE persons ADD COLUMN marked integer NOT NULL DEFAULT 0;
CREATE INDEX persons_unmarked ON persons (id) WHERE marked < 1;
CREATE INDEX persons_born ON persons (born) WHERE born IS NOT NULL;

-- In which records a person is.
CREATE INDEX children_child ON children (child);

-- Keyed hashes of what a name is made of, of how that may sound, and of identifiers,
-- which are kept in no other form. kind is "part", "sound", or the kind of an
-- identifier, and is in the hash, too. They go with their person.
CREATE TABLE person_marks (
    person text  NOT NULL,
    kind   text  NOT NULL,
    mark   bytea NOT NULL,
    CONSTRAINT person_marks_pkey PRIMARY KEY (person, kind, mark),
    CONSTRAINT person_marks_person FOREIGN KEY (person) REFERENCES persons (id) ON DELETE CASCADE
);
CREATE INDEX person_marks_mark ON person_marks (mark, person);

-- Two entries that are one person: person is read as survivor until that is undone.
-- Nothing is copied, and nothing is deleted, so that undoing it restores both as they
-- were. Reasons are codes.
CREATE TABLE person_merges (
    id          text        NOT NULL,
    person      text        NOT NULL,
    survivor    text        NOT NULL,
    reason      text        NOT NULL,
    merged_by   text        NOT NULL,
    merged_at   timestamptz NOT NULL,
    undo        text        NOT NULL DEFAULT '',
    undo_reason text        NOT NULL DEFAULT '',
    undone_by   text        NOT NULL DEFAULT '',
    undone_at   timestamptz,
    CONSTRAINT person_merges_pkey PRIMARY KEY (id),
    CONSTRAINT person_merges_two CHECK (person <> survivor),
    CONSTRAINT person_merges_person FOREIGN KEY (person) REFERENCES persons (id) ON DELETE CASCADE,
    CONSTRAINT person_merges_survivor FOREIGN KEY (survivor) REFERENCES persons (id) ON DELETE CASCADE
);
CREATE UNIQUE INDEX person_merges_held ON person_merges (person) WHERE undone_at IS NULL;
CREATE INDEX person_merges_survivor ON person_merges (survivor, merged_at);
