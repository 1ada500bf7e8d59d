package blueskytest

import (
	"cmp"
	"encoding/json"
	"fmt"
	"net/http"
	"strings"
)

// createSession takes a handle or a name, and a password.
func (s *Server) createSession(w http.ResponseWriter, r *http.Request) {
	var asked struct {
		Identifier string `json:"identifier"`
		Password   string `json:"password"`
	}
	if err := json.NewDecoder(r.Body).Decode(&asked); err != nil {
		refuse(w, http.StatusBadRequest, "InvalidRequest", "Input must have the property \"identifier\"")
		return
	}
	s.sessions++
	for account, kept := range s.repos {
		known := asked.Identifier == kept.handle || asked.Identifier == account
		if !s.Locked && known && (asked.Password == kept.password || asked.Password == OwnPassword) {
			s.tell(w, account)
			return
		}
	}
	refuse(w, http.StatusUnauthorized, "AuthenticationRequired", "Invalid identifier or password")
}

// refreshSession takes a refresh token, once.
func (s *Server) refreshSession(w http.ResponseWriter, r *http.Request) {
	s.refreshes++
	name := bearer(r)
	t, known := s.tokens[name]
	switch {
	case !known || !t.refresh || s.NoRefresh:
		refuse(w, http.StatusBadRequest, "InvalidToken", "Token could not be verified")
	case t.spent:
		refuse(w, http.StatusBadRequest, "ExpiredToken", "Token has been revoked")
	default:
		t.spent = true
		s.tokens[name] = t
		s.tell(w, t.account)
	}
}

// tell answers with a session, and where the account is kept.
func (s *Server) tell(w http.ResponseWriter, account string) {
	count := len(s.tokens)
	access, refresh := fmt.Sprintf("access-%d", count), fmt.Sprintf("refresh-%d", count)
	s.tokens[access], s.tokens[refresh] = token{account: account}, token{account: account, refresh: true}
	at, whose := cmp.Or(s.Elsewhere, s.URL), cmp.Or(s.Document, account)
	answer := map[string]any{
		"did": account, "handle": s.repos[account].handle, "accessJwt": access, "refreshJwt": refresh, "active": !s.Inactive,
		"didDoc": map[string]any{"id": whose, "service": []any{
			map[string]any{"id": "#bsky_chat", "type": "BskyChatService", "serviceEndpoint": map[string]string{"a": "b"}},
			map[string]any{"id": "#atproto_pds", "type": "AtprotoPersonalDataServer", "serviceEndpoint": at},
		}},
	}
	if s.Inactive {
		answer["status"] = "deactivated"
	}
	answerJSON(w, http.StatusOK, answer)
}

func bearer(r *http.Request) string {
	return strings.TrimPrefix(r.Header.Get("Authorization"), "Bearer ")
}

// owner is whose a request is, "" when it was answered.
func (s *Server) owner(w http.ResponseWriter, r *http.Request) string {
	t, known := s.tokens[bearer(r)]
	switch {
	case bearer(r) == "":
		refuse(w, http.StatusUnauthorized, "AuthMissing", "Authentication Required")
	case !known || t.refresh:
		refuse(w, http.StatusBadRequest, "InvalidToken", "Token could not be verified")
	case t.spent:
		refuse(w, http.StatusBadRequest, "ExpiredToken", "Token has expired")
	default:
		return t.account
	}
	return ""
}
