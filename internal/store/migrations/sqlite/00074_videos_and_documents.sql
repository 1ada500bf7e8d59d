-- Videos and documents beside pictures.

-- +goose Up
ALTER TABLE media ADD COLUMN duration_ms INTEGER NOT NULL DEFAULT 0;
ALTER TABLE media ADD COLUMN codecs TEXT NOT NULL DEFAULT '';
ALTER TABLE media ADD COLUMN pages INTEGER NOT NULL DEFAULT 0;

-- A large file stays in the parts it arrived in, but for what is not kept of it.
CREATE TABLE media_parts (
    workspace_id TEXT    NOT NULL,
    media        TEXT    NOT NULL,
    start        INTEGER NOT NULL CHECK (start >= 0),
    size         INTEGER NOT NULL CHECK (size > 0),
    blob         TEXT    NOT NULL,
    PRIMARY KEY (workspace_id, media, start),
    FOREIGN KEY (workspace_id, media) REFERENCES media
) STRICT;
CREATE INDEX media_parts_by_blob ON media_parts (blob);

-- +goose StatementBegin
CREATE TRIGGER media_parts_update BEFORE UPDATE ON media_parts
BEGIN SELECT RAISE(ABORT, 'parts of a file never change'); END;
-- +goose StatementEnd
