package mail

import (
	"context"
	"encoding/base64"
	"errors"
	"fmt"
	"strings"

	gomail "github.com/wneessen/go-mail"
)

// Error says that a message was not sent.
type Error struct {
	// Permanent means that the same message will never be taken: the recipient does not
	// exist, or the message is malformed. Everything else, a refused password included, may
	// be right tomorrow.
	Permanent bool
	// Code is the server's reply, 0 when it gave none.
	Code int
	// Err is the cause. It never holds the text or the subject.
	Err error
}

// Error prints the cause.
func (e *Error) Error() string {
	kind := "temporary"
	if e.Permanent {
		kind = "permanent"
	}
	return fmt.Sprintf("send mail (%s): %v", kind, e.Err)
}

// Unwrap returns the cause.
func (e *Error) Unwrap() error { return e.Err }

// Permanent says whether err means that the same message will never be taken.
func Permanent(err error) bool {
	e, ok := errors.AsType[*Error](err)
	return ok && e.Permanent
}

// classify tells a refused message from everything that can go wrong before the server
// has looked at it. The library's own verdict is not used: it calls a broken connection
// permanent.
func (s *Sender) classify(ctx context.Context, err error) error {
	if ctx.Err() != nil {
		return &Error{Err: ctx.Err()}
	}
	refused, ok := errors.AsType[*gomail.SendError](err)
	if !ok {
		return &Error{Err: s.discreet(err)}
	}
	code := refused.ErrorCode()
	// The rest of the library's text lists the recipients.
	answer, _, _ := strings.Cut(refused.Error(), ", affected ")
	return &Error{Permanent: code >= 500 && code < 600, Code: code, Err: s.discreet(errors.New(answer))}
}

// discreet is an error without what the service signs in with: a server may repeat what it was sent.
func (s *Sender) discreet(err error) error {
	if s.config.Password == "" {
		return err
	}
	text := err.Error()
	for _, secret := range []string{
		s.config.Password,
		base64.StdEncoding.EncodeToString([]byte(s.config.Password)),
		base64.StdEncoding.EncodeToString([]byte("\x00" + s.config.Username + "\x00" + s.config.Password)),
	} {
		text = strings.ReplaceAll(text, secret, "[password]") // guard: no log has the password
	}
	if text == err.Error() {
		return err
	}
	return errors.New(text)
}
