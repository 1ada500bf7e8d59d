-- Files keep the names they came with.

-- +goose Up
-- Empty for a file that nobody named.
ALTER TABLE media ADD COLUMN file_name TEXT NOT NULL DEFAULT '';
ALTER TABLE uploads ADD COLUMN file_name TEXT NOT NULL DEFAULT '';

-- +goose StatementBegin
CREATE TRIGGER media_named_update BEFORE UPDATE OF file_name ON media WHEN OLD.file_name <> '' AND NEW.file_name <> OLD.file_name
BEGIN SELECT RAISE(ABORT, 'a file keeps the name it has'); END;
-- +goose StatementEnd
-- +goose StatementBegin
CREATE TRIGGER uploads_named_update BEFORE UPDATE OF file_name ON uploads
BEGIN SELECT RAISE(ABORT, 'what was announced never changes'); END;
-- +goose StatementEnd
