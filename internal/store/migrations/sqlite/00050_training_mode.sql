-- Training mode: somebody signs whatever a person posts.

-- +goose Up
ALTER TABLE members ADD COLUMN training_mode INTEGER NOT NULL DEFAULT 0 CHECK (training_mode IN (0, 1));
