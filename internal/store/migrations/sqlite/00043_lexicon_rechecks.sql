-- How far what is not sent yet was looked at by a lexicon that came into force.

-- +goose Up
CREATE TABLE lexicon_rechecks (
    workspace_id TEXT    NOT NULL,
    lexicon      TEXT    NOT NULL,
    number       INTEGER NOT NULL,
    cursor       TEXT    NOT NULL,
    checked      INTEGER NOT NULL,
    forbidden    INTEGER NOT NULL,
    restricted   INTEGER NOT NULL,
    version      INTEGER NOT NULL,
    end_time     TEXT,
    PRIMARY KEY (workspace_id, lexicon, number),
    FOREIGN KEY (workspace_id, lexicon, number) REFERENCES lexicon_revisions
) STRICT;

-- +goose StatementBegin
CREATE TRIGGER lexicon_rechecks_update BEFORE UPDATE ON lexicon_rechecks WHEN old.end_time IS NOT NULL
BEGIN SELECT RAISE(ABORT, 'lexicon_rechecks is append-only once it has ended'); END;
-- +goose StatementEnd
-- +goose StatementBegin
CREATE TRIGGER lexicon_rechecks_delete BEFORE DELETE ON lexicon_rechecks
BEGIN SELECT RAISE(ABORT, 'lexicon_rechecks is append-only'); END;
-- +goose StatementEnd
