-- Whose accounts count together.

-- +goose Up
CREATE INDEX social_accounts_by_owner ON social_accounts (workspace_id, owner, id);
