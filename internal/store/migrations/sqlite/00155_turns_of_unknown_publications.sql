-- That nobody knows how a publication ended is the turn of who may say it.

-- +goose Up
-- A check cannot be changed there, so the column is made anew.
ALTER TABLE review_tasks RENAME COLUMN why TO former_why;
ALTER TABLE review_tasks ADD COLUMN why TEXT NOT NULL DEFAULT 'requirement_open' CHECK (why IN ('requirement_open',
    'assigned', 'objection_answered', 'signature_lost', 'author_changes_requested', 'author_rejected',
    'author_precondition', 'thread_open', 'admin_unroutable', 'admin_stuck', 'publication_unknown'));
UPDATE review_tasks SET why = former_why;
ALTER TABLE review_tasks DROP COLUMN former_why;

-- Those that are unknown already wait since they came to be, and it is late to say so.
INSERT INTO review_tasks (workspace_id, id, subject_kind, subject_id, round, requirement, role, state, digest, title, author, language,
origin, networks, have, need, publish_time, due_time, create_time, excluded, since_time, whose, unlocks, urgency, why)
SELECT x.workspace_id, lower(hex(randomblob(4)) || '-' || hex(randomblob(2)) || '-4' || substr(hex(randomblob(2)), 2) || '-8' ||
substr(hex(randomblob(2)), 2) || '-' || hex(randomblob(6))), x.subject_kind, x.post_id, x.round, '@may:publications.resolve', '', 'open', r.digest,
substr(coalesce(v.content ->> 'text', ''), 1, 160), r.assent_person, coalesce(v.content ->> 'language', ''), r.origin,
json_group_array(DISTINCT x.network), 0, 0, p.publish_time, min(x.update_time), min(x.update_time), '[]', min(x.update_time),
'may:publications.resolve', 0, strftime('%Y%m%d%H', min(x.update_time)) || coalesce(strftime('%Y%m%d%H%M', p.publish_time), '999999999999') ||
'999' || strftime('%Y%m%d%H%M%S', min(x.update_time)), 'publication_unknown'
FROM publications x
JOIN reviews r ON r.workspace_id = x.workspace_id AND r.subject_kind = x.subject_kind AND r.subject_id = x.post_id AND r.round = x.round
JOIN revisions v ON v.workspace_id = x.workspace_id AND v.subject_kind = x.subject_kind AND v.subject_id = x.post_id AND v.number = r.revision
JOIN posts p ON p.workspace_id = x.workspace_id AND p.id = x.post_id
WHERE x.state = 'unknown'
GROUP BY x.workspace_id, x.subject_kind, x.post_id, x.round;
