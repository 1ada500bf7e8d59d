-- The library, posts, and the revisions of both.

-- +goose Up
-- +goose StatementBegin
CREATE FUNCTION refuse_change() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION '% %', TG_TABLE_NAME, TG_ARGV[0] USING ERRCODE = 'restrict_violation';
END $$;
-- +goose StatementEnd

CREATE TABLE topics (
    workspace_id text COLLATE "C" NOT NULL REFERENCES workspaces,
    id           text COLLATE "C" NOT NULL,
    display_name text NOT NULL,
    description  text NOT NULL,
    closed       boolean NOT NULL,
    version      bigint NOT NULL,
    create_time  timestamptz,
    update_time  timestamptz,
    PRIMARY KEY (workspace_id, id)
);

CREATE TABLE topic_members (
    workspace_id text COLLATE "C" NOT NULL,
    topic_id     text COLLATE "C" NOT NULL,
    person_id    text COLLATE "C" NOT NULL,
    PRIMARY KEY (workspace_id, topic_id, person_id),
    FOREIGN KEY (workspace_id, topic_id) REFERENCES topics,
    FOREIGN KEY (workspace_id, person_id) REFERENCES members
);

CREATE TABLE media (
    workspace_id text COLLATE "C" NOT NULL REFERENCES workspaces,
    blob         text COLLATE "C" NOT NULL,
    content_type text COLLATE "C" NOT NULL,
    width        bigint NOT NULL,
    height       bigint NOT NULL,
    size         bigint NOT NULL,
    uploader     text COLLATE "C" NOT NULL,
    create_time  timestamptz NOT NULL,
    PRIMARY KEY (workspace_id, blob)
);
CREATE INDEX media_by_time ON media (workspace_id, create_time, blob);

CREATE TABLE library_items (
    workspace_id   text COLLATE "C" NOT NULL REFERENCES workspaces,
    id             text COLLATE "C" NOT NULL,
    title          text NOT NULL,
    topic_id       text COLLATE "C",
    owner          text COLLATE "C" NOT NULL,
    head           bigint NOT NULL,
    in_force       bigint NOT NULL,
    in_force_round bigint NOT NULL,
    round          bigint NOT NULL,
    share_start    timestamptz,
    share_end      timestamptz,
    zone           text COLLATE "C" NOT NULL,
    note           text NOT NULL,
    withdrawn      boolean NOT NULL,
    state          text COLLATE "C" NOT NULL CHECK (state IN ('draft', 'in_review', 'changes_requested', 'rejected',
        'review_expired', 'unroutable', 'approved', 'withdrawn')),
    version        bigint NOT NULL,
    create_time    timestamptz,
    update_time    timestamptz,
    PRIMARY KEY (workspace_id, id),
    FOREIGN KEY (workspace_id, topic_id) REFERENCES topics
);
CREATE INDEX library_items_by_topic ON library_items (workspace_id, topic_id, id);
CREATE INDEX library_items_by_state ON library_items (workspace_id, state, id);
CREATE INDEX library_items_by_owner ON library_items (workspace_id, owner, id);
-- What employees see. The shelf's page must not wade through drafts.
CREATE INDEX library_items_sharable ON library_items (workspace_id, id) WHERE in_force > 0 AND NOT withdrawn;
CREATE INDEX library_items_sharable_by_topic ON library_items (workspace_id, topic_id, id)
    WHERE in_force > 0 AND NOT withdrawn;

CREATE TABLE posts (
    workspace_id text COLLATE "C" NOT NULL,
    id           text COLLATE "C" NOT NULL,
    author       text COLLATE "C" NOT NULL,
    key_id       text COLLATE "C" NOT NULL,
    item_id      text COLLATE "C",
    head         bigint NOT NULL,
    round        bigint NOT NULL,
    publish_time timestamptz,
    zone         text COLLATE "C" NOT NULL,
    note         text NOT NULL,
    withdrawn    boolean NOT NULL,
    state        text COLLATE "C" NOT NULL CHECK (state IN ('draft', 'in_review', 'changes_requested', 'rejected',
        'review_expired', 'unroutable', 'approved', 'scheduled', 'publishing', 'published',
        'partially_published', 'failed', 'recalled', 'withdrawn')),
    version      bigint NOT NULL,
    create_time  timestamptz,
    update_time  timestamptz,
    PRIMARY KEY (workspace_id, id),
    FOREIGN KEY (workspace_id, author) REFERENCES members,
    FOREIGN KEY (workspace_id, item_id) REFERENCES library_items
);
CREATE INDEX posts_by_author ON posts (workspace_id, author, id);
CREATE INDEX posts_by_state ON posts (workspace_id, state, id);
CREATE INDEX posts_by_item ON posts (workspace_id, item_id, id) WHERE item_id IS NOT NULL;

CREATE TABLE revisions (
    workspace_id  text COLLATE "C" NOT NULL,
    subject_kind  text COLLATE "C" NOT NULL CHECK (subject_kind IN ('post', 'library_item')),
    subject_id    text COLLATE "C" NOT NULL,
    number        bigint NOT NULL,
    content       json NOT NULL,
    targets       json NOT NULL,
    networks      json NOT NULL,
    item_revision bigint NOT NULL,
    contributors  json NOT NULL,
    editor        text COLLATE "C" NOT NULL,
    key_id        text COLLATE "C" NOT NULL,
    manifest      bytea NOT NULL,
    digest        text COLLATE "C" NOT NULL,
    create_time   timestamptz,
    PRIMARY KEY (workspace_id, subject_kind, subject_id, number),
    -- So that a review can name the bytes it is about.
    UNIQUE (workspace_id, subject_kind, subject_id, number, digest)
);

CREATE TRIGGER revisions_update BEFORE UPDATE ON revisions FOR EACH ROW
EXECUTE FUNCTION refuse_change('is append-only');
CREATE TRIGGER revisions_delete BEFORE DELETE ON revisions FOR EACH ROW
EXECUTE FUNCTION refuse_change('is append-only');
CREATE TRIGGER revisions_truncate BEFORE TRUNCATE ON revisions
EXECUTE FUNCTION refuse_change('is append-only');
