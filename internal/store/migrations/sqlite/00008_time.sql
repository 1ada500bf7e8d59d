-- Working hours, who stands in for whom, who is away, and what people are reminded of.

-- +goose Up
CREATE TABLE calendar_revisions (
    workspace_id TEXT    NOT NULL REFERENCES workspaces,
    calendar     TEXT    NOT NULL,
    revision     INTEGER NOT NULL,
    hours        TEXT    NOT NULL,
    create_time  TEXT,
    PRIMARY KEY (workspace_id, calendar, revision)
) STRICT;

-- +goose StatementBegin
CREATE TRIGGER calendar_revisions_update BEFORE UPDATE ON calendar_revisions
BEGIN SELECT RAISE(ABORT, 'calendar_revisions is append-only'); END;
-- +goose StatementEnd
-- +goose StatementBegin
CREATE TRIGGER calendar_revisions_delete BEFORE DELETE ON calendar_revisions
BEGIN SELECT RAISE(ABORT, 'calendar_revisions is append-only'); END;
-- +goose StatementEnd

-- A calendar that is deleted leaves its revisions: due times were computed with them.
CREATE TABLE calendars (
    workspace_id TEXT    NOT NULL,
    id           TEXT    NOT NULL,
    display_name TEXT    NOT NULL,
    standard     INTEGER NOT NULL CHECK (standard IN (0, 1)),
    revision     INTEGER NOT NULL,
    version      INTEGER NOT NULL,
    create_time  TEXT,
    update_time  TEXT,
    PRIMARY KEY (workspace_id, id),
    FOREIGN KEY (workspace_id, id, revision) REFERENCES calendar_revisions (workspace_id, calendar, revision)
) STRICT;
CREATE UNIQUE INDEX calendars_standard ON calendars (workspace_id) WHERE standard;

-- Each workspace has office hours in its zone to begin with.
INSERT INTO calendar_revisions (workspace_id, calendar, revision, hours, create_time)
SELECT workspace_id, 'hq', 1, '{"zone":"' || zone || '","week":['
    || '{"day":1,"start":540,"end":1080},{"day":2,"start":540,"end":1080},{"day":3,"start":540,"end":1080},'
    || '{"day":4,"start":540,"end":1080},{"day":5,"start":540,"end":1080}]}', create_time
FROM workspaces;
INSERT INTO calendars (workspace_id, id, display_name, standard, revision, version, create_time, update_time)
SELECT workspace_id, 'hq', 'Office hours', TRUE, 1, 1, create_time, create_time
FROM workspaces;

CREATE TABLE delegations (
    workspace_id  TEXT    NOT NULL,
    id            TEXT    NOT NULL,
    delegator     TEXT    NOT NULL,
    delegate      TEXT    NOT NULL,
    role          TEXT    NOT NULL,
    start_time    TEXT    NOT NULL,
    end_time      TEXT    NOT NULL,
    zone          TEXT    NOT NULL,
    reason        TEXT    NOT NULL,
    creator       TEXT    NOT NULL,
    create_time   TEXT    NOT NULL,
    revoke_time   TEXT,
    revoker       TEXT    NOT NULL,
    revoke_reason TEXT    NOT NULL,
    version       INTEGER NOT NULL,
    PRIMARY KEY (workspace_id, id),
    FOREIGN KEY (workspace_id, delegator) REFERENCES members,
    FOREIGN KEY (workspace_id, delegate) REFERENCES members,
    CHECK (delegator <> delegate)
) STRICT;
CREATE INDEX delegations_by_delegator ON delegations (workspace_id, delegator, id);
CREATE INDEX delegations_by_delegate ON delegations (workspace_id, delegate, id);

-- +goose StatementBegin
CREATE TRIGGER delegations_update BEFORE UPDATE OF workspace_id, id, delegator, delegate, role, start_time, end_time, zone,
    reason, creator, create_time ON delegations
BEGIN SELECT RAISE(ABORT, 'delegations is append-only but for the end'); END;
-- +goose StatementEnd
-- +goose StatementBegin
CREATE TRIGGER delegations_delete BEFORE DELETE ON delegations
BEGIN SELECT RAISE(ABORT, 'delegations is append-only but for the end'); END;
-- +goose StatementEnd

-- Whose signature a decision is when somebody gave it for another, and by which delegation.
ALTER TABLE decisions ADD COLUMN on_behalf_of TEXT;
ALTER TABLE decisions ADD COLUMN delegation_id TEXT;

CREATE TABLE absences (
    workspace_id TEXT    NOT NULL,
    id           TEXT    NOT NULL,
    person_id    TEXT    NOT NULL,
    start_time   TEXT    NOT NULL,
    end_time     TEXT    NOT NULL,
    zone         TEXT    NOT NULL,
    note         TEXT    NOT NULL,
    version      INTEGER NOT NULL,
    create_time  TEXT,
    PRIMARY KEY (workspace_id, id),
    FOREIGN KEY (workspace_id, person_id) REFERENCES members
) STRICT;
CREATE INDEX absences_by_person ON absences (workspace_id, person_id, id);

-- What somebody is to be told; who sends it reads them in order.
CREATE TABLE reminders (
    workspace_id TEXT NOT NULL,
    id           TEXT NOT NULL,
    person_id    TEXT NOT NULL,
    code         TEXT NOT NULL,
    subject      TEXT NOT NULL,
    -- The same reminder is kept once, however often its reason is found again.
    dedup        TEXT NOT NULL,
    due_time     TEXT NOT NULL,
    create_time  TEXT NOT NULL,
    PRIMARY KEY (workspace_id, id),
    UNIQUE (workspace_id, person_id, dedup),
    FOREIGN KEY (workspace_id, person_id) REFERENCES members
) STRICT;
CREATE INDEX reminders_by_person ON reminders (workspace_id, person_id, id);
