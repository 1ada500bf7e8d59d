-- Accounts that are connected by signing in at their network.

-- +goose Up
-- One try each; forgotten a day after it expired.
CREATE TABLE connections (
    workspace_id text COLLATE "C" NOT NULL,
    id           text COLLATE "C" NOT NULL,
    account_id   text COLLATE "C" NOT NULL,
    person_id    text COLLATE "C" NOT NULL,
    session_id   text COLLATE "C" NOT NULL,
    state_hash   bytea NOT NULL,
    issuer       text COLLATE "C" NOT NULL,
    issuer_told  boolean NOT NULL,
    version      bigint NOT NULL,
    create_time  timestamptz NOT NULL,
    expire_time  timestamptz NOT NULL,
    -- When the answer came, null before.
    use_time     timestamptz,
    PRIMARY KEY (workspace_id, id),
    UNIQUE (workspace_id, state_hash),
    FOREIGN KEY (workspace_id, account_id) REFERENCES social_accounts,
    FOREIGN KEY (workspace_id, person_id) REFERENCES members
);
CREATE INDEX connections_by_expiry ON connections (workspace_id, expire_time);

-- What servers know us as, where each is asked by ourselves; one for each address they send people
-- back to.
CREATE TABLE network_apps (
    workspace_id text COLLATE "C" NOT NULL REFERENCES workspaces,
    network      text COLLATE "C" NOT NULL,
    server       text COLLATE "C" NOT NULL,
    redirect     text COLLATE "C" NOT NULL,
    client_id    text COLLATE "C" NOT NULL,
    sealed       bytea NOT NULL,
    create_time  timestamptz NOT NULL,
    PRIMARY KEY (workspace_id, network, server, redirect)
);

-- Which credential an account has, whether the network refused it, and who asks for the next one
-- until when.
ALTER TABLE social_accounts ADD COLUMN credential_version bigint NOT NULL DEFAULT 0;
ALTER TABLE social_accounts ADD COLUMN credential_refused boolean NOT NULL DEFAULT false;
ALTER TABLE social_accounts ADD COLUMN refresh_epoch bigint NOT NULL DEFAULT 0;
ALTER TABLE social_accounts ADD COLUMN refresh_lease timestamptz;

-- +goose Down
ALTER TABLE social_accounts DROP COLUMN refresh_lease;
ALTER TABLE social_accounts DROP COLUMN refresh_epoch;
ALTER TABLE social_accounts DROP COLUMN credential_refused;
ALTER TABLE social_accounts DROP COLUMN credential_version;
DROP TABLE network_apps;
DROP TABLE connections;
