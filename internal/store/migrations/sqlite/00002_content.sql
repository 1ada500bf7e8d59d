-- The library, posts, and the revisions of both.

-- +goose Up
CREATE TABLE topics (
    workspace_id TEXT    NOT NULL REFERENCES workspaces,
    id           TEXT    NOT NULL,
    display_name TEXT    NOT NULL,
    description  TEXT    NOT NULL,
    closed       INTEGER NOT NULL CHECK (closed IN (0, 1)),
    version      INTEGER NOT NULL,
    create_time  TEXT,
    update_time  TEXT,
    PRIMARY KEY (workspace_id, id)
) STRICT;

CREATE TABLE topic_members (
    workspace_id TEXT NOT NULL,
    topic_id     TEXT NOT NULL,
    person_id    TEXT NOT NULL,
    PRIMARY KEY (workspace_id, topic_id, person_id),
    FOREIGN KEY (workspace_id, topic_id) REFERENCES topics,
    FOREIGN KEY (workspace_id, person_id) REFERENCES members
) STRICT, WITHOUT ROWID;

CREATE TABLE media (
    workspace_id TEXT    NOT NULL REFERENCES workspaces,
    blob         TEXT    NOT NULL,
    content_type TEXT    NOT NULL,
    width        INTEGER NOT NULL,
    height       INTEGER NOT NULL,
    size         INTEGER NOT NULL,
    uploader     TEXT    NOT NULL,
    create_time  TEXT    NOT NULL,
    PRIMARY KEY (workspace_id, blob)
) STRICT;
CREATE INDEX media_by_time ON media (workspace_id, create_time, blob);

CREATE TABLE library_items (
    workspace_id   TEXT    NOT NULL REFERENCES workspaces,
    id             TEXT    NOT NULL,
    title          TEXT    NOT NULL,
    topic_id       TEXT,
    owner          TEXT    NOT NULL,
    head           INTEGER NOT NULL,
    in_force       INTEGER NOT NULL,
    in_force_round INTEGER NOT NULL,
    round          INTEGER NOT NULL,
    share_start    TEXT,
    share_end      TEXT,
    zone           TEXT    NOT NULL,
    note           TEXT    NOT NULL,
    withdrawn      INTEGER NOT NULL CHECK (withdrawn IN (0, 1)),
    state          TEXT    NOT NULL CHECK (state IN ('draft', 'in_review', 'changes_requested', 'rejected',
        'review_expired', 'unroutable', 'approved', 'withdrawn')),
    version        INTEGER NOT NULL,
    create_time    TEXT,
    update_time    TEXT,
    PRIMARY KEY (workspace_id, id),
    FOREIGN KEY (workspace_id, topic_id) REFERENCES topics
) STRICT;
CREATE INDEX library_items_by_topic ON library_items (workspace_id, topic_id, id);
CREATE INDEX library_items_by_state ON library_items (workspace_id, state, id);
CREATE INDEX library_items_by_owner ON library_items (workspace_id, owner, id);
-- What employees see. The shelf's page must not wade through drafts.
CREATE INDEX library_items_sharable ON library_items (workspace_id, id) WHERE in_force > 0 AND NOT withdrawn;
CREATE INDEX library_items_sharable_by_topic ON library_items (workspace_id, topic_id, id)
    WHERE in_force > 0 AND NOT withdrawn;

CREATE TABLE posts (
    workspace_id TEXT    NOT NULL,
    id           TEXT    NOT NULL,
    author       TEXT    NOT NULL,
    key_id       TEXT    NOT NULL,
    item_id      TEXT,
    head         INTEGER NOT NULL,
    round        INTEGER NOT NULL,
    publish_time TEXT,
    zone         TEXT    NOT NULL,
    note         TEXT    NOT NULL,
    withdrawn    INTEGER NOT NULL CHECK (withdrawn IN (0, 1)),
    state        TEXT    NOT NULL CHECK (state IN ('draft', 'in_review', 'changes_requested', 'rejected',
        'review_expired', 'unroutable', 'approved', 'scheduled', 'publishing', 'published',
        'partially_published', 'failed', 'recalled', 'withdrawn')),
    version      INTEGER NOT NULL,
    create_time  TEXT,
    update_time  TEXT,
    PRIMARY KEY (workspace_id, id),
    FOREIGN KEY (workspace_id, author) REFERENCES members,
    FOREIGN KEY (workspace_id, item_id) REFERENCES library_items
) STRICT;
CREATE INDEX posts_by_author ON posts (workspace_id, author, id);
CREATE INDEX posts_by_state ON posts (workspace_id, state, id);
CREATE INDEX posts_by_item ON posts (workspace_id, item_id, id) WHERE item_id IS NOT NULL;

CREATE TABLE revisions (
    workspace_id  TEXT    NOT NULL,
    subject_kind  TEXT    NOT NULL CHECK (subject_kind IN ('post', 'library_item')),
    subject_id    TEXT    NOT NULL,
    number        INTEGER NOT NULL,
    content       TEXT    NOT NULL,
    targets       TEXT    NOT NULL,
    networks      TEXT    NOT NULL,
    item_revision INTEGER NOT NULL,
    contributors  TEXT    NOT NULL,
    editor        TEXT    NOT NULL,
    key_id        TEXT    NOT NULL,
    manifest      BLOB    NOT NULL,
    digest        TEXT    NOT NULL,
    create_time   TEXT,
    PRIMARY KEY (workspace_id, subject_kind, subject_id, number),
    -- So that a review can name the bytes it is about.
    UNIQUE (workspace_id, subject_kind, subject_id, number, digest)
) STRICT;

-- +goose StatementBegin
CREATE TRIGGER revisions_update BEFORE UPDATE ON revisions
BEGIN SELECT RAISE(ABORT, 'revisions is append-only'); END;
-- +goose StatementEnd
-- +goose StatementBegin
CREATE TRIGGER revisions_delete BEFORE DELETE ON revisions
BEGIN SELECT RAISE(ABORT, 'revisions is append-only'); END;
-- +goose StatementEnd
