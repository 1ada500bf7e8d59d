-- What a training module teaches and asks, and who answered how.

-- +goose Up
-- The course in force, 0 while there is none.
ALTER TABLE training_modules ADD COLUMN course bigint NOT NULL DEFAULT 0 CHECK (course >= 0);

CREATE TABLE training_courses (
    workspace_id   text COLLATE "C" NOT NULL,
    module         text COLLATE "C" NOT NULL,
    number         bigint NOT NULL CHECK (number > 0),
    texts          json NOT NULL,
    questions      json NOT NULL,
    pass_percent   bigint NOT NULL CHECK (pass_percent BETWEEN 1 AND 100),
    daily_attempts bigint NOT NULL CHECK (daily_attempts > 0),
    digest         text COLLATE "C" NOT NULL,
    publisher      text COLLATE "C" NOT NULL,
    create_time    timestamptz NOT NULL,
    PRIMARY KEY (workspace_id, module, number),
    FOREIGN KEY (workspace_id, module) REFERENCES training_modules (workspace_id, id),
    FOREIGN KEY (workspace_id, publisher) REFERENCES members (workspace_id, person_id)
);

CREATE TRIGGER training_courses_update BEFORE UPDATE ON training_courses FOR EACH ROW
EXECUTE FUNCTION refuse_change('is append-only');
CREATE TRIGGER training_courses_delete BEFORE DELETE ON training_courses FOR EACH ROW
EXECUTE FUNCTION refuse_change('is append-only');
CREATE TRIGGER training_courses_truncate BEFORE TRUNCATE ON training_courses
EXECUTE FUNCTION refuse_change('is append-only');

-- A person's attempts at a module have numbers, so that of two at once one is kept. What
-- was passed earned a record, and nothing else did.
CREATE TABLE training_attempts (
    workspace_id text COLLATE "C" NOT NULL,
    id           text COLLATE "C" NOT NULL,
    module       text COLLATE "C" NOT NULL,
    course       bigint NOT NULL,
    person_id    text COLLATE "C" NOT NULL,
    number       bigint NOT NULL CHECK (number > 0),
    answers      json NOT NULL,
    results      json NOT NULL,
    record_id    text COLLATE "C",
    create_time  timestamptz NOT NULL,
    PRIMARY KEY (workspace_id, id),
    UNIQUE (workspace_id, person_id, module, number),
    FOREIGN KEY (workspace_id, module, course) REFERENCES training_courses (workspace_id, module, number),
    FOREIGN KEY (workspace_id, person_id) REFERENCES members,
    FOREIGN KEY (workspace_id, record_id) REFERENCES training_records (workspace_id, id)
);
CREATE INDEX training_attempts_by_person ON training_attempts (workspace_id, person_id, id);
CREATE INDEX training_attempts_by_module ON training_attempts (workspace_id, module, id);

CREATE TRIGGER training_attempts_update BEFORE UPDATE ON training_attempts FOR EACH ROW
EXECUTE FUNCTION refuse_change('is append-only');
CREATE TRIGGER training_attempts_delete BEFORE DELETE ON training_attempts FOR EACH ROW
EXECUTE FUNCTION refuse_change('is append-only');
CREATE TRIGGER training_attempts_truncate BEFORE TRUNCATE ON training_attempts
EXECUTE FUNCTION refuse_change('is append-only');
