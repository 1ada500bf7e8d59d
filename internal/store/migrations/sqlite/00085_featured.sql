-- What is featured: a place in a strip of its own, and when it leaves.

-- +goose Up
-- The greater, the earlier; 0 is not featured.
ALTER TABLE library_items ADD COLUMN feature_rank INTEGER NOT NULL DEFAULT 0 CHECK (feature_rank BETWEEN 0 AND 999);
ALTER TABLE library_items ADD COLUMN feature_end TEXT CHECK (feature_end IS NULL OR feature_rank > 0);
-- The few that are featured, in each of their orders.
CREATE INDEX library_items_by_feature ON library_items (workspace_id, feature_rank, id) WHERE feature_rank > 0;
CREATE INDEX library_items_featured ON library_items (workspace_id, id) WHERE feature_rank > 0;
