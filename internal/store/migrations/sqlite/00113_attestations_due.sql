-- Which accounts somebody has to vouch for soon, of all workspaces.

-- +goose Up
CREATE INDEX social_accounts_attested ON social_accounts (attest_time, workspace_id, id)
    WHERE NOT personal;
