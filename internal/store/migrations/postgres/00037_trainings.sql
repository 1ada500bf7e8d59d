-- What people learn, and who completed what.

-- +goose Up
CREATE TABLE training_modules (
    workspace_id text COLLATE "C" NOT NULL REFERENCES workspaces,
    id           text COLLATE "C" NOT NULL,
    titles       json NOT NULL,
    valid_days   bigint NOT NULL CHECK (valid_days >= 0),
    version      bigint NOT NULL,
    create_time  timestamptz,
    update_time  timestamptz,
    PRIMARY KEY (workspace_id, id)
);

CREATE TABLE training_records (
    workspace_id  text COLLATE "C" NOT NULL,
    id            text COLLATE "C" NOT NULL,
    module        text COLLATE "C" NOT NULL,
    person_id     text COLLATE "C" NOT NULL,
    complete_time timestamptz NOT NULL,
    expire_time   timestamptz,
    recorder      text COLLATE "C" NOT NULL,
    key_id        text COLLATE "C" NOT NULL,
    create_time   timestamptz NOT NULL,
    PRIMARY KEY (workspace_id, id),
    FOREIGN KEY (workspace_id, module) REFERENCES training_modules (workspace_id, id),
    FOREIGN KEY (workspace_id, person_id) REFERENCES members,
    FOREIGN KEY (workspace_id, recorder) REFERENCES members (workspace_id, person_id)
);
CREATE INDEX training_records_by_person ON training_records (workspace_id, person_id, id);
CREATE INDEX training_records_by_module ON training_records (workspace_id, module, id);

CREATE TRIGGER training_records_update BEFORE UPDATE ON training_records FOR EACH ROW
EXECUTE FUNCTION refuse_change('is append-only');
CREATE TRIGGER training_records_delete BEFORE DELETE ON training_records FOR EACH ROW
EXECUTE FUNCTION refuse_change('is append-only');
CREATE TRIGGER training_records_truncate BEFORE TRUNCATE ON training_records
EXECUTE FUNCTION refuse_change('is append-only');

-- A record is revoked once, by a further one.
CREATE TABLE training_revocations (
    workspace_id text COLLATE "C" NOT NULL,
    record_id    text COLLATE "C" NOT NULL,
    revoker      text COLLATE "C" NOT NULL,
    key_id       text COLLATE "C" NOT NULL,
    reason       text NOT NULL,
    create_time  timestamptz NOT NULL,
    PRIMARY KEY (workspace_id, record_id),
    FOREIGN KEY (workspace_id, record_id) REFERENCES training_records (workspace_id, id),
    FOREIGN KEY (workspace_id, revoker) REFERENCES members (workspace_id, person_id)
);

CREATE TRIGGER training_revocations_update BEFORE UPDATE ON training_revocations FOR EACH ROW
EXECUTE FUNCTION refuse_change('is append-only');
CREATE TRIGGER training_revocations_delete BEFORE DELETE ON training_revocations FOR EACH ROW
EXECUTE FUNCTION refuse_change('is append-only');
CREATE TRIGGER training_revocations_truncate BEFORE TRUNCATE ON training_revocations
EXECUTE FUNCTION refuse_change('is append-only');
