-- Topics people join and leave, those nobody leaves, and the one of whatever names none.

-- +goose Up
ALTER TABLE topics ADD COLUMN compulsory boolean NOT NULL DEFAULT FALSE;
ALTER TABLE topics ADD COLUMN standard boolean NOT NULL DEFAULT FALSE;
CREATE UNIQUE INDEX topics_standard ON topics (workspace_id) WHERE standard;

-- Each workspace has an open topic that everybody follows to begin with. A topic that has its
-- id already may be closed, so it stays what it is.
INSERT INTO topics (workspace_id, id, display_name, description, closed, version, create_time, update_time, compulsory, standard)
SELECT w.workspace_id,
    CASE WHEN t.id IS NULL THEN 'general' ELSE 'general-' || left(md5(random()::text), 16) END,
    'General', '', FALSE, 1, w.create_time, w.create_time, TRUE, TRUE
FROM workspaces w LEFT JOIN topics t ON t.workspace_id = w.workspace_id AND t.id = 'general';

CREATE TABLE topic_groups (
    workspace_id text COLLATE "C" NOT NULL,
    topic_id     text COLLATE "C" NOT NULL,
    -- A line break separates groups in the answer of a look-up.
    name         text COLLATE "C" NOT NULL CHECK (name <> '' AND strpos(name, chr(10)) = 0),
    PRIMARY KEY (workspace_id, topic_id, name),
    FOREIGN KEY (workspace_id, topic_id) REFERENCES topics
);

-- A person's own word on whether he or she follows a topic.
CREATE TABLE topic_subscriptions (
    workspace_id text COLLATE "C" NOT NULL,
    topic_id     text COLLATE "C" NOT NULL,
    person_id    text COLLATE "C" NOT NULL,
    joined       boolean NOT NULL,
    update_time  timestamptz,
    PRIMARY KEY (workspace_id, topic_id, person_id),
    FOREIGN KEY (workspace_id, topic_id) REFERENCES topics,
    FOREIGN KEY (workspace_id, person_id) REFERENCES members
);

-- What an audience can ask for of a member, as rows that a list can be narrowed by. They are
-- written with the member and say nothing the member's own row does not.
CREATE TABLE member_traits (
    workspace_id text COLLATE "C" NOT NULL,
    person_id    text COLLATE "C" NOT NULL,
    kind         text COLLATE "C" NOT NULL CHECK (kind IN ('group', 'department', 'country', 'language')),
    value        text COLLATE "C" NOT NULL,
    PRIMARY KEY (workspace_id, person_id, kind, value),
    FOREIGN KEY (workspace_id, person_id) REFERENCES members
);
INSERT INTO member_traits (workspace_id, person_id, kind, value)
SELECT DISTINCT m.workspace_id, m.person_id, 'group', g.value FROM members m, json_array_elements_text(m.groups) g(value)
WHERE g.value <> '';
