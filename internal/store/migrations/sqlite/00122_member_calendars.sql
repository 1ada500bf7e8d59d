-- Members whose sharing hours and days are of another place than the workspace's.

-- +goose Up
ALTER TABLE members ADD COLUMN share_calendar TEXT;
CREATE INDEX members_by_calendar ON members (workspace_id, share_calendar) WHERE share_calendar IS NOT NULL;

-- A calendar somebody shares in is there.
-- +goose StatementBegin
CREATE TRIGGER members_share_calendar_added BEFORE INSERT ON members
WHEN NEW.share_calendar IS NOT NULL
    AND NOT EXISTS (SELECT 1 FROM calendars WHERE workspace_id = NEW.workspace_id AND id = NEW.share_calendar)
BEGIN SELECT RAISE(ABORT, 'there is no such calendar'); END;
-- +goose StatementEnd
-- +goose StatementBegin
CREATE TRIGGER members_share_calendar BEFORE UPDATE OF share_calendar ON members
WHEN NEW.share_calendar IS NOT NULL
    AND NOT EXISTS (SELECT 1 FROM calendars WHERE workspace_id = NEW.workspace_id AND id = NEW.share_calendar)
BEGIN SELECT RAISE(ABORT, 'there is no such calendar'); END;
-- +goose StatementEnd
-- +goose StatementBegin
CREATE TRIGGER calendars_shared_in_by_members BEFORE DELETE ON calendars
WHEN EXISTS (SELECT 1 FROM members WHERE workspace_id = OLD.workspace_id AND share_calendar = OLD.id)
BEGIN SELECT RAISE(ABORT, 'somebody shares in this calendar'); END;
-- +goose StatementEnd
