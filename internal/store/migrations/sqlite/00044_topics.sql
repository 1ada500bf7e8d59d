-- Topics people join and leave, those nobody leaves, and the one of whatever names none.

-- +goose Up
ALTER TABLE topics ADD COLUMN compulsory INTEGER NOT NULL DEFAULT 0 CHECK (compulsory IN (0, 1));
ALTER TABLE topics ADD COLUMN standard INTEGER NOT NULL DEFAULT 0 CHECK (standard IN (0, 1));
CREATE UNIQUE INDEX topics_standard ON topics (workspace_id) WHERE standard;

-- Each workspace has an open topic that everybody follows to begin with. A topic that has its
-- id already may be closed, so it stays what it is.
INSERT INTO topics (workspace_id, id, display_name, description, closed, version, create_time, update_time, compulsory, standard)
SELECT w.workspace_id,
    CASE WHEN t.id IS NULL THEN 'general' ELSE 'general-' || lower(hex(randomblob(8))) END,
    'General', '', FALSE, 1, w.create_time, w.create_time, TRUE, TRUE
FROM workspaces w LEFT JOIN topics t ON t.workspace_id = w.workspace_id AND t.id = 'general';

CREATE TABLE topic_groups (
    workspace_id TEXT NOT NULL,
    topic_id     TEXT NOT NULL,
    -- A line break separates groups in the answer of a look-up.
    name         TEXT NOT NULL CHECK (name <> '' AND instr(name, char(10)) = 0),
    PRIMARY KEY (workspace_id, topic_id, name),
    FOREIGN KEY (workspace_id, topic_id) REFERENCES topics
) STRICT, WITHOUT ROWID;

-- A person's own word on whether he or she follows a topic.
CREATE TABLE topic_subscriptions (
    workspace_id TEXT    NOT NULL,
    topic_id     TEXT    NOT NULL,
    person_id    TEXT    NOT NULL,
    joined       INTEGER NOT NULL CHECK (joined IN (0, 1)),
    update_time  TEXT,
    PRIMARY KEY (workspace_id, topic_id, person_id),
    FOREIGN KEY (workspace_id, topic_id) REFERENCES topics,
    FOREIGN KEY (workspace_id, person_id) REFERENCES members
) STRICT, WITHOUT ROWID;

-- What an audience can ask for of a member, as rows that a list can be narrowed by. They are
-- written with the member and say nothing the member's own row does not.
CREATE TABLE member_traits (
    workspace_id TEXT NOT NULL,
    person_id    TEXT NOT NULL,
    kind         TEXT NOT NULL CHECK (kind IN ('group', 'department', 'country', 'language')),
    value        TEXT NOT NULL,
    PRIMARY KEY (workspace_id, person_id, kind, value),
    FOREIGN KEY (workspace_id, person_id) REFERENCES members
) STRICT, WITHOUT ROWID;
INSERT INTO member_traits (workspace_id, person_id, kind, value)
SELECT DISTINCT m.workspace_id, m.person_id, 'group', g.value FROM members m, json_each(m.groups) g WHERE g.value <> '';
