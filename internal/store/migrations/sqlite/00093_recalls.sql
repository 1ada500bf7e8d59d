-- What is taken back, and what of it.

-- +goose Up
CREATE TABLE recalls (
    workspace_id TEXT    NOT NULL,
    id           TEXT    NOT NULL,
    item_id      TEXT    NOT NULL,
    -- Words with a space between them.
    scopes       TEXT    NOT NULL CHECK (scopes <> ''),
    reason       TEXT    NOT NULL,
    person_id    TEXT    NOT NULL,
    key_id       TEXT    NOT NULL,
    create_time  TEXT,
    find_time    TEXT,
    end_time     TEXT,
    version      INTEGER NOT NULL,
    PRIMARY KEY (workspace_id, id),
    FOREIGN KEY (workspace_id, item_id) REFERENCES library_items,
    CHECK (end_time IS NULL OR find_time IS NOT NULL)
) STRICT;
CREATE INDEX recalls_by_item ON recalls (workspace_id, item_id, id);
CREATE INDEX recalls_running ON recalls (workspace_id, id) WHERE end_time IS NULL;

CREATE TABLE recall_copies (
    workspace_id   TEXT NOT NULL,
    recall_id      TEXT NOT NULL,
    publication_id TEXT NOT NULL,
    PRIMARY KEY (workspace_id, recall_id, publication_id),
    FOREIGN KEY (workspace_id, recall_id) REFERENCES recalls,
    FOREIGN KEY (workspace_id, publication_id) REFERENCES publications
) STRICT, WITHOUT ROWID;
CREATE INDEX recall_copies_by_publication ON recall_copies (workspace_id, publication_id, recall_id);

-- +goose StatementBegin
CREATE TRIGGER recalls_update BEFORE UPDATE OF workspace_id, id, item_id, scopes, reason, person_id, key_id, create_time ON recalls
BEGIN SELECT RAISE(ABORT, 'recalls is append-only but for how far they are'); END;
-- +goose StatementEnd
-- +goose StatementBegin
CREATE TRIGGER recalls_delete BEFORE DELETE ON recalls
BEGIN SELECT RAISE(ABORT, 'recalls is append-only but for how far they are'); END;
-- +goose StatementEnd
-- +goose StatementBegin
CREATE TRIGGER recall_copies_update BEFORE UPDATE ON recall_copies
BEGIN SELECT RAISE(ABORT, 'recall_copies is append-only'); END;
-- +goose StatementEnd
-- +goose StatementBegin
CREATE TRIGGER recall_copies_delete BEFORE DELETE ON recall_copies
BEGIN SELECT RAISE(ABORT, 'recall_copies is append-only'); END;
-- +goose StatementEnd
