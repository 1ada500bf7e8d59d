-- Who was served which bytes.

-- +goose Up
-- The first time a person was served a round: its bytes never change. The digest is here
-- so that the reference proves which ones they were.
CREATE TABLE view_receipts (
    workspace_id TEXT    NOT NULL,
    subject_kind TEXT    NOT NULL,
    subject_id   TEXT    NOT NULL,
    round        INTEGER NOT NULL,
    person_id    TEXT    NOT NULL,
    digest       TEXT    NOT NULL,
    session_id   TEXT    NOT NULL,
    view_time    TEXT    NOT NULL,
    PRIMARY KEY (workspace_id, subject_kind, subject_id, round, person_id),
    FOREIGN KEY (workspace_id, subject_kind, subject_id, round, digest)
        REFERENCES reviews (workspace_id, subject_kind, subject_id, round, digest),
    FOREIGN KEY (workspace_id, person_id) REFERENCES members
) STRICT;

-- +goose StatementBegin
CREATE TRIGGER view_receipts_update BEFORE UPDATE ON view_receipts
BEGIN SELECT RAISE(ABORT, 'view_receipts is append-only'); END;
-- +goose StatementEnd
-- +goose StatementBegin
CREATE TRIGGER view_receipts_delete BEFORE DELETE ON view_receipts
BEGIN SELECT RAISE(ABORT, 'view_receipts is append-only'); END;
-- +goose StatementEnd
