package web

import (
	"errors"
	"net/http"

	"google.golang.org/genproto/googleapis/rpc/errdetails"
	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/status"
)

// refusal is what the service said instead of doing what was asked.
type refusal struct {
	// Message is the service's words for the reader, Reason its code for machines.
	Message, Reason string
	// Missing: it is not there, and nothing that somebody wrote was refused.
	Missing bool
}

// mistake is what is wrong with a form and can be said before the API is asked: a message of the
// catalogue by its key.
type mistake string

func (m mistake) Error() string { return string(m) }

// refusalOf reads an error of the API; what broke inside is not explained.
func refusalOf(p page, err error) refusal {
	var wrong mistake
	if errors.As(err, &wrong) {
		return refusal{Message: p.T(string(wrong))}
	}
	told := status.Convert(err)
	f := refusal{Message: p.T("error.INTERNAL")}
	for _, detail := range told.Details() {
		switch d := detail.(type) {
		case *errdetails.LocalizedMessage:
			f.Message = d.GetMessage()
		case *errdetails.ErrorInfo:
			f.Reason = d.GetReason()
		}
	}
	return f
}

// httpStatus are the answers a browser is given for the codes of a refusal.
var httpStatus = map[codes.Code]int{
	codes.InvalidArgument: http.StatusUnprocessableEntity, codes.NotFound: http.StatusNotFound,
	codes.AlreadyExists: http.StatusConflict, codes.PermissionDenied: http.StatusForbidden,
	codes.Aborted: http.StatusConflict, codes.FailedPrecondition: http.StatusConflict,
	codes.ResourceExhausted: http.StatusTooManyRequests, codes.Unavailable: http.StatusServiceUnavailable,
}

// refuse shows why something was not done. A script that sent the form shows the sentence beside
// it, with everything typed still there.
func (s *site) refuse(w http.ResponseWriter, r *http.Request, p page, err error) {
	code, known := httpStatus[status.Code(err)]
	var wrong mistake
	if errors.As(err, &wrong) {
		code = http.StatusUnprocessableEntity
	} else if !known {
		code = http.StatusInternalServerError
		s.Logger.ErrorContext(r.Context(), "page", "path", r.URL.Path, "error", err)
	}
	f := refusalOf(p, err)
	p.Title = p.T("web.refusal.title")
	switch {
	case status.Code(err) == codes.NotFound:
		p.Title, f.Missing = p.T("web.missing.title"), r.Method == http.MethodGet
	case r.Method == http.MethodGet && namesNothing(err):
		code, p.Title, f = http.StatusNotFound, p.T("web.missing.title"), refusal{Message: p.T("web.missing.text"), Missing: true}
	}
	p.name, p.Data = "refusal", f
	s.show(w, r, code, p)
}

// namesNothing tells whether it is the name of what was asked for that the service cannot read: where
// a page is opened, its address has no form that anything has.
func namesNothing(err error) bool {
	for _, detail := range status.Convert(err).Details() {
		bad, _ := detail.(*errdetails.BadRequest)
		for _, one := range bad.GetFieldViolations() {
			if one.GetField() == "name" || one.GetField() == "parent" {
				return true
			}
		}
	}
	return false
}
