-- What is proposed for the library, and who is credited for an item.

-- +goose Up
-- Who proposed an item, empty when nobody did.
ALTER TABLE library_items ADD COLUMN proposer text COLLATE "C" NOT NULL DEFAULT '';

-- What was proposed never changes; only what was answered does.
CREATE TABLE proposals (
    workspace_id text COLLATE "C" NOT NULL REFERENCES workspaces,
    id           text COLLATE "C" NOT NULL,
    -- NULL when no person proposed it.
    proposer     text COLLATE "C",
    title        text NOT NULL,
    content      json NOT NULL,
    note         text NOT NULL,
    topic_id     text COLLATE "C",
    state        text COLLATE "C" NOT NULL CHECK (state IN ('proposed', 'accepted', 'declined', 'withdrawn')),
    item_id      text COLLATE "C",
    answerer     text COLLATE "C",
    reason       text NOT NULL,
    version      bigint NOT NULL,
    create_time  timestamptz,
    answer_time  timestamptz,
    PRIMARY KEY (workspace_id, id),
    FOREIGN KEY (workspace_id, proposer) REFERENCES members,
    FOREIGN KEY (workspace_id, topic_id) REFERENCES topics,
    FOREIGN KEY (workspace_id, item_id) REFERENCES library_items,
    FOREIGN KEY (workspace_id, answerer) REFERENCES members,
    CHECK ((state = 'accepted') = (item_id IS NOT NULL))
);
CREATE INDEX proposals_by_state ON proposals (workspace_id, state, id);
CREATE INDEX proposals_by_proposer ON proposals (workspace_id, proposer, state, id);
CREATE INDEX proposals_of_proposer ON proposals (workspace_id, proposer, id);

CREATE TRIGGER proposals_update BEFORE UPDATE OF workspace_id, id, proposer, title, content, note, topic_id, create_time ON proposals FOR EACH ROW
EXECUTE FUNCTION refuse_change('is append-only but for its answer');
CREATE TRIGGER proposals_answered BEFORE UPDATE ON proposals FOR EACH ROW
WHEN (OLD.state <> 'proposed') EXECUTE FUNCTION refuse_change('is answered once');
CREATE TRIGGER proposals_delete BEFORE DELETE ON proposals FOR EACH ROW
EXECUTE FUNCTION refuse_change('is append-only but for its answer');
CREATE TRIGGER proposals_truncate BEFORE TRUNCATE ON proposals
EXECUTE FUNCTION refuse_change('is append-only but for its answer');
