-- Whose tokens accounts of the company have.

-- +goose Up
CREATE INDEX social_accounts_by_grantor ON social_accounts (workspace_id, grantor, id);
