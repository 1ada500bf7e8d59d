-- What is handed over to a person who publishes it by hand, and how what that person says is
-- shown compares with what was signed.

-- +goose Up
DROP INDEX publications_live;
DROP INDEX publications_by_state;
DROP INDEX publications_due;
DROP INDEX publications_leased;
DROP INDEX publications_unsent;
ALTER TABLE publications DROP CONSTRAINT publications_state_check;
ALTER TABLE publications ADD CONSTRAINT publications_state_check CHECK (state IN ('scheduled', 'claimed', 'sending', 'handed_over', 'published',
        'refused', 'unknown', 'cancelled', 'recalled', 'expired'));
ALTER TABLE publications ADD COLUMN comparison text COLLATE "C" NOT NULL DEFAULT '' CHECK (comparison IN ('', 'matches', 'differs'));
CREATE UNIQUE INDEX publications_live ON publications (workspace_id, post_id, revision, account_id)
    WHERE state IN ('scheduled', 'claimed', 'sending', 'handed_over', 'published', 'unknown');
CREATE INDEX publications_by_state ON publications (workspace_id, state, id);
CREATE INDEX publications_due ON publications (due_time, id) WHERE state = 'scheduled';
CREATE INDEX publications_leased ON publications (lease_time) WHERE state IN ('claimed', 'sending', 'handed_over');
CREATE INDEX publications_unsent ON publications (workspace_id, account_id, due_time, id)
    WHERE state IN ('scheduled', 'claimed', 'sending');
