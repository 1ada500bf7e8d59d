-- What is kept of the texts that go out where one text may go out so often, to find those that
-- say nearly the same. What went out before that limit was set is found by its letters only
-- (publications.likeness).

-- +goose Up
CREATE TABLE sketches (
    workspace_id text COLLATE "C" NOT NULL,
    likeness     text COLLATE "C" NOT NULL CHECK (likeness <> ''),
    grams        bytea NOT NULL,
    PRIMARY KEY (workspace_id, likeness)
);
CREATE TABLE sketch_bands (
    workspace_id text COLLATE "C" NOT NULL,
    band         bigint NOT NULL,
    likeness     text COLLATE "C" NOT NULL,
    PRIMARY KEY (workspace_id, band, likeness),
    FOREIGN KEY (workspace_id, likeness) REFERENCES sketches
);
