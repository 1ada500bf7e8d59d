-- Why a publication is taken back, in the words of who ordered it: of those that were, or wait for
-- their network, as the audit records say.

-- +goose Up
ALTER TABLE publications ADD COLUMN recall_reason text COLLATE "C" NOT NULL DEFAULT '';
UPDATE publications SET recall_reason = coalesce((
    SELECT r.detail ->> 'reason' FROM audit_records r
    WHERE r.workspace_id = publications.workspace_id AND r.action = 'publication.recall_requested'
      AND r.parent = 'workspaces/' || publications.workspace_id || '/posts/' || publications.post_id
      AND r.subject = 'workspaces/' || publications.workspace_id || '/posts/' || publications.post_id || '/publications/' || publications.id
    ORDER BY r.sequence DESC LIMIT 1), '')
WHERE state = 'recalled' OR state = 'published' AND wait IN ('RECALLING', 'RECALL_FAILED');
