-- Files that arrive in parts.

-- +goose Up
-- Forgotten when it expires, whether it became a picture or not.
CREATE TABLE uploads (
    workspace_id text COLLATE "C" NOT NULL,
    id           text COLLATE "C" NOT NULL,
    uploader     text COLLATE "C" NOT NULL,
    -- The key that sends it, empty for the person.
    key_id       text COLLATE "C" NOT NULL,
    size         bigint NOT NULL CHECK (size > 0),
    received     bigint NOT NULL CHECK (received BETWEEN 0 AND size),
    content_type text COLLATE "C" NOT NULL,
    digest       text COLLATE "C" NOT NULL,
    -- The picture it became, empty until then.
    media        text COLLATE "C" NOT NULL,
    create_time  timestamptz NOT NULL,
    expire_time  timestamptz NOT NULL,
    PRIMARY KEY (workspace_id, id),
    FOREIGN KEY (workspace_id, uploader) REFERENCES members
);
CREATE INDEX uploads_unfinished ON uploads (workspace_id, uploader, size) WHERE media = '';
CREATE INDEX uploads_by_uploader ON uploads (workspace_id, uploader, key_id, id);
CREATE INDEX uploads_by_expiry ON uploads (expire_time);

-- Each part is bytes of their own until all are there.
CREATE TABLE upload_parts (
    workspace_id text COLLATE "C" NOT NULL,
    upload_id    text COLLATE "C" NOT NULL,
    start        bigint NOT NULL CHECK (start >= 0),
    size         bigint NOT NULL CHECK (size > 0),
    blob         text COLLATE "C" NOT NULL,
    PRIMARY KEY (workspace_id, upload_id, start),
    FOREIGN KEY (workspace_id, upload_id) REFERENCES uploads
);
CREATE INDEX upload_parts_by_blob ON upload_parts (blob);

CREATE TRIGGER uploads_update BEFORE UPDATE OF workspace_id, id, uploader, key_id, size, content_type, digest, create_time,
    expire_time ON uploads FOR EACH ROW
EXECUTE FUNCTION refuse_change('keeps what was announced');
CREATE TRIGGER upload_parts_update BEFORE UPDATE ON upload_parts FOR EACH ROW
EXECUTE FUNCTION refuse_change('never changes');

-- How many bytes of pictures each workspace keeps, counted where they come and go.
CREATE TABLE media_usage (
    workspace_id text COLLATE "C" NOT NULL REFERENCES workspaces,
    bytes        bigint NOT NULL,
    PRIMARY KEY (workspace_id)
);
INSERT INTO media_usage (workspace_id, bytes) SELECT workspace_id, sum(size) FROM media GROUP BY workspace_id;
-- +goose StatementBegin
CREATE FUNCTION count_media() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP = 'INSERT' THEN
        INSERT INTO media_usage (workspace_id, bytes) VALUES (NEW.workspace_id, NEW.size)
        ON CONFLICT (workspace_id) DO UPDATE SET bytes = media_usage.bytes + excluded.bytes;
    ELSE
        UPDATE media_usage SET bytes = bytes - OLD.size WHERE workspace_id = OLD.workspace_id;
    END IF;
    RETURN NULL;
END $$;
-- +goose StatementEnd
CREATE TRIGGER media_usage_count AFTER INSERT OR DELETE ON media FOR EACH ROW EXECUTE FUNCTION count_media();
