-- Library items that came from elsewhere, and the imports that brought them.

-- +goose Up
CREATE TABLE item_origins (
    workspace_id TEXT NOT NULL,
    -- What the item is called where it came from.
    external_id  TEXT NOT NULL,
    item_id      TEXT NOT NULL,
    PRIMARY KEY (workspace_id, external_id),
    UNIQUE (workspace_id, item_id),
    FOREIGN KEY (workspace_id, item_id) REFERENCES library_items
) STRICT, WITHOUT ROWID;

CREATE TABLE library_imports (
    workspace_id  TEXT    NOT NULL,
    id            TEXT    NOT NULL,
    person_id     TEXT    NOT NULL,
    key_id        TEXT    NOT NULL,
    session_id    TEXT    NOT NULL,
    validate_only INTEGER NOT NULL CHECK (validate_only IN (0, 1)),
    -- How many rows there are, and what became of those that have ended.
    total         INTEGER NOT NULL,
    created       INTEGER NOT NULL,
    updated       INTEGER NOT NULL,
    unchanged     INTEGER NOT NULL,
    failed        INTEGER NOT NULL,
    create_time   TEXT,
    end_time      TEXT,
    PRIMARY KEY (workspace_id, id),
    FOREIGN KEY (workspace_id, person_id) REFERENCES members
) STRICT;

CREATE TABLE library_import_rows (
    workspace_id TEXT    NOT NULL,
    import_id    TEXT    NOT NULL,
    -- The line of the file the row begins in.
    number       INTEGER NOT NULL,
    external_id  TEXT    NOT NULL,
    -- What the row says of its item, until it has ended.
    change       TEXT,
    outcome      TEXT    NOT NULL CHECK (outcome IN ('pending', 'created', 'updated', 'unchanged', 'failed')),
    item_id      TEXT,
    code         TEXT    NOT NULL,
    field        TEXT    NOT NULL,
    message      TEXT    NOT NULL,
    PRIMARY KEY (workspace_id, import_id, number),
    FOREIGN KEY (workspace_id, import_id) REFERENCES library_imports
) STRICT;
CREATE INDEX library_import_rows_by_outcome ON library_import_rows (workspace_id, import_id, outcome, number);
