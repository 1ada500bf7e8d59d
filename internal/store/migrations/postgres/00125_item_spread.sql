-- Over how long unedited shares of an item are spread, where it is not the workspace's time.

-- +goose Up
ALTER TABLE library_items ADD COLUMN share_spread_minutes bigint CHECK (share_spread_minutes >= 0);
