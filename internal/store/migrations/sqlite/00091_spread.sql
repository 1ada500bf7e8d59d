-- Over how long unedited shares are spread that nobody chose a time for.

-- +goose Up
ALTER TABLE workspaces ADD COLUMN share_spread_minutes INTEGER NOT NULL DEFAULT 0 CHECK (share_spread_minutes >= 0);
