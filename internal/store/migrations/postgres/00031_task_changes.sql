-- In which order turns changed, for who follows a queue.

-- +goose Up
-- The number of the transaction that changed a turn last. Transactions do not commit in the
-- order of their numbers: who reads in this order stops before the oldest that still runs.
ALTER TABLE review_tasks ADD COLUMN change bigint NOT NULL DEFAULT 0;
CREATE INDEX review_tasks_by_change ON review_tasks (workspace_id, change, id);
