-- Workspaces, their people, and what proves who somebody is.

-- +goose Up
CREATE TABLE workspaces (
    workspace_id   text COLLATE "C" NOT NULL PRIMARY KEY,
    display_name   text NOT NULL,
    language       text COLLATE "C" NOT NULL,
    zone           text COLLATE "C" NOT NULL,
    policy_version bigint NOT NULL,
    version        bigint NOT NULL,
    create_time    timestamptz,
    update_time    timestamptz
);

CREATE TABLE role_definitions (
    workspace_id text COLLATE "C" NOT NULL REFERENCES workspaces,
    -- A line break separates roles in the answer of a session look-up.
    role         text COLLATE "C" NOT NULL CHECK (role <> '' AND strpos(role, chr(10)) = 0),
    display_name text NOT NULL,
    permissions  json NOT NULL,
    builtin      boolean NOT NULL,
    version      bigint NOT NULL,
    create_time  timestamptz,
    update_time  timestamptz,
    PRIMARY KEY (workspace_id, role)
);

CREATE TABLE members (
    workspace_id text COLLATE "C" NOT NULL REFERENCES workspaces,
    person_id    text COLLATE "C" NOT NULL,
    display_name text NOT NULL,
    email        text NOT NULL,
    title        text NOT NULL,
    language     text COLLATE "C" NOT NULL,
    state        text COLLATE "C" NOT NULL CHECK (state IN ('active', 'disabled')),
    state_time   timestamptz,
    groups       json NOT NULL,
    version      bigint NOT NULL,
    create_time  timestamptz,
    update_time  timestamptz,
    PRIMARY KEY (workspace_id, person_id)
);
CREATE UNIQUE INDEX members_by_email ON members (workspace_id, email) WHERE email <> '';
CREATE INDEX members_by_state ON members (workspace_id, state, person_id);

CREATE TABLE member_roles (
    workspace_id text COLLATE "C" NOT NULL,
    person_id    text COLLATE "C" NOT NULL,
    role         text COLLATE "C" NOT NULL,
    since        timestamptz NOT NULL,
    PRIMARY KEY (workspace_id, person_id, role),
    FOREIGN KEY (workspace_id, person_id) REFERENCES members,
    FOREIGN KEY (workspace_id, role) REFERENCES role_definitions
);
CREATE INDEX member_roles_by_role ON member_roles (workspace_id, role, person_id);

CREATE TABLE identities (
    workspace_id text COLLATE "C" NOT NULL,
    issuer       text COLLATE "C" NOT NULL,
    subject      text COLLATE "C" NOT NULL,
    person_id    text COLLATE "C" NOT NULL,
    create_time  timestamptz,
    PRIMARY KEY (workspace_id, issuer, subject),
    FOREIGN KEY (workspace_id, person_id) REFERENCES members
);

CREATE TABLE sessions (
    workspace_id text COLLATE "C" NOT NULL,
    id           text COLLATE "C" NOT NULL,
    person_id    text COLLATE "C" NOT NULL,
    token_hash   bytea NOT NULL UNIQUE,
    create_time  timestamptz,
    expire_time  timestamptz,
    revoke_time  timestamptz,
    PRIMARY KEY (workspace_id, id),
    FOREIGN KEY (workspace_id, person_id) REFERENCES members
);
CREATE INDEX sessions_by_person ON sessions (workspace_id, person_id);

CREATE TABLE sign_in_links (
    workspace_id text COLLATE "C" NOT NULL,
    id           text COLLATE "C" NOT NULL,
    person_id    text COLLATE "C" NOT NULL,
    token_hash   bytea NOT NULL UNIQUE,
    create_time  timestamptz,
    expire_time  timestamptz,
    use_time     timestamptz,
    PRIMARY KEY (workspace_id, id),
    FOREIGN KEY (workspace_id, person_id) REFERENCES members
);

CREATE TABLE api_keys (
    workspace_id text COLLATE "C" NOT NULL,
    id           text COLLATE "C" NOT NULL,
    display_name text NOT NULL,
    owner        text COLLATE "C" NOT NULL,
    permissions  json NOT NULL,
    secret_hash  bytea NOT NULL UNIQUE,
    prefix       text COLLATE "C" NOT NULL,
    version      bigint NOT NULL,
    create_time  timestamptz,
    expire_time  timestamptz,
    revoke_time  timestamptz,
    use_time     timestamptz,
    PRIMARY KEY (workspace_id, id),
    FOREIGN KEY (workspace_id, owner) REFERENCES members
);
CREATE INDEX api_keys_by_owner ON api_keys (workspace_id, owner, id);

CREATE TABLE social_accounts (
    workspace_id text COLLATE "C" NOT NULL REFERENCES workspaces,
    id           text COLLATE "C" NOT NULL,
    network      text COLLATE "C" NOT NULL,
    display_name text NOT NULL,
    owner        text COLLATE "C" NOT NULL,
    deputy       text COLLATE "C" NOT NULL,
    personal     boolean NOT NULL,
    address      text NOT NULL,
    deduplicates boolean NOT NULL,
    state        text COLLATE "C" NOT NULL CHECK (state IN ('ready', 'reconnect', 'disabled')),
    -- The sealed credential; read by nobody but package vault.
    sealed       bytea,
    version      bigint NOT NULL,
    create_time  timestamptz,
    update_time  timestamptz,
    PRIMARY KEY (workspace_id, id)
);
CREATE INDEX social_accounts_by_network ON social_accounts (workspace_id, network, id);
