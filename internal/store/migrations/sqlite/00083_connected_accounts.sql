-- Whose account at the network an account is, as the network said when it was connected with a
-- token. One account of a network is connected once in a workspace.
-- +goose Up
ALTER TABLE social_accounts ADD COLUMN external_id TEXT NOT NULL DEFAULT '';
ALTER TABLE social_accounts ADD COLUMN handle TEXT NOT NULL DEFAULT '';
CREATE UNIQUE INDEX social_accounts_external ON social_accounts (workspace_id, network, address, external_id) WHERE external_id <> '';

-- +goose Down
DROP INDEX social_accounts_external;
ALTER TABLE social_accounts DROP COLUMN handle;
ALTER TABLE social_accounts DROP COLUMN external_id;
