-- What nothing refers to may be removed, and nothing else.

-- +goose Up
-- A picture no revision ever used has been idle since it was last uploaded. Once a revision
-- uses it, it is never idle again. What there was before is taken for used.
ALTER TABLE media ADD COLUMN idle_time timestamptz;
CREATE INDEX media_idle ON media (idle_time) WHERE idle_time IS NOT NULL;
CREATE INDEX media_by_blob ON media (blob);

CREATE TRIGGER media_used_update BEFORE UPDATE ON media FOR EACH ROW
WHEN (OLD.idle_time IS NULL AND NEW.idle_time IS NOT NULL) EXECUTE FUNCTION refuse_change('is used by a revision');
CREATE TRIGGER media_used_delete BEFORE DELETE ON media FOR EACH ROW
WHEN (OLD.idle_time IS NULL) EXECUTE FUNCTION refuse_change('is used by a revision');

-- The bytes there are, written before they are kept: of all workspaces, since the same bytes
-- are kept once. Idle since the last row that refers to them went.
CREATE TABLE blobs (
    blob      text COLLATE "C" NOT NULL,
    idle_time timestamptz,
    removing  boolean NOT NULL,
    PRIMARY KEY (blob)
);
CREATE INDEX blobs_idle ON blobs (idle_time, blob) WHERE idle_time IS NOT NULL;
INSERT INTO blobs (blob, removing) SELECT DISTINCT blob, false FROM media;
