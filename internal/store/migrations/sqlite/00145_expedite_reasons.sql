-- Why its author says that a post on the expedited route cannot wait; empty on the normal one, and
-- for what was expedited before a reason was asked for.

-- +goose Up
ALTER TABLE reviews ADD COLUMN expedite_reason TEXT NOT NULL DEFAULT '';
