-- What is proposed for the library, and who is credited for an item.

-- +goose Up
-- Who proposed an item, empty when nobody did.
ALTER TABLE library_items ADD COLUMN proposer TEXT NOT NULL DEFAULT '';

-- What was proposed never changes; only what was answered does.
CREATE TABLE proposals (
    workspace_id TEXT    NOT NULL REFERENCES workspaces,
    id           TEXT    NOT NULL,
    -- NULL when no person proposed it.
    proposer     TEXT,
    title        TEXT    NOT NULL,
    content      TEXT    NOT NULL,
    note         TEXT    NOT NULL,
    topic_id     TEXT,
    state        TEXT    NOT NULL CHECK (state IN ('proposed', 'accepted', 'declined', 'withdrawn')),
    item_id      TEXT,
    answerer     TEXT,
    reason       TEXT    NOT NULL,
    version      INTEGER NOT NULL,
    create_time  TEXT,
    answer_time  TEXT,
    PRIMARY KEY (workspace_id, id),
    FOREIGN KEY (workspace_id, proposer) REFERENCES members,
    FOREIGN KEY (workspace_id, topic_id) REFERENCES topics,
    FOREIGN KEY (workspace_id, item_id) REFERENCES library_items,
    FOREIGN KEY (workspace_id, answerer) REFERENCES members,
    CHECK ((state = 'accepted') = (item_id IS NOT NULL))
) STRICT;
CREATE INDEX proposals_by_state ON proposals (workspace_id, state, id);
CREATE INDEX proposals_by_proposer ON proposals (workspace_id, proposer, state, id);
CREATE INDEX proposals_of_proposer ON proposals (workspace_id, proposer, id);

-- +goose StatementBegin
CREATE TRIGGER proposals_update BEFORE UPDATE OF workspace_id, id, proposer, title, content, note, topic_id, create_time ON proposals
BEGIN SELECT RAISE(ABORT, 'proposals is append-only but for its answer'); END;
-- +goose StatementEnd
-- +goose StatementBegin
CREATE TRIGGER proposals_answered BEFORE UPDATE ON proposals WHEN OLD.state <> 'proposed'
BEGIN SELECT RAISE(ABORT, 'a proposal is answered once'); END;
-- +goose StatementEnd
-- +goose StatementBegin
CREATE TRIGGER proposals_delete BEFORE DELETE ON proposals
BEGIN SELECT RAISE(ABORT, 'proposals is append-only but for its answer'); END;
-- +goose StatementEnd
