-- Discussions about posts and items, and whom they call.

-- +goose Up
-- What was said never changes; only whether it is answered does.
CREATE TABLE threads (
    workspace_id text COLLATE "C" NOT NULL,
    id           text COLLATE "C" NOT NULL,
    subject_kind text COLLATE "C" NOT NULL,
    subject_id   text COLLATE "C" NOT NULL,
    revision     bigint NOT NULL,
    target       bigint NOT NULL,
    quote_offset bigint NOT NULL,
    quote        text NOT NULL,
    text         text NOT NULL,
    blocking     boolean NOT NULL,
    role         text COLLATE "C" NOT NULL,
    state        text COLLATE "C" NOT NULL CHECK (state IN ('open', 'resolved')),
    opener       text COLLATE "C" NOT NULL,
    resolver     text COLLATE "C" NOT NULL,
    version      bigint NOT NULL,
    create_time  timestamptz,
    resolve_time timestamptz,
    PRIMARY KEY (workspace_id, subject_kind, subject_id, id),
    FOREIGN KEY (workspace_id, subject_kind, subject_id, revision) REFERENCES revisions,
    FOREIGN KEY (workspace_id, opener) REFERENCES members
);
CREATE INDEX threads_by_state ON threads (workspace_id, subject_kind, subject_id, state, id);
-- What every count of signatures asks for: nearly always nothing.
CREATE INDEX threads_that_hold_up ON threads (workspace_id, subject_kind, subject_id, id) WHERE state = 'open' AND blocking;
CREATE INDEX threads_blocking ON threads (workspace_id, subject_kind, subject_id, id) WHERE blocking;

CREATE TRIGGER threads_update BEFORE UPDATE OF workspace_id, id, subject_kind, subject_id, revision, target, quote_offset,
    quote, text, blocking, role, opener, create_time ON threads FOR EACH ROW
EXECUTE FUNCTION refuse_change('is append-only but for its state');
CREATE TRIGGER threads_delete BEFORE DELETE ON threads FOR EACH ROW
EXECUTE FUNCTION refuse_change('is append-only but for its state');
CREATE TRIGGER threads_truncate BEFORE TRUNCATE ON threads
EXECUTE FUNCTION refuse_change('is append-only but for its state');

CREATE TABLE comments (
    workspace_id text COLLATE "C" NOT NULL,
    thread_id    text COLLATE "C" NOT NULL,
    id           text COLLATE "C" NOT NULL,
    subject_kind text COLLATE "C" NOT NULL,
    subject_id   text COLLATE "C" NOT NULL,
    person_id    text COLLATE "C" NOT NULL,
    text         text NOT NULL,
    create_time  timestamptz,
    PRIMARY KEY (workspace_id, subject_kind, subject_id, thread_id, id),
    FOREIGN KEY (workspace_id, subject_kind, subject_id, thread_id) REFERENCES threads,
    FOREIGN KEY (workspace_id, person_id) REFERENCES members
);

CREATE TRIGGER comments_update BEFORE UPDATE ON comments FOR EACH ROW
EXECUTE FUNCTION refuse_change('is append-only');
CREATE TRIGGER comments_delete BEFORE DELETE ON comments FOR EACH ROW
EXECUTE FUNCTION refuse_change('is append-only');
CREATE TRIGGER comments_truncate BEFORE TRUNCATE ON comments
EXECUTE FUNCTION refuse_change('is append-only');

-- Calls for one person's attention.
CREATE TABLE mentions (
    workspace_id text COLLATE "C" NOT NULL,
    person_id    text COLLATE "C" NOT NULL,
    id           text COLLATE "C" NOT NULL,
    subject_kind text COLLATE "C" NOT NULL,
    subject_id   text COLLATE "C" NOT NULL,
    thread_id    text COLLATE "C" NOT NULL,
    comment_id   text COLLATE "C" NOT NULL,
    by_person    text COLLATE "C" NOT NULL,
    create_time  timestamptz,
    PRIMARY KEY (workspace_id, person_id, id),
    FOREIGN KEY (workspace_id, subject_kind, subject_id, thread_id) REFERENCES threads,
    FOREIGN KEY (workspace_id, person_id) REFERENCES members
);
