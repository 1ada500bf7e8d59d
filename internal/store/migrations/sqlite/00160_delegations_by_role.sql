-- Who was lent which signatures for now: every explanation of a round asks.

-- +goose Up
CREATE INDEX delegations_by_role ON delegations (workspace_id, role, end_time) WHERE revoke_time IS NULL;
