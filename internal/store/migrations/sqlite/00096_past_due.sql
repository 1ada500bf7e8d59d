-- What passed its time while a hold stopped it waits for a person.

-- +goose Up
CREATE INDEX holds_lifted ON holds (workspace_id, release_time) WHERE release_time IS NOT NULL;
