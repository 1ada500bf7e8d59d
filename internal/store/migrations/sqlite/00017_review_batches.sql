-- Several decisions ordered at once, each carried out on its own.

-- +goose Up
CREATE TABLE review_batches (
    workspace_id TEXT NOT NULL,
    id           TEXT NOT NULL,
    person_id    TEXT NOT NULL,
    session_id   TEXT NOT NULL,
    -- What all of its items have to be asked by.
    rules        TEXT NOT NULL,
    create_time  TEXT,
    PRIMARY KEY (workspace_id, id),
    FOREIGN KEY (workspace_id, person_id) REFERENCES members
) STRICT;

CREATE TABLE review_batch_items (
    workspace_id TEXT    NOT NULL,
    batch_id     TEXT    NOT NULL,
    position     INTEGER NOT NULL,
    subject_kind TEXT    NOT NULL CHECK (subject_kind IN ('post', 'library_item')),
    subject_id   TEXT    NOT NULL,
    round        INTEGER NOT NULL,
    requirement  TEXT    NOT NULL,
    verdict      TEXT    NOT NULL,
    digest       TEXT    NOT NULL,
    version      INTEGER NOT NULL,
    reason       TEXT    NOT NULL,
    state        TEXT    NOT NULL CHECK (state IN ('pending', 'decided', 'failed')),
    decision     TEXT,
    code         TEXT    NOT NULL,
    message      TEXT    NOT NULL,
    end_time     TEXT,
    PRIMARY KEY (workspace_id, batch_id, position),
    UNIQUE (workspace_id, batch_id, subject_kind, subject_id, round, requirement),
    FOREIGN KEY (workspace_id, batch_id) REFERENCES review_batches
) STRICT;
