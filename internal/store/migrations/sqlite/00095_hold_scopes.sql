-- Holds by topic, campaign and keyword.

-- +goose Up
-- SQLite changes no constraint: the table is written anew.
CREATE TABLE holds_anew (
    workspace_id   TEXT    NOT NULL REFERENCES workspaces,
    id             TEXT    NOT NULL,
    scope          TEXT    NOT NULL
        CHECK (scope IN ('workspace', 'network', 'account', 'person', 'topic', 'campaign', 'post', 'keyword')),
    target         TEXT    NOT NULL,
    reason         TEXT    NOT NULL,
    holder         TEXT    NOT NULL,
    key_id         TEXT    NOT NULL,
    create_time    TEXT,
    release_time   TEXT,
    releaser       TEXT    NOT NULL,
    release_reason TEXT    NOT NULL,
    version        INTEGER NOT NULL,
    PRIMARY KEY (workspace_id, id)
) STRICT;
INSERT INTO holds_anew SELECT * FROM holds;
DROP TABLE holds;
CREATE INDEX holds_active ON holds_anew (workspace_id, id) WHERE release_time IS NULL;
CREATE INDEX holds_by_scope ON holds_anew (workspace_id, scope, id);
ALTER TABLE holds_anew RENAME TO holds;
