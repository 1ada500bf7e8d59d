-- How often and when people share through their own accounts.

-- +goose Up
ALTER TABLE workspaces ADD COLUMN share_daily_limit INTEGER NOT NULL DEFAULT 0 CHECK (share_daily_limit >= 0);
-- The calendar with the sharing hours, none for any time.
ALTER TABLE workspaces ADD COLUMN share_calendar TEXT;

-- A calendar people share in is there.
-- +goose StatementBegin
CREATE TRIGGER workspaces_share_calendar BEFORE UPDATE OF share_calendar ON workspaces
WHEN NEW.share_calendar IS NOT NULL
    AND NOT EXISTS (SELECT 1 FROM calendars WHERE workspace_id = NEW.workspace_id AND id = NEW.share_calendar)
BEGIN SELECT RAISE(ABORT, 'there is no such calendar'); END;
-- +goose StatementEnd
-- +goose StatementBegin
CREATE TRIGGER calendars_shared_in BEFORE DELETE ON calendars
WHEN EXISTS (SELECT 1 FROM workspaces WHERE workspace_id = OLD.workspace_id AND share_calendar = OLD.id)
BEGIN SELECT RAISE(ABORT, 'people share in this calendar'); END;
-- +goose StatementEnd
CREATE INDEX publications_of_a_day ON publications (workspace_id, account_id, due_time);
