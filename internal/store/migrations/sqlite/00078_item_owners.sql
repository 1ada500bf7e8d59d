-- Library items are given to other owners.

-- +goose Up
-- Who made an item, whoever answers for it now.
ALTER TABLE library_items ADD COLUMN author TEXT NOT NULL DEFAULT '';
UPDATE library_items SET author = owner;
CREATE INDEX library_items_by_author ON library_items (workspace_id, author, id);

-- Who came to answer for an item that somebody else had made. Of revision, which was the newest
-- then, and of all that follow it he or she is a contributor.
CREATE TABLE item_owners (
    workspace_id TEXT NOT NULL,
    subject_kind TEXT NOT NULL CHECK (subject_kind = 'library_item'),
    subject_id   TEXT NOT NULL,
    person_id    TEXT NOT NULL,
    revision     INTEGER NOT NULL,
    giver        TEXT NOT NULL,
    create_time  TEXT,
    PRIMARY KEY (workspace_id, subject_kind, subject_id, person_id),
    FOREIGN KEY (workspace_id, subject_kind, subject_id, revision) REFERENCES revisions,
    FOREIGN KEY (workspace_id, person_id) REFERENCES members
) STRICT;

-- +goose StatementBegin
CREATE TRIGGER library_items_author BEFORE UPDATE OF author ON library_items
BEGIN SELECT RAISE(ABORT, 'library_items keeps who made it'); END;
-- +goose StatementEnd
-- +goose StatementBegin
CREATE TRIGGER item_owners_update BEFORE UPDATE ON item_owners
BEGIN SELECT RAISE(ABORT, 'item_owners is append-only'); END;
-- +goose StatementEnd
-- +goose StatementBegin
CREATE TRIGGER item_owners_delete BEFORE DELETE ON item_owners
BEGIN SELECT RAISE(ABORT, 'item_owners is append-only'); END;
-- +goose StatementEnd
