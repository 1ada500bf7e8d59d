-- Names at networks that are no accounts of the house: kept from others, or of somebody who speaks as
-- the company.

-- +goose Up
CREATE TABLE registered_handles (
    workspace_id text COLLATE "C" NOT NULL REFERENCES workspaces,
    id           text COLLATE "C" NOT NULL,
    network      text COLLATE "C" NOT NULL,
    handle       text COLLATE "C" NOT NULL,
    handle_key   text COLLATE "C" NOT NULL,
    address      text COLLATE "C" NOT NULL,
    kind         text COLLATE "C" NOT NULL CHECK (kind IN ('reserved', 'impostor')),
    status       text COLLATE "C" NOT NULL CHECK (status IN ('held', 'released', 'seen', 'reported', 'gone')),
    holder       text COLLATE "C",
    evidence     text COLLATE "C" NOT NULL,
    version      bigint NOT NULL,
    create_time  timestamptz,
    update_time  timestamptz,
    PRIMARY KEY (workspace_id, id),
    UNIQUE (workspace_id, network, handle_key),
    FOREIGN KEY (workspace_id, holder) REFERENCES members,
    CHECK ((kind = 'reserved') = (status IN ('held', 'released'))),
    CHECK ((kind = 'reserved') = (holder IS NOT NULL))
);
CREATE INDEX registered_handles_by_network ON registered_handles (workspace_id, network, id);
CREATE INDEX registered_handles_by_kind ON registered_handles (workspace_id, kind, id);

CREATE TRIGGER registered_handles_delete BEFORE DELETE ON registered_handles FOR EACH ROW
EXECUTE FUNCTION refuse_change('is never deleted from');

-- How often the register changed, so that who keeps it ready knows when to read it again.
ALTER TABLE workspaces ADD COLUMN handle_changes bigint NOT NULL DEFAULT 0;
