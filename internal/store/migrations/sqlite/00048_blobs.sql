-- What nothing refers to may be removed, and nothing else.

-- +goose Up
-- A picture no revision ever used has been idle since it was last uploaded. Once a revision
-- uses it, it is never idle again. What there was before is taken for used.
ALTER TABLE media ADD COLUMN idle_time TEXT;
CREATE INDEX media_idle ON media (idle_time) WHERE idle_time IS NOT NULL;
CREATE INDEX media_by_blob ON media (blob);

-- +goose StatementBegin
CREATE TRIGGER media_used_update BEFORE UPDATE ON media WHEN OLD.idle_time IS NULL AND NEW.idle_time IS NOT NULL
BEGIN SELECT RAISE(ABORT, 'a revision uses this picture'); END;
-- +goose StatementEnd
-- +goose StatementBegin
CREATE TRIGGER media_used_delete BEFORE DELETE ON media WHEN OLD.idle_time IS NULL
BEGIN SELECT RAISE(ABORT, 'a revision uses this picture'); END;
-- +goose StatementEnd

-- The bytes there are, written before they are kept: of all workspaces, since the same bytes
-- are kept once. Idle since the last row that refers to them went.
CREATE TABLE blobs (
    blob      TEXT    NOT NULL,
    idle_time TEXT,
    removing  INTEGER NOT NULL CHECK (removing IN (0, 1)),
    PRIMARY KEY (blob)
) STRICT;
CREATE INDEX blobs_idle ON blobs (idle_time, blob) WHERE idle_time IS NOT NULL;
INSERT INTO blobs (blob, removing) SELECT DISTINCT blob, 0 FROM media;
