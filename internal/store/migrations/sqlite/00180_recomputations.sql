-- Each time what was not sent yet was computed again after roles, groups, topics or delegations
-- changed, and how far that is. failed could not be computed so far, total is how many there were
-- when it began.

-- +goose Up
CREATE TABLE recomputations (
    workspace_id TEXT    NOT NULL,
    id           TEXT    NOT NULL,
    cursor       TEXT    NOT NULL,
    done         INTEGER NOT NULL,
    failed       INTEGER NOT NULL,
    total        INTEGER NOT NULL,
    version      INTEGER NOT NULL,
    create_time  TEXT    NOT NULL,
    end_time     TEXT,
    PRIMARY KEY (workspace_id, id),
    FOREIGN KEY (workspace_id) REFERENCES workspaces
) STRICT;

ALTER TABLE policy_activations ADD COLUMN failed INTEGER NOT NULL DEFAULT 0;
ALTER TABLE policy_activations ADD COLUMN total INTEGER NOT NULL DEFAULT 0;
