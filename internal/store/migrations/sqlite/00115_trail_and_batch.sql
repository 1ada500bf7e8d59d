-- What was recorded within a time, and which turns can be decided together.

-- +goose Up
CREATE INDEX audit_records_by_time ON audit_records (workspace_id, record_time, sequence);

-- Of a turn that is older it is not known; it can be ticked, and the batch says no.
ALTER TABLE review_tasks ADD COLUMN alone TEXT NOT NULL DEFAULT '' CHECK (alone IN ('', 'veto', 'objection'));
ALTER TABLE review_tasks ADD COLUMN batch_rules TEXT NOT NULL DEFAULT '';
