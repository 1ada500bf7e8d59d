-- Each time what was not sent yet was computed again after roles, groups, topics or delegations
-- changed, and how far that is. failed could not be computed so far, total is how many there were
-- when it began.

-- +goose Up
CREATE TABLE recomputations (
    workspace_id text COLLATE "C" NOT NULL,
    id           text COLLATE "C" NOT NULL,
    cursor       text COLLATE "C" NOT NULL,
    done         bigint NOT NULL,
    failed       bigint NOT NULL,
    total        bigint NOT NULL,
    version      bigint NOT NULL,
    create_time  timestamptz NOT NULL,
    end_time     timestamptz,
    PRIMARY KEY (workspace_id, id),
    FOREIGN KEY (workspace_id) REFERENCES workspaces
);

ALTER TABLE policy_activations ADD COLUMN failed bigint NOT NULL DEFAULT 0;
ALTER TABLE policy_activations ADD COLUMN total bigint NOT NULL DEFAULT 0;
