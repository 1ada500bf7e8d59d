-- Files keep the names they came with.

-- +goose Up
-- Empty for a file that nobody named.
ALTER TABLE media ADD COLUMN file_name text NOT NULL DEFAULT '';
ALTER TABLE uploads ADD COLUMN file_name text NOT NULL DEFAULT '';

CREATE TRIGGER media_named_update BEFORE UPDATE OF file_name ON media FOR EACH ROW
WHEN (OLD.file_name <> '' AND NEW.file_name <> OLD.file_name) EXECUTE FUNCTION refuse_change('keeps the name it has');
CREATE TRIGGER uploads_named_update BEFORE UPDATE OF file_name ON uploads FOR EACH ROW
EXECUTE FUNCTION refuse_change('keeps what was announced');
