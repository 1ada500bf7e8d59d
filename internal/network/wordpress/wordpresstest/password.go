package wordpresstest

import (
	"cmp"
	"fmt"
	"net/http"
	"slices"
)

// Ended tells whether an application password was revoked.
func (s *Server) Ended(password string) bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	return slices.Contains(s.ended, password)
}

// uuidOf is what the site calls a user's application password.
func uuidOf(author int64) string { return fmt.Sprintf("%08d-0000-4000-8000-000000000000", author) }

// introspect tells which application password the request carries.
func (s *Server) introspect(w http.ResponseWriter, _ *http.Request, author int64) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.Endless != 0 {
		refuse(w, s.Endless, map[int]string{404: "rest_no_route", 403: "rest_cannot_introspect_app_password_for_non_authenticated_user"}[s.Endless], "No.")
		return
	}
	answerJSON(w, http.StatusOK, map[string]any{"uuid": cmp.Or(s.UUID, uuidOf(author)), "app_id": "", "name": "Imprimatur", "created": "2026-11-01T09:00:00"})
}

// NewPassword makes a further application password of a user, and returns the credential: one that is
// revoked leaves the others.
func (s *Server) NewPassword(user string) string {
	s.mu.Lock()
	defer s.mu.Unlock()
	password := fmt.Sprintf("made%020d", len(s.made)+1)
	if s.made == nil {
		s.made = make(map[string]string)
	}
	s.made[password] = user
	return user + ":" + password
}

// revoke ends the application password that is named.
func (s *Server) revoke(w http.ResponseWriter, r *http.Request, author int64) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if r.PathValue("uuid") != uuidOf(author) {
		refuse(w, http.StatusNotFound, "rest_application_password_not_found", "Application password not found.")
		return
	}
	_, password, _ := r.BasicAuth()
	s.ended = append(s.ended, password)
	answerJSON(w, http.StatusOK, map[string]any{"deleted": true, "previous": map[string]any{"uuid": uuidOf(author)}})
}
