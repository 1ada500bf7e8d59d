-- Sources that are asked for entries, and which of them were taken.

-- +goose Up
CREATE TABLE feeds (
    workspace_id     text COLLATE "C" NOT NULL REFERENCES workspaces,
    id               text COLLATE "C" NOT NULL,
    title            text NOT NULL,
    url              text COLLATE "C" NOT NULL,
    topic_id         text COLLATE "C",
    interval_minutes bigint NOT NULL,
    paused           boolean NOT NULL,
    creator          text COLLATE "C" NOT NULL,
    version          bigint NOT NULL,
    create_time      timestamptz,
    update_time      timestamptz,
    last_time        timestamptz,
    next_time        timestamptz NOT NULL,
    success_time     timestamptz,
    code             text COLLATE "C" NOT NULL,
    status           bigint NOT NULL,
    failures         bigint NOT NULL,
    brought          bigint NOT NULL,
    etag             text NOT NULL,
    modified         text NOT NULL,
    PRIMARY KEY (workspace_id, id),
    UNIQUE (workspace_id, url),
    FOREIGN KEY (workspace_id, topic_id) REFERENCES topics,
    FOREIGN KEY (workspace_id, creator) REFERENCES members
);
CREATE INDEX feeds_due ON feeds (next_time) WHERE NOT paused;

-- Entries that were looked at, so that none comes twice, whatever was answered.
CREATE TABLE feed_entries (
    workspace_id text COLLATE "C" NOT NULL,
    feed_id      text COLLATE "C" NOT NULL,
    entry        text COLLATE "C" NOT NULL,
    create_time  timestamptz,
    PRIMARY KEY (workspace_id, feed_id, entry),
    FOREIGN KEY (workspace_id, feed_id) REFERENCES feeds
);

-- A proposal comes from a person or from a feed, which may be gone since.
ALTER TABLE proposals ADD COLUMN feed_id text COLLATE "C" CHECK ((proposer IS NULL) <> (feed_id IS NULL));
CREATE INDEX proposals_by_feed ON proposals (workspace_id, feed_id, state, id) WHERE feed_id IS NOT NULL;
CREATE INDEX proposals_of_feed ON proposals (workspace_id, feed_id, id) WHERE feed_id IS NOT NULL;

CREATE TRIGGER proposals_source_update BEFORE UPDATE OF feed_id ON proposals FOR EACH ROW
EXECUTE FUNCTION refuse_change('is append-only but for its answer');
