-- Whose turn it is when everybody signed and something else is in the way: the author's, or that of
-- the role that opened a discussion.

-- +goose Up
ALTER TABLE review_tasks DROP CONSTRAINT review_tasks_why_check;
ALTER TABLE review_tasks ADD CONSTRAINT review_tasks_why_check CHECK (why IN ('requirement_open',
    'assigned', 'objection_answered', 'signature_lost', 'author_changes_requested', 'author_rejected',
    'author_precondition', 'thread_open', 'admin_unroutable', 'admin_stuck'));
