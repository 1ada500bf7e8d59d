-- How far what is not sent yet was looked at by a lexicon that came into force.

-- +goose Up
CREATE TABLE lexicon_rechecks (
    workspace_id text COLLATE "C" NOT NULL,
    lexicon      text COLLATE "C" NOT NULL,
    number       bigint NOT NULL,
    cursor       text COLLATE "C" NOT NULL,
    checked      bigint NOT NULL,
    forbidden    bigint NOT NULL,
    restricted   bigint NOT NULL,
    version      bigint NOT NULL,
    end_time     timestamptz,
    PRIMARY KEY (workspace_id, lexicon, number),
    FOREIGN KEY (workspace_id, lexicon, number) REFERENCES lexicon_revisions
);

CREATE TRIGGER lexicon_rechecks_update BEFORE UPDATE ON lexicon_rechecks FOR EACH ROW WHEN (old.end_time IS NOT NULL)
EXECUTE FUNCTION refuse_change('is append-only once it has ended');
CREATE TRIGGER lexicon_rechecks_delete BEFORE DELETE ON lexicon_rechecks FOR EACH ROW
EXECUTE FUNCTION refuse_change('is append-only');
CREATE TRIGGER lexicon_rechecks_truncate BEFORE TRUNCATE ON lexicon_rechecks
EXECUTE FUNCTION refuse_change('is append-only');
