-- What a round asked for before another plan took its place.

-- +goose Up
CREATE TABLE former_plans (
    workspace_id         text COLLATE "C" NOT NULL,
    subject_kind         text COLLATE "C" NOT NULL,
    subject_id           text COLLATE "C" NOT NULL,
    round                bigint NOT NULL,
    number               bigint NOT NULL CHECK (number > 0),
    plan                 json NOT NULL,
    -- The policy that made it, and the one in force when it was replaced.
    policy               text COLLATE "C" NOT NULL,
    policy_revision      bigint NOT NULL,
    next_policy          text COLLATE "C" NOT NULL,
    next_policy_revision bigint NOT NULL,
    cause                text COLLATE "C" NOT NULL CHECK (cause IN ('grew', 'rerouted')),
    -- Who had it replaced; the service itself lets plans only grow.
    person_id            text COLLATE "C" CHECK (cause = 'grew' OR person_id IS NOT NULL),
    reason               text NOT NULL,
    replace_time         timestamptz NOT NULL,
    PRIMARY KEY (workspace_id, subject_kind, subject_id, round, number),
    FOREIGN KEY (workspace_id, subject_kind, subject_id, round) REFERENCES reviews,
    FOREIGN KEY (workspace_id, person_id) REFERENCES members
);

CREATE TRIGGER former_plans_update BEFORE UPDATE ON former_plans FOR EACH ROW
EXECUTE FUNCTION refuse_change('is append-only');
CREATE TRIGGER former_plans_delete BEFORE DELETE ON former_plans FOR EACH ROW
EXECUTE FUNCTION refuse_change('is append-only');
CREATE TRIGGER former_plans_truncate BEFORE TRUNCATE ON former_plans
EXECUTE FUNCTION refuse_change('is append-only');
