-- Imports that cannot go on end.

-- +goose Up
-- How often an import was begun since a row ended last, and when that was.
ALTER TABLE library_imports ADD COLUMN runs bigint NOT NULL DEFAULT 0 CHECK (runs >= 0);
ALTER TABLE library_imports ADD COLUMN progress_time timestamptz;
-- Why it ended before its last row was carried out, empty for one that was not given up.
ALTER TABLE library_imports ADD COLUMN code text COLLATE "C" NOT NULL DEFAULT '';
UPDATE library_imports SET progress_time = create_time;
CREATE INDEX library_imports_running ON library_imports (progress_time) WHERE end_time IS NULL;
