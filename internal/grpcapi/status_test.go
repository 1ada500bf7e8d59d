package grpcapi

import (
	"context"
	"errors"
	"fmt"
	"io"
	"maps"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"google.golang.org/genproto/googleapis/rpc/errdetails"
	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/status"
	"google.golang.org/protobuf/testing/protocmp"

	imprimaturv1 "github.com/imprimatur-hq/imprimatur/api/imprimatur/v1"
	"github.com/imprimatur-hq/imprimatur/internal/advocacy"
)

// refusal is an error as a client sees it.
type refusal struct {
	code      codes.Code
	message   string
	info      *errdetails.ErrorInfo
	localized *errdetails.LocalizedMessage
	request   *errdetails.RequestInfo
	bad       *errdetails.BadRequest
	failed    *errdetails.PreconditionFailure
}

func refusalOf(t testing.TB, err error) refusal {
	t.Helper()
	s, ok := status.FromError(err)
	if !ok {
		t.Fatalf("%v is no status", err)
	}
	r := refusal{code: s.Code(), message: s.Message()}
	for _, detail := range s.Details() {
		switch d := detail.(type) {
		case *errdetails.ErrorInfo:
			r.info = d
		case *errdetails.LocalizedMessage:
			r.localized = d
		case *errdetails.RequestInfo:
			r.request = d
		case *errdetails.BadRequest:
			r.bad = d
		case *errdetails.PreconditionFailure:
			r.failed = d
		default:
			t.Errorf("unexpected detail %T", d)
		}
	}
	return r
}

func refuse(t testing.TB, ctx context.Context, err error) refusal {
	t.Helper()
	french := func(language, code string, args map[string]string) string {
		if language == "fr" && code == "error.SELF_REVIEW" {
			return "Vous en êtes l’auteur."
		}
		return ""
	}
	return refusalOf(t, (&trip{requestID: "call-1", language: "fr", words: french}).refuse(ctx, err))
}

// Each kind reaches the client with its code, its reason and the request id.
func TestKindsAreExplained(t *testing.T) {
	t.Parallel()
	for _, kind := range advocacy.Kinds() {
		err := &advocacy.Error{Kind: kind, Reason: "SOME_REASON", Message: "some words", Field: "post.note", Err: errors.New("secret cause")}
		got := refuse(t, t.Context(), fmt.Errorf("while working: %w", err.With("revision", "3")))
		if got.code != codeOf[kind] || got.request.GetRequestId() != "call-1" || got.info.GetDomain() != "imprimatur.dev" {
			t.Errorf("kind %d: %+v", kind, got)
		}
		if kind == advocacy.Internal {
			continue
		}
		if got.message != "some words" || got.info.GetReason() != "SOME_REASON" || got.localized.GetMessage() != "some words" || got.localized.GetLocale() != "en" {
			t.Errorf("kind %d: %+v", kind, got)
		}
		if diff := cmp.Diff(map[string]string{"revision": "3", "field": "post.note"}, got.info.GetMetadata()); diff != "" {
			t.Errorf("kind %d: %s", kind, diff)
		}
		if (got.bad != nil) != (kind == advocacy.Invalid) || (got.failed != nil) != (kind == advocacy.Precondition) {
			t.Errorf("kind %d: details %v, %v", kind, got.bad, got.failed)
		}
	}
}

func TestDetailsOfInput(t *testing.T) {
	t.Parallel()
	got := refuse(t, t.Context(), advocacy.InvalidField("post.note", "NOTE_BAD", "the note is bad"))
	want := &errdetails.BadRequest{FieldViolations: []*errdetails.BadRequest_FieldViolation{
		{Field: "post.note", Description: "the note is bad", Reason: "NOTE_BAD"},
	}}
	if diff := cmp.Diff(want, got.bad, protocmp.Transform()); diff != "" {
		t.Error(diff)
	}
}

// An error whose reason is an answer of a network says that, too, in the caller's language and by its code.
func TestAnswersOfANetwork(t *testing.T) {
	t.Parallel()
	french := func(language, code string, args map[string]string) string {
		switch code {
		case "error.TOKEN_REFUSED":
			return "Le réseau n’accepte pas ce jeton."
		case "answer.SAID":
			return "Le serveur a répondu " + args["fact"] + " : " + args["quote"]
		default:
			return ""
		}
	}
	said := advocacy.Answer{Text: "The server answered 401: revoked", Code: advocacy.AnswerSaid, Fact: "401", Quote: "revoked"}
	err := advocacy.InvalidField("access_token", "TOKEN_REFUSED", "it is not taken. %s", said.Text).Because(said)
	got := refusalOf(t, (&trip{requestID: "call-1", language: "fr", words: french}).refuse(t.Context(), err))
	if got.message != "it is not taken. The server answered 401: revoked" || got.info.GetMetadata()["answer_code"] != "SAID" ||
		got.localized.GetMessage() != "Le réseau n’accepte pas ce jeton. Le serveur a répondu 401 : revoked" {
		t.Errorf("it is told %+v", got)
	}
	got = refusalOf(t, (&trip{requestID: "call-1", language: "fr"}).refuse(t.Context(), err))
	if got.localized.GetMessage() != err.Message {
		t.Errorf("without words it is told %+v", got.localized)
	}
}

// What was answered is said in the caller's language by its code; what the gate stopped, in the words
// of what was in the way. A person's words have none and stay as they are.
func TestAnswersAreSaid(t *testing.T) {
	t.Parallel()
	tr := &trip{language: "fr", words: func(language, code string, args map[string]string) string {
		return map[string]string{
			"fr answer.STATUS": "Le serveur a répondu " + args["fact"] + ".", "fr answer.HOLD": "Arrêté.", "fr blocker.HOLD": "En suspens.",
			"fr blocker.WITHDRAWN": "Retiré.",
		}[language+" "+code]
	}}
	tests := map[string]struct {
		answer advocacy.Answer
		want   *imprimaturv1.Answer
	}{
		"a network": {
			advocacy.Answer{Text: "The server answered 500.", Code: advocacy.AnswerStatus, Fact: "500", Quote: "no\xff"},
			&imprimaturv1.Answer{Code: "STATUS", Message: "Le serveur a répondu 500.", Fact: "500", Quotation: "no\uFFFD"},
		},
		"the gate":        {advocacy.Stopped("WITHDRAWN"), &imprimaturv1.Answer{Code: "WITHDRAWN", Message: "Retiré."}},
		"of its own":      {advocacy.Stopped("HOLD"), &imprimaturv1.Answer{Code: "HOLD", Message: "Arrêté."}},
		"without words":   {advocacy.Answer{Text: "As ever.", Code: "NEW"}, &imprimaturv1.Answer{Code: "NEW", Message: "As ever."}},
		"a person's word": {advocacy.Worded("I saw it."), nil},
	}
	for name, test := range tests {
		if diff := cmp.Diff(test.want, tr.answer(test.answer), protocmp.Transform()); diff != "" {
			t.Errorf("%s: %s", name, diff)
		}
	}
}

// What is wrong with a document is told one by one, with its code, in the caller's language.
func TestFaultsOfADocument(t *testing.T) {
	t.Parallel()
	french := func(language, code string, args map[string]string) string {
		switch code {
		case "problem.MODE":
			return args["mode"] + " n’est pas un mode"
		case "fault.line_path":
			return "Ligne " + args["line"] + ", " + args["path"] + " : " + args["said"]
		default:
			return ""
		}
	}
	err := advocacy.InvalidField("document", "RULE_INVALID", "it is wrong")
	err.Faults = []advocacy.Fault{
		{Code: "MODE", Facts: map[string]string{"mode": `"x"`}, Path: "rules[0].mode", Line: 4, Message: `"x" is no mode`},
		{Code: "NEW", Path: "rules", Message: "nobody has words for it"},
	}
	got := refusalOf(t, (&trip{requestID: "call-1", language: "fr", words: french}).refuse(t.Context(), err))
	want := &errdetails.BadRequest{FieldViolations: []*errdetails.BadRequest_FieldViolation{
		{Field: "document", Reason: "MODE", Description: `"x" is no mode`, LocalizedMessage: &errdetails.LocalizedMessage{
			Locale: "fr", Message: `Ligne 4, rules[0].mode : "x" n’est pas un mode`,
		}},
		{Field: "document", Reason: "NEW", Description: "nobody has words for it", LocalizedMessage: &errdetails.LocalizedMessage{
			Locale: "en", Message: "nobody has words for it",
		}},
	}}
	if diff := cmp.Diff(want, got.bad, protocmp.Transform()); diff != "" {
		t.Error(diff)
	}
}

func TestDetailsOfState(t *testing.T) {
	t.Parallel()
	got := refuse(t, t.Context(), advocacy.Refuse("REVIEW_CLOSED", "it is over").With("subject", "workspaces/acme/posts/1"))
	want := &errdetails.PreconditionFailure{Violations: []*errdetails.PreconditionFailure_Violation{
		{Type: "REVIEW_CLOSED", Subject: "workspaces/acme/posts/1", Description: "it is over"},
	}}
	if diff := cmp.Diff(want, got.failed, protocmp.Transform()); diff != "" {
		t.Error(diff)
	}
}

func TestRefusalsSpeakTheCallersLanguage(t *testing.T) {
	t.Parallel()
	got := refuse(t, t.Context(), advocacy.Deny("SELF_REVIEW", "you wrote it"))
	if got.message != "you wrote it" || got.localized.GetMessage() != "Vous en êtes l’auteur." || got.localized.GetLocale() != "fr" {
		t.Errorf("%+v", got)
	}
}

// Words of the workspace's own come in the caller's language, where they were given in it.
func TestRefusalsTellTheWorkspacesWords(t *testing.T) {
	t.Parallel()
	translations := string(advocacy.TranslationsOf(map[string]string{"fr": "Non."}))
	err := advocacy.Refuse("TERM_FORBIDDEN", "no").With("words", "No.").With(advocacy.MetaTranslations, translations)
	got := refuse(t, t.Context(), err).info.GetMetadata()
	if want := map[string]string{"words": "Non."}; !maps.Equal(got, want) || err.Meta["words"] != "No." {
		t.Errorf("it says %v of %v", got, err.Meta)
	}
}

// What is nobody's input says nothing, whatever it is made of.
func TestInternalHidesItsCause(t *testing.T) {
	t.Parallel()
	secret := "SELECT token FROM sessions"
	for name, err := range map[string]error{
		"plain":        errors.New(secret),
		"internal":     &advocacy.Error{Kind: advocacy.Internal, Reason: "R_" + secret, Message: secret, Field: secret, Meta: map[string]string{"x": secret}},
		"wrapped":      fmt.Errorf("%s: %w", secret, io.ErrUnexpectedEOF),
		"status":       status.Error(codes.PermissionDenied, secret),
		"no kind":      &advocacy.Error{Kind: advocacy.Kind(99), Reason: "X", Message: secret},
		"grpc says so": status.Error(codes.Internal, secret),
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			tr := &trip{requestID: "call-1"}
			got := tr.refuse(t.Context(), err)
			if s := status.Convert(got); s.Code() != codes.Internal || s.Message() != "internal error" || strings.Contains(s.Proto().String(), "token") {
				t.Errorf("%v", s.Proto())
			}
			if !errors.Is(tr.cause, err) {
				t.Errorf("the log gets %v", tr.cause)
			}
		})
	}
}

func TestEndedCalls(t *testing.T) {
	t.Parallel()
	over, cancel := context.WithCancel(t.Context())
	cancel()
	late, stop := context.WithTimeout(t.Context(), -1)
	defer stop()
	for name, c := range map[string]struct {
		ctx    context.Context
		err    error
		code   codes.Code
		reason string
	}{
		"cancelled":          {t.Context(), fmt.Errorf("x: %w", context.Canceled), codes.Canceled, "CALL_CANCELLED"},
		"deadline":           {t.Context(), context.DeadlineExceeded, codes.DeadlineExceeded, "DEADLINE_EXCEEDED"},
		"driver interrupted": {over, errors.New("interrupted (9)"), codes.Canceled, "CALL_CANCELLED"},
		"driver too late":    {late, errors.New("interrupted (9)"), codes.DeadlineExceeded, "DEADLINE_EXCEEDED"},
		"too large":          {t.Context(), status.Error(codes.ResourceExhausted, "grpc: x"), codes.ResourceExhausted, "MESSAGE_TOO_LARGE"},
		"stream gone":        {t.Context(), status.Error(codes.Canceled, "x"), codes.Canceled, "CALL_CANCELLED"},
		"unimplemented":      {t.Context(), status.Error(codes.Unimplemented, "x"), codes.Unimplemented, "METHOD_NOT_IMPLEMENTED"},
		"explained anyway":   {over, advocacy.Missing("POST_NOT_FOUND", "no"), codes.NotFound, "POST_NOT_FOUND"},
	} {
		got := refuse(t, c.ctx, c.err)
		if got.code != c.code || got.info.GetReason() != c.reason {
			t.Errorf("%s: %s %s", name, got.code, got.info.GetReason())
		}
	}
}
