-- Routing policies, reviews, decisions, and the queue.

-- +goose Up
CREATE TABLE routing_policies (
    workspace_id text COLLATE "C" NOT NULL REFERENCES workspaces,
    policy       text COLLATE "C" NOT NULL,
    revision     bigint NOT NULL,
    document     text NOT NULL,
    digest       text COLLATE "C" NOT NULL,
    active       boolean NOT NULL,
    create_time  timestamptz NOT NULL,
    PRIMARY KEY (workspace_id, policy, revision)
);
CREATE UNIQUE INDEX routing_policies_active ON routing_policies (workspace_id) WHERE active;
CREATE INDEX routing_policies_by_time ON routing_policies (workspace_id, create_time, policy, revision);

CREATE TRIGGER routing_policies_update BEFORE UPDATE OF workspace_id, policy, revision, document, digest, create_time
ON routing_policies FOR EACH ROW
EXECUTE FUNCTION refuse_change('is append-only but for active');
CREATE TRIGGER routing_policies_delete BEFORE DELETE ON routing_policies FOR EACH ROW
EXECUTE FUNCTION refuse_change('is append-only but for active');
CREATE TRIGGER routing_policies_truncate BEFORE TRUNCATE ON routing_policies
EXECUTE FUNCTION refuse_change('is append-only but for active');

CREATE TABLE reviews (
    workspace_id    text COLLATE "C" NOT NULL,
    subject_kind    text COLLATE "C" NOT NULL CHECK (subject_kind IN ('post', 'library_item')),
    subject_id      text COLLATE "C" NOT NULL,
    round           bigint NOT NULL,
    revision        bigint NOT NULL,
    digest          text COLLATE "C" NOT NULL,
    state           text COLLATE "C" NOT NULL CHECK (state IN ('open', 'changes_requested', 'approved', 'rejected',
        'superseded', 'expired', 'withdrawn', 'unroutable')),
    plan            json NOT NULL,
    policy          text COLLATE "C" NOT NULL,
    policy_revision bigint NOT NULL,
    origin          text COLLATE "C" NOT NULL,
    assent_person   text COLLATE "C" NOT NULL,
    assent_key      text COLLATE "C" NOT NULL,
    assent_digest   text COLLATE "C" NOT NULL,
    assent_time     timestamptz,
    library         json,
    version         bigint NOT NULL,
    open_time       timestamptz,
    expire_time     timestamptz,
    close_time      timestamptz,
    PRIMARY KEY (workspace_id, subject_kind, subject_id, round),
    -- So that decisions and publications can name the bytes they are about.
    UNIQUE (workspace_id, subject_kind, subject_id, round, digest),
    FOREIGN KEY (workspace_id, subject_kind, subject_id, revision, digest)
        REFERENCES revisions (workspace_id, subject_kind, subject_id, number, digest)
);
-- Across workspaces, for the timer that ends reviews.
CREATE INDEX reviews_to_expire ON reviews (expire_time)
    WHERE state IN ('open', 'changes_requested', 'unroutable');

CREATE TABLE decisions (
    workspace_id    text COLLATE "C" NOT NULL,
    id              text COLLATE "C" NOT NULL,
    subject_kind    text COLLATE "C" NOT NULL,
    subject_id      text COLLATE "C" NOT NULL,
    round           bigint NOT NULL,
    digest          text COLLATE "C" NOT NULL,
    requirement     text COLLATE "C" NOT NULL,
    role            text COLLATE "C" NOT NULL,
    person_id       text COLLATE "C" NOT NULL,
    session_id      text COLLATE "C" NOT NULL,
    verdict         text COLLATE "C" NOT NULL CHECK (verdict IN ('approve', 'request_changes', 'reject', 'retract', 'recuse')),
    reason          text NOT NULL,
    policy          text COLLATE "C" NOT NULL,
    policy_revision bigint NOT NULL,
    supersedes      text COLLATE "C" NOT NULL,
    decide_time     timestamptz NOT NULL,
    PRIMARY KEY (workspace_id, id),
    FOREIGN KEY (workspace_id, subject_kind, subject_id, round, digest)
        REFERENCES reviews (workspace_id, subject_kind, subject_id, round, digest),
    FOREIGN KEY (workspace_id, person_id) REFERENCES members
);
CREATE INDEX decisions_by_subject ON decisions (workspace_id, subject_kind, subject_id, decide_time, id);

CREATE TRIGGER decisions_update BEFORE UPDATE ON decisions FOR EACH ROW
EXECUTE FUNCTION refuse_change('is append-only');
CREATE TRIGGER decisions_delete BEFORE DELETE ON decisions FOR EACH ROW
EXECUTE FUNCTION refuse_change('is append-only');
CREATE TRIGGER decisions_truncate BEFORE TRUNCATE ON decisions
EXECUTE FUNCTION refuse_change('is append-only');

CREATE TABLE review_tasks (
    workspace_id text COLLATE "C" NOT NULL,
    id           text COLLATE "C" NOT NULL,
    subject_kind text COLLATE "C" NOT NULL,
    subject_id   text COLLATE "C" NOT NULL,
    round        bigint NOT NULL,
    requirement  text COLLATE "C" NOT NULL,
    role         text COLLATE "C" NOT NULL,
    state        text COLLATE "C" NOT NULL CHECK (state IN ('open', 'done')),
    digest       text COLLATE "C" NOT NULL,
    title        text NOT NULL,
    author       text COLLATE "C" NOT NULL,
    language     text COLLATE "C" NOT NULL,
    origin       text COLLATE "C" NOT NULL,
    networks     json NOT NULL,
    have         bigint NOT NULL,
    need         bigint NOT NULL,
    publish_time timestamptz,
    due_time     timestamptz NOT NULL,
    create_time  timestamptz,
    -- A JSON array of person ids. The queue looks for a quoted id in it, which costs a
    -- tenth of a look-up in a table of its own.
    excluded     text COLLATE "C" NOT NULL,
    PRIMARY KEY (workspace_id, id),
    UNIQUE (workspace_id, subject_kind, subject_id, round, requirement),
    FOREIGN KEY (workspace_id, subject_kind, subject_id, round) REFERENCES reviews
);
CREATE INDEX review_tasks_by_role ON review_tasks (workspace_id, role, state, due_time, id);
CREATE INDEX review_tasks_by_state ON review_tasks (workspace_id, state, due_time, id);
CREATE INDEX review_tasks_by_subject ON review_tasks (workspace_id, subject_kind, subject_id, due_time, id);
