-- What the last look at a publication found, and the cases that differences open.

-- +goose Up
ALTER TABLE publications ADD COLUMN shown TEXT NOT NULL DEFAULT '' CHECK (shown IN ('', 'same', 'differs', 'gone'));
ALTER TABLE publications ADD COLUMN shown_time TEXT;

-- What was found never changes but for the same found anew; what became of it does.
CREATE TABLE cases (
    workspace_id   TEXT    NOT NULL,
    id             TEXT    NOT NULL,
    kind           TEXT    NOT NULL CHECK (kind IN ('differs', 'gone', 'remains')),
    post_id        TEXT    NOT NULL,
    publication_id TEXT    NOT NULL,
    account_id     TEXT    NOT NULL,
    network        TEXT    NOT NULL,
    signed_text    TEXT    NOT NULL,
    shown_text     TEXT    NOT NULL,
    said           TEXT    NOT NULL,
    state          TEXT    NOT NULL CHECK (state IN ('open', 'closed')),
    resolution     TEXT    NOT NULL CHECK (resolution IN ('', 'tolerated', 'corrected', 'recalled')),
    reason         TEXT    NOT NULL,
    closer         TEXT    NOT NULL,
    version        INTEGER NOT NULL,
    create_time    TEXT,
    seen_time      TEXT,
    close_time     TEXT,
    PRIMARY KEY (workspace_id, id),
    FOREIGN KEY (workspace_id, publication_id) REFERENCES publications,
    CHECK ((state = 'closed') = (resolution <> ''))
) STRICT;
CREATE UNIQUE INDEX cases_open ON cases (workspace_id, publication_id) WHERE state = 'open';
CREATE INDEX cases_by_publication ON cases (workspace_id, publication_id, id);
CREATE INDEX cases_by_state ON cases (workspace_id, state, id);
CREATE INDEX cases_by_post ON cases (workspace_id, post_id, id);

-- +goose StatementBegin
CREATE TRIGGER cases_update BEFORE UPDATE OF workspace_id, id, post_id, publication_id, account_id, network, signed_text,
    create_time ON cases
BEGIN SELECT RAISE(ABORT, 'cases is append-only but for what became of them'); END;
-- +goose StatementEnd
-- +goose StatementBegin
CREATE TRIGGER cases_delete BEFORE DELETE ON cases
BEGIN SELECT RAISE(ABORT, 'cases is append-only but for what became of them'); END;
-- +goose StatementEnd
