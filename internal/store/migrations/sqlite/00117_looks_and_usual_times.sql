-- Who has a turn open, and how long a role usually takes to sign.

-- +goose Up
-- A JSON array of persons, each with an instant since when and one until when.
ALTER TABLE review_tasks ADD COLUMN looks TEXT;

-- The last verdicts of a role.
CREATE INDEX decisions_by_role ON decisions (workspace_id, role, decide_time, id)
    WHERE verdict IN ('approve', 'request_changes', 'reject');
