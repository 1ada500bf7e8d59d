-- What each role was ever given, so that an upgrade can tell what is new to a workspace
-- from what its admin took away. Empty where nobody kept count.

-- +goose Up
ALTER TABLE role_definitions ADD COLUMN given TEXT NOT NULL DEFAULT '[]';
