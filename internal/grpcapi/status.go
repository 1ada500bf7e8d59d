package grpcapi

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"strconv"
	"strings"

	"buf.build/go/protovalidate"
	"google.golang.org/genproto/googleapis/rpc/errdetails"
	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/status"
	"google.golang.org/protobuf/protoadapt"
	"google.golang.org/protobuf/types/known/durationpb"

	"github.com/imprimatur-hq/imprimatur/internal/advocacy"
)

// errorDomain is the domain of every ErrorInfo.
const errorDomain = "imprimatur.dev"

// codeOf says which gRPC code each kind of failure has.
var codeOf = map[advocacy.Kind]codes.Code{
	advocacy.Internal:        codes.Internal,
	advocacy.Invalid:         codes.InvalidArgument,
	advocacy.Unauthenticated: codes.Unauthenticated,
	advocacy.Denied:          codes.PermissionDenied,
	advocacy.NotFound:        codes.NotFound,
	advocacy.Exists:          codes.AlreadyExists,
	advocacy.Precondition:    codes.FailedPrecondition,
	advocacy.Conflict:        codes.Aborted,
	advocacy.Exhausted:       codes.ResourceExhausted,
	advocacy.Unavailable:     codes.Unavailable,
}

// errIncomplete refuses a method whose descriptor does not say who may call it.
func errIncomplete(r *rule) error {
	return fmt.Errorf("method %s declares no %s and is refused", r.method, r.missing)
}

// refuse turns an error into the status the client sees. Everything that is not an
// advocacy.Error is nobody's business but the log's.
func (t *trip) refuse(ctx context.Context, err error) error {
	if e, ok := errors.AsType[*advocacy.Error](err); ok && e.Kind != advocacy.Internal {
		if _, known := codeOf[e.Kind]; known {
			t.cause = e.Err
			return t.explain(e, nil)
		}
	}
	if e, ok := errors.AsType[*protovalidate.ValidationError](err); ok {
		return t.explain(violated(e))
	}
	if code, reason := interrupted(ctx, err); code != codes.OK {
		t.cause, t.reason = err, reason
		return t.finish(status.New(code, plain(reason)), &errdetails.ErrorInfo{Reason: reason, Domain: errorDomain})
	}
	return t.internal(err, t.localized(reasonInternal, nil, "internal error"))
}

// reasonInternal is the reason of everything that is not explained.
const reasonInternal = "INTERNAL"

// localized puts a refusal into the caller's language, or leaves it in the service's
// own.
func (t *trip) localized(reason string, facts map[string]string, message string) *errdetails.LocalizedMessage {
	if text := t.say("error."+reason, facts, ""); text != "" {
		return &errdetails.LocalizedMessage{Locale: t.language, Message: text}
	}
	return &errdetails.LocalizedMessage{Locale: defaultLanguage, Message: message}
}

// internal hides a failure that is nobody's input; only the request id leads to it.
func (t *trip) internal(err error, details ...protoadapt.MessageV1) error {
	t.cause, t.reason = err, reasonInternal
	details = append([]protoadapt.MessageV1{&errdetails.ErrorInfo{Reason: reasonInternal, Domain: errorDomain}}, details...)
	return t.finish(status.New(codes.Internal, "internal error"), details...)
}

// interrupted recognises a call that ended before its work did, and what gRPC itself
// refuses while it reads a stream. A use case that fails after its time was over failed
// because of that, whatever it says.
func interrupted(ctx context.Context, err error) (codes.Code, string) {
	for _, cause := range []error{err, ctx.Err()} {
		switch {
		case errors.Is(cause, context.Canceled):
			return codes.Canceled, "CALL_CANCELLED"
		case errors.Is(cause, context.DeadlineExceeded):
			return codes.DeadlineExceeded, "DEADLINE_EXCEEDED"
		}
	}
	s, ok := status.FromError(err)
	if !ok {
		return codes.OK, ""
	}
	switch s.Code() {
	case codes.Canceled:
		return codes.Canceled, "CALL_CANCELLED"
	case codes.DeadlineExceeded:
		return codes.DeadlineExceeded, "DEADLINE_EXCEEDED"
	case codes.ResourceExhausted:
		return codes.ResourceExhausted, "MESSAGE_TOO_LARGE"
	case codes.Unimplemented:
		return codes.Unimplemented, "METHOD_NOT_IMPLEMENTED"
	default:
		return codes.OK, ""
	}
}

// violated turns a failed validation into the error of its first field, with all of
// them as details.
func violated(v *protovalidate.ValidationError) (*advocacy.Error, []*errdetails.BadRequest_FieldViolation) {
	var fields []*errdetails.BadRequest_FieldViolation
	for _, violation := range v.Violations {
		fields = append(fields, &errdetails.BadRequest_FieldViolation{
			Field:       protovalidate.FieldPathString(violation.Proto.GetField()),
			Description: complaint(violation),
			Reason:      fieldInvalid,
		})
	}
	if len(fields) == 0 {
		return advocacy.InvalidField("", fieldInvalid, "the request is not well formed"), nil
	}
	first := fields[0]
	return advocacy.InvalidField(first.GetField(), fieldInvalid, "%s", strings.TrimPrefix(first.GetField()+": "+first.GetDescription(), ": ")), fields
}

// complaint is what is wrong with a field. A pattern means nothing to most who read one.
func complaint(v *protovalidate.Violation) string {
	if v.Proto.GetRuleId() == "string.pattern" && v.RuleValue.IsValid() {
		if words := wanted(v.RuleValue.String()); words != "" {
			return words
		}
	}
	return v.Proto.GetMessage()
}

// explain says what is wrong, for machines and for people.
func (t *trip) explain(e *advocacy.Error, fields []*errdetails.BadRequest_FieldViolation) error {
	t.reason = e.Reason
	info := &errdetails.ErrorInfo{Reason: e.Reason, Domain: errorDomain, Metadata: maps.Clone(t.translated(e.Meta, "words", advocacy.MetaTranslations))}
	if e.Field != "" {
		if info.Metadata == nil {
			info.Metadata = make(map[string]string)
		}
		info.Metadata["field"] = e.Field
	}
	told := t.localized(e.Reason, e.Meta, e.Message)
	if e.Answer.Code != "" { // guard: what a network answered is said
		if info.Metadata == nil {
			info.Metadata = make(map[string]string)
		}
		info.Metadata["answer_code"] = string(e.Answer.Code)
		if told.GetMessage() != e.Message { // whose English names the answer already
			told.Message += " " + t.answered(e.Answer)
		}
	}
	details := []protoadapt.MessageV1{info, told}
	switch {
	case e.Kind == advocacy.Precondition:
		details = append(details, &errdetails.PreconditionFailure{Violations: []*errdetails.PreconditionFailure_Violation{{
			Type: e.Reason, Subject: e.Meta["subject"], Description: e.Message,
		}}})
	case e.Kind == advocacy.Invalid && len(e.Faults) > 0:
		details = append(details, &errdetails.BadRequest{FieldViolations: each(e.Faults, func(f advocacy.Fault) *errdetails.BadRequest_FieldViolation {
			return t.fault(e.Field, f)
		})})
	case e.Kind == advocacy.Invalid && fields == nil && e.Field != "":
		fields = []*errdetails.BadRequest_FieldViolation{{Field: e.Field, Description: e.Message, Reason: e.Reason}}
		fallthrough
	case fields != nil:
		details = append(details, &errdetails.BadRequest{FieldViolations: fields})
	}
	if e.Retry > 0 { // guard: who is sent away is told when to come again
		details = append(details, &errdetails.RetryInfo{RetryDelay: durationpb.New(e.Retry)})
	}
	return t.finish(status.New(codeOf[e.Kind], e.Message), details...)
}

// fault writes one thing that is wrong with the document in a field: the code and the English for
// machines, and the sentence with its line in the caller's language.
func (t *trip) fault(field string, f advocacy.Fault) *errdetails.BadRequest_FieldViolation {
	at := map[string]string{"line": strconv.Itoa(f.Line), "path": f.Path}
	place := "line_path"
	switch {
	case f.Line == 0 && f.Path == "":
		place = "none"
	case f.Line == 0:
		place = "path"
	case f.Path == "":
		place = "line"
	}
	told := &errdetails.LocalizedMessage{Locale: t.language, Message: t.say("problem."+f.Code, f.Facts, "")}
	if told.GetMessage() == "" {
		told.Locale, told.Message = defaultLanguage, f.Message
	}
	at["said"] = told.GetMessage()
	told.Message = t.say("fault."+place, at, told.GetMessage())
	return &errdetails.BadRequest_FieldViolation{Field: field, Reason: f.Code, Description: f.Message, LocalizedMessage: told}
}

// finish adds the request id, which every answer carries.
func (t *trip) finish(s *status.Status, details ...protoadapt.MessageV1) error {
	details = append(details, &errdetails.RequestInfo{RequestId: t.requestID})
	detailed, err := s.WithDetails(details...)
	if err != nil {
		return s.Err()
	}
	return detailed.Err()
}
