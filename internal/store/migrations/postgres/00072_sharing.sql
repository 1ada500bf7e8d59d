-- How often and when people share through their own accounts.

-- +goose Up
ALTER TABLE workspaces ADD COLUMN share_daily_limit bigint NOT NULL DEFAULT 0 CHECK (share_daily_limit >= 0);
-- The calendar with the sharing hours, none for any time.
ALTER TABLE workspaces ADD COLUMN share_calendar text COLLATE "C";
ALTER TABLE workspaces ADD FOREIGN KEY (workspace_id, share_calendar) REFERENCES calendars (workspace_id, id);
CREATE INDEX publications_of_a_day ON publications (workspace_id, account_id, due_time);
