-- Several decisions ordered at once, each carried out on its own.

-- +goose Up
CREATE TABLE review_batches (
    workspace_id text COLLATE "C" NOT NULL,
    id           text COLLATE "C" NOT NULL,
    person_id    text COLLATE "C" NOT NULL,
    session_id   text COLLATE "C" NOT NULL,
    -- What all of its items have to be asked by.
    rules        text COLLATE "C" NOT NULL,
    create_time  timestamptz,
    PRIMARY KEY (workspace_id, id),
    FOREIGN KEY (workspace_id, person_id) REFERENCES members
);

CREATE TABLE review_batch_items (
    workspace_id text COLLATE "C" NOT NULL,
    batch_id     text COLLATE "C" NOT NULL,
    position     bigint NOT NULL,
    subject_kind text COLLATE "C" NOT NULL CHECK (subject_kind IN ('post', 'library_item')),
    subject_id   text COLLATE "C" NOT NULL,
    round        bigint NOT NULL,
    requirement  text COLLATE "C" NOT NULL,
    verdict      text COLLATE "C" NOT NULL,
    digest       text COLLATE "C" NOT NULL,
    version      bigint NOT NULL,
    reason       text COLLATE "C" NOT NULL,
    state        text COLLATE "C" NOT NULL CHECK (state IN ('pending', 'decided', 'failed')),
    decision     text COLLATE "C",
    code         text COLLATE "C" NOT NULL,
    message      text COLLATE "C" NOT NULL,
    end_time     timestamptz,
    PRIMARY KEY (workspace_id, batch_id, position),
    UNIQUE (workspace_id, batch_id, subject_kind, subject_id, round, requirement),
    FOREIGN KEY (workspace_id, batch_id) REFERENCES review_batches
);
