-- Whose turn it is when everybody signed and something else is in the way: the author's, or that of
-- the role that opened a discussion.

-- +goose Up
-- A check cannot be changed there, so the column is made anew.
ALTER TABLE review_tasks RENAME COLUMN why TO former_why;
ALTER TABLE review_tasks ADD COLUMN why TEXT NOT NULL DEFAULT 'requirement_open' CHECK (why IN ('requirement_open',
    'assigned', 'objection_answered', 'signature_lost', 'author_changes_requested', 'author_rejected',
    'author_precondition', 'thread_open', 'admin_unroutable', 'admin_stuck'));
UPDATE review_tasks SET why = former_why;
ALTER TABLE review_tasks DROP COLUMN former_why;
