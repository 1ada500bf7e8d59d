package advocacy

import "time"

// Departure is a request to a network, as it is noted before it begins in a place of its own: a
// database that is put back to an earlier state has forgotten it, the note has not. It names what
// is published and not the publication, since what was signed again after such a return has another.
type Departure struct {
	Workspace WorkspaceID `json:"workspace"`
	Post      PostID      `json:"post"`
	Digest    Digest      `json:"digest"`
	Account   AccountID   `json:"account"`
	// Number counts the requests for these bytes through this account, from one on.
	Number int `json:"number"`
	// Mark tells the request from every other one, so that who noted it knows it again.
	Mark        string        `json:"mark"`
	Publication PublicationID `json:"publication"`
	Network     Network       `json:"network"`
	// Body is what is sent and Time when the first request for it began: what a look needs.
	Body []byte    `json:"body"`
	Time time.Time `json:"time"`
}

// Forgotten is what was noted of requests that the database knows nothing of.
type Forgotten struct {
	// First is the first of them, and Last the number of the last one.
	First Departure
	Last  int
}

// Epoch is a stretch of the database's life: the first begins when it is made, and another when it was
// found to have been put back to an earlier state.
type Epoch struct {
	Number int64
	// Deployment is the database's name, which a copy of it and one that was put back keep.
	Deployment string
	// BeginTime is until when requests may have been forgotten; zero in the first.
	BeginTime time.Time
	// Sequence is the newest audit record's when the epoch began.
	Sequence int64
	Cause    EpochCause
}

// EpochCause is how it was noticed that the database was put back.
type EpochCause string

const (
	// EpochFirst: it is the database's first epoch.
	EpochFirst EpochCause = "first"
	// EpochBehind: the database was behind the mark that is kept outside of it.
	EpochBehind EpochCause = "behind"
	// EpochForgotten: a request was noted outside the database that it knows nothing of.
	EpochForgotten EpochCause = "forgotten"
	// EpochTold: an operator said so.
	EpochTold EpochCause = "told"
)

// Progress is how far a database has come.
type Progress struct {
	Epoch int64 `json:"epoch"`
	// Sequence is the newest audit record's, and Time when that became true.
	Sequence int64     `json:"sequence"`
	Time     time.Time `json:"time"`
}

// Behind tells whether a database that has come so far was further before.
func (p Progress) Behind(other Progress) bool {
	if p.Epoch != other.Epoch {
		return p.Epoch < other.Epoch
	}
	return p.Sequence < other.Sequence
}
