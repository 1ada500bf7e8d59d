-- Who is close to whom, who is the same as whom, and who proved again who it is.

-- +goose Up
ALTER TABLE members ADD COLUMN manager text COLLATE "C" NOT NULL DEFAULT '';
ALTER TABLE members ADD COLUMN merged_into text COLLATE "C" NOT NULL DEFAULT '';
CREATE INDEX members_merged ON members (workspace_id, merged_into) WHERE merged_into <> '';

ALTER TABLE sessions ADD COLUMN step_up_time timestamptz;
ALTER TABLE decisions ADD COLUMN stepped_up boolean NOT NULL DEFAULT false;
