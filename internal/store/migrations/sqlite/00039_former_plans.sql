-- What a round asked for before another plan took its place.

-- +goose Up
CREATE TABLE former_plans (
    workspace_id         TEXT    NOT NULL,
    subject_kind         TEXT    NOT NULL,
    subject_id           TEXT    NOT NULL,
    round                INTEGER NOT NULL,
    number               INTEGER NOT NULL CHECK (number > 0),
    plan                 TEXT    NOT NULL,
    -- The policy that made it, and the one in force when it was replaced.
    policy               TEXT    NOT NULL,
    policy_revision      INTEGER NOT NULL,
    next_policy          TEXT    NOT NULL,
    next_policy_revision INTEGER NOT NULL,
    cause                TEXT    NOT NULL CHECK (cause IN ('grew', 'rerouted')),
    -- Who had it replaced; the service itself lets plans only grow.
    person_id            TEXT CHECK (cause = 'grew' OR person_id IS NOT NULL),
    reason               TEXT    NOT NULL,
    replace_time         TEXT    NOT NULL,
    PRIMARY KEY (workspace_id, subject_kind, subject_id, round, number),
    FOREIGN KEY (workspace_id, subject_kind, subject_id, round) REFERENCES reviews,
    FOREIGN KEY (workspace_id, person_id) REFERENCES members
) STRICT;

-- +goose StatementBegin
CREATE TRIGGER former_plans_update BEFORE UPDATE ON former_plans
BEGIN SELECT RAISE(ABORT, 'former_plans is append-only'); END;
-- +goose StatementEnd
-- +goose StatementBegin
CREATE TRIGGER former_plans_delete BEFORE DELETE ON former_plans
BEGIN SELECT RAISE(ABORT, 'former_plans is append-only'); END;
-- +goose StatementEnd
