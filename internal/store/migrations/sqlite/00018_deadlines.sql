-- By when a signature should be there, and who was asked for it.

-- +goose Up
CREATE TABLE deadlines (
    workspace_id      TEXT NOT NULL,
    subject_kind      TEXT NOT NULL,
    subject_id        TEXT NOT NULL,
    round             INTEGER NOT NULL,
    requirement       TEXT NOT NULL,
    state             TEXT NOT NULL CHECK (state IN ('running', 'paused', 'over')),
    business          INTEGER NOT NULL,
    spent             INTEGER NOT NULL,
    calendar          TEXT NOT NULL,
    calendar_revision INTEGER NOT NULL,
    zone_data         TEXT NOT NULL,
    start_time        TEXT NOT NULL,
    due_time          TEXT NOT NULL,
    rung              INTEGER NOT NULL,
    next_time         TEXT,
    PRIMARY KEY (workspace_id, subject_kind, subject_id, round, requirement),
    FOREIGN KEY (workspace_id, subject_kind, subject_id, round) REFERENCES reviews,
    -- A due time names the hours it was counted in, which are never changed or deleted.
    FOREIGN KEY (workspace_id, calendar, calendar_revision) REFERENCES calendar_revisions
) STRICT;
-- Across workspaces, for the timer that escalates and for a change of the time zones.
CREATE INDEX deadlines_next ON deadlines (next_time) WHERE state = 'running';
CREATE INDEX deadlines_zone_data ON deadlines (zone_data) WHERE state = 'running';
CREATE INDEX deadlines_by_calendar ON deadlines (workspace_id, calendar) WHERE state <> 'over';

CREATE TABLE deadline_persons (
    workspace_id TEXT NOT NULL,
    subject_kind TEXT NOT NULL,
    subject_id   TEXT NOT NULL,
    round        INTEGER NOT NULL,
    requirement  TEXT NOT NULL,
    person_id    TEXT NOT NULL,
    -- The working time somebody was asked for, while the turn waits.
    weight       INTEGER NOT NULL,
    waiting      INTEGER NOT NULL CHECK (waiting IN (0, 1)),
    PRIMARY KEY (workspace_id, subject_kind, subject_id, round, requirement, person_id),
    FOREIGN KEY (workspace_id, subject_kind, subject_id, round, requirement) REFERENCES deadlines,
    FOREIGN KEY (workspace_id, person_id) REFERENCES members
) STRICT;
CREATE INDEX deadline_persons_load ON deadline_persons (workspace_id, person_id) WHERE waiting;
