-- Small forms of pictures.

-- +goose Up
-- Made when one is first asked for, removed with the picture.
CREATE TABLE thumbnails (
    workspace_id text COLLATE "C" NOT NULL,
    original     text COLLATE "C" NOT NULL,
    side         bigint NOT NULL CHECK (side > 0),
    blob         text COLLATE "C" NOT NULL,
    content_type text COLLATE "C" NOT NULL,
    width        bigint NOT NULL,
    height       bigint NOT NULL,
    PRIMARY KEY (workspace_id, original, side),
    FOREIGN KEY (workspace_id, original) REFERENCES media
);
CREATE INDEX thumbnails_by_blob ON thumbnails (blob);

CREATE TRIGGER thumbnails_update BEFORE UPDATE ON thumbnails FOR EACH ROW
EXECUTE FUNCTION refuse_change('never changes');
