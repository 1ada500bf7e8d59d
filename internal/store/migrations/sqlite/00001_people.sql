-- Workspaces, their people, and what proves who somebody is.

-- +goose Up
CREATE TABLE workspaces (
    workspace_id   TEXT    NOT NULL PRIMARY KEY,
    display_name   TEXT    NOT NULL,
    language       TEXT    NOT NULL,
    zone           TEXT    NOT NULL,
    policy_version INTEGER NOT NULL,
    version        INTEGER NOT NULL,
    create_time    TEXT,
    update_time    TEXT
) STRICT;

CREATE TABLE role_definitions (
    workspace_id TEXT    NOT NULL REFERENCES workspaces,
    -- A line break separates roles in the answer of a session look-up.
    role         TEXT    NOT NULL CHECK (role <> '' AND instr(role, char(10)) = 0),
    display_name TEXT    NOT NULL,
    permissions  TEXT    NOT NULL,
    builtin      INTEGER NOT NULL CHECK (builtin IN (0, 1)),
    version      INTEGER NOT NULL,
    create_time  TEXT,
    update_time  TEXT,
    PRIMARY KEY (workspace_id, role)
) STRICT;

CREATE TABLE members (
    workspace_id TEXT    NOT NULL REFERENCES workspaces,
    person_id    TEXT    NOT NULL,
    display_name TEXT    NOT NULL,
    email        TEXT    NOT NULL,
    title        TEXT    NOT NULL,
    language     TEXT    NOT NULL,
    state        TEXT    NOT NULL CHECK (state IN ('active', 'disabled')),
    state_time   TEXT,
    groups       TEXT    NOT NULL,
    version      INTEGER NOT NULL,
    create_time  TEXT,
    update_time  TEXT,
    PRIMARY KEY (workspace_id, person_id)
) STRICT;
CREATE UNIQUE INDEX members_by_email ON members (workspace_id, email) WHERE email <> '';
CREATE INDEX members_by_state ON members (workspace_id, state, person_id);

CREATE TABLE member_roles (
    workspace_id TEXT NOT NULL,
    person_id    TEXT NOT NULL,
    role         TEXT NOT NULL,
    since        TEXT NOT NULL,
    PRIMARY KEY (workspace_id, person_id, role),
    FOREIGN KEY (workspace_id, person_id) REFERENCES members,
    FOREIGN KEY (workspace_id, role) REFERENCES role_definitions
) STRICT, WITHOUT ROWID;
CREATE INDEX member_roles_by_role ON member_roles (workspace_id, role, person_id);

CREATE TABLE identities (
    workspace_id TEXT NOT NULL,
    issuer       TEXT NOT NULL,
    subject      TEXT NOT NULL,
    person_id    TEXT NOT NULL,
    create_time  TEXT,
    PRIMARY KEY (workspace_id, issuer, subject),
    FOREIGN KEY (workspace_id, person_id) REFERENCES members
) STRICT, WITHOUT ROWID;

CREATE TABLE sessions (
    workspace_id TEXT NOT NULL,
    id           TEXT NOT NULL,
    person_id    TEXT NOT NULL,
    token_hash   BLOB NOT NULL UNIQUE,
    create_time  TEXT,
    expire_time  TEXT,
    revoke_time  TEXT,
    PRIMARY KEY (workspace_id, id),
    FOREIGN KEY (workspace_id, person_id) REFERENCES members
) STRICT;
CREATE INDEX sessions_by_person ON sessions (workspace_id, person_id);

CREATE TABLE sign_in_links (
    workspace_id TEXT NOT NULL,
    id           TEXT NOT NULL,
    person_id    TEXT NOT NULL,
    token_hash   BLOB NOT NULL UNIQUE,
    create_time  TEXT,
    expire_time  TEXT,
    use_time     TEXT,
    PRIMARY KEY (workspace_id, id),
    FOREIGN KEY (workspace_id, person_id) REFERENCES members
) STRICT;

CREATE TABLE api_keys (
    workspace_id TEXT    NOT NULL,
    id           TEXT    NOT NULL,
    display_name TEXT    NOT NULL,
    owner        TEXT    NOT NULL,
    permissions  TEXT    NOT NULL,
    secret_hash  BLOB    NOT NULL UNIQUE,
    prefix       TEXT    NOT NULL,
    version      INTEGER NOT NULL,
    create_time  TEXT,
    expire_time  TEXT,
    revoke_time  TEXT,
    use_time     TEXT,
    PRIMARY KEY (workspace_id, id),
    FOREIGN KEY (workspace_id, owner) REFERENCES members
) STRICT;
CREATE INDEX api_keys_by_owner ON api_keys (workspace_id, owner, id);

CREATE TABLE social_accounts (
    workspace_id TEXT    NOT NULL REFERENCES workspaces,
    id           TEXT    NOT NULL,
    network      TEXT    NOT NULL,
    display_name TEXT    NOT NULL,
    owner        TEXT    NOT NULL,
    deputy       TEXT    NOT NULL,
    personal     INTEGER NOT NULL CHECK (personal IN (0, 1)),
    address      TEXT    NOT NULL,
    deduplicates INTEGER NOT NULL CHECK (deduplicates IN (0, 1)),
    state        TEXT    NOT NULL CHECK (state IN ('ready', 'reconnect', 'disabled')),
    -- The sealed credential; read by nobody but package vault.
    sealed       BLOB,
    version      INTEGER NOT NULL,
    create_time  TEXT,
    update_time  TEXT,
    PRIMARY KEY (workspace_id, id)
) STRICT;
CREATE INDEX social_accounts_by_network ON social_accounts (workspace_id, network, id);
