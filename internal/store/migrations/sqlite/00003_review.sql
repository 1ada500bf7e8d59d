-- Routing policies, reviews, decisions, and the queue.

-- +goose Up
CREATE TABLE routing_policies (
    workspace_id TEXT    NOT NULL REFERENCES workspaces,
    policy       TEXT    NOT NULL,
    revision     INTEGER NOT NULL,
    document     TEXT    NOT NULL,
    digest       TEXT    NOT NULL,
    active       INTEGER NOT NULL CHECK (active IN (0, 1)),
    create_time  TEXT    NOT NULL,
    PRIMARY KEY (workspace_id, policy, revision)
) STRICT;
CREATE UNIQUE INDEX routing_policies_active ON routing_policies (workspace_id) WHERE active;
CREATE INDEX routing_policies_by_time ON routing_policies (workspace_id, create_time, policy, revision);

-- +goose StatementBegin
CREATE TRIGGER routing_policies_update BEFORE UPDATE OF workspace_id, policy, revision, document, digest, create_time
ON routing_policies
BEGIN SELECT RAISE(ABORT, 'routing_policies is append-only but for active'); END;
-- +goose StatementEnd
-- +goose StatementBegin
CREATE TRIGGER routing_policies_delete BEFORE DELETE ON routing_policies
BEGIN SELECT RAISE(ABORT, 'routing_policies is append-only but for active'); END;
-- +goose StatementEnd

CREATE TABLE reviews (
    workspace_id    TEXT    NOT NULL,
    subject_kind    TEXT    NOT NULL CHECK (subject_kind IN ('post', 'library_item')),
    subject_id      TEXT    NOT NULL,
    round           INTEGER NOT NULL,
    revision        INTEGER NOT NULL,
    digest          TEXT    NOT NULL,
    state           TEXT    NOT NULL CHECK (state IN ('open', 'changes_requested', 'approved', 'rejected',
        'superseded', 'expired', 'withdrawn', 'unroutable')),
    plan            TEXT    NOT NULL,
    policy          TEXT    NOT NULL,
    policy_revision INTEGER NOT NULL,
    origin          TEXT    NOT NULL,
    assent_person   TEXT    NOT NULL,
    assent_key      TEXT    NOT NULL,
    assent_digest   TEXT    NOT NULL,
    assent_time     TEXT,
    library         TEXT,
    version         INTEGER NOT NULL,
    open_time       TEXT,
    expire_time     TEXT,
    close_time      TEXT,
    PRIMARY KEY (workspace_id, subject_kind, subject_id, round),
    -- So that decisions and publications can name the bytes they are about.
    UNIQUE (workspace_id, subject_kind, subject_id, round, digest),
    FOREIGN KEY (workspace_id, subject_kind, subject_id, revision, digest)
        REFERENCES revisions (workspace_id, subject_kind, subject_id, number, digest)
) STRICT;
-- Across workspaces, for the timer that ends reviews.
CREATE INDEX reviews_to_expire ON reviews (expire_time)
    WHERE state IN ('open', 'changes_requested', 'unroutable');

CREATE TABLE decisions (
    workspace_id    TEXT    NOT NULL,
    id              TEXT    NOT NULL,
    subject_kind    TEXT    NOT NULL,
    subject_id      TEXT    NOT NULL,
    round           INTEGER NOT NULL,
    digest          TEXT    NOT NULL,
    requirement     TEXT    NOT NULL,
    role            TEXT    NOT NULL,
    person_id       TEXT    NOT NULL,
    session_id      TEXT    NOT NULL,
    verdict         TEXT    NOT NULL CHECK (verdict IN ('approve', 'request_changes', 'reject', 'retract', 'recuse')),
    reason          TEXT    NOT NULL,
    policy          TEXT    NOT NULL,
    policy_revision INTEGER NOT NULL,
    supersedes      TEXT    NOT NULL,
    decide_time     TEXT    NOT NULL,
    PRIMARY KEY (workspace_id, id),
    FOREIGN KEY (workspace_id, subject_kind, subject_id, round, digest)
        REFERENCES reviews (workspace_id, subject_kind, subject_id, round, digest),
    FOREIGN KEY (workspace_id, person_id) REFERENCES members
) STRICT;
CREATE INDEX decisions_by_subject ON decisions (workspace_id, subject_kind, subject_id, decide_time, id);

-- +goose StatementBegin
CREATE TRIGGER decisions_update BEFORE UPDATE ON decisions
BEGIN SELECT RAISE(ABORT, 'decisions is append-only'); END;
-- +goose StatementEnd
-- +goose StatementBegin
CREATE TRIGGER decisions_delete BEFORE DELETE ON decisions
BEGIN SELECT RAISE(ABORT, 'decisions is append-only'); END;
-- +goose StatementEnd

CREATE TABLE review_tasks (
    workspace_id TEXT    NOT NULL,
    id           TEXT    NOT NULL,
    subject_kind TEXT    NOT NULL,
    subject_id   TEXT    NOT NULL,
    round        INTEGER NOT NULL,
    requirement  TEXT    NOT NULL,
    role         TEXT    NOT NULL,
    state        TEXT    NOT NULL CHECK (state IN ('open', 'done')),
    digest       TEXT    NOT NULL,
    title        TEXT    NOT NULL,
    author       TEXT    NOT NULL,
    language     TEXT    NOT NULL,
    origin       TEXT    NOT NULL,
    networks     TEXT    NOT NULL,
    have         INTEGER NOT NULL,
    need         INTEGER NOT NULL,
    publish_time TEXT,
    due_time     TEXT    NOT NULL,
    create_time  TEXT,
    -- A JSON array of person ids. The queue looks for a quoted id in it, which costs a
    -- tenth of a look-up in a table of its own.
    excluded     TEXT    NOT NULL,
    PRIMARY KEY (workspace_id, id),
    UNIQUE (workspace_id, subject_kind, subject_id, round, requirement),
    FOREIGN KEY (workspace_id, subject_kind, subject_id, round) REFERENCES reviews
) STRICT;
CREATE INDEX review_tasks_by_role ON review_tasks (workspace_id, role, state, due_time, id);
CREATE INDEX review_tasks_by_state ON review_tasks (workspace_id, state, due_time, id);
CREATE INDEX review_tasks_by_subject ON review_tasks (workspace_id, subject_kind, subject_id, due_time, id);
