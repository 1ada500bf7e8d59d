-- Of which workspaces there is still to be looked through what was rejected before texts were kept
-- of it (00112): those there are now, and from which digest on.

-- +goose Up
CREATE TABLE rejection_backlogs (
    workspace_id TEXT NOT NULL,
    digest       TEXT NOT NULL,
    PRIMARY KEY (workspace_id),
    FOREIGN KEY (workspace_id) REFERENCES workspaces
) STRICT, WITHOUT ROWID;
INSERT INTO rejection_backlogs (workspace_id, digest) SELECT workspace_id, '' FROM workspaces;
