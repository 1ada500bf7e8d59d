-- The guideline people read, and who acknowledged which wording of it.

-- +goose Up
-- The newest revision is the one in force.
CREATE TABLE guideline_revisions (
    workspace_id   text COLLATE "C" NOT NULL REFERENCES workspaces,
    guideline      text COLLATE "C" NOT NULL,
    number         bigint NOT NULL CHECK (number > 0),
    texts          json NOT NULL,
    digest         text COLLATE "C" NOT NULL,
    -- Until when having been up to date before is enough.
    grace_end_time timestamptz,
    publisher      text COLLATE "C" NOT NULL,
    create_time    timestamptz NOT NULL,
    PRIMARY KEY (workspace_id, guideline, number),
    UNIQUE (workspace_id, guideline, number, digest),
    FOREIGN KEY (workspace_id, publisher) REFERENCES members
);

CREATE TRIGGER guideline_revisions_update BEFORE UPDATE ON guideline_revisions FOR EACH ROW
EXECUTE FUNCTION refuse_change('is append-only');
CREATE TRIGGER guideline_revisions_delete BEFORE DELETE ON guideline_revisions FOR EACH ROW
EXECUTE FUNCTION refuse_change('is append-only');
CREATE TRIGGER guideline_revisions_truncate BEFORE TRUNCATE ON guideline_revisions
EXECUTE FUNCTION refuse_change('is append-only');

-- The first acknowledgement of a revision by a person stays. It names what was shown, and
-- nothing else can be stored.
CREATE TABLE guideline_acknowledgements (
    workspace_id text COLLATE "C" NOT NULL,
    guideline    text COLLATE "C" NOT NULL,
    person_id    text COLLATE "C" NOT NULL,
    number       bigint NOT NULL,
    id           text COLLATE "C" NOT NULL,
    digest       text COLLATE "C" NOT NULL,
    session_id   text COLLATE "C" NOT NULL,
    create_time  timestamptz NOT NULL,
    PRIMARY KEY (workspace_id, guideline, person_id, number),
    UNIQUE (workspace_id, guideline, number, id),
    FOREIGN KEY (workspace_id, guideline, number, digest)
        REFERENCES guideline_revisions (workspace_id, guideline, number, digest),
    FOREIGN KEY (workspace_id, person_id) REFERENCES members
);

CREATE TRIGGER guideline_acknowledgements_update BEFORE UPDATE ON guideline_acknowledgements FOR EACH ROW
EXECUTE FUNCTION refuse_change('is append-only');
CREATE TRIGGER guideline_acknowledgements_delete BEFORE DELETE ON guideline_acknowledgements FOR EACH ROW
EXECUTE FUNCTION refuse_change('is append-only');
CREATE TRIGGER guideline_acknowledgements_truncate BEFORE TRUNCATE ON guideline_acknowledgements
EXECUTE FUNCTION refuse_change('is append-only');
