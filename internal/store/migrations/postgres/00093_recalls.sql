-- What is taken back, and what of it.

-- +goose Up
CREATE TABLE recalls (
    workspace_id text COLLATE "C" NOT NULL,
    id           text COLLATE "C" NOT NULL,
    item_id      text COLLATE "C" NOT NULL,
    -- Words with a space between them.
    scopes       text COLLATE "C" NOT NULL CHECK (scopes <> ''),
    reason       text NOT NULL,
    person_id    text COLLATE "C" NOT NULL,
    key_id       text COLLATE "C" NOT NULL,
    create_time  timestamptz,
    find_time    timestamptz,
    end_time     timestamptz,
    version      bigint NOT NULL,
    PRIMARY KEY (workspace_id, id),
    FOREIGN KEY (workspace_id, item_id) REFERENCES library_items,
    CHECK (end_time IS NULL OR find_time IS NOT NULL)
);
CREATE INDEX recalls_by_item ON recalls (workspace_id, item_id, id);
CREATE INDEX recalls_running ON recalls (workspace_id, id) WHERE end_time IS NULL;

CREATE TABLE recall_copies (
    workspace_id   text COLLATE "C" NOT NULL,
    recall_id      text COLLATE "C" NOT NULL,
    publication_id text COLLATE "C" NOT NULL,
    PRIMARY KEY (workspace_id, recall_id, publication_id),
    FOREIGN KEY (workspace_id, recall_id) REFERENCES recalls,
    FOREIGN KEY (workspace_id, publication_id) REFERENCES publications
);
CREATE INDEX recall_copies_by_publication ON recall_copies (workspace_id, publication_id, recall_id);

CREATE TRIGGER recalls_update BEFORE UPDATE OF workspace_id, id, item_id, scopes, reason, person_id, key_id, create_time ON recalls FOR EACH ROW
EXECUTE FUNCTION refuse_change('is append-only but for how far they are');
CREATE TRIGGER recalls_delete BEFORE DELETE ON recalls FOR EACH ROW
EXECUTE FUNCTION refuse_change('is append-only but for how far they are');
CREATE TRIGGER recalls_truncate BEFORE TRUNCATE ON recalls
EXECUTE FUNCTION refuse_change('is append-only but for how far they are');
CREATE TRIGGER recall_copies_update BEFORE UPDATE ON recall_copies FOR EACH ROW
EXECUTE FUNCTION refuse_change('is append-only');
CREATE TRIGGER recall_copies_delete BEFORE DELETE ON recall_copies FOR EACH ROW
EXECUTE FUNCTION refuse_change('is append-only');
CREATE TRIGGER recall_copies_truncate BEFORE TRUNCATE ON recall_copies
EXECUTE FUNCTION refuse_change('is append-only');
