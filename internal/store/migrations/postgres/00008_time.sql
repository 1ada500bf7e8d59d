-- Working hours, who stands in for whom, who is away, and what people are reminded of.

-- +goose Up
CREATE TABLE calendar_revisions (
    workspace_id text COLLATE "C" NOT NULL REFERENCES workspaces,
    calendar     text COLLATE "C" NOT NULL,
    revision     bigint NOT NULL,
    hours        json NOT NULL,
    create_time  timestamptz,
    PRIMARY KEY (workspace_id, calendar, revision)
);

CREATE TRIGGER calendar_revisions_update BEFORE UPDATE ON calendar_revisions FOR EACH ROW
EXECUTE FUNCTION refuse_change('is append-only');
CREATE TRIGGER calendar_revisions_delete BEFORE DELETE ON calendar_revisions FOR EACH ROW
EXECUTE FUNCTION refuse_change('is append-only');
CREATE TRIGGER calendar_revisions_truncate BEFORE TRUNCATE ON calendar_revisions
EXECUTE FUNCTION refuse_change('is append-only');

-- A calendar that is deleted leaves its revisions: due times were computed with them.
CREATE TABLE calendars (
    workspace_id text COLLATE "C" NOT NULL,
    id           text COLLATE "C" NOT NULL,
    display_name text NOT NULL,
    standard     boolean NOT NULL,
    revision     bigint NOT NULL,
    version      bigint NOT NULL,
    create_time  timestamptz,
    update_time  timestamptz,
    PRIMARY KEY (workspace_id, id),
    FOREIGN KEY (workspace_id, id, revision) REFERENCES calendar_revisions (workspace_id, calendar, revision)
);
CREATE UNIQUE INDEX calendars_standard ON calendars (workspace_id) WHERE standard;

-- Each workspace has office hours in its zone to begin with.
INSERT INTO calendar_revisions (workspace_id, calendar, revision, hours, create_time)
SELECT workspace_id, 'hq', 1, ('{"zone":"' || zone || '","week":['
    || '{"day":1,"start":540,"end":1080},{"day":2,"start":540,"end":1080},{"day":3,"start":540,"end":1080},'
    || '{"day":4,"start":540,"end":1080},{"day":5,"start":540,"end":1080}]}')::json, create_time
FROM workspaces;
INSERT INTO calendars (workspace_id, id, display_name, standard, revision, version, create_time, update_time)
SELECT workspace_id, 'hq', 'Office hours', TRUE, 1, 1, create_time, create_time
FROM workspaces;

CREATE TABLE delegations (
    workspace_id  text COLLATE "C" NOT NULL,
    id            text COLLATE "C" NOT NULL,
    delegator     text COLLATE "C" NOT NULL,
    delegate      text COLLATE "C" NOT NULL,
    role          text COLLATE "C" NOT NULL,
    start_time    timestamptz NOT NULL,
    end_time      timestamptz NOT NULL,
    zone          text COLLATE "C" NOT NULL,
    reason        text NOT NULL,
    creator       text COLLATE "C" NOT NULL,
    create_time   timestamptz NOT NULL,
    revoke_time   timestamptz,
    revoker       text COLLATE "C" NOT NULL,
    revoke_reason text NOT NULL,
    version       bigint NOT NULL,
    PRIMARY KEY (workspace_id, id),
    FOREIGN KEY (workspace_id, delegator) REFERENCES members,
    FOREIGN KEY (workspace_id, delegate) REFERENCES members,
    CHECK (delegator <> delegate)
);
CREATE INDEX delegations_by_delegator ON delegations (workspace_id, delegator, id);
CREATE INDEX delegations_by_delegate ON delegations (workspace_id, delegate, id);

CREATE TRIGGER delegations_update BEFORE UPDATE OF workspace_id, id, delegator, delegate, role, start_time, end_time, zone,
    reason, creator, create_time ON delegations FOR EACH ROW
EXECUTE FUNCTION refuse_change('is append-only but for the end');
CREATE TRIGGER delegations_delete BEFORE DELETE ON delegations FOR EACH ROW
EXECUTE FUNCTION refuse_change('is append-only but for the end');
CREATE TRIGGER delegations_truncate BEFORE TRUNCATE ON delegations
EXECUTE FUNCTION refuse_change('is append-only but for the end');

-- Whose signature a decision is when somebody gave it for another, and by which delegation.
ALTER TABLE decisions ADD COLUMN on_behalf_of text COLLATE "C";
ALTER TABLE decisions ADD COLUMN delegation_id text COLLATE "C";

CREATE TABLE absences (
    workspace_id text COLLATE "C" NOT NULL,
    id           text COLLATE "C" NOT NULL,
    person_id    text COLLATE "C" NOT NULL,
    start_time   timestamptz NOT NULL,
    end_time     timestamptz NOT NULL,
    zone         text COLLATE "C" NOT NULL,
    note         text NOT NULL,
    version      bigint NOT NULL,
    create_time  timestamptz,
    PRIMARY KEY (workspace_id, id),
    FOREIGN KEY (workspace_id, person_id) REFERENCES members
);
CREATE INDEX absences_by_person ON absences (workspace_id, person_id, id);

-- What somebody is to be told; who sends it reads them in order.
CREATE TABLE reminders (
    workspace_id text COLLATE "C" NOT NULL,
    id           text COLLATE "C" NOT NULL,
    person_id    text COLLATE "C" NOT NULL,
    code         text COLLATE "C" NOT NULL,
    subject      text COLLATE "C" NOT NULL,
    -- The same reminder is kept once, however often its reason is found again.
    dedup        text COLLATE "C" NOT NULL,
    due_time     timestamptz NOT NULL,
    create_time  timestamptz NOT NULL,
    PRIMARY KEY (workspace_id, id),
    UNIQUE (workspace_id, person_id, dedup),
    FOREIGN KEY (workspace_id, person_id) REFERENCES members
);
CREATE INDEX reminders_by_person ON reminders (workspace_id, person_id, id);
