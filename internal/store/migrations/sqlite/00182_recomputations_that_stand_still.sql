-- What is computed again and has not ended, to be given a new run when it stands still.

-- +goose Up
CREATE INDEX recomputations_under_way ON recomputations (create_time, id) WHERE end_time IS NULL;
CREATE INDEX policy_activations_under_way ON policy_activations (create_time, id) WHERE end_time IS NULL;
