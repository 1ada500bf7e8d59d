-- The audit trail, and the requests that must not have a second effect.

-- +goose Up
CREATE TABLE audit_records (
    sequence        bigint NOT NULL GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    workspace_id    text COLLATE "C" NOT NULL,
    id              text COLLATE "C" NOT NULL,
    record_time     timestamptz NOT NULL,
    actor_kind      text COLLATE "C" NOT NULL CHECK (actor_kind IN ('human', 'machine', 'system')),
    actor_workspace text COLLATE "C" NOT NULL,
    person_id       text COLLATE "C" NOT NULL,
    key_id          text COLLATE "C" NOT NULL,
    session_id      text COLLATE "C" NOT NULL,
    roles           json NOT NULL,
    action          text COLLATE "C" NOT NULL,
    subject         text COLLATE "C" NOT NULL,
    parent          text COLLATE "C" NOT NULL,
    request_id      text COLLATE "C" NOT NULL,
    detail          json,
    UNIQUE (workspace_id, id)
);
CREATE INDEX audit_records_in_order ON audit_records (workspace_id, sequence);
CREATE INDEX audit_records_by_parent ON audit_records (workspace_id, parent, sequence) WHERE parent <> '';
CREATE INDEX audit_records_by_action ON audit_records (workspace_id, action, sequence);
CREATE INDEX audit_records_by_person ON audit_records (workspace_id, person_id, sequence) WHERE person_id <> '';

CREATE TRIGGER audit_records_update BEFORE UPDATE ON audit_records FOR EACH ROW
EXECUTE FUNCTION refuse_change('is append-only');
CREATE TRIGGER audit_records_delete BEFORE DELETE ON audit_records FOR EACH ROW
EXECUTE FUNCTION refuse_change('is append-only');
CREATE TRIGGER audit_records_truncate BEFORE TRUNCATE ON audit_records
EXECUTE FUNCTION refuse_change('is append-only');

CREATE TABLE requests (
    workspace_id text COLLATE "C" NOT NULL,
    caller       text COLLATE "C" NOT NULL,
    id           text COLLATE "C" NOT NULL,
    method       text COLLATE "C" NOT NULL,
    body         text COLLATE "C" NOT NULL,
    result       text COLLATE "C" NOT NULL,
    create_time  timestamptz NOT NULL,
    PRIMARY KEY (workspace_id, caller, id)
);
