-- Holds by topic, campaign and keyword.

-- +goose Up
ALTER TABLE holds DROP CONSTRAINT holds_scope_check;
ALTER TABLE holds ADD CONSTRAINT holds_scope_check
    CHECK (scope IN ('workspace', 'network', 'account', 'person', 'topic', 'campaign', 'post', 'keyword'));
