-- Names at networks that are no accounts of the house: kept from others, or of somebody who speaks as
-- the company.

-- +goose Up
CREATE TABLE registered_handles (
    workspace_id TEXT    NOT NULL REFERENCES workspaces,
    id           TEXT    NOT NULL,
    network      TEXT    NOT NULL,
    handle       TEXT    NOT NULL,
    handle_key   TEXT    NOT NULL,
    address      TEXT    NOT NULL,
    kind         TEXT    NOT NULL CHECK (kind IN ('reserved', 'impostor')),
    status       TEXT    NOT NULL CHECK (status IN ('held', 'released', 'seen', 'reported', 'gone')),
    holder       TEXT,
    evidence     TEXT    NOT NULL,
    version      INTEGER NOT NULL,
    create_time  TEXT,
    update_time  TEXT,
    PRIMARY KEY (workspace_id, id),
    UNIQUE (workspace_id, network, handle_key),
    FOREIGN KEY (workspace_id, holder) REFERENCES members,
    CHECK ((kind = 'reserved') = (status IN ('held', 'released'))),
    CHECK ((kind = 'reserved') = (holder IS NOT NULL))
) STRICT;
CREATE INDEX registered_handles_by_network ON registered_handles (workspace_id, network, id);
CREATE INDEX registered_handles_by_kind ON registered_handles (workspace_id, kind, id);

-- +goose StatementBegin
CREATE TRIGGER registered_handles_delete BEFORE DELETE ON registered_handles
BEGIN SELECT RAISE(ABORT, 'registered_handles is never deleted from'); END;
-- +goose StatementEnd

-- How often the register changed, so that who keeps it ready knows when to read it again.
ALTER TABLE workspaces ADD COLUMN handle_changes INTEGER NOT NULL DEFAULT 0;
