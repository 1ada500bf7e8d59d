-- Library items are given to other owners.

-- +goose Up
-- Who made an item, whoever answers for it now.
ALTER TABLE library_items ADD COLUMN author text COLLATE "C" NOT NULL DEFAULT '';
UPDATE library_items SET author = owner;
CREATE INDEX library_items_by_author ON library_items (workspace_id, author, id);

-- Who came to answer for an item that somebody else had made. Of revision, which was the newest
-- then, and of all that follow it he or she is a contributor.
CREATE TABLE item_owners (
    workspace_id text COLLATE "C" NOT NULL,
    subject_kind text COLLATE "C" NOT NULL CHECK (subject_kind = 'library_item'),
    subject_id   text COLLATE "C" NOT NULL,
    person_id    text COLLATE "C" NOT NULL,
    revision     bigint NOT NULL,
    giver        text COLLATE "C" NOT NULL,
    create_time  timestamptz,
    PRIMARY KEY (workspace_id, subject_kind, subject_id, person_id),
    FOREIGN KEY (workspace_id, subject_kind, subject_id, revision) REFERENCES revisions,
    FOREIGN KEY (workspace_id, person_id) REFERENCES members
);

CREATE TRIGGER library_items_author BEFORE UPDATE OF author ON library_items FOR EACH ROW
EXECUTE FUNCTION refuse_change('keeps who made it');
CREATE TRIGGER item_owners_update BEFORE UPDATE ON item_owners FOR EACH ROW
EXECUTE FUNCTION refuse_change('is append-only');
CREATE TRIGGER item_owners_delete BEFORE DELETE ON item_owners FOR EACH ROW
EXECUTE FUNCTION refuse_change('is append-only');
CREATE TRIGGER item_owners_truncate BEFORE TRUNCATE ON item_owners
EXECUTE FUNCTION refuse_change('is append-only');
