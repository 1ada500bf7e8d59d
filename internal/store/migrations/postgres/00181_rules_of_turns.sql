-- Which rules asked for the signature that a turn waits for. Of a turn that is older it is not known,
-- until its round is computed again.

-- +goose Up
ALTER TABLE review_tasks ADD COLUMN asked_by text NOT NULL DEFAULT '[]';
