-- Suggested edits, and whose words a revision took.

-- +goose Up
-- Whose words came in by suggestion.
ALTER TABLE revisions ADD COLUMN suggesters json NOT NULL DEFAULT '[]';

-- Suggested edits. What was suggested never changes; only what became of it does.
CREATE TABLE suggestions (
    workspace_id text COLLATE "C" NOT NULL,
    id           text COLLATE "C" NOT NULL,
    subject_kind text COLLATE "C" NOT NULL,
    subject_id   text COLLATE "C" NOT NULL,
    revision     bigint NOT NULL,
    digest       text COLLATE "C" NOT NULL,
    content      json NOT NULL,
    note         text NOT NULL,
    person_id    text COLLATE "C" NOT NULL,
    state        text COLLATE "C" NOT NULL CHECK (state IN ('open', 'accepted', 'declined')),
    accepted     bigint NOT NULL,
    resolver     text COLLATE "C" NOT NULL,
    reason       text NOT NULL,
    version      bigint NOT NULL,
    create_time  timestamptz,
    resolve_time timestamptz,
    PRIMARY KEY (workspace_id, subject_kind, subject_id, id),
    FOREIGN KEY (workspace_id, subject_kind, subject_id, revision, digest)
        REFERENCES revisions (workspace_id, subject_kind, subject_id, number, digest),
    FOREIGN KEY (workspace_id, person_id) REFERENCES members
);

CREATE TRIGGER suggestions_update BEFORE UPDATE OF workspace_id, id, subject_kind, subject_id, revision, digest, content,
    note, person_id, create_time ON suggestions FOR EACH ROW
EXECUTE FUNCTION refuse_change('is append-only but for its state');
CREATE TRIGGER suggestions_delete BEFORE DELETE ON suggestions FOR EACH ROW
EXECUTE FUNCTION refuse_change('is append-only but for its state');
CREATE TRIGGER suggestions_truncate BEFORE TRUNCATE ON suggestions
EXECUTE FUNCTION refuse_change('is append-only but for its state');
