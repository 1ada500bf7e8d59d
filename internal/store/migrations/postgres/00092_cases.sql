-- What the last look at a publication found, and the cases that differences open.

-- +goose Up
ALTER TABLE publications ADD COLUMN shown text COLLATE "C" NOT NULL DEFAULT '' CHECK (shown IN ('', 'same', 'differs', 'gone'));
ALTER TABLE publications ADD COLUMN shown_time timestamptz;

-- What was found never changes but for the same found anew; what became of it does.
CREATE TABLE cases (
    workspace_id   text COLLATE "C" NOT NULL,
    id             text COLLATE "C" NOT NULL,
    kind           text COLLATE "C" NOT NULL CHECK (kind IN ('differs', 'gone', 'remains')),
    post_id        text COLLATE "C" NOT NULL,
    publication_id text COLLATE "C" NOT NULL,
    account_id     text COLLATE "C" NOT NULL,
    network        text COLLATE "C" NOT NULL,
    signed_text    text NOT NULL,
    shown_text     text NOT NULL,
    said           text NOT NULL,
    state          text COLLATE "C" NOT NULL CHECK (state IN ('open', 'closed')),
    resolution     text COLLATE "C" NOT NULL CHECK (resolution IN ('', 'tolerated', 'corrected', 'recalled')),
    reason         text NOT NULL,
    closer         text COLLATE "C" NOT NULL,
    version        bigint NOT NULL,
    create_time    timestamptz,
    seen_time      timestamptz,
    close_time     timestamptz,
    PRIMARY KEY (workspace_id, id),
    FOREIGN KEY (workspace_id, publication_id) REFERENCES publications,
    CHECK ((state = 'closed') = (resolution <> ''))
);
CREATE UNIQUE INDEX cases_open ON cases (workspace_id, publication_id) WHERE state = 'open';
CREATE INDEX cases_by_publication ON cases (workspace_id, publication_id, id);
CREATE INDEX cases_by_state ON cases (workspace_id, state, id);
CREATE INDEX cases_by_post ON cases (workspace_id, post_id, id);

CREATE TRIGGER cases_update BEFORE UPDATE OF workspace_id, id, post_id, publication_id, account_id, network, signed_text,
    create_time ON cases FOR EACH ROW
EXECUTE FUNCTION refuse_change('is append-only but for what became of them');
CREATE TRIGGER cases_delete BEFORE DELETE ON cases FOR EACH ROW
EXECUTE FUNCTION refuse_change('is append-only but for what became of them');
CREATE TRIGGER cases_truncate BEFORE TRUNCATE ON cases
EXECUTE FUNCTION refuse_change('is append-only but for what became of them');
