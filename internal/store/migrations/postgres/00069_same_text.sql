-- From when on readers meet one text too often, and which publications are of one text.

-- +goose Up
ALTER TABLE workspaces ADD COLUMN same_text_limit bigint NOT NULL DEFAULT 0 CHECK (same_text_limit >= 0);
ALTER TABLE workspaces ADD COLUMN same_text_minutes bigint NOT NULL DEFAULT 0 CHECK (same_text_minutes >= 0);
ALTER TABLE publications ADD COLUMN likeness text COLLATE "C" NOT NULL DEFAULT '';
CREATE INDEX publications_alike ON publications (workspace_id, likeness, due_time);
