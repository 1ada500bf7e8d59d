-- Who gave the credential an account has, and when: whoever last connected it, as the audit records say.

-- +goose Up
ALTER TABLE social_accounts ADD COLUMN grantor text COLLATE "C" NOT NULL DEFAULT '';
ALTER TABLE social_accounts ADD COLUMN connect_time timestamptz;
UPDATE social_accounts SET (grantor, connect_time) = (
    SELECT r.person_id, r.record_time FROM audit_records r
    WHERE r.workspace_id = social_accounts.workspace_id AND r.action = 'social_account.connected'
      AND r.subject = 'workspaces/' || social_accounts.workspace_id || '/socialAccounts/' || social_accounts.id
    ORDER BY r.sequence DESC LIMIT 1)
WHERE sealed IS NOT NULL AND EXISTS (
    SELECT 1 FROM audit_records r
    WHERE r.workspace_id = social_accounts.workspace_id AND r.action = 'social_account.connected'
      AND r.subject = 'workspaces/' || social_accounts.workspace_id || '/socialAccounts/' || social_accounts.id);
