-- A request began, nobody knows how it ended, and it is to be sent again.

-- +goose Up
ALTER TABLE publications ADD COLUMN doubt INTEGER NOT NULL DEFAULT 0 CHECK (doubt IN (0, 1));
