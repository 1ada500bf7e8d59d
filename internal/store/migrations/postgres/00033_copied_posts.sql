-- What a post was copied from, and the roles whose objections came along.

-- +goose Up
ALTER TABLE posts ADD COLUMN copied_from text COLLATE "C";
ALTER TABLE posts ADD COLUMN objectors json NOT NULL DEFAULT '[]';
