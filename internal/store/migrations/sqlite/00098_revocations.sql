-- Credentials that are to be ended at their network; each stays sealed until it is, or is given up.

-- +goose Up
CREATE TABLE credential_revocations (
    workspace_id TEXT NOT NULL,
    id           TEXT NOT NULL,
    account_id   TEXT NOT NULL,
    sealed       BLOB NOT NULL,
    create_time  TEXT NOT NULL,
    PRIMARY KEY (workspace_id, id),
    FOREIGN KEY (workspace_id, account_id) REFERENCES social_accounts
) STRICT;

-- +goose Down
DROP TABLE credential_revocations;
