-- Where the links of a round led when it opened, and where each link led before.

-- +goose Up
ALTER TABLE reviews ADD COLUMN pins TEXT;
ALTER TABLE link_checks ADD COLUMN target TEXT NOT NULL DEFAULT '';
ALTER TABLE link_checks ADD COLUMN former_target TEXT NOT NULL DEFAULT '';
ALTER TABLE link_checks ADD COLUMN change_time TEXT;
