-- The rules by which a workspace tells what author and company have to do with each other,
-- by which of them a round was opened, and how far what is not sent yet was looked at by them.

-- +goose Up
-- The newest revision is the one in force.
CREATE TABLE disclosure_revisions (
    workspace_id     text COLLATE "C" NOT NULL REFERENCES workspaces,
    disclosure_table text COLLATE "C" NOT NULL,
    number           bigint NOT NULL CHECK (number > 0),
    rules            json NOT NULL,
    digest           text COLLATE "C" NOT NULL,
    publisher        text COLLATE "C" NOT NULL,
    create_time      timestamptz NOT NULL,
    PRIMARY KEY (workspace_id, disclosure_table, number),
    FOREIGN KEY (workspace_id, publisher) REFERENCES members
);

CREATE TRIGGER disclosure_revisions_update BEFORE UPDATE ON disclosure_revisions FOR EACH ROW
EXECUTE FUNCTION refuse_change('is append-only');
CREATE TRIGGER disclosure_revisions_delete BEFORE DELETE ON disclosure_revisions FOR EACH ROW
EXECUTE FUNCTION refuse_change('is append-only');
CREATE TRIGGER disclosure_revisions_truncate BEFORE TRUNCATE ON disclosure_revisions
EXECUTE FUNCTION refuse_change('is append-only');

CREATE TABLE disclosure_rechecks (
    workspace_id     text COLLATE "C" NOT NULL,
    disclosure_table text COLLATE "C" NOT NULL,
    number           bigint NOT NULL,
    cursor           text COLLATE "C" NOT NULL,
    checked          bigint NOT NULL,
    retold           bigint NOT NULL,
    version          bigint NOT NULL,
    end_time         timestamptz,
    PRIMARY KEY (workspace_id, disclosure_table, number),
    FOREIGN KEY (workspace_id, disclosure_table, number) REFERENCES disclosure_revisions
);

CREATE TRIGGER disclosure_rechecks_update BEFORE UPDATE ON disclosure_rechecks FOR EACH ROW WHEN (old.end_time IS NOT NULL)
EXECUTE FUNCTION refuse_change('is append-only once it has ended');
CREATE TRIGGER disclosure_rechecks_delete BEFORE DELETE ON disclosure_rechecks FOR EACH ROW
EXECUTE FUNCTION refuse_change('is append-only');
CREATE TRIGGER disclosure_rechecks_truncate BEFORE TRUNCATE ON disclosure_rechecks
EXECUTE FUNCTION refuse_change('is append-only');

-- 0 for none.
ALTER TABLE reviews ADD COLUMN disclosures bigint NOT NULL DEFAULT 0 CHECK (disclosures >= 0);
