-- Accounts that are connected by signing in at their network.

-- +goose Up
-- One try each; forgotten a day after it expired.
CREATE TABLE connections (
    workspace_id TEXT NOT NULL,
    id           TEXT NOT NULL,
    account_id   TEXT NOT NULL,
    person_id    TEXT NOT NULL,
    session_id   TEXT NOT NULL,
    state_hash   BLOB NOT NULL,
    issuer       TEXT NOT NULL,
    issuer_told  INTEGER NOT NULL CHECK (issuer_told IN (0, 1)),
    version      INTEGER NOT NULL,
    create_time  TEXT NOT NULL,
    expire_time  TEXT NOT NULL,
    -- When the answer came, null before.
    use_time     TEXT,
    PRIMARY KEY (workspace_id, id),
    UNIQUE (workspace_id, state_hash),
    FOREIGN KEY (workspace_id, account_id) REFERENCES social_accounts,
    FOREIGN KEY (workspace_id, person_id) REFERENCES members
) STRICT;
CREATE INDEX connections_by_expiry ON connections (workspace_id, expire_time);

-- What servers know us as, where each is asked by ourselves; one for each address they send people
-- back to.
CREATE TABLE network_apps (
    workspace_id TEXT NOT NULL REFERENCES workspaces,
    network      TEXT NOT NULL,
    server       TEXT NOT NULL,
    redirect     TEXT NOT NULL,
    client_id    TEXT NOT NULL,
    sealed       BLOB NOT NULL,
    create_time  TEXT NOT NULL,
    PRIMARY KEY (workspace_id, network, server, redirect)
) STRICT;

-- Which credential an account has, whether the network refused it, and who asks for the next one
-- until when.
ALTER TABLE social_accounts ADD COLUMN credential_version INTEGER NOT NULL DEFAULT 0;
ALTER TABLE social_accounts ADD COLUMN credential_refused INTEGER NOT NULL DEFAULT 0 CHECK (credential_refused IN (0, 1));
ALTER TABLE social_accounts ADD COLUMN refresh_epoch INTEGER NOT NULL DEFAULT 0;
ALTER TABLE social_accounts ADD COLUMN refresh_lease TEXT;

-- +goose Down
ALTER TABLE social_accounts DROP COLUMN refresh_lease;
ALTER TABLE social_accounts DROP COLUMN refresh_epoch;
ALTER TABLE social_accounts DROP COLUMN credential_refused;
ALTER TABLE social_accounts DROP COLUMN credential_version;
DROP TABLE network_apps;
DROP TABLE connections;
