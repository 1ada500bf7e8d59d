-- What is handed over to a person who publishes it by hand, and how what that person says is
-- shown compares with what was signed.

-- +goose Up
DROP INDEX publications_live;
DROP INDEX publications_by_state;
DROP INDEX publications_due;
DROP INDEX publications_leased;
DROP INDEX publications_unsent;
DROP TRIGGER item_sharers_published;
DROP TRIGGER item_sharers_shown;
DROP TRIGGER item_sharers_gone;
-- A check cannot be changed there, so the column is made anew.
ALTER TABLE publications RENAME COLUMN state TO former_state;
ALTER TABLE publications ADD COLUMN state TEXT NOT NULL DEFAULT 'cancelled' CHECK (state IN ('scheduled', 'claimed', 'sending', 'handed_over', 'published',
        'refused', 'unknown', 'cancelled', 'recalled', 'expired'));
UPDATE publications SET state = former_state;
ALTER TABLE publications DROP COLUMN former_state;
ALTER TABLE publications ADD COLUMN comparison TEXT NOT NULL DEFAULT '' CHECK (comparison IN ('', 'matches', 'differs'));
CREATE UNIQUE INDEX publications_live ON publications (workspace_id, post_id, revision, account_id)
    WHERE state IN ('scheduled', 'claimed', 'sending', 'handed_over', 'published', 'unknown');
CREATE INDEX publications_by_state ON publications (workspace_id, state, id);
CREATE INDEX publications_due ON publications (due_time, id) WHERE state = 'scheduled';
CREATE INDEX publications_leased ON publications (lease_time) WHERE state IN ('claimed', 'sending', 'handed_over');
CREATE INDEX publications_unsent ON publications (workspace_id, account_id, due_time, id)
    WHERE state IN ('scheduled', 'claimed', 'sending');
-- +goose StatementBegin
CREATE TRIGGER item_sharers_published AFTER INSERT ON publications WHEN NEW.state = 'published'
BEGIN
    INSERT INTO item_sharers (workspace_id, item_id, person_id, publications)
    SELECT p.workspace_id, p.item_id, coalesce(nullif(m.merged_into, ''), m.person_id), 1
    FROM posts p JOIN members m ON m.workspace_id = p.workspace_id AND m.person_id = p.author WHERE p.workspace_id = NEW.workspace_id AND p.id = NEW.post_id AND p.item_id IS NOT NULL
    ON CONFLICT (workspace_id, item_id, person_id) DO UPDATE SET publications = item_sharers.publications + 1;
END;
-- +goose StatementEnd
-- +goose StatementBegin
CREATE TRIGGER item_sharers_shown AFTER UPDATE OF state ON publications WHEN NEW.state = 'published' AND OLD.state <> 'published'
BEGIN
    INSERT INTO item_sharers (workspace_id, item_id, person_id, publications)
    SELECT p.workspace_id, p.item_id, coalesce(nullif(m.merged_into, ''), m.person_id), 1
    FROM posts p JOIN members m ON m.workspace_id = p.workspace_id AND m.person_id = p.author WHERE p.workspace_id = NEW.workspace_id AND p.id = NEW.post_id AND p.item_id IS NOT NULL
    ON CONFLICT (workspace_id, item_id, person_id) DO UPDATE SET publications = item_sharers.publications + 1;
END;
-- +goose StatementEnd
-- +goose StatementBegin
CREATE TRIGGER item_sharers_gone AFTER UPDATE OF state ON publications WHEN NEW.state <> 'published' AND OLD.state = 'published'
BEGIN
    UPDATE item_sharers SET publications = publications - 1 WHERE (workspace_id, item_id, person_id) = (
        SELECT p.workspace_id, p.item_id, coalesce(nullif(m.merged_into, ''), m.person_id)
        FROM posts p JOIN members m ON m.workspace_id = p.workspace_id AND m.person_id = p.author WHERE p.workspace_id = NEW.workspace_id AND p.id = NEW.post_id);
END;
-- +goose StatementEnd
