-- Whether who writes about the company has to say so.

-- +goose Up
ALTER TABLE disclosure_revisions ADD COLUMN required INTEGER NOT NULL DEFAULT 0 CHECK (required IN (0, 1));
