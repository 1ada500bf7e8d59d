-- The guideline people read, and who acknowledged which wording of it.

-- +goose Up
-- The newest revision is the one in force.
CREATE TABLE guideline_revisions (
    workspace_id   TEXT    NOT NULL REFERENCES workspaces,
    guideline      TEXT    NOT NULL,
    number         INTEGER NOT NULL CHECK (number > 0),
    texts          TEXT    NOT NULL,
    digest         TEXT    NOT NULL,
    -- Until when having been up to date before is enough.
    grace_end_time TEXT,
    publisher      TEXT    NOT NULL,
    create_time    TEXT    NOT NULL,
    PRIMARY KEY (workspace_id, guideline, number),
    UNIQUE (workspace_id, guideline, number, digest),
    FOREIGN KEY (workspace_id, publisher) REFERENCES members
) STRICT;

-- +goose StatementBegin
CREATE TRIGGER guideline_revisions_update BEFORE UPDATE ON guideline_revisions
BEGIN SELECT RAISE(ABORT, 'guideline_revisions is append-only'); END;
-- +goose StatementEnd
-- +goose StatementBegin
CREATE TRIGGER guideline_revisions_delete BEFORE DELETE ON guideline_revisions
BEGIN SELECT RAISE(ABORT, 'guideline_revisions is append-only'); END;
-- +goose StatementEnd

-- The first acknowledgement of a revision by a person stays. It names what was shown, and
-- nothing else can be stored.
CREATE TABLE guideline_acknowledgements (
    workspace_id TEXT    NOT NULL,
    guideline    TEXT    NOT NULL,
    person_id    TEXT    NOT NULL,
    number       INTEGER NOT NULL,
    id           TEXT    NOT NULL,
    digest       TEXT    NOT NULL,
    session_id   TEXT    NOT NULL,
    create_time  TEXT    NOT NULL,
    PRIMARY KEY (workspace_id, guideline, person_id, number),
    UNIQUE (workspace_id, guideline, number, id),
    FOREIGN KEY (workspace_id, guideline, number, digest)
        REFERENCES guideline_revisions (workspace_id, guideline, number, digest),
    FOREIGN KEY (workspace_id, person_id) REFERENCES members
) STRICT;

-- +goose StatementBegin
CREATE TRIGGER guideline_acknowledgements_update BEFORE UPDATE ON guideline_acknowledgements
BEGIN SELECT RAISE(ABORT, 'guideline_acknowledgements is append-only'); END;
-- +goose StatementEnd
-- +goose StatementBegin
CREATE TRIGGER guideline_acknowledgements_delete BEFORE DELETE ON guideline_acknowledgements
BEGIN SELECT RAISE(ABORT, 'guideline_acknowledgements is append-only'); END;
-- +goose StatementEnd
