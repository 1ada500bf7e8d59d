-- What a workspace watches for, and by which of it a round was opened.

-- +goose Up
-- The newest revision is the one in force.
CREATE TABLE lexicon_revisions (
    workspace_id TEXT    NOT NULL REFERENCES workspaces,
    lexicon      TEXT    NOT NULL,
    number       INTEGER NOT NULL CHECK (number > 0),
    terms        TEXT    NOT NULL,
    own_domains  TEXT    NOT NULL,
    digest       TEXT    NOT NULL,
    publisher    TEXT    NOT NULL,
    create_time  TEXT    NOT NULL,
    PRIMARY KEY (workspace_id, lexicon, number),
    FOREIGN KEY (workspace_id, publisher) REFERENCES members
) STRICT;

-- +goose StatementBegin
CREATE TRIGGER lexicon_revisions_update BEFORE UPDATE ON lexicon_revisions
BEGIN SELECT RAISE(ABORT, 'lexicon_revisions is append-only'); END;
-- +goose StatementEnd
-- +goose StatementBegin
CREATE TRIGGER lexicon_revisions_delete BEFORE DELETE ON lexicon_revisions
BEGIN SELECT RAISE(ABORT, 'lexicon_revisions is append-only'); END;
-- +goose StatementEnd

-- 0 for none.
ALTER TABLE reviews ADD COLUMN lexicon INTEGER NOT NULL DEFAULT 0 CHECK (lexicon >= 0);
