-- Who wrote a routing policy, what it would have done, and who put it in force.

-- +goose Up
-- The person who wrote the revision; empty for what the workspace began with.
ALTER TABLE routing_policies ADD COLUMN author text COLLATE "C" NOT NULL DEFAULT '';

CREATE TRIGGER routing_policies_author BEFORE UPDATE OF author ON routing_policies FOR EACH ROW
EXECUTE FUNCTION refuse_change('is append-only but for active');

-- Whether the author asked for the expedited route, and a policy had one.
ALTER TABLE reviews ADD COLUMN expedited boolean NOT NULL DEFAULT false;
-- The rules that could not be evaluated when the round opened: a JSON array.
ALTER TABLE reviews ADD COLUMN failed_rules text NOT NULL DEFAULT '[]';
-- For the replay of what was submitted since a day.
CREATE INDEX reviews_by_open_time ON reviews (workspace_id, open_time, subject_kind, subject_id, round);

-- A draft replayed over the past. base is the revision it was compared with.
CREATE TABLE policy_simulations (
    workspace_id  text COLLATE "C" NOT NULL,
    id            text COLLATE "C" NOT NULL,
    policy        text COLLATE "C" NOT NULL,
    revision      bigint NOT NULL,
    base_policy   text COLLATE "C" NOT NULL,
    base_revision bigint NOT NULL,
    days          bigint NOT NULL CHECK (days > 0),
    author        text COLLATE "C" NOT NULL,
    state         text COLLATE "C" NOT NULL CHECK (state IN ('running', 'succeeded', 'failed')),
    -- Where an interrupted run goes on, and what it has found so far.
    progress      text NOT NULL,
    report        text NOT NULL,
    version       bigint NOT NULL,
    create_time   timestamptz NOT NULL,
    end_time      timestamptz,
    PRIMARY KEY (workspace_id, id),
    -- So that an activation can name what it rests on.
    UNIQUE (workspace_id, id, policy, revision),
    FOREIGN KEY (workspace_id, policy, revision) REFERENCES routing_policies,
    FOREIGN KEY (workspace_id, base_policy, base_revision) REFERENCES routing_policies (workspace_id, policy, revision),
    FOREIGN KEY (workspace_id, author) REFERENCES members (workspace_id, person_id)
);
CREATE INDEX policy_simulations_by_revision ON policy_simulations (workspace_id, policy, revision, id);

CREATE TRIGGER policy_simulations_update BEFORE UPDATE ON policy_simulations FOR EACH ROW
WHEN (old.state <> 'running')
EXECUTE FUNCTION refuse_change('is append-only once it has ended');
CREATE TRIGGER policy_simulations_delete BEFORE DELETE ON policy_simulations FOR EACH ROW
EXECUTE FUNCTION refuse_change('is append-only');
CREATE TRIGGER policy_simulations_truncate BEFORE TRUNCATE ON policy_simulations
EXECUTE FUNCTION refuse_change('is append-only');

-- Each time a revision came into force: by whom, on the word of which simulation, and how
-- far the reviews that were open then have been computed again.
CREATE TABLE policy_activations (
    workspace_id text COLLATE "C" NOT NULL,
    id           text COLLATE "C" NOT NULL,
    policy       text COLLATE "C" NOT NULL,
    revision     bigint NOT NULL,
    simulation   text COLLATE "C" NOT NULL,
    person_id    text COLLATE "C" NOT NULL,
    acknowledged boolean NOT NULL,
    cursor       text COLLATE "C" NOT NULL,
    done         bigint NOT NULL,
    version      bigint NOT NULL,
    create_time  timestamptz NOT NULL,
    end_time     timestamptz,
    PRIMARY KEY (workspace_id, id),
    FOREIGN KEY (workspace_id, simulation, policy, revision)
        REFERENCES policy_simulations (workspace_id, id, policy, revision),
    FOREIGN KEY (workspace_id, person_id) REFERENCES members
);
CREATE INDEX policy_activations_by_revision ON policy_activations (workspace_id, policy, revision, id);

CREATE TRIGGER policy_activations_update BEFORE UPDATE OF workspace_id, id, policy, revision, simulation, person_id,
    acknowledged, create_time ON policy_activations FOR EACH ROW
EXECUTE FUNCTION refuse_change('is append-only but for its progress');
CREATE TRIGGER policy_activations_delete BEFORE DELETE ON policy_activations FOR EACH ROW
EXECUTE FUNCTION refuse_change('is append-only but for its progress');
CREATE TRIGGER policy_activations_truncate BEFORE TRUNCATE ON policy_activations
EXECUTE FUNCTION refuse_change('is append-only but for its progress');
