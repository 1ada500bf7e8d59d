-- The names a company calls its own, so that what only looks like one is found.

-- +goose Up
ALTER TABLE lexicon_revisions ADD COLUMN own_names json NOT NULL DEFAULT '[]';
