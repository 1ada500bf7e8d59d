-- What members say they are to the company.

-- +goose Up
ALTER TABLE members ADD COLUMN relation TEXT NOT NULL DEFAULT '' CHECK (relation IN ('', 'employee', 'advertising', 'paid_partnership'));
