-- Sources that are asked for entries, and which of them were taken.

-- +goose Up
CREATE TABLE feeds (
    workspace_id     TEXT    NOT NULL REFERENCES workspaces,
    id               TEXT    NOT NULL,
    title            TEXT    NOT NULL,
    url              TEXT    NOT NULL,
    topic_id         TEXT,
    interval_minutes INTEGER NOT NULL,
    paused           INTEGER NOT NULL CHECK (paused IN (0, 1)),
    creator          TEXT    NOT NULL,
    version          INTEGER NOT NULL,
    create_time      TEXT,
    update_time      TEXT,
    last_time        TEXT,
    next_time        TEXT    NOT NULL,
    success_time     TEXT,
    code             TEXT    NOT NULL,
    status           INTEGER NOT NULL,
    failures         INTEGER NOT NULL,
    brought          INTEGER NOT NULL,
    etag             TEXT    NOT NULL,
    modified         TEXT    NOT NULL,
    PRIMARY KEY (workspace_id, id),
    UNIQUE (workspace_id, url),
    FOREIGN KEY (workspace_id, topic_id) REFERENCES topics,
    FOREIGN KEY (workspace_id, creator) REFERENCES members
) STRICT;
CREATE INDEX feeds_due ON feeds (next_time) WHERE NOT paused;

-- Entries that were looked at, so that none comes twice, whatever was answered.
CREATE TABLE feed_entries (
    workspace_id TEXT NOT NULL,
    feed_id      TEXT NOT NULL,
    entry        TEXT NOT NULL,
    create_time  TEXT,
    PRIMARY KEY (workspace_id, feed_id, entry),
    FOREIGN KEY (workspace_id, feed_id) REFERENCES feeds
) STRICT, WITHOUT ROWID;

-- A proposal comes from a person or from a feed, which may be gone since.
ALTER TABLE proposals ADD COLUMN feed_id TEXT CHECK ((proposer IS NULL) <> (feed_id IS NULL));
CREATE INDEX proposals_by_feed ON proposals (workspace_id, feed_id, state, id) WHERE feed_id IS NOT NULL;
CREATE INDEX proposals_of_feed ON proposals (workspace_id, feed_id, id) WHERE feed_id IS NOT NULL;

-- +goose StatementBegin
CREATE TRIGGER proposals_source_update BEFORE UPDATE OF feed_id ON proposals
BEGIN SELECT RAISE(ABORT, 'proposals is append-only but for its answer'); END;
-- +goose StatementEnd
