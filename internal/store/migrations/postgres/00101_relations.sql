-- What members say they are to the company.

-- +goose Up
ALTER TABLE members ADD COLUMN relation text COLLATE "C" NOT NULL DEFAULT '' CHECK (relation IN ('', 'employee', 'advertising', 'paid_partnership'));
