-- What was recorded within a time.

-- +goose Up
CREATE INDEX audit_records_by_time ON audit_records (workspace_id, record_time, sequence);
