-- Who writes a post besides its author.

-- +goose Up
-- Who may write it now. It stands in the row that every change locks, so that nobody writes
-- by a right that was taken back while he or she waited.
ALTER TABLE posts ADD COLUMN co_authors json NOT NULL DEFAULT '[]';

-- Who was ever named. Nobody is forgotten, and of revision, which was the newest when the
-- person was first named, and of all that follow it he or she is a contributor.
CREATE TABLE co_authors (
    workspace_id text COLLATE "C" NOT NULL,
    subject_kind text COLLATE "C" NOT NULL CHECK (subject_kind = 'post'),
    subject_id   text COLLATE "C" NOT NULL,
    person_id    text COLLATE "C" NOT NULL,
    revision     bigint NOT NULL,
    namer        text COLLATE "C" NOT NULL,
    create_time  timestamptz,
    -- NULL while the person may write it.
    remove_time  timestamptz,
    PRIMARY KEY (workspace_id, subject_kind, subject_id, person_id),
    FOREIGN KEY (workspace_id, subject_kind, subject_id, revision) REFERENCES revisions,
    FOREIGN KEY (workspace_id, person_id) REFERENCES members
);
CREATE INDEX co_authors_by_person ON co_authors (workspace_id, person_id, subject_kind, subject_id) WHERE remove_time IS NULL;

CREATE TRIGGER co_authors_update BEFORE UPDATE OF workspace_id, subject_kind, subject_id, person_id, revision, namer,
    create_time ON co_authors FOR EACH ROW
EXECUTE FUNCTION refuse_change('is append-only but for the end');
CREATE TRIGGER co_authors_delete BEFORE DELETE ON co_authors FOR EACH ROW
EXECUTE FUNCTION refuse_change('is append-only but for the end');
CREATE TRIGGER co_authors_truncate BEFORE TRUNCATE ON co_authors
EXECUTE FUNCTION refuse_change('is append-only but for the end');
