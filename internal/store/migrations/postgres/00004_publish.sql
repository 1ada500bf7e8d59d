-- Publications, attempts, holds, and the wall.

-- +goose Up
CREATE TABLE publications (
    workspace_id     text COLLATE "C" NOT NULL,
    id               text COLLATE "C" NOT NULL,
    -- Only posts go out; the column completes the key of the review.
    subject_kind     text COLLATE "C" NOT NULL CHECK (subject_kind = 'post'),
    post_id          text COLLATE "C" NOT NULL,
    revision         bigint NOT NULL,
    round            bigint NOT NULL,
    digest           text COLLATE "C" NOT NULL,
    account_id       text COLLATE "C" NOT NULL,
    network          text COLLATE "C" NOT NULL,
    state            text COLLATE "C" NOT NULL CHECK (state IN ('scheduled', 'claimed', 'sending', 'published', 'refused',
        'unknown', 'cancelled', 'recalled', 'expired')),
    authorization_digest text COLLATE "C" NOT NULL,
    due_time         timestamptz NOT NULL,
    end_time         timestamptz,
    epoch            bigint NOT NULL,
    lease_time       timestamptz NOT NULL,
    wait             text COLLATE "C" NOT NULL,
    external_id      text COLLATE "C" NOT NULL,
    url              text NOT NULL,
    evidence         text COLLATE "C" NOT NULL CHECK (evidence IN ('', 'answered', 'found', 'told')),
    answer           text NOT NULL,
    looks            bigint NOT NULL,
    version          bigint NOT NULL,
    create_time      timestamptz,
    update_time      timestamptz,
    PRIMARY KEY (workspace_id, id),
    FOREIGN KEY (workspace_id, subject_kind, post_id, round, digest)
        REFERENCES reviews (workspace_id, subject_kind, subject_id, round, digest),
    FOREIGN KEY (workspace_id, account_id) REFERENCES social_accounts
);
-- At most one live publication of a revision on an account: nothing goes out twice.
CREATE UNIQUE INDEX publications_live ON publications (workspace_id, post_id, revision, account_id)
    WHERE state IN ('scheduled', 'claimed', 'sending', 'published', 'unknown');
CREATE INDEX publications_by_post ON publications (workspace_id, post_id, id);
CREATE INDEX publications_by_account ON publications (workspace_id, account_id, id);
CREATE INDEX publications_by_state ON publications (workspace_id, state, id);
-- Across workspaces, for the workers.
CREATE INDEX publications_due ON publications (due_time) WHERE state = 'scheduled';
CREATE INDEX publications_leased ON publications (lease_time) WHERE state IN ('claimed', 'sending');

CREATE TABLE attempts (
    workspace_id    text COLLATE "C" NOT NULL,
    publication_id  text COLLATE "C" NOT NULL,
    epoch           bigint NOT NULL,
    idempotency_key text COLLATE "C" NOT NULL,
    body            bytea NOT NULL,
    body_digest     text COLLATE "C" NOT NULL,
    begin_time      timestamptz,
    end_time        timestamptz,
    outcome         text COLLATE "C" NOT NULL,
    answer          text NOT NULL,
    PRIMARY KEY (workspace_id, publication_id, epoch),
    FOREIGN KEY (workspace_id, publication_id) REFERENCES publications
);

CREATE TRIGGER attempts_update BEFORE UPDATE ON attempts FOR EACH ROW
WHEN (OLD.outcome <> '' OR NEW.outcome = ''
  OR NEW.workspace_id <> OLD.workspace_id OR NEW.publication_id <> OLD.publication_id OR NEW.epoch <> OLD.epoch
  OR NEW.idempotency_key <> OLD.idempotency_key OR NEW.body <> OLD.body OR NEW.body_digest <> OLD.body_digest
  OR NEW.begin_time IS DISTINCT FROM OLD.begin_time)
EXECUTE FUNCTION refuse_change('takes one receipt and no other change');
CREATE TRIGGER attempts_delete BEFORE DELETE ON attempts FOR EACH ROW
EXECUTE FUNCTION refuse_change('takes one receipt and no other change');
CREATE TRIGGER attempts_truncate BEFORE TRUNCATE ON attempts
EXECUTE FUNCTION refuse_change('takes one receipt and no other change');

CREATE TABLE holds (
    workspace_id   text COLLATE "C" NOT NULL REFERENCES workspaces,
    id             text COLLATE "C" NOT NULL,
    scope          text COLLATE "C" NOT NULL CHECK (scope IN ('workspace', 'network', 'account', 'person', 'post')),
    target         text COLLATE "C" NOT NULL,
    reason         text NOT NULL,
    holder         text COLLATE "C" NOT NULL,
    key_id         text COLLATE "C" NOT NULL,
    create_time    timestamptz,
    release_time   timestamptz,
    releaser       text COLLATE "C" NOT NULL,
    release_reason text NOT NULL,
    version        bigint NOT NULL,
    PRIMARY KEY (workspace_id, id)
);
CREATE INDEX holds_active ON holds (workspace_id, id) WHERE release_time IS NULL;
CREATE INDEX holds_by_scope ON holds (workspace_id, scope, id);

-- The network that shows posts in the house itself.
CREATE TABLE wall_entries (
    workspace_id   text COLLATE "C" NOT NULL,
    publication_id text COLLATE "C" NOT NULL,
    post_id        text COLLATE "C" NOT NULL,
    body           bytea NOT NULL,
    fingerprint    text COLLATE "C" NOT NULL,
    publish_time   timestamptz NOT NULL,
    remove_time    timestamptz,
    media          json NOT NULL,
    PRIMARY KEY (workspace_id, publication_id)
);
CREATE INDEX wall_entries_visible ON wall_entries (workspace_id, publish_time, publication_id)
    WHERE remove_time IS NULL;

CREATE TABLE wall_entry_media (
    workspace_id   text COLLATE "C" NOT NULL,
    blob           text COLLATE "C" NOT NULL,
    publication_id text COLLATE "C" NOT NULL,
    PRIMARY KEY (workspace_id, blob, publication_id),
    FOREIGN KEY (workspace_id, publication_id) REFERENCES wall_entries
);
