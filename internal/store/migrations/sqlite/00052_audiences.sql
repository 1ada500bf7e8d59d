-- Whom a library item is for, and what of a member that asks for.

-- +goose Up
ALTER TABLE members ADD COLUMN department TEXT NOT NULL DEFAULT '';
ALTER TABLE members ADD COLUMN country TEXT NOT NULL DEFAULT '';
INSERT INTO member_traits (workspace_id, person_id, kind, value)
SELECT workspace_id, person_id, 'language', language FROM members WHERE language <> '';

-- What the signed manifest of a revision says of its audience, as rows that a list can be
-- narrowed by. None is for everybody.
CREATE TABLE item_audiences (
    workspace_id TEXT    NOT NULL,
    subject_kind TEXT    NOT NULL CHECK (subject_kind = 'library_item'),
    subject_id   TEXT    NOT NULL,
    revision     INTEGER NOT NULL,
    kind         TEXT    NOT NULL CHECK (kind IN ('group', 'department', 'country', 'language')),
    -- A line break separates values in the answer of a look-up.
    value        TEXT    NOT NULL CHECK (value <> '' AND instr(value, char(10)) = 0),
    PRIMARY KEY (workspace_id, subject_kind, subject_id, revision, kind, value),
    FOREIGN KEY (workspace_id, subject_kind, subject_id, revision) REFERENCES revisions
) STRICT, WITHOUT ROWID;

-- +goose StatementBegin
CREATE TRIGGER item_audiences_update BEFORE UPDATE ON item_audiences
BEGIN SELECT RAISE(ABORT, 'item_audiences is append-only'); END;
-- +goose StatementEnd
-- +goose StatementBegin
CREATE TRIGGER item_audiences_delete BEFORE DELETE ON item_audiences
BEGIN SELECT RAISE(ABORT, 'item_audiences is append-only'); END;
-- +goose StatementEnd
