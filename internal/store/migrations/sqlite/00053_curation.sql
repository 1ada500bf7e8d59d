-- What is shown first, labels, campaigns, and what is for reading alone.

-- +goose Up
-- The greater, the earlier; 0 is not pinned.
ALTER TABLE library_items ADD COLUMN pin_rank INTEGER NOT NULL DEFAULT 0 CHECK (pin_rank BETWEEN 0 AND 999);
ALTER TABLE library_items ADD COLUMN campaign TEXT NOT NULL DEFAULT '';
CREATE INDEX library_items_by_pin ON library_items (workspace_id, pin_rank, id);
CREATE INDEX library_items_sharable_by_pin ON library_items (workspace_id, pin_rank, id) WHERE in_force > 0 AND NOT withdrawn;
CREATE INDEX library_items_by_campaign ON library_items (workspace_id, campaign, id);

CREATE TABLE item_labels (
    workspace_id TEXT NOT NULL,
    -- A line break separates labels in the answer of a look-up.
    label        TEXT NOT NULL CHECK (label <> '' AND instr(label, char(10)) = 0),
    item_id      TEXT NOT NULL,
    PRIMARY KEY (workspace_id, label, item_id),
    FOREIGN KEY (workspace_id, item_id) REFERENCES library_items
) STRICT, WITHOUT ROWID;
CREATE INDEX item_labels_by_item ON item_labels (workspace_id, item_id);

-- What the signed manifest of a revision says of it, as a row that a list can be narrowed by.
CREATE TABLE item_announcements (
    workspace_id TEXT NOT NULL,
    subject_kind TEXT NOT NULL CHECK (subject_kind = 'library_item'),
    subject_id   TEXT NOT NULL,
    revision     INTEGER NOT NULL,
    PRIMARY KEY (workspace_id, subject_kind, subject_id, revision),
    FOREIGN KEY (workspace_id, subject_kind, subject_id, revision) REFERENCES revisions
) STRICT, WITHOUT ROWID;

-- +goose StatementBegin
CREATE TRIGGER item_announcements_update BEFORE UPDATE ON item_announcements
BEGIN SELECT RAISE(ABORT, 'item_announcements is append-only'); END;
-- +goose StatementEnd
-- +goose StatementBegin
CREATE TRIGGER item_announcements_delete BEFORE DELETE ON item_announcements
BEGIN SELECT RAISE(ABORT, 'item_announcements is append-only'); END;
-- +goose StatementEnd
