-- Training mode: somebody signs whatever a person posts.

-- +goose Up
ALTER TABLE members ADD COLUMN training_mode boolean NOT NULL DEFAULT false;
