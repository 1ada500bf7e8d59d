-- Small forms of pictures.

-- +goose Up
-- Made when one is first asked for, removed with the picture.
CREATE TABLE thumbnails (
    workspace_id TEXT    NOT NULL,
    original     TEXT    NOT NULL,
    side         INTEGER NOT NULL CHECK (side > 0),
    blob         TEXT    NOT NULL,
    content_type TEXT    NOT NULL,
    width        INTEGER NOT NULL,
    height       INTEGER NOT NULL,
    PRIMARY KEY (workspace_id, original, side),
    FOREIGN KEY (workspace_id, original) REFERENCES media
) STRICT;
CREATE INDEX thumbnails_by_blob ON thumbnails (blob);

-- +goose StatementBegin
CREATE TRIGGER thumbnails_update BEFORE UPDATE ON thumbnails
BEGIN SELECT RAISE(ABORT, 'thumbnails never change'); END;
-- +goose StatementEnd
