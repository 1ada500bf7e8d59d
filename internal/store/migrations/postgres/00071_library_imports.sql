-- Library items that came from elsewhere, and the imports that brought them.

-- +goose Up
CREATE TABLE item_origins (
    workspace_id text COLLATE "C" NOT NULL,
    -- What the item is called where it came from.
    external_id  text COLLATE "C" NOT NULL,
    item_id      text COLLATE "C" NOT NULL,
    PRIMARY KEY (workspace_id, external_id),
    UNIQUE (workspace_id, item_id),
    FOREIGN KEY (workspace_id, item_id) REFERENCES library_items
);

CREATE TABLE library_imports (
    workspace_id  text COLLATE "C" NOT NULL,
    id            text COLLATE "C" NOT NULL,
    person_id     text COLLATE "C" NOT NULL,
    key_id        text COLLATE "C" NOT NULL,
    session_id    text COLLATE "C" NOT NULL,
    validate_only boolean NOT NULL,
    -- How many rows there are, and what became of those that have ended.
    total         bigint NOT NULL,
    created       bigint NOT NULL,
    updated       bigint NOT NULL,
    unchanged     bigint NOT NULL,
    failed        bigint NOT NULL,
    create_time   timestamptz,
    end_time      timestamptz,
    PRIMARY KEY (workspace_id, id),
    FOREIGN KEY (workspace_id, person_id) REFERENCES members
);

CREATE TABLE library_import_rows (
    workspace_id text COLLATE "C" NOT NULL,
    import_id    text COLLATE "C" NOT NULL,
    -- The line of the file the row begins in.
    number       bigint NOT NULL,
    external_id  text COLLATE "C" NOT NULL,
    -- What the row says of its item, until it has ended.
    change       text,
    outcome      text COLLATE "C" NOT NULL CHECK (outcome IN ('pending', 'created', 'updated', 'unchanged', 'failed')),
    item_id      text COLLATE "C",
    code         text COLLATE "C" NOT NULL,
    field        text COLLATE "C" NOT NULL,
    message      text NOT NULL,
    PRIMARY KEY (workspace_id, import_id, number),
    FOREIGN KEY (workspace_id, import_id) REFERENCES library_imports
);
CREATE INDEX library_import_rows_by_outcome ON library_import_rows (workspace_id, import_id, outcome, number);
