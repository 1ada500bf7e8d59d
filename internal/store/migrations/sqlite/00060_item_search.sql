-- What library items are found by. Package search makes the words, for both databases.

-- +goose Up
CREATE TABLE item_searches (
    workspace_id TEXT    NOT NULL,
    item_id      TEXT    NOT NULL,
    -- Which edition of package search made the words; 0 when nothing did yet.
    edition      INTEGER NOT NULL,
    -- The order of making, and the number of the row in item_words.
    seq          INTEGER PRIMARY KEY,
    UNIQUE (workspace_id, item_id),
    FOREIGN KEY (workspace_id, item_id) REFERENCES library_items
) STRICT;
CREATE INDEX item_searches_by_seq ON item_searches (workspace_id, seq);
CREATE INDEX item_searches_by_edition ON item_searches (edition, workspace_id, item_id);
-- The program indexes what was there before.
INSERT INTO item_searches (workspace_id, item_id, edition) SELECT workspace_id, id, 0 FROM library_items ORDER BY id;

-- The words of what employees are shown, and of a head that only the desk sees. The text is
-- not kept again: only where each word stands.
CREATE VIRTUAL TABLE item_words USING fts5 (workspace, shown_title, shown_texts, head_title, head_texts, content = '', contentless_delete = 1,
  tokenize = "ascii tokenchars '-'", prefix = '1 2 3');
