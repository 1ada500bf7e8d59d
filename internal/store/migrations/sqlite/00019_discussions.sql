-- Discussions about posts and items, and whom they call.

-- +goose Up
-- What was said never changes; only whether it is answered does.
CREATE TABLE threads (
    workspace_id TEXT    NOT NULL,
    id           TEXT    NOT NULL,
    subject_kind TEXT    NOT NULL,
    subject_id   TEXT    NOT NULL,
    revision     INTEGER NOT NULL,
    target       INTEGER NOT NULL,
    quote_offset INTEGER NOT NULL,
    quote        TEXT    NOT NULL,
    text         TEXT    NOT NULL,
    blocking     INTEGER NOT NULL CHECK (blocking IN (0, 1)),
    role         TEXT    NOT NULL,
    state        TEXT    NOT NULL CHECK (state IN ('open', 'resolved')),
    opener       TEXT    NOT NULL,
    resolver     TEXT    NOT NULL,
    version      INTEGER NOT NULL,
    create_time  TEXT,
    resolve_time TEXT,
    PRIMARY KEY (workspace_id, subject_kind, subject_id, id),
    FOREIGN KEY (workspace_id, subject_kind, subject_id, revision) REFERENCES revisions,
    FOREIGN KEY (workspace_id, opener) REFERENCES members
) STRICT;
CREATE INDEX threads_by_state ON threads (workspace_id, subject_kind, subject_id, state, id);
-- What every count of signatures asks for: nearly always nothing.
CREATE INDEX threads_that_hold_up ON threads (workspace_id, subject_kind, subject_id, id) WHERE state = 'open' AND blocking;
CREATE INDEX threads_blocking ON threads (workspace_id, subject_kind, subject_id, id) WHERE blocking;

-- +goose StatementBegin
CREATE TRIGGER threads_update BEFORE UPDATE OF workspace_id, id, subject_kind, subject_id, revision, target, quote_offset,
    quote, text, blocking, role, opener, create_time ON threads
BEGIN SELECT RAISE(ABORT, 'threads is append-only but for its state'); END;
-- +goose StatementEnd
-- +goose StatementBegin
CREATE TRIGGER threads_delete BEFORE DELETE ON threads
BEGIN SELECT RAISE(ABORT, 'threads is append-only but for its state'); END;
-- +goose StatementEnd

CREATE TABLE comments (
    workspace_id TEXT NOT NULL,
    thread_id    TEXT NOT NULL,
    id           TEXT NOT NULL,
    subject_kind TEXT NOT NULL,
    subject_id   TEXT NOT NULL,
    person_id    TEXT NOT NULL,
    text         TEXT NOT NULL,
    create_time  TEXT,
    PRIMARY KEY (workspace_id, subject_kind, subject_id, thread_id, id),
    FOREIGN KEY (workspace_id, subject_kind, subject_id, thread_id) REFERENCES threads,
    FOREIGN KEY (workspace_id, person_id) REFERENCES members
) STRICT;

-- +goose StatementBegin
CREATE TRIGGER comments_update BEFORE UPDATE ON comments
BEGIN SELECT RAISE(ABORT, 'comments is append-only'); END;
-- +goose StatementEnd
-- +goose StatementBegin
CREATE TRIGGER comments_delete BEFORE DELETE ON comments
BEGIN SELECT RAISE(ABORT, 'comments is append-only'); END;
-- +goose StatementEnd

-- Calls for one person's attention.
CREATE TABLE mentions (
    workspace_id TEXT NOT NULL,
    person_id    TEXT NOT NULL,
    id           TEXT NOT NULL,
    subject_kind TEXT NOT NULL,
    subject_id   TEXT NOT NULL,
    thread_id    TEXT NOT NULL,
    comment_id   TEXT NOT NULL,
    by_person    TEXT NOT NULL,
    create_time  TEXT,
    PRIMARY KEY (workspace_id, person_id, id),
    FOREIGN KEY (workspace_id, subject_kind, subject_id, thread_id) REFERENCES threads,
    FOREIGN KEY (workspace_id, person_id) REFERENCES members
) STRICT;
