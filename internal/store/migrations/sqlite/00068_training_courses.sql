-- What a training module teaches and asks, and who answered how.

-- +goose Up
-- The course in force, 0 while there is none.
ALTER TABLE training_modules ADD COLUMN course INTEGER NOT NULL DEFAULT 0 CHECK (course >= 0);

CREATE TABLE training_courses (
    workspace_id   TEXT    NOT NULL,
    module         TEXT    NOT NULL,
    number         INTEGER NOT NULL CHECK (number > 0),
    texts          TEXT    NOT NULL,
    questions      TEXT    NOT NULL,
    pass_percent   INTEGER NOT NULL CHECK (pass_percent BETWEEN 1 AND 100),
    daily_attempts INTEGER NOT NULL CHECK (daily_attempts > 0),
    digest         TEXT    NOT NULL,
    publisher      TEXT    NOT NULL,
    create_time    TEXT    NOT NULL,
    PRIMARY KEY (workspace_id, module, number),
    FOREIGN KEY (workspace_id, module) REFERENCES training_modules (workspace_id, id),
    FOREIGN KEY (workspace_id, publisher) REFERENCES members (workspace_id, person_id)
) STRICT;

-- +goose StatementBegin
CREATE TRIGGER training_courses_update BEFORE UPDATE ON training_courses
BEGIN SELECT RAISE(ABORT, 'training_courses is append-only'); END;
-- +goose StatementEnd
-- +goose StatementBegin
CREATE TRIGGER training_courses_delete BEFORE DELETE ON training_courses
BEGIN SELECT RAISE(ABORT, 'training_courses is append-only'); END;
-- +goose StatementEnd

-- A person's attempts at a module have numbers, so that of two at once one is kept. What
-- was passed earned a record, and nothing else did.
CREATE TABLE training_attempts (
    workspace_id TEXT    NOT NULL,
    id           TEXT    NOT NULL,
    module       TEXT    NOT NULL,
    course       INTEGER NOT NULL,
    person_id    TEXT    NOT NULL,
    number       INTEGER NOT NULL CHECK (number > 0),
    answers      TEXT    NOT NULL,
    results      TEXT    NOT NULL,
    record_id    TEXT,
    create_time  TEXT    NOT NULL,
    PRIMARY KEY (workspace_id, id),
    UNIQUE (workspace_id, person_id, module, number),
    FOREIGN KEY (workspace_id, module, course) REFERENCES training_courses (workspace_id, module, number),
    FOREIGN KEY (workspace_id, person_id) REFERENCES members,
    FOREIGN KEY (workspace_id, record_id) REFERENCES training_records (workspace_id, id)
) STRICT;
CREATE INDEX training_attempts_by_person ON training_attempts (workspace_id, person_id, id);
CREATE INDEX training_attempts_by_module ON training_attempts (workspace_id, module, id);

-- +goose StatementBegin
CREATE TRIGGER training_attempts_update BEFORE UPDATE ON training_attempts
BEGIN SELECT RAISE(ABORT, 'training_attempts is append-only'); END;
-- +goose StatementEnd
-- +goose StatementBegin
CREATE TRIGGER training_attempts_delete BEFORE DELETE ON training_attempts
BEGIN SELECT RAISE(ABORT, 'training_attempts is append-only'); END;
-- +goose StatementEnd
