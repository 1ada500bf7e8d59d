-- What a workspace watches for, and by which of it a round was opened.

-- +goose Up
-- The newest revision is the one in force.
CREATE TABLE lexicon_revisions (
    workspace_id text COLLATE "C" NOT NULL REFERENCES workspaces,
    lexicon      text COLLATE "C" NOT NULL,
    number       bigint NOT NULL CHECK (number > 0),
    terms        json NOT NULL,
    own_domains  json NOT NULL,
    digest       text COLLATE "C" NOT NULL,
    publisher    text COLLATE "C" NOT NULL,
    create_time  timestamptz NOT NULL,
    PRIMARY KEY (workspace_id, lexicon, number),
    FOREIGN KEY (workspace_id, publisher) REFERENCES members
);

CREATE TRIGGER lexicon_revisions_update BEFORE UPDATE ON lexicon_revisions FOR EACH ROW
EXECUTE FUNCTION refuse_change('is append-only');
CREATE TRIGGER lexicon_revisions_delete BEFORE DELETE ON lexicon_revisions FOR EACH ROW
EXECUTE FUNCTION refuse_change('is append-only');
CREATE TRIGGER lexicon_revisions_truncate BEFORE TRUNCATE ON lexicon_revisions
EXECUTE FUNCTION refuse_change('is append-only');

-- 0 for none.
ALTER TABLE reviews ADD COLUMN lexicon bigint NOT NULL DEFAULT 0 CHECK (lexicon >= 0);
