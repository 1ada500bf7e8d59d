-- What was answered is told by a code, which people read in their language, and not by its English alone.
-- What was kept before has no code and is shown as it is, but for what the gate said, which was a code;
-- and what a case says of a difference is compared with what is seen next, and gets the code that the
-- same is told by now. Attempts take one receipt and no other change.

-- +goose Up
ALTER TABLE publications ADD COLUMN answer_code TEXT NOT NULL DEFAULT '';
ALTER TABLE publications ADD COLUMN answer_fact TEXT NOT NULL DEFAULT '';
ALTER TABLE publications ADD COLUMN answer_quote TEXT NOT NULL DEFAULT '';
ALTER TABLE attempts ADD COLUMN answer_code TEXT NOT NULL DEFAULT '';
ALTER TABLE attempts ADD COLUMN answer_fact TEXT NOT NULL DEFAULT '';
ALTER TABLE attempts ADD COLUMN answer_quote TEXT NOT NULL DEFAULT '';
ALTER TABLE cases ADD COLUMN said_code TEXT NOT NULL DEFAULT '';
ALTER TABLE cases ADD COLUMN said_fact TEXT NOT NULL DEFAULT '';
ALTER TABLE cases ADD COLUMN said_quote TEXT NOT NULL DEFAULT '';
UPDATE cases SET said_code = 'OTHER_TEXT' WHERE said IN ('The server shows another text than the one that was signed.',
    'The channel shows another text than the one that was signed.',
    'The page shows another text than the one that was signed.',
    'The account shows another text than the one that was signed.',
    'The organisation shows another text than the one that was signed.',
    'The site shows another text than the one that was signed.',
    'X shows another text than the one that was signed.');
UPDATE cases SET said_code = 'OTHER_SHOWN' WHERE said IN ('The wall shows something else than what was signed.',
    'The account shows something else than what was signed.');
UPDATE cases SET said_code = 'OTHER_BESIDE' WHERE said IN ('The organisation shows something else beside the text than what was signed.');
UPDATE cases SET said_code = 'OTHER_WORDS' WHERE said IN ('The organisation shows other words beside the text than those that were signed.');
UPDATE cases SET said_code = 'OTHER_TITLE' WHERE said IN ('The site shows another title than the one that was signed.');
UPDATE cases SET said_code = 'OTHER_EXCERPT' WHERE said IN ('The site shows an excerpt that nobody signed.');
UPDATE cases SET said_code = 'OTHER_AUTHOR' WHERE said IN ('The site shows it in another author''s name.');
UPDATE cases SET said_code = 'NO_SUCH_POST' WHERE said IN ('The server has no such status.',
    'The server has no such post.',
    'X has no such post.',
    'Facebook has no such post.',
    'LinkedIn has no such post.',
    'Instagram has no such post.',
    'Threads has no such post.',
    'The site has no such post.',
    'The channel has no such message.',
    'The account has no such record.',
    'The wall has no such entry.');
UPDATE cases SET said_code = 'DELETED_THERE' WHERE said IN ('The post was deleted there.',
    'The entry was taken back.');
UPDATE cases SET said_code = 'TRASHED' WHERE said IN ('It was moved to the trash of the site.');
UPDATE cases SET said_code = 'BEHIND_PASSWORD' WHERE said IN ('The site shows the post only to those who know its password.');
UPDATE cases SET said_code = 'SHOWN' WHERE said IN ('The account shows it.',
    'The page shows it.',
    'The organisation shows it.',
    'The channel shows it.',
    'The site shows it.');
UPDATE publications SET answer_code = answer WHERE state = 'cancelled' AND answer IN (
    'REVISION_CHANGED', 'REVIEW_CLOSED', 'NEED_APPROVALS', 'NEGATIVE_OPEN', 'THREAD_OPEN', 'NOT_IN_ROLE',
    'DECISION_EXPIRED', 'DELEGATION_INVALID', 'SELF_REVIEW', 'STEP_UP_REQUIRED', 'EXCLUDED', 'RECUSED',
    'VIEW_REQUIRED', 'ITEM_NOT_IN_FORCE', 'OUTSIDE_AUDIENCE', 'INFEASIBLE', 'PLAN_EMPTY', 'ITEM_WITHDRAWN',
    'WITHDRAWN', 'ASSENT_REQUIRED', 'AUTHOR_INACTIVE', 'DIGEST_MISMATCH', 'NOT_SUBMITTED', 'NO_TARGETS',
    'UNKNOWN_SEND', 'TERM_FORBIDDEN', 'DISCLOSURE_OUTDATED', 'LINK_CHANGED', 'LINK_UNREACHABLE',
    'PRECONDITION_UNMET', 'TRAINING_MISSING', 'STAGE_LOCKED', 'RECALLING');
