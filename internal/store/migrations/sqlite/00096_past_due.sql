-- What passed its time while a hold stopped it waits for a person, and whether somebody else lifts a hold.

-- +goose Up
CREATE INDEX holds_lifted ON holds (workspace_id, release_time) WHERE release_time IS NOT NULL;
ALTER TABLE workspaces ADD COLUMN hold_release_by_another INTEGER NOT NULL DEFAULT 0 CHECK (hold_release_by_another IN (0, 1));
