-- What a post was copied from, and the roles whose objections came along.

-- +goose Up
ALTER TABLE posts ADD COLUMN copied_from TEXT;
ALTER TABLE posts ADD COLUMN objectors TEXT NOT NULL DEFAULT '[]';
