-- A request began, nobody knows how it ended, and it is to be sent again.

-- +goose Up
ALTER TABLE publications ADD COLUMN doubt boolean NOT NULL DEFAULT false;
