-- What library items are found by. Package search makes the words, for both databases.

-- +goose Up
CREATE TABLE item_searches (
    workspace_id text COLLATE "C" NOT NULL,
    item_id      text COLLATE "C" NOT NULL,
    -- Which edition of package search made the words; 0 when nothing did yet.
    edition      bigint NOT NULL,
    -- The order of making.
    seq          bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    UNIQUE (workspace_id, item_id),
    FOREIGN KEY (workspace_id, item_id) REFERENCES library_items
);
CREATE INDEX item_searches_by_seq ON item_searches (workspace_id, seq);
CREATE INDEX item_searches_by_edition ON item_searches (edition, workspace_id, item_id);
-- The program indexes what was there before.
INSERT INTO item_searches (workspace_id, item_id, edition) SELECT workspace_id, id, 0 FROM library_items ORDER BY id;

-- The words of what employees are shown, and of a head that only the desk sees. The index has
-- no list of what is to be added, which every search would go through.
ALTER TABLE item_searches ADD COLUMN shown tsvector NOT NULL DEFAULT '', ADD COLUMN head tsvector NOT NULL DEFAULT '';
CREATE INDEX item_searches_by_words ON item_searches USING gin (shown, head) WITH (fastupdate = off);
