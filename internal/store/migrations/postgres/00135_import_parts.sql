-- A file that is imported in parts is one file.

-- +goose Up
-- The import of the file's first part, which part this is, and where in the file it begins and ends.
ALTER TABLE library_imports ADD COLUMN file_id text COLLATE "C" NOT NULL DEFAULT '';
ALTER TABLE library_imports ADD COLUMN part bigint NOT NULL DEFAULT 1 CHECK (part >= 1);
ALTER TABLE library_imports ADD COLUMN first_line bigint NOT NULL DEFAULT 1;
ALTER TABLE library_imports ADD COLUMN last_line bigint NOT NULL DEFAULT 1;
UPDATE library_imports SET file_id = id, last_line = (
    SELECT coalesce(max(r.number), 1) FROM library_import_rows r WHERE r.workspace_id = library_imports.workspace_id AND r.import_id = library_imports.id);
CREATE UNIQUE INDEX library_imports_by_part ON library_imports (workspace_id, file_id, part);
CREATE INDEX library_imports_by_file ON library_imports (workspace_id, file_id, id);
-- The same file, so that a name is found among all its rows.
ALTER TABLE library_import_rows ADD COLUMN file_id text COLLATE "C" NOT NULL DEFAULT '';
UPDATE library_import_rows SET file_id = import_id;
CREATE INDEX library_import_rows_by_name ON library_import_rows (workspace_id, file_id, external_id);
