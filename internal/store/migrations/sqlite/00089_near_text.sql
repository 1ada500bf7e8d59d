-- What is kept of the texts that go out where one text may go out so often, to find those that
-- say nearly the same. What went out before that limit was set is found by its letters only
-- (publications.likeness).

-- +goose Up
CREATE TABLE sketches (
    workspace_id TEXT NOT NULL,
    likeness     TEXT NOT NULL CHECK (likeness <> ''),
    grams        BLOB NOT NULL,
    PRIMARY KEY (workspace_id, likeness)
) STRICT, WITHOUT ROWID;
CREATE TABLE sketch_bands (
    workspace_id TEXT    NOT NULL,
    band         INTEGER NOT NULL,
    likeness     TEXT    NOT NULL,
    PRIMARY KEY (workspace_id, band, likeness),
    FOREIGN KEY (workspace_id, likeness) REFERENCES sketches
) STRICT, WITHOUT ROWID;
