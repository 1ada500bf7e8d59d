-- How many colleagues have a share of a library item out.

-- +goose Up
-- How many publications of each person's shares of an item the networks show. A merged
-- membership counts as the one it was merged into.
CREATE TABLE item_sharers (
    workspace_id TEXT    NOT NULL,
    item_id      TEXT    NOT NULL,
    person_id    TEXT    NOT NULL,
    publications INTEGER NOT NULL CHECK (publications >= 0),
    PRIMARY KEY (workspace_id, item_id, person_id),
    FOREIGN KEY (workspace_id, item_id) REFERENCES library_items,
    FOREIGN KEY (workspace_id, person_id) REFERENCES members
) STRICT, WITHOUT ROWID;
CREATE INDEX item_sharers_by_person ON item_sharers (workspace_id, person_id);

-- How many of them have any.
CREATE TABLE item_share_counts (
    workspace_id TEXT    NOT NULL,
    item_id      TEXT    NOT NULL,
    sharers      INTEGER NOT NULL CHECK (sharers >= 0),
    PRIMARY KEY (workspace_id, item_id),
    FOREIGN KEY (workspace_id, item_id) REFERENCES library_items
) STRICT, WITHOUT ROWID;

INSERT INTO item_sharers (workspace_id, item_id, person_id, publications)
SELECT p.workspace_id, p.item_id, coalesce(nullif(m.merged_into, ''), m.person_id), count(*)
FROM publications x
    JOIN posts p ON p.workspace_id = x.workspace_id AND p.id = x.post_id
    JOIN members m ON m.workspace_id = p.workspace_id AND m.person_id = p.author
WHERE x.state = 'published' AND p.item_id IS NOT NULL
GROUP BY p.workspace_id, p.item_id, coalesce(nullif(m.merged_into, ''), m.person_id);
INSERT INTO item_share_counts (workspace_id, item_id, sharers)
SELECT workspace_id, item_id, count(*) FROM item_sharers GROUP BY workspace_id, item_id;

-- Counted where publications come to be shown and cease to be, whoever says so.
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

-- +goose StatementBegin
CREATE TRIGGER item_share_counts_first AFTER INSERT ON item_sharers WHEN NEW.publications > 0
BEGIN
    INSERT INTO item_share_counts (workspace_id, item_id, sharers) VALUES (NEW.workspace_id, NEW.item_id, 1)
    ON CONFLICT (workspace_id, item_id) DO UPDATE SET sharers = item_share_counts.sharers + 1;
END;
-- +goose StatementEnd
-- +goose StatementBegin
CREATE TRIGGER item_share_counts_again AFTER UPDATE OF publications ON item_sharers WHEN (NEW.publications > 0) <> (OLD.publications > 0)
BEGIN
    UPDATE item_share_counts SET sharers = sharers + (NEW.publications > 0) - (OLD.publications > 0) WHERE workspace_id = NEW.workspace_id AND item_id = NEW.item_id;
END;
-- +goose StatementEnd
-- +goose StatementBegin
CREATE TRIGGER item_share_counts_merged AFTER DELETE ON item_sharers WHEN OLD.publications > 0
BEGIN
    UPDATE item_share_counts SET sharers = sharers - 1 WHERE workspace_id = OLD.workspace_id AND item_id = OLD.item_id;
END;
-- +goose StatementEnd
