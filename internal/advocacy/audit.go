package advocacy

import (
	"encoding/json"
	"time"
)

// AuditRecord is one fact, written in the transaction that made it true. It is never
// changed or deleted.
type AuditRecord struct {
	Workspace WorkspaceID
	ID        RecordID
	// Sequence orders the records of one subject; it is given by the database.
	Sequence int64
	Time     time.Time
	Actor    Actor
	// Action is the past tense of what happened, such as "post.submitted".
	Action string
	// Subject is the resource it happened to; Parent the post or item it belongs to, so
	// that one query replays a life.
	Subject string
	Parent  string
	// RequestID is the client's id of the call, empty for the system's own acts.
	RequestID string
	// Detail holds the facts, as JSON.
	Detail json.RawMessage
}

// Job is work to be done later, enqueued in the transaction that made it necessary.
type Job struct {
	// Kind selects the handler.
	Kind string
	// Args is the handler's input, as JSON.
	Args json.RawMessage
	// RunTime is the earliest instant; zero means at once.
	RunTime time.Time
	// Queue is whose workers run it, so that nothing else waits for what is slow there: the name
	// of a network, or "" for what makes no requests.
	Queue string
	// Unique, when set, drops the job if one with the same kind and key is waiting.
	Unique string
}
