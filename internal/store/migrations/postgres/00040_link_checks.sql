-- Where links were found to lead, and what of it a round was routed by.

-- +goose Up
-- The newest look at each link, shared by every process that serves the workspace.
CREATE TABLE link_checks (
    workspace_id text COLLATE "C" NOT NULL REFERENCES workspaces,
    url          text COLLATE "C" NOT NULL,
    reachable    boolean NOT NULL,
    code         text COLLATE "C" NOT NULL,
    status       bigint NOT NULL,
    check_time   timestamptz NOT NULL,
    PRIMARY KEY (workspace_id, url)
);
ALTER TABLE reviews ADD COLUMN links json;
