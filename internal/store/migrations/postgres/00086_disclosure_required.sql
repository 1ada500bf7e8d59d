-- Whether who writes about the company has to say so.

-- +goose Up
ALTER TABLE disclosure_revisions ADD COLUMN required boolean NOT NULL DEFAULT false;
