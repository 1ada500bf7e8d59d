-- Whom a library item is for, and what of a member that asks for.

-- +goose Up
ALTER TABLE members ADD COLUMN department text COLLATE "C" NOT NULL DEFAULT '';
ALTER TABLE members ADD COLUMN country text COLLATE "C" NOT NULL DEFAULT '';
INSERT INTO member_traits (workspace_id, person_id, kind, value)
SELECT workspace_id, person_id, 'language', language FROM members WHERE language <> '';

-- What the signed manifest of a revision says of its audience, as rows that a list can be
-- narrowed by. None is for everybody.
CREATE TABLE item_audiences (
    workspace_id text COLLATE "C" NOT NULL,
    subject_kind text COLLATE "C" NOT NULL CHECK (subject_kind = 'library_item'),
    subject_id   text COLLATE "C" NOT NULL,
    revision     bigint NOT NULL,
    kind         text COLLATE "C" NOT NULL CHECK (kind IN ('group', 'department', 'country', 'language')),
    -- A line break separates values in the answer of a look-up.
    value        text COLLATE "C" NOT NULL CHECK (value <> '' AND strpos(value, chr(10)) = 0),
    PRIMARY KEY (workspace_id, subject_kind, subject_id, revision, kind, value),
    FOREIGN KEY (workspace_id, subject_kind, subject_id, revision) REFERENCES revisions
);

CREATE TRIGGER item_audiences_update BEFORE UPDATE ON item_audiences FOR EACH ROW
EXECUTE FUNCTION refuse_change('is append-only');
CREATE TRIGGER item_audiences_delete BEFORE DELETE ON item_audiences FOR EACH ROW
EXECUTE FUNCTION refuse_change('is append-only');
CREATE TRIGGER item_audiences_truncate BEFORE TRUNCATE ON item_audiences
EXECUTE FUNCTION refuse_change('is append-only');
