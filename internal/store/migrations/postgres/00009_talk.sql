-- Who was served which bytes.

-- +goose Up
-- The first time a person was served a round: its bytes never change. The digest is here
-- so that the reference proves which ones they were.
CREATE TABLE view_receipts (
    workspace_id text COLLATE "C" NOT NULL,
    subject_kind text COLLATE "C" NOT NULL,
    subject_id   text COLLATE "C" NOT NULL,
    round        bigint NOT NULL,
    person_id    text COLLATE "C" NOT NULL,
    digest       text COLLATE "C" NOT NULL,
    session_id   text COLLATE "C" NOT NULL,
    view_time    timestamptz NOT NULL,
    PRIMARY KEY (workspace_id, subject_kind, subject_id, round, person_id),
    FOREIGN KEY (workspace_id, subject_kind, subject_id, round, digest)
        REFERENCES reviews (workspace_id, subject_kind, subject_id, round, digest),
    FOREIGN KEY (workspace_id, person_id) REFERENCES members
);

CREATE TRIGGER view_receipts_update BEFORE UPDATE ON view_receipts FOR EACH ROW
EXECUTE FUNCTION refuse_change('is append-only');
CREATE TRIGGER view_receipts_delete BEFORE DELETE ON view_receipts FOR EACH ROW
EXECUTE FUNCTION refuse_change('is append-only');
CREATE TRIGGER view_receipts_truncate BEFORE TRUNCATE ON view_receipts
EXECUTE FUNCTION refuse_change('is append-only');
