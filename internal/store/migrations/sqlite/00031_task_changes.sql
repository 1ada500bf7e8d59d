-- In which order turns changed, for who follows a queue.

-- +goose Up
-- A number that every change of a turn raises above all others of the workspace. There is
-- one writer, so the numbers are in the order of the commits.
ALTER TABLE review_tasks ADD COLUMN change INTEGER NOT NULL DEFAULT 0;
CREATE INDEX review_tasks_by_change ON review_tasks (workspace_id, change, id);
