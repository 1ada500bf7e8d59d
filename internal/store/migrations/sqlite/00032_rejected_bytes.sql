-- Bytes that were rejected, wherever: a submission looks for its own among them.

-- +goose Up
CREATE INDEX decisions_rejected ON decisions (workspace_id, digest, role) WHERE verdict = 'reject';
