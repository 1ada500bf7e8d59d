-- Which texts were rejected, to find those that say nearly the same: by their sketches, and whatever
-- the network. The rejection counts as long as the decision on the digest stands.

-- +goose Up
CREATE TABLE rejected_texts (
    workspace_id text COLLATE "C" NOT NULL,
    likeness     text COLLATE "C" NOT NULL,
    digest       text COLLATE "C" NOT NULL,
    PRIMARY KEY (workspace_id, likeness, digest),
    FOREIGN KEY (workspace_id, likeness) REFERENCES sketches
);
