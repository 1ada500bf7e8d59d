-- Where and in what languages library items have words, as rows that lists are narrowed by.

-- +goose Up
CREATE TABLE item_offers (
    workspace_id TEXT    NOT NULL,
    -- A range that finds a language, in lower case, and a network; empty for any, not both.
    language     TEXT    NOT NULL,
    network      TEXT    NOT NULL CHECK (language <> '' OR network <> ''),
    item_id      TEXT    NOT NULL,
    -- Whether what employees may be shown has it, and whether the newest revision does.
    shown        INTEGER NOT NULL CHECK (shown IN (0, 1)),
    head         INTEGER NOT NULL CHECK (head IN (0, 1) AND shown + head > 0),
    PRIMARY KEY (workspace_id, language, network, item_id),
    FOREIGN KEY (workspace_id, item_id) REFERENCES library_items
) STRICT, WITHOUT ROWID;
CREATE INDEX item_offers_by_item ON item_offers (workspace_id, item_id);
-- The program makes those of what was there before: edition 2 of package search has them.
