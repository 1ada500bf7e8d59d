-- Where links were found to lead, and what of it a round was routed by.

-- +goose Up
-- The newest look at each link, shared by every process that serves the workspace.
CREATE TABLE link_checks (
    workspace_id TEXT    NOT NULL REFERENCES workspaces,
    url          TEXT    NOT NULL,
    reachable    INTEGER NOT NULL CHECK (reachable IN (0, 1)),
    code         TEXT    NOT NULL,
    status       INTEGER NOT NULL,
    check_time   TEXT    NOT NULL,
    PRIMARY KEY (workspace_id, url)
) STRICT;
ALTER TABLE reviews ADD COLUMN links TEXT;
