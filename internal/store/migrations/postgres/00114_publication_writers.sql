-- Who lists a publication as his or her own.

-- +goose Up
-- A row for each person who may write the post now: its author, who never changes, and its
-- co-authors as long as they are. It is for the list alone; what one publication shows is
-- decided by its post.
CREATE TABLE publication_writers (
    workspace_id   text COLLATE "C" NOT NULL,
    person_id      text COLLATE "C" NOT NULL,
    publication_id text COLLATE "C" NOT NULL,
    PRIMARY KEY (workspace_id, person_id, publication_id),
    FOREIGN KEY (workspace_id, publication_id) REFERENCES publications,
    FOREIGN KEY (workspace_id, person_id) REFERENCES members
);

INSERT INTO publication_writers (workspace_id, person_id, publication_id)
SELECT x.workspace_id, p.author, x.id
FROM publications x JOIN posts p ON p.workspace_id = x.workspace_id AND p.id = x.post_id
UNION
SELECT x.workspace_id, c.person_id, x.id
FROM publications x JOIN co_authors c ON c.workspace_id = x.workspace_id AND c.subject_kind = 'post' AND c.subject_id = x.post_id
WHERE c.remove_time IS NULL;

-- Whoever adds a publication, or changes who writes the post, holds the post's row.
-- +goose StatementBegin
CREATE FUNCTION list_publication() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    INSERT INTO publication_writers (workspace_id, person_id, publication_id)
    SELECT NEW.workspace_id, p.author, NEW.id FROM posts p WHERE p.workspace_id = NEW.workspace_id AND p.id = NEW.post_id
    UNION
    SELECT NEW.workspace_id, c.person_id, NEW.id FROM co_authors c
    WHERE c.workspace_id = NEW.workspace_id AND c.subject_kind = 'post' AND c.subject_id = NEW.post_id AND c.remove_time IS NULL;
    RETURN NULL;
END $$;
-- +goose StatementEnd
CREATE TRIGGER publication_writers_made AFTER INSERT ON publications FOR EACH ROW EXECUTE FUNCTION list_publication();

-- +goose StatementBegin
CREATE FUNCTION list_publications_of_writer() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF NEW.remove_time IS NULL THEN
        INSERT INTO publication_writers (workspace_id, person_id, publication_id)
        SELECT x.workspace_id, NEW.person_id, x.id FROM publications x WHERE x.workspace_id = NEW.workspace_id AND x.post_id = NEW.subject_id
        ON CONFLICT DO NOTHING;
    ELSE
        DELETE FROM publication_writers WHERE workspace_id = NEW.workspace_id AND person_id = NEW.person_id
            AND publication_id IN (SELECT x.id FROM publications x JOIN posts p ON p.workspace_id = x.workspace_id AND p.id = x.post_id
                WHERE x.workspace_id = NEW.workspace_id AND x.post_id = NEW.subject_id AND p.author <> NEW.person_id);
    END IF;
    RETURN NULL;
END $$;
-- +goose StatementEnd
CREATE TRIGGER publication_writers_named AFTER INSERT ON co_authors FOR EACH ROW
WHEN (NEW.remove_time IS NULL) EXECUTE FUNCTION list_publications_of_writer();
CREATE TRIGGER publication_writers_changed AFTER UPDATE OF remove_time ON co_authors FOR EACH ROW
EXECUTE FUNCTION list_publications_of_writer();
