-- What may be changed of items that say nothing of it when they are made.

-- +goose Up
ALTER TABLE workspaces ADD COLUMN default_edit_mode text COLLATE "C" NOT NULL DEFAULT '' CHECK (default_edit_mode IN ('', 'locked'));
