-- By when a signature should be there, and who was asked for it.

-- +goose Up
CREATE TABLE deadlines (
    workspace_id      text COLLATE "C" NOT NULL,
    subject_kind      text COLLATE "C" NOT NULL,
    subject_id        text COLLATE "C" NOT NULL,
    round             bigint NOT NULL,
    requirement       text COLLATE "C" NOT NULL,
    state             text COLLATE "C" NOT NULL CHECK (state IN ('running', 'paused', 'over')),
    business          bigint NOT NULL,
    spent             bigint NOT NULL,
    calendar          text COLLATE "C" NOT NULL,
    calendar_revision bigint NOT NULL,
    zone_data         text COLLATE "C" NOT NULL,
    start_time        timestamptz NOT NULL,
    due_time          timestamptz NOT NULL,
    rung              bigint NOT NULL,
    next_time         timestamptz,
    PRIMARY KEY (workspace_id, subject_kind, subject_id, round, requirement),
    FOREIGN KEY (workspace_id, subject_kind, subject_id, round) REFERENCES reviews,
    -- A due time names the hours it was counted in, which are never changed or deleted.
    FOREIGN KEY (workspace_id, calendar, calendar_revision) REFERENCES calendar_revisions
);
-- Across workspaces, for the timer that escalates and for a change of the time zones.
CREATE INDEX deadlines_next ON deadlines (next_time) WHERE state = 'running';
CREATE INDEX deadlines_zone_data ON deadlines (zone_data) WHERE state = 'running';
CREATE INDEX deadlines_by_calendar ON deadlines (workspace_id, calendar) WHERE state <> 'over';

CREATE TABLE deadline_persons (
    workspace_id text COLLATE "C" NOT NULL,
    subject_kind text COLLATE "C" NOT NULL,
    subject_id   text COLLATE "C" NOT NULL,
    round        bigint NOT NULL,
    requirement  text COLLATE "C" NOT NULL,
    person_id    text COLLATE "C" NOT NULL,
    -- The working time somebody was asked for, while the turn waits.
    weight       bigint NOT NULL,
    waiting      boolean NOT NULL,
    PRIMARY KEY (workspace_id, subject_kind, subject_id, round, requirement, person_id),
    FOREIGN KEY (workspace_id, subject_kind, subject_id, round, requirement) REFERENCES deadlines,
    FOREIGN KEY (workspace_id, person_id) REFERENCES members
);
CREATE INDEX deadline_persons_load ON deadline_persons (workspace_id, person_id) WHERE waiting;
