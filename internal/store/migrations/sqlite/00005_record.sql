-- The audit trail, and the requests that must not have a second effect.

-- +goose Up
CREATE TABLE audit_records (
    sequence        INTEGER NOT NULL PRIMARY KEY AUTOINCREMENT,
    workspace_id    TEXT    NOT NULL,
    id              TEXT    NOT NULL,
    record_time     TEXT    NOT NULL,
    actor_kind      TEXT    NOT NULL CHECK (actor_kind IN ('human', 'machine', 'system')),
    actor_workspace TEXT    NOT NULL,
    person_id       TEXT    NOT NULL,
    key_id          TEXT    NOT NULL,
    session_id      TEXT    NOT NULL,
    roles           TEXT    NOT NULL,
    action          TEXT    NOT NULL,
    subject         TEXT    NOT NULL,
    parent          TEXT    NOT NULL,
    request_id      TEXT    NOT NULL,
    detail          TEXT,
    UNIQUE (workspace_id, id)
) STRICT;
CREATE INDEX audit_records_in_order ON audit_records (workspace_id, sequence);
CREATE INDEX audit_records_by_parent ON audit_records (workspace_id, parent, sequence) WHERE parent <> '';
CREATE INDEX audit_records_by_action ON audit_records (workspace_id, action, sequence);
CREATE INDEX audit_records_by_person ON audit_records (workspace_id, person_id, sequence) WHERE person_id <> '';

-- +goose StatementBegin
CREATE TRIGGER audit_records_update BEFORE UPDATE ON audit_records
BEGIN SELECT RAISE(ABORT, 'audit_records is append-only'); END;
-- +goose StatementEnd
-- +goose StatementBegin
CREATE TRIGGER audit_records_delete BEFORE DELETE ON audit_records
BEGIN SELECT RAISE(ABORT, 'audit_records is append-only'); END;
-- +goose StatementEnd

CREATE TABLE requests (
    workspace_id TEXT NOT NULL,
    caller       TEXT NOT NULL,
    id           TEXT NOT NULL,
    method       TEXT NOT NULL,
    body         TEXT NOT NULL,
    result       TEXT NOT NULL,
    create_time  TEXT NOT NULL,
    PRIMARY KEY (workspace_id, caller, id)
) STRICT, WITHOUT ROWID;
