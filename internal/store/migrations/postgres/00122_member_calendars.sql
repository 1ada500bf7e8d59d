-- Members whose sharing hours and days are of another place than the workspace's.

-- +goose Up
ALTER TABLE members ADD COLUMN share_calendar text COLLATE "C";
ALTER TABLE members ADD FOREIGN KEY (workspace_id, share_calendar) REFERENCES calendars (workspace_id, id);
CREATE INDEX members_by_calendar ON members (workspace_id, share_calendar) WHERE share_calendar IS NOT NULL;
