package advocacy

import (
	"errors"
	"fmt"
	"time"
)

// Kind says what sort of failure an Error is; the doors map it to a gRPC code and an
// HTTP status in one place.
type Kind int

const (
	// Internal is every failure that is nobody's input: logged, never explained outside.
	Internal Kind = iota
	// Invalid is input that can never succeed as sent. Field names the culprit.
	Invalid
	// Unauthenticated is a call without a valid session or key.
	Unauthenticated
	// Denied is a caller who may not do this, whatever the state.
	Denied
	// NotFound is something absent, or something the caller may not see.
	NotFound
	// Exists is a name that is taken.
	Exists
	// Precondition is a call refused by the state things are in.
	Precondition
	// Conflict is a change that lost against another one: read again, then decide again.
	Conflict
	// Exhausted is a quota or a size that was used up.
	Exhausted
	// Unavailable is a dependency that did not answer; the same call may succeed later.
	Unavailable
)

// Kinds lists every kind, for tests that walk all of them.
func Kinds() []Kind {
	return []Kind{Internal, Invalid, Unauthenticated, Denied, NotFound, Exists, Precondition, Conflict, Exhausted, Unavailable}
}

// Error is the one error type a caller outside may see. Reason is a stable machine
// word in UPPER_SNAKE_CASE; Message is for people and says what to do; Field is the
// path of the offending request field; Meta carries facts such as the new revision.
type Error struct {
	Kind    Kind
	Reason  string
	Message string
	Field   string
	Meta    map[string]string
	// Faults are the single things that are wrong with a document, in its order.
	Faults []Fault
	// Retry is when the same call may come again, zero when nobody knows.
	Retry time.Duration
	// Answer is what a network answered, where that is the reason; Message holds its English.
	Answer Answer
	// Err is the cause. It is logged and never shown.
	Err error
}

// Fault is one thing that is wrong with a document, where it stands.
type Fault struct {
	// Code says what it is for machines; Facts are what the words about it name.
	Code  string
	Facts map[string]string
	// Path is where it stands, such as "rules[2].when". Line counts from 1 and is 0 for none; Column
	// is that of the condition there.
	Path         string
	Line, Column int
	// Message is for people.
	Message string
}

// Error prints the reason and the message.
func (e *Error) Error() string {
	if e.Err != nil {
		return fmt.Sprintf("%s: %s: %v", e.Reason, e.Message, e.Err)
	}
	return e.Reason + ": " + e.Message
}

// Unwrap returns the cause.
func (e *Error) Unwrap() error { return e.Err }

// With adds one fact to the error and returns it.
func (e *Error) With(key, value string) *Error {
	if e.Meta == nil {
		e.Meta = make(map[string]string)
	}
	e.Meta[key] = value
	return e
}

// Because records what was answered, which is the reason, and returns the error. Its code is a fact of the error
// for machines; what a network said in its own words is in the message.
func (e *Error) Because(a Answer) *Error {
	e.Answer = a
	return e
}

// Cause records what lies beneath the error and returns it.
func (e *Error) Cause(err error) *Error {
	e.Err = err
	return e
}

// KindOf returns the kind of err; whatever is not an Error is Internal.
func KindOf(err error) Kind {
	if e, ok := errors.AsType[*Error](err); ok {
		return e.Kind
	}
	return Internal
}

// ReasonOf returns the machine word of err, or "" when it is not an Error.
func ReasonOf(err error) string {
	if e, ok := errors.AsType[*Error](err); ok {
		return e.Reason
	}
	return ""
}

// InvalidField reports input that can never succeed, naming the field.
func InvalidField(field, reason, format string, args ...any) *Error {
	return &Error{Kind: Invalid, Reason: reason, Field: field, Message: fmt.Sprintf(format, args...)}
}

// Deny reports a caller who may not do this.
func Deny(reason, format string, args ...any) *Error {
	return &Error{Kind: Denied, Reason: reason, Message: fmt.Sprintf(format, args...)}
}

// Missing reports something absent, or hidden from the caller.
func Missing(reason, format string, args ...any) *Error {
	return &Error{Kind: NotFound, Reason: reason, Message: fmt.Sprintf(format, args...)}
}

// Refuse reports a call the present state does not allow.
func Refuse(reason, format string, args ...any) *Error {
	return &Error{Kind: Precondition, Reason: reason, Message: fmt.Sprintf(format, args...)}
}

// Clash reports a change that lost against another one.
func Clash(reason, format string, args ...any) *Error {
	return &Error{Kind: Conflict, Reason: reason, Message: fmt.Sprintf(format, args...)}
}

// Taken reports a name that exists already.
func Taken(reason, format string, args ...any) *Error {
	return &Error{Kind: Exists, Reason: reason, Message: fmt.Sprintf(format, args...)}
}
