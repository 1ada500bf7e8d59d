-- How many requests for what is published were noted outside the database before they began, and
-- which database this is, by a name that a copy and a restored one keep.

-- +goose Up
ALTER TABLE publications ADD COLUMN departures bigint NOT NULL DEFAULT 0;

-- A new epoch begins when the database was found to have been put back to an earlier state.
CREATE TABLE epochs (
    number     bigint NOT NULL CHECK (number > 0),
    deployment text COLLATE "C" NOT NULL,
    -- Up to when requests may have been forgotten; none in the first.
    begin_time timestamptz,
    -- The newest audit record at that time.
    sequence   bigint NOT NULL,
    cause      text COLLATE "C" NOT NULL,
    PRIMARY KEY (number)
);
INSERT INTO epochs (number, deployment, begin_time, sequence, cause) VALUES (1, replace(gen_random_uuid()::text, '-', ''), NULL, 0, 'first');

CREATE TRIGGER epochs_update BEFORE UPDATE ON epochs FOR EACH ROW
EXECUTE FUNCTION refuse_change('is append-only');
CREATE TRIGGER epochs_delete BEFORE DELETE ON epochs FOR EACH ROW
EXECUTE FUNCTION refuse_change('is append-only');
CREATE TRIGGER epochs_truncate BEFORE TRUNCATE ON epochs
EXECUTE FUNCTION refuse_change('is append-only');
