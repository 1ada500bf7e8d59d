package store

import (
	"context"
	"database/sql"
	"database/sql/driver"
	"errors"
	"io"
	"net"

	"github.com/jackc/pgx/v5/pgconn"
	"gorm.io/gorm"

	"github.com/imprimatur-hq/imprimatur/internal/advocacy"
	"github.com/imprimatur-hq/imprimatur/internal/store/groupcommit"
	"github.com/imprimatur-hq/imprimatur/internal/store/sqlite"
)

// kind is a sort of thing that is kept: its name in sentences and the reasons a caller
// reads when it is not there, is there already, or has changed.
type kind struct {
	noun string
	word string
	// changed replaces word_CHANGED, and dangling the reason of a reference to nothing.
	changed  string
	dangling string
}

var (
	aWorkspace     = kind{noun: "workspace", word: "WORKSPACE"}
	aMember        = kind{noun: "member", word: "MEMBER", dangling: "ROLE_NOT_FOUND"}
	aRole          = kind{noun: "role", word: "ROLE"}
	anIdentity     = kind{noun: "identity", word: "IDENTITY", dangling: "MEMBER_NOT_FOUND"}
	aSession       = kind{noun: "session", word: "SESSION", dangling: "MEMBER_NOT_FOUND"}
	aLink          = kind{noun: "sign-in link", word: "SIGN_IN_LINK", dangling: "MEMBER_NOT_FOUND"}
	anAPIKey       = kind{noun: "API key", word: "API_KEY", dangling: "MEMBER_NOT_FOUND"}
	anAccount      = kind{noun: "social account", word: "ACCOUNT", dangling: "WORKSPACE_NOT_FOUND"}
	aConnection    = kind{noun: "connection", word: "CONNECTION", changed: "CONNECTION_USED", dangling: "ACCOUNT_NOT_FOUND"}
	aTopic         = kind{noun: "topic", word: "TOPIC", dangling: "MEMBER_NOT_FOUND"}
	aBlob          = kind{noun: "file", word: "MEDIA"}
	aThumbnail     = kind{noun: "thumbnail", word: "MEDIA", dangling: "MEDIA_NOT_FOUND"}
	anUpload       = kind{noun: "upload", word: "UPLOAD", dangling: "MEMBER_NOT_FOUND"}
	aMediaPart     = kind{noun: "part of a file", word: "MEDIA", dangling: "MEDIA_NOT_FOUND"}
	anUploadPart   = kind{noun: "part of an upload", word: "UPLOAD", dangling: "UPLOAD_NOT_FOUND"}
	aMedia         = kind{noun: "picture", word: "MEDIA", dangling: "WORKSPACE_NOT_FOUND"}
	anItem         = kind{noun: "library item", word: "ITEM", dangling: "TOPIC_NOT_FOUND"}
	aPost          = kind{noun: "post", word: "POST"}
	aRevision      = kind{noun: "revision", word: "REVISION", changed: "REVISION_CHANGED"}
	aCoAuthor      = kind{noun: "co-author", word: "CO_AUTHOR", dangling: "MEMBER_NOT_FOUND"}
	aReview        = kind{noun: "review", word: "REVIEW", dangling: "REVISION_CHANGED"}
	aLinkCheck     = kind{noun: "link check", word: "REVIEW", dangling: "WORKSPACE_NOT_FOUND"}
	aFormerPlan    = kind{noun: "former plan", word: "REVIEW", dangling: "REVIEW_NOT_FOUND"}
	aDecision      = kind{noun: "decision", word: "DECISION", dangling: "REVISION_CHANGED"}
	aReceipt       = kind{noun: "view receipt", word: "RECEIPT", dangling: "REVISION_CHANGED"}
	aThread        = kind{noun: "discussion", word: "THREAD", dangling: "REVISION_NOT_FOUND"}
	aSuggestion    = kind{noun: "suggestion", word: "SUGGESTION", dangling: "REVISION_CHANGED"}
	aProposal      = kind{noun: "proposal", word: "PROPOSAL"}
	aFeed          = kind{noun: "feed", word: "FEED"}
	aHandle        = kind{noun: "registered handle", word: "HANDLE", dangling: "MEMBER_NOT_FOUND"}
	aComment       = kind{noun: "comment", word: "COMMENT", dangling: "THREAD_NOT_FOUND"}
	aMention       = kind{noun: "mention", word: "MENTION", dangling: "MEMBER_NOT_FOUND"}
	aBatch         = kind{noun: "batch", word: "BATCH", changed: "BATCH_ITEM_ENDED", dangling: "MEMBER_NOT_FOUND"}
	anImport       = kind{noun: "import", word: "IMPORT", changed: "IMPORT_ENDED", dangling: "MEMBER_NOT_FOUND"}
	anOrigin       = kind{noun: "origin of an item", word: "ORIGIN", dangling: "ITEM_NOT_FOUND"}
	aTask          = kind{noun: "review task", word: "TASK", dangling: "REVIEW_NOT_FOUND"}
	aPolicy        = kind{noun: "routing policy revision", word: "POLICY", dangling: "WORKSPACE_NOT_FOUND"}
	aSimulation    = kind{noun: "simulation", word: "SIMULATION", dangling: "POLICY_NOT_FOUND"}
	anActivation   = kind{noun: "activation", word: "ACTIVATION", dangling: "SIMULATION_NOT_FOUND"}
	aRecomputation = kind{noun: "recomputation", word: "RECOMPUTATION", dangling: "WORKSPACE_NOT_FOUND"}
	aPublication   = kind{noun: "publication", word: "PUBLICATION", dangling: "REVISION_CHANGED"}
	anAttempt      = kind{noun: "attempt", word: "ATTEMPT", changed: "ATTEMPT_ENDED", dangling: "PUBLICATION_NOT_FOUND"}
	aRecall        = kind{noun: "recall", word: "RECALL", dangling: "ITEM_NOT_FOUND"}
	aCopy          = kind{noun: "copy", word: "RECALL", dangling: "PUBLICATION_NOT_FOUND"}
	aCase          = kind{noun: "case", word: "CASE", dangling: "PUBLICATION_NOT_FOUND"}
	aHold          = kind{noun: "hold", word: "HOLD", dangling: "WORKSPACE_NOT_FOUND"}
	aRecord        = kind{noun: "audit record", word: "AUDIT_RECORD"}
	aRequest       = kind{noun: "request", word: "REQUEST"}
	aCalendar      = kind{noun: "calendar", word: "CALENDAR", dangling: "WORKSPACE_NOT_FOUND"}
	aDelegation    = kind{noun: "delegation", word: "DELEGATION", dangling: "MEMBER_NOT_FOUND"}
	anAbsence      = kind{noun: "absence", word: "ABSENCE", dangling: "MEMBER_NOT_FOUND"}
	aReminder      = kind{noun: "reminder", word: "REMINDER", dangling: "MEMBER_NOT_FOUND"}
	aDeadline      = kind{noun: "deadline", word: "DEADLINE", dangling: "REVIEW_NOT_FOUND"}
	anEntry        = kind{noun: "entry of the wall", word: "WALL_ENTRY"}

	aGuideline         = kind{noun: "guideline revision", word: "GUIDELINE", dangling: "MEMBER_NOT_FOUND"}
	aLexicon           = kind{noun: "lexicon revision", word: "LEXICON", dangling: "MEMBER_NOT_FOUND"}
	aRecheck           = kind{noun: "recheck of a lexicon", word: "LEXICON", dangling: "LEXICON_NOT_FOUND"}
	aDisclosureTable   = kind{noun: "revision of the disclosure rules", word: "DISCLOSURE_TABLE", dangling: "MEMBER_NOT_FOUND"}
	aDisclosureRecheck = kind{noun: "recheck of disclosures", word: "DISCLOSURE_TABLE", dangling: "DISCLOSURE_TABLE_NOT_FOUND"}
	anAcknowledgment   = kind{noun: "acknowledgement", word: "ACKNOWLEDGEMENT", dangling: "GUIDELINE_NOT_FOUND"}
	aTraining          = kind{noun: "training module", word: "TRAINING_MODULE", dangling: "WORKSPACE_NOT_FOUND"}
	aCourse            = kind{noun: "training course", word: "TRAINING_COURSE", dangling: "TRAINING_MODULE_NOT_FOUND"}
	aTrainingAttempt   = kind{noun: "training attempt", word: "TRAINING_ATTEMPT", dangling: "TRAINING_COURSE_NOT_FOUND"}
	aTrainingRecord    = kind{noun: "training record", word: "TRAINING_RECORD", dangling: "MEMBER_NOT_FOUND"}
)

// missing says that the thing is not there.
func (k kind) missing() *advocacy.Error {
	if k == aLink {
		return advocacy.Missing("SIGN_IN_LINK_INVALID", "the sign-in link is unknown, used or too old; ask for a new one")
	}
	return advocacy.Missing(k.word+"_NOT_FOUND", "there is no such %s", k.noun)
}

// clash says that the thing changed since it was read.
func (k kind) clash() *advocacy.Error {
	reason := k.changed
	if reason == "" {
		reason = k.word + "_CHANGED"
	}
	return advocacy.Clash(reason, "the %s has changed in the meantime; read it again", k.noun)
}

// failed gives an error of a statement about the thing its reason.
func (k kind) failed(err error) error {
	if _, has := errors.AsType[*advocacy.Error](err); has || err == nil {
		return err
	}
	switch {
	case errors.Is(err, sql.ErrNoRows), errors.Is(err, gorm.ErrRecordNotFound):
		return k.missing()
	case errors.Is(err, gorm.ErrDuplicatedKey):
		return advocacy.Taken(k.word+"_EXISTS", "there is such a %s already", k.noun).Cause(err)
	case errors.Is(err, gorm.ErrForeignKeyViolated):
		return k.pointsNowhere().Cause(err)
	default:
		return failed(err)
	}
}

func (k kind) pointsNowhere() *advocacy.Error {
	switch k.dangling {
	case "":
		return advocacy.Missing("REFERENCE_NOT_FOUND", "the %s names something that does not exist", k.noun)
	case "REVISION_CHANGED":
		return advocacy.Clash(k.dangling, "the %s is about other bytes than those under review", k.noun)
	default:
		return advocacy.Missing(k.dangling, "the %s names something that does not exist", k.noun)
	}
}

// failed gives an error of the database its kind. One that is nobody's input and does
// not pass stays as it is: Internal.
func failed(err error) error {
	if err == nil {
		return nil
	}
	if _, ours := errors.AsType[*advocacy.Error](err); ours {
		return err
	}
	switch {
	case errors.Is(err, context.Canceled):
		return unavailable("CALL_CANCELLED", "the caller went away", err)
	case errors.Is(err, context.DeadlineExceeded):
		return unavailable("DEADLINE_EXCEEDED", "the call took too long", err)
	case errors.Is(err, groupcommit.ErrClosed), errors.Is(err, sql.ErrConnDone):
		return unavailable("STORE_CLOSED", "the service is stopping", err)
	case errors.Is(err, groupcommit.ErrFull):
		return errExhausted(err)
	case errors.Is(err, sqlite.ErrDiskFailed):
		return unavailable("STORE_DISK_FAILED", "the disk did not confirm a change, which may or may not be there; send the same request again when the service has started anew", err)
	case busy(err):
		return unavailable("STORE_BUSY", "too much is going on; try again", err)
	case unreachable(err):
		return unavailable("STORE_UNREACHABLE", "the database does not answer; try again", err)
	default:
		return err
	}
}

func unavailable(reason, message string, err error) error {
	return &advocacy.Error{Kind: advocacy.Unavailable, Reason: reason, Message: message, Err: err}
}

// PostgreSQL's codes for a transaction that lost a race, for one that waited longer than it may, and
// for one in which nothing was asked for too long. SQLite's for a lock somebody else holds.
const (
	pgSerialization = "40001"
	pgDeadlock      = "40P01"
	pgLockTimeout   = "55P03"
	pgTooMany       = "53300"
	pgIdleTooLong   = "25P03"
	sqliteBusy      = 5
	sqliteLocked    = 6
)

// lostRace tells whether the same transaction may succeed when it is run again.
func lostRace(err error) bool {
	pg, ok := errors.AsType[*pgconn.PgError](err)
	return ok && (pg.Code == pgSerialization || pg.Code == pgDeadlock)
}

func busy(err error) bool {
	if pg, ok := errors.AsType[*pgconn.PgError](err); ok {
		return lostRace(err) || pg.Code == pgLockTimeout || pg.Code == pgTooMany
	}
	lite, ok := errors.AsType[interface {
		error
		Code() int
	}](err)
	return ok && (lite.Code()&0xff == sqliteBusy || lite.Code()&0xff == sqliteLocked)
}

// unreachable tells whether the connection broke, or the server ended it or is going away (class
// 57 but for a cancelled query).
func unreachable(err error) bool {
	if pg, ok := errors.AsType[*pgconn.PgError](err); ok {
		return pg.Code == pgIdleTooLong || len(pg.Code) == 5 && pg.Code[:2] == "57" && pg.Code != "57014"
	}
	if _, ok := errors.AsType[*pgconn.ConnectError](err); ok {
		return true
	}
	_, network := errors.AsType[net.Error](err)
	return network || errors.Is(err, driver.ErrBadConn) || errors.Is(err, io.ErrUnexpectedEOF) || errors.Is(err, pgconn.ErrConnClosed)
}

// ReasonNewer is the reason of the error that refuses a database a newer program has
// migrated.
const ReasonNewer = "DATABASE_NEWER"

func newer(have, know int64) error {
	return advocacy.Refuse(ReasonNewer, "the database is at version %d and this program knows %d; start a newer program", have, know)
}
