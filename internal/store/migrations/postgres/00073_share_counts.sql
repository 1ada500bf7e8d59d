-- How many colleagues have a share of a library item out.

-- +goose Up
-- How many publications of each person's shares of an item the networks show. A merged
-- membership counts as the one it was merged into.
CREATE TABLE item_sharers (
    workspace_id text COLLATE "C" NOT NULL,
    item_id      text COLLATE "C" NOT NULL,
    person_id    text COLLATE "C" NOT NULL,
    publications bigint NOT NULL CHECK (publications >= 0),
    PRIMARY KEY (workspace_id, item_id, person_id),
    FOREIGN KEY (workspace_id, item_id) REFERENCES library_items,
    FOREIGN KEY (workspace_id, person_id) REFERENCES members
);
CREATE INDEX item_sharers_by_person ON item_sharers (workspace_id, person_id);

-- How many of them have any.
CREATE TABLE item_share_counts (
    workspace_id text COLLATE "C" NOT NULL,
    item_id      text COLLATE "C" NOT NULL,
    sharers      bigint NOT NULL CHECK (sharers >= 0),
    PRIMARY KEY (workspace_id, item_id),
    FOREIGN KEY (workspace_id, item_id) REFERENCES library_items
);

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
CREATE FUNCTION count_shares() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE shared text; sharer text;
BEGIN
    -- The membership is held, so that it is not merged meanwhile.
    SELECT p.item_id, coalesce(nullif(m.merged_into, ''), m.person_id) INTO shared, sharer
    FROM posts p JOIN members m ON m.workspace_id = p.workspace_id AND m.person_id = p.author WHERE p.workspace_id = NEW.workspace_id AND p.id = NEW.post_id AND p.item_id IS NOT NULL
    FOR SHARE OF m;
    IF NOT FOUND THEN
        RETURN NULL;
    END IF;
    IF NEW.state = 'published' THEN
        INSERT INTO item_sharers (workspace_id, item_id, person_id, publications) VALUES (NEW.workspace_id, shared, sharer, 1)
        ON CONFLICT (workspace_id, item_id, person_id) DO UPDATE SET publications = item_sharers.publications + 1;
    ELSE
        UPDATE item_sharers SET publications = publications - 1 WHERE workspace_id = NEW.workspace_id AND item_id = shared AND person_id = sharer;
    END IF;
    RETURN NULL;
END $$;
-- +goose StatementEnd
CREATE TRIGGER item_sharers_published AFTER INSERT ON publications FOR EACH ROW
WHEN (NEW.state = 'published') EXECUTE FUNCTION count_shares();
CREATE TRIGGER item_sharers_shown AFTER UPDATE OF state ON publications FOR EACH ROW
WHEN ((NEW.state = 'published') <> (OLD.state = 'published')) EXECUTE FUNCTION count_shares();

-- +goose StatementBegin
CREATE FUNCTION count_sharers() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP = 'INSERT' THEN
        INSERT INTO item_share_counts (workspace_id, item_id, sharers) VALUES (NEW.workspace_id, NEW.item_id, 1)
        ON CONFLICT (workspace_id, item_id) DO UPDATE SET sharers = item_share_counts.sharers + 1;
    ELSIF TG_OP = 'UPDATE' THEN
        UPDATE item_share_counts SET sharers = sharers + (NEW.publications > 0)::int - (OLD.publications > 0)::int WHERE workspace_id = NEW.workspace_id AND item_id = NEW.item_id;
    ELSE
        UPDATE item_share_counts SET sharers = sharers - 1 WHERE workspace_id = OLD.workspace_id AND item_id = OLD.item_id;
    END IF;
    RETURN NULL;
END $$;
-- +goose StatementEnd
CREATE TRIGGER item_share_counts_first AFTER INSERT ON item_sharers FOR EACH ROW
WHEN (NEW.publications > 0) EXECUTE FUNCTION count_sharers();
CREATE TRIGGER item_share_counts_again AFTER UPDATE OF publications ON item_sharers FOR EACH ROW
WHEN ((NEW.publications > 0) <> (OLD.publications > 0)) EXECUTE FUNCTION count_sharers();
CREATE TRIGGER item_share_counts_merged AFTER DELETE ON item_sharers FOR EACH ROW
WHEN (OLD.publications > 0) EXECUTE FUNCTION count_sharers();
