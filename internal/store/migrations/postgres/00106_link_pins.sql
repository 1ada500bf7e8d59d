-- Where the links of a round led when it opened, and where each link led before.

-- +goose Up
ALTER TABLE reviews ADD COLUMN pins json;
ALTER TABLE link_checks ADD COLUMN target text COLLATE "C" NOT NULL DEFAULT '';
ALTER TABLE link_checks ADD COLUMN former_target text COLLATE "C" NOT NULL DEFAULT '';
ALTER TABLE link_checks ADD COLUMN change_time timestamptz;
