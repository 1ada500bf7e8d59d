-- How many requests for what is published were noted outside the database before they began, and
-- which database this is, by a name that a copy and a restored one keep.

-- +goose Up
ALTER TABLE publications ADD COLUMN departures INTEGER NOT NULL DEFAULT 0;

-- A new epoch begins when the database was found to have been put back to an earlier state.
CREATE TABLE epochs (
    number     INTEGER NOT NULL CHECK (number > 0),
    deployment TEXT    NOT NULL,
    -- Up to when requests may have been forgotten; none in the first.
    begin_time TEXT,
    -- The newest audit record at that time.
    sequence   INTEGER NOT NULL,
    cause      TEXT    NOT NULL,
    PRIMARY KEY (number)
) STRICT;
INSERT INTO epochs (number, deployment, begin_time, sequence, cause) VALUES (1, lower(hex(randomblob(16))), NULL, 0, 'first');

-- +goose StatementBegin
CREATE TRIGGER epochs_update BEFORE UPDATE ON epochs
BEGIN SELECT RAISE(ABORT, 'epochs is append-only'); END;
-- +goose StatementEnd
-- +goose StatementBegin
CREATE TRIGGER epochs_delete BEFORE DELETE ON epochs
BEGIN SELECT RAISE(ABORT, 'epochs is append-only'); END;
-- +goose StatementEnd
