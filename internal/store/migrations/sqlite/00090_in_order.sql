-- What is to go out through an account, in its order.

-- +goose Up
CREATE INDEX publications_unsent ON publications (workspace_id, account_id, due_time, id)
    WHERE state IN ('scheduled', 'claimed', 'sending');
DROP INDEX publications_due;
CREATE INDEX publications_due ON publications (due_time, id) WHERE state = 'scheduled';
