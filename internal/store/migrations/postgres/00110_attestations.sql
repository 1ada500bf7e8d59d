-- What an account is for, and when somebody who answers for it last said that it stands as recorded.
-- For those that are there already the term begins now.

-- +goose Up
ALTER TABLE social_accounts ADD COLUMN purpose text COLLATE "C" NOT NULL DEFAULT '';
ALTER TABLE social_accounts ADD COLUMN attest_time timestamptz;
UPDATE social_accounts SET attest_time = now();
