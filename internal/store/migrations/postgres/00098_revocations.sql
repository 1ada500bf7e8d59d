-- Credentials that are to be ended at their network; each stays sealed until it is, or is given up.

-- +goose Up
CREATE TABLE credential_revocations (
    workspace_id text COLLATE "C" NOT NULL,
    id           text COLLATE "C" NOT NULL,
    account_id   text COLLATE "C" NOT NULL,
    sealed       bytea NOT NULL,
    create_time  timestamptz NOT NULL,
    PRIMARY KEY (workspace_id, id),
    FOREIGN KEY (workspace_id, account_id) REFERENCES social_accounts
);

-- +goose Down
DROP TABLE credential_revocations;
