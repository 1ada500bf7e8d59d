-- The queue: why it is whose turn, who was asked, who is working on it, and the orders in
-- which turns are listed.

-- +goose Up
ALTER TABLE review_tasks ADD COLUMN why TEXT NOT NULL DEFAULT 'requirement_open' CHECK (why IN ('requirement_open',
    'assigned', 'objection_answered', 'signature_lost', 'author_changes_requested', 'author_rejected',
    'admin_unroutable', 'admin_stuck'));
ALTER TABLE review_tasks ADD COLUMN since_time TEXT;
-- Whose turn it is: a person's id, or `role:` and the role any holder of which will do.
ALTER TABLE review_tasks ADD COLUMN whose TEXT NOT NULL DEFAULT '';
ALTER TABLE review_tasks ADD COLUMN unlocks INTEGER NOT NULL DEFAULT 0;
-- Sorts the most urgent first.
ALTER TABLE review_tasks ADD COLUMN urgency TEXT NOT NULL DEFAULT '';
-- What people say of a turn stands beside what the review says of it, and no review
-- overwrites it.
ALTER TABLE review_tasks ADD COLUMN assignee TEXT;
ALTER TABLE review_tasks ADD COLUMN assign_time TEXT;
ALTER TABLE review_tasks ADD COLUMN claim_person TEXT;
ALTER TABLE review_tasks ADD COLUMN claim_epoch INTEGER NOT NULL DEFAULT 0;
ALTER TABLE review_tasks ADD COLUMN claim_until TEXT;
-- A JSON object of the instants until which persons do not want to see the turn.
ALTER TABLE review_tasks ADD COLUMN snoozes TEXT;

-- What is there already waits since it was made, for any holder of its role.
UPDATE review_tasks SET since_time = create_time, whose = 'role:' || role;
UPDATE review_tasks SET urgency = strftime('%Y%m%d%H', due_time) ||
coalesce(strftime('%Y%m%d%H%M', publish_time), '999999999999') || '999' ||
coalesce(strftime('%Y%m%d%H%M%S', create_time), '00010101000000');

DROP INDEX review_tasks_by_role;
CREATE INDEX review_tasks_by_whose ON review_tasks (workspace_id, whose, urgency, id) WHERE state = 'open';
CREATE INDEX review_tasks_by_role ON review_tasks (workspace_id, role, urgency, id) WHERE state = 'open';
CREATE INDEX review_tasks_by_urgency ON review_tasks (workspace_id, urgency, id) WHERE state = 'open';
-- Ids are in the order of their making.
CREATE INDEX review_tasks_by_making ON review_tasks (workspace_id, state, id);
