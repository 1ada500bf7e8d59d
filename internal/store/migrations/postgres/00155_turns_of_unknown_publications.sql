-- That nobody knows how a publication ended is the turn of who may say it.

-- +goose Up
ALTER TABLE review_tasks DROP CONSTRAINT review_tasks_why_check;
ALTER TABLE review_tasks ADD CONSTRAINT review_tasks_why_check CHECK (why IN ('requirement_open',
    'assigned', 'objection_answered', 'signature_lost', 'author_changes_requested', 'author_rejected',
    'author_precondition', 'thread_open', 'admin_unroutable', 'admin_stuck', 'publication_unknown'));

-- Those that are unknown already wait since they came to be, and it is late to say so.
INSERT INTO review_tasks (workspace_id, id, subject_kind, subject_id, round, requirement, role, state, digest, title, author, language,
origin, networks, have, need, publish_time, due_time, create_time, excluded, since_time, whose, unlocks, urgency, why)
SELECT x.workspace_id, gen_random_uuid()::text, x.subject_kind, x.post_id, x.round, '@may:publications.resolve', '', 'open', r.digest,
substr(coalesce(v.content ->> 'text', ''), 1, 160), r.assent_person, coalesce(v.content ->> 'language', ''), r.origin,
x.networks, 0, 0, p.publish_time, x.since, x.since, '[]', x.since, 'may:publications.resolve', 0,
to_char(x.since AT TIME ZONE 'UTC', 'YYYYMMDDHH24') || coalesce(to_char(p.publish_time AT TIME ZONE 'UTC', 'YYYYMMDDHH24MI'), '999999999999') ||
'999' || to_char(x.since AT TIME ZONE 'UTC', 'YYYYMMDDHH24MISS'), 'publication_unknown'
FROM (
SELECT workspace_id, subject_kind, post_id, round, min(update_time) AS since, ('["' || string_agg(DISTINCT network, '","' ORDER BY network) || '"]')::json AS networks
FROM publications WHERE state = 'unknown'
GROUP BY workspace_id, subject_kind, post_id, round
) x
JOIN reviews r ON r.workspace_id = x.workspace_id AND r.subject_kind = x.subject_kind AND r.subject_id = x.post_id AND r.round = x.round
JOIN revisions v ON v.workspace_id = x.workspace_id AND v.subject_kind = x.subject_kind AND v.subject_id = x.post_id AND v.number = r.revision
JOIN posts p ON p.workspace_id = x.workspace_id AND p.id = x.post_id;
