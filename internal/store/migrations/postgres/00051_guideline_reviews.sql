-- By when somebody looks whether a guideline is still right.

-- +goose Up
ALTER TABLE guideline_revisions ADD COLUMN review_time timestamptz;
