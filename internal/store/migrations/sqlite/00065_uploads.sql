-- Files that arrive in parts.

-- +goose Up
-- Forgotten when it expires, whether it became a picture or not.
CREATE TABLE uploads (
    workspace_id TEXT    NOT NULL,
    id           TEXT    NOT NULL,
    uploader     TEXT    NOT NULL,
    -- The key that sends it, empty for the person.
    key_id       TEXT    NOT NULL,
    size         INTEGER NOT NULL CHECK (size > 0),
    received     INTEGER NOT NULL CHECK (received BETWEEN 0 AND size),
    content_type TEXT    NOT NULL,
    digest       TEXT    NOT NULL,
    -- The picture it became, empty until then.
    media        TEXT    NOT NULL,
    create_time  TEXT    NOT NULL,
    expire_time  TEXT    NOT NULL,
    PRIMARY KEY (workspace_id, id),
    FOREIGN KEY (workspace_id, uploader) REFERENCES members
) STRICT;
CREATE INDEX uploads_unfinished ON uploads (workspace_id, uploader, size) WHERE media = '';
CREATE INDEX uploads_by_uploader ON uploads (workspace_id, uploader, key_id, id);
CREATE INDEX uploads_by_expiry ON uploads (expire_time);

-- Each part is bytes of their own until all are there.
CREATE TABLE upload_parts (
    workspace_id TEXT    NOT NULL,
    upload_id    TEXT    NOT NULL,
    start        INTEGER NOT NULL CHECK (start >= 0),
    size         INTEGER NOT NULL CHECK (size > 0),
    blob         TEXT    NOT NULL,
    PRIMARY KEY (workspace_id, upload_id, start),
    FOREIGN KEY (workspace_id, upload_id) REFERENCES uploads
) STRICT;
CREATE INDEX upload_parts_by_blob ON upload_parts (blob);

-- +goose StatementBegin
CREATE TRIGGER uploads_update BEFORE UPDATE OF workspace_id, id, uploader, key_id, size, content_type, digest, create_time,
    expire_time ON uploads
BEGIN SELECT RAISE(ABORT, 'what was announced never changes'); END;
-- +goose StatementEnd
-- +goose StatementBegin
CREATE TRIGGER upload_parts_update BEFORE UPDATE ON upload_parts
BEGIN SELECT RAISE(ABORT, 'parts of an upload never change'); END;
-- +goose StatementEnd

-- How many bytes of pictures each workspace keeps, counted where they come and go.
CREATE TABLE media_usage (
    workspace_id TEXT    NOT NULL REFERENCES workspaces,
    bytes        INTEGER NOT NULL,
    PRIMARY KEY (workspace_id)
) STRICT;
INSERT INTO media_usage (workspace_id, bytes) SELECT workspace_id, sum(size) FROM media GROUP BY workspace_id;
-- +goose StatementBegin
CREATE TRIGGER media_usage_insert AFTER INSERT ON media
BEGIN
    INSERT INTO media_usage (workspace_id, bytes) VALUES (NEW.workspace_id, NEW.size)
    ON CONFLICT (workspace_id) DO UPDATE SET bytes = media_usage.bytes + excluded.bytes;
END;
-- +goose StatementEnd
-- +goose StatementBegin
CREATE TRIGGER media_usage_delete AFTER DELETE ON media
BEGIN UPDATE media_usage SET bytes = bytes - OLD.size WHERE workspace_id = OLD.workspace_id; END;
-- +goose StatementEnd
