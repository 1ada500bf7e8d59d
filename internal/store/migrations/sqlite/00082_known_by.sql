-- By which network's name a publication is known, and that what a look found is one
-- publication's alone.
-- +goose Up
CREATE INDEX publications_known ON publications (workspace_id, account_id, external_id) WHERE external_id <> '';
CREATE UNIQUE INDEX publications_found ON publications (workspace_id, account_id, external_id) WHERE evidence = 'found' AND external_id <> '';

-- +goose Down
DROP INDEX publications_found;
DROP INDEX publications_known;
