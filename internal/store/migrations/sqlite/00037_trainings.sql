-- What people learn, and who completed what.

-- +goose Up
CREATE TABLE training_modules (
    workspace_id TEXT    NOT NULL REFERENCES workspaces,
    id           TEXT    NOT NULL,
    titles       TEXT    NOT NULL,
    valid_days   INTEGER NOT NULL CHECK (valid_days >= 0),
    version      INTEGER NOT NULL,
    create_time  TEXT,
    update_time  TEXT,
    PRIMARY KEY (workspace_id, id)
) STRICT;

CREATE TABLE training_records (
    workspace_id  TEXT NOT NULL,
    id            TEXT NOT NULL,
    module        TEXT NOT NULL,
    person_id     TEXT NOT NULL,
    complete_time TEXT NOT NULL,
    expire_time   TEXT,
    recorder      TEXT NOT NULL,
    key_id        TEXT NOT NULL,
    create_time   TEXT NOT NULL,
    PRIMARY KEY (workspace_id, id),
    FOREIGN KEY (workspace_id, module) REFERENCES training_modules (workspace_id, id),
    FOREIGN KEY (workspace_id, person_id) REFERENCES members,
    FOREIGN KEY (workspace_id, recorder) REFERENCES members (workspace_id, person_id)
) STRICT;
CREATE INDEX training_records_by_person ON training_records (workspace_id, person_id, id);
CREATE INDEX training_records_by_module ON training_records (workspace_id, module, id);

-- +goose StatementBegin
CREATE TRIGGER training_records_update BEFORE UPDATE ON training_records
BEGIN SELECT RAISE(ABORT, 'training_records is append-only'); END;
-- +goose StatementEnd
-- +goose StatementBegin
CREATE TRIGGER training_records_delete BEFORE DELETE ON training_records
BEGIN SELECT RAISE(ABORT, 'training_records is append-only'); END;
-- +goose StatementEnd

-- A record is revoked once, by a further one.
CREATE TABLE training_revocations (
    workspace_id TEXT NOT NULL,
    record_id    TEXT NOT NULL,
    revoker      TEXT NOT NULL,
    key_id       TEXT NOT NULL,
    reason       TEXT NOT NULL,
    create_time  TEXT NOT NULL,
    PRIMARY KEY (workspace_id, record_id),
    FOREIGN KEY (workspace_id, record_id) REFERENCES training_records (workspace_id, id),
    FOREIGN KEY (workspace_id, revoker) REFERENCES members (workspace_id, person_id)
) STRICT;

-- +goose StatementBegin
CREATE TRIGGER training_revocations_update BEFORE UPDATE ON training_revocations
BEGIN SELECT RAISE(ABORT, 'training_revocations is append-only'); END;
-- +goose StatementEnd
-- +goose StatementBegin
CREATE TRIGGER training_revocations_delete BEFORE DELETE ON training_revocations
BEGIN SELECT RAISE(ABORT, 'training_revocations is append-only'); END;
-- +goose StatementEnd
