-- The rules by which a workspace tells what author and company have to do with each other,
-- by which of them a round was opened, and how far what is not sent yet was looked at by them.

-- +goose Up
-- The newest revision is the one in force.
CREATE TABLE disclosure_revisions (
    workspace_id     TEXT    NOT NULL REFERENCES workspaces,
    disclosure_table TEXT    NOT NULL,
    number           INTEGER NOT NULL CHECK (number > 0),
    rules            TEXT    NOT NULL,
    digest           TEXT    NOT NULL,
    publisher        TEXT    NOT NULL,
    create_time      TEXT    NOT NULL,
    PRIMARY KEY (workspace_id, disclosure_table, number),
    FOREIGN KEY (workspace_id, publisher) REFERENCES members
) STRICT;

-- +goose StatementBegin
CREATE TRIGGER disclosure_revisions_update BEFORE UPDATE ON disclosure_revisions
BEGIN SELECT RAISE(ABORT, 'disclosure_revisions is append-only'); END;
-- +goose StatementEnd
-- +goose StatementBegin
CREATE TRIGGER disclosure_revisions_delete BEFORE DELETE ON disclosure_revisions
BEGIN SELECT RAISE(ABORT, 'disclosure_revisions is append-only'); END;
-- +goose StatementEnd

CREATE TABLE disclosure_rechecks (
    workspace_id     TEXT    NOT NULL,
    disclosure_table TEXT    NOT NULL,
    number           INTEGER NOT NULL,
    cursor           TEXT    NOT NULL,
    checked          INTEGER NOT NULL,
    retold           INTEGER NOT NULL,
    version          INTEGER NOT NULL,
    end_time         TEXT,
    PRIMARY KEY (workspace_id, disclosure_table, number),
    FOREIGN KEY (workspace_id, disclosure_table, number) REFERENCES disclosure_revisions
) STRICT;

-- +goose StatementBegin
CREATE TRIGGER disclosure_rechecks_update BEFORE UPDATE ON disclosure_rechecks WHEN old.end_time IS NOT NULL
BEGIN SELECT RAISE(ABORT, 'disclosure_rechecks is append-only once it has ended'); END;
-- +goose StatementEnd
-- +goose StatementBegin
CREATE TRIGGER disclosure_rechecks_delete BEFORE DELETE ON disclosure_rechecks
BEGIN SELECT RAISE(ABORT, 'disclosure_rechecks is append-only'); END;
-- +goose StatementEnd

-- 0 for none.
ALTER TABLE reviews ADD COLUMN disclosures INTEGER NOT NULL DEFAULT 0 CHECK (disclosures >= 0);
