-- Who wrote a routing policy, what it would have done, and who put it in force.

-- +goose Up
-- The person who wrote the revision; empty for what the workspace began with.
ALTER TABLE routing_policies ADD COLUMN author TEXT NOT NULL DEFAULT '';

-- +goose StatementBegin
CREATE TRIGGER routing_policies_author BEFORE UPDATE OF author ON routing_policies
BEGIN SELECT RAISE(ABORT, 'routing_policies is append-only but for active'); END;
-- +goose StatementEnd

-- Whether the author asked for the expedited route, and a policy had one.
ALTER TABLE reviews ADD COLUMN expedited INTEGER NOT NULL DEFAULT 0 CHECK (expedited IN (0, 1));
-- The rules that could not be evaluated when the round opened: a JSON array.
ALTER TABLE reviews ADD COLUMN failed_rules TEXT NOT NULL DEFAULT '[]';
-- For the replay of what was submitted since a day.
CREATE INDEX reviews_by_open_time ON reviews (workspace_id, open_time, subject_kind, subject_id, round);

-- A draft replayed over the past. base is the revision it was compared with.
CREATE TABLE policy_simulations (
    workspace_id  TEXT    NOT NULL,
    id            TEXT    NOT NULL,
    policy        TEXT    NOT NULL,
    revision      INTEGER NOT NULL,
    base_policy   TEXT    NOT NULL,
    base_revision INTEGER NOT NULL,
    days          INTEGER NOT NULL CHECK (days > 0),
    author        TEXT    NOT NULL,
    state         TEXT    NOT NULL CHECK (state IN ('running', 'succeeded', 'failed')),
    -- Where an interrupted run goes on, and what it has found so far.
    progress      TEXT    NOT NULL,
    report        TEXT    NOT NULL,
    version       INTEGER NOT NULL,
    create_time   TEXT    NOT NULL,
    end_time      TEXT,
    PRIMARY KEY (workspace_id, id),
    -- So that an activation can name what it rests on.
    UNIQUE (workspace_id, id, policy, revision),
    FOREIGN KEY (workspace_id, policy, revision) REFERENCES routing_policies,
    FOREIGN KEY (workspace_id, base_policy, base_revision) REFERENCES routing_policies (workspace_id, policy, revision),
    FOREIGN KEY (workspace_id, author) REFERENCES members (workspace_id, person_id)
) STRICT;
CREATE INDEX policy_simulations_by_revision ON policy_simulations (workspace_id, policy, revision, id);

-- +goose StatementBegin
CREATE TRIGGER policy_simulations_update BEFORE UPDATE ON policy_simulations WHEN old.state <> 'running'
BEGIN SELECT RAISE(ABORT, 'policy_simulations is append-only once it has ended'); END;
-- +goose StatementEnd
-- +goose StatementBegin
CREATE TRIGGER policy_simulations_delete BEFORE DELETE ON policy_simulations
BEGIN SELECT RAISE(ABORT, 'policy_simulations is append-only'); END;
-- +goose StatementEnd

-- Each time a revision came into force: by whom, on the word of which simulation, and how
-- far the reviews that were open then have been computed again.
CREATE TABLE policy_activations (
    workspace_id TEXT    NOT NULL,
    id           TEXT    NOT NULL,
    policy       TEXT    NOT NULL,
    revision     INTEGER NOT NULL,
    simulation   TEXT    NOT NULL,
    person_id    TEXT    NOT NULL,
    acknowledged INTEGER NOT NULL CHECK (acknowledged IN (0, 1)),
    cursor       TEXT    NOT NULL,
    done         INTEGER NOT NULL,
    version      INTEGER NOT NULL,
    create_time  TEXT    NOT NULL,
    end_time     TEXT,
    PRIMARY KEY (workspace_id, id),
    FOREIGN KEY (workspace_id, simulation, policy, revision)
        REFERENCES policy_simulations (workspace_id, id, policy, revision),
    FOREIGN KEY (workspace_id, person_id) REFERENCES members
) STRICT;
CREATE INDEX policy_activations_by_revision ON policy_activations (workspace_id, policy, revision, id);

-- +goose StatementBegin
CREATE TRIGGER policy_activations_update BEFORE UPDATE OF workspace_id, id, policy, revision, simulation, person_id,
    acknowledged, create_time ON policy_activations
BEGIN SELECT RAISE(ABORT, 'policy_activations is append-only but for its progress'); END;
-- +goose StatementEnd
-- +goose StatementBegin
CREATE TRIGGER policy_activations_delete BEFORE DELETE ON policy_activations
BEGIN SELECT RAISE(ABORT, 'policy_activations is append-only but for its progress'); END;
-- +goose StatementEnd
