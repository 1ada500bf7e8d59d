-- Suggested edits, and whose words a revision took.

-- +goose Up
-- Whose words came in by suggestion.
ALTER TABLE revisions ADD COLUMN suggesters TEXT NOT NULL DEFAULT '[]';

-- Suggested edits. What was suggested never changes; only what became of it does.
CREATE TABLE suggestions (
    workspace_id TEXT    NOT NULL,
    id           TEXT    NOT NULL,
    subject_kind TEXT    NOT NULL,
    subject_id   TEXT    NOT NULL,
    revision     INTEGER NOT NULL,
    digest       TEXT    NOT NULL,
    content      TEXT    NOT NULL,
    note         TEXT    NOT NULL,
    person_id    TEXT    NOT NULL,
    state        TEXT    NOT NULL CHECK (state IN ('open', 'accepted', 'declined')),
    accepted     INTEGER NOT NULL,
    resolver     TEXT    NOT NULL,
    reason       TEXT    NOT NULL,
    version      INTEGER NOT NULL,
    create_time  TEXT,
    resolve_time TEXT,
    PRIMARY KEY (workspace_id, subject_kind, subject_id, id),
    FOREIGN KEY (workspace_id, subject_kind, subject_id, revision, digest)
        REFERENCES revisions (workspace_id, subject_kind, subject_id, number, digest),
    FOREIGN KEY (workspace_id, person_id) REFERENCES members
) STRICT;

-- +goose StatementBegin
CREATE TRIGGER suggestions_update BEFORE UPDATE OF workspace_id, id, subject_kind, subject_id, revision, digest, content,
    note, person_id, create_time ON suggestions
BEGIN SELECT RAISE(ABORT, 'suggestions is append-only but for its state'); END;
-- +goose StatementEnd
-- +goose StatementBegin
CREATE TRIGGER suggestions_delete BEFORE DELETE ON suggestions
BEGIN SELECT RAISE(ABORT, 'suggestions is append-only but for its state'); END;
-- +goose StatementEnd
