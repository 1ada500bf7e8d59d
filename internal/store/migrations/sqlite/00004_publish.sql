-- Publications, attempts, holds, and the wall.

-- +goose Up
CREATE TABLE publications (
    workspace_id     TEXT    NOT NULL,
    id               TEXT    NOT NULL,
    -- Only posts go out; the column completes the key of the review.
    subject_kind     TEXT    NOT NULL CHECK (subject_kind = 'post'),
    post_id          TEXT    NOT NULL,
    revision         INTEGER NOT NULL,
    round            INTEGER NOT NULL,
    digest           TEXT    NOT NULL,
    account_id       TEXT    NOT NULL,
    network          TEXT    NOT NULL,
    state            TEXT    NOT NULL CHECK (state IN ('scheduled', 'claimed', 'sending', 'published', 'refused',
        'unknown', 'cancelled', 'recalled', 'expired')),
    authorization_digest TEXT NOT NULL,
    due_time         TEXT    NOT NULL,
    end_time         TEXT,
    epoch            INTEGER NOT NULL,
    lease_time       TEXT    NOT NULL,
    wait             TEXT    NOT NULL,
    external_id      TEXT    NOT NULL,
    url              TEXT    NOT NULL,
    evidence         TEXT    NOT NULL CHECK (evidence IN ('', 'answered', 'found', 'told')),
    answer           TEXT    NOT NULL,
    looks            INTEGER NOT NULL,
    version          INTEGER NOT NULL,
    create_time      TEXT,
    update_time      TEXT,
    PRIMARY KEY (workspace_id, id),
    FOREIGN KEY (workspace_id, subject_kind, post_id, round, digest)
        REFERENCES reviews (workspace_id, subject_kind, subject_id, round, digest),
    FOREIGN KEY (workspace_id, account_id) REFERENCES social_accounts
) STRICT;
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
    workspace_id    TEXT    NOT NULL,
    publication_id  TEXT    NOT NULL,
    epoch           INTEGER NOT NULL,
    idempotency_key TEXT    NOT NULL,
    body            BLOB    NOT NULL,
    body_digest     TEXT    NOT NULL,
    begin_time      TEXT,
    end_time        TEXT,
    outcome         TEXT    NOT NULL,
    answer          TEXT    NOT NULL,
    PRIMARY KEY (workspace_id, publication_id, epoch),
    FOREIGN KEY (workspace_id, publication_id) REFERENCES publications
) STRICT;

-- +goose StatementBegin
CREATE TRIGGER attempts_update BEFORE UPDATE ON attempts
WHEN OLD.outcome <> '' OR NEW.outcome = ''
  OR NEW.workspace_id <> OLD.workspace_id OR NEW.publication_id <> OLD.publication_id OR NEW.epoch <> OLD.epoch
  OR NEW.idempotency_key <> OLD.idempotency_key OR NEW.body <> OLD.body OR NEW.body_digest <> OLD.body_digest
  OR NEW.begin_time IS NOT OLD.begin_time
BEGIN SELECT RAISE(ABORT, 'attempts takes one receipt and no other change'); END;
-- +goose StatementEnd
-- +goose StatementBegin
CREATE TRIGGER attempts_delete BEFORE DELETE ON attempts
BEGIN SELECT RAISE(ABORT, 'attempts takes one receipt and no other change'); END;
-- +goose StatementEnd

CREATE TABLE holds (
    workspace_id   TEXT    NOT NULL REFERENCES workspaces,
    id             TEXT    NOT NULL,
    scope          TEXT    NOT NULL CHECK (scope IN ('workspace', 'network', 'account', 'person', 'post')),
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
CREATE INDEX holds_active ON holds (workspace_id, id) WHERE release_time IS NULL;
CREATE INDEX holds_by_scope ON holds (workspace_id, scope, id);

-- The network that shows posts in the house itself.
CREATE TABLE wall_entries (
    workspace_id   TEXT NOT NULL,
    publication_id TEXT NOT NULL,
    post_id        TEXT NOT NULL,
    body           BLOB NOT NULL,
    fingerprint    TEXT NOT NULL,
    publish_time   TEXT NOT NULL,
    remove_time    TEXT,
    media          TEXT NOT NULL,
    PRIMARY KEY (workspace_id, publication_id)
) STRICT;
CREATE INDEX wall_entries_visible ON wall_entries (workspace_id, publish_time, publication_id)
    WHERE remove_time IS NULL;

CREATE TABLE wall_entry_media (
    workspace_id   TEXT NOT NULL,
    blob           TEXT NOT NULL,
    publication_id TEXT NOT NULL,
    PRIMARY KEY (workspace_id, blob, publication_id),
    FOREIGN KEY (workspace_id, publication_id) REFERENCES wall_entries
) STRICT, WITHOUT ROWID;
