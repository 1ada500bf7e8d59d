-- Who answers for an account: the leaver's accounts are found by either place. Who was written twice
-- was never a deputy, and nobody is one of an account that speaks for one person; such places become
-- empty. Nobody is named in anybody's stead: what lacks a deputy is listed until somebody names one.

-- +goose Up
UPDATE social_accounts SET deputy = '', version = version + 1 WHERE deputy <> '' AND (personal OR deputy = owner);
CREATE INDEX social_accounts_by_deputy ON social_accounts (workspace_id, deputy, id);
