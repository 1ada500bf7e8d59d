-- Of which workspaces there is still to be looked through what was rejected before texts were kept
-- of it (00112): those there are now, and from which digest on.

-- +goose Up
CREATE TABLE rejection_backlogs (
    workspace_id text COLLATE "C" NOT NULL,
    digest       text COLLATE "C" NOT NULL,
    PRIMARY KEY (workspace_id),
    FOREIGN KEY (workspace_id) REFERENCES workspaces
);
INSERT INTO rejection_backlogs (workspace_id, digest) SELECT workspace_id, '' FROM workspaces;
