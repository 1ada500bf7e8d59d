-- What is shown first, labels, campaigns, and what is for reading alone.

-- +goose Up
-- The greater, the earlier; 0 is not pinned.
ALTER TABLE library_items ADD COLUMN pin_rank bigint NOT NULL DEFAULT 0 CHECK (pin_rank BETWEEN 0 AND 999);
ALTER TABLE library_items ADD COLUMN campaign text COLLATE "C" NOT NULL DEFAULT '';
CREATE INDEX library_items_by_pin ON library_items (workspace_id, pin_rank, id);
CREATE INDEX library_items_sharable_by_pin ON library_items (workspace_id, pin_rank, id) WHERE in_force > 0 AND NOT withdrawn;
CREATE INDEX library_items_by_campaign ON library_items (workspace_id, campaign, id);

CREATE TABLE item_labels (
    workspace_id text COLLATE "C" NOT NULL,
    -- A line break separates labels in the answer of a look-up.
    label        text COLLATE "C" NOT NULL CHECK (label <> '' AND strpos(label, chr(10)) = 0),
    item_id      text COLLATE "C" NOT NULL,
    PRIMARY KEY (workspace_id, label, item_id),
    FOREIGN KEY (workspace_id, item_id) REFERENCES library_items
);
CREATE INDEX item_labels_by_item ON item_labels (workspace_id, item_id);

-- What the signed manifest of a revision says of it, as a row that a list can be narrowed by.
CREATE TABLE item_announcements (
    workspace_id text COLLATE "C" NOT NULL,
    subject_kind text COLLATE "C" NOT NULL CHECK (subject_kind = 'library_item'),
    subject_id   text COLLATE "C" NOT NULL,
    revision     bigint NOT NULL,
    PRIMARY KEY (workspace_id, subject_kind, subject_id, revision),
    FOREIGN KEY (workspace_id, subject_kind, subject_id, revision) REFERENCES revisions
);

CREATE TRIGGER item_announcements_update BEFORE UPDATE ON item_announcements FOR EACH ROW
EXECUTE FUNCTION refuse_change('is append-only');
CREATE TRIGGER item_announcements_delete BEFORE DELETE ON item_announcements FOR EACH ROW
EXECUTE FUNCTION refuse_change('is append-only');
CREATE TRIGGER item_announcements_truncate BEFORE TRUNCATE ON item_announcements
EXECUTE FUNCTION refuse_change('is append-only');
