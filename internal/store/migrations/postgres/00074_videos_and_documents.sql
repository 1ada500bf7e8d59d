-- Videos and documents beside pictures.

-- +goose Up
ALTER TABLE media ADD COLUMN duration_ms bigint NOT NULL DEFAULT 0;
ALTER TABLE media ADD COLUMN codecs text COLLATE "C" NOT NULL DEFAULT '';
ALTER TABLE media ADD COLUMN pages bigint NOT NULL DEFAULT 0;

-- A large file stays in the parts it arrived in, but for what is not kept of it.
CREATE TABLE media_parts (
    workspace_id text COLLATE "C" NOT NULL,
    media        text COLLATE "C" NOT NULL,
    start        bigint NOT NULL CHECK (start >= 0),
    size         bigint NOT NULL CHECK (size > 0),
    blob         text COLLATE "C" NOT NULL,
    PRIMARY KEY (workspace_id, media, start),
    FOREIGN KEY (workspace_id, media) REFERENCES media
);
CREATE INDEX media_parts_by_blob ON media_parts (blob);

CREATE TRIGGER media_parts_update BEFORE UPDATE ON media_parts FOR EACH ROW
EXECUTE FUNCTION refuse_change('never changes');
