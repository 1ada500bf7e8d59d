package containertest

import (
	"encoding/json"
	"net/http"
	"net/http/httptest"
	"strconv"
)

// first gives somebody a token of an hour for a code.
func (s *Server) first(w http.ResponseWriter, r *http.Request, given http.Handler) {
	told := httptest.NewRecorder()
	given.ServeHTTP(told, r)
	var got struct {
		Token string `json:"access_token"`
	}
	_ = json.Unmarshal(told.Body.Bytes(), &got)
	account, _ := strconv.ParseInt(s.AS.Owner(got.Token), 10, 64)
	said := map[string]any{"access_token": got.Token, "user_id": account}
	switch {
	case told.Code >= http.StatusInternalServerError:
		refuse(w, told.Code, 2, 0, "Service temporarily unavailable")
	case told.Code != http.StatusOK && s.style.listed:
		w.WriteHeader(http.StatusBadRequest)
		_ = json.NewEncoder(w).Encode(map[string]any{"error_type": "OAuthException", "code": 400, "error_message": "Invalid authorization code"})
	case told.Code != http.StatusOK:
		refuse(w, http.StatusBadRequest, 100, 36009, "This authorization code has been used.")
	case s.style.listed:
		answerJSON(w, map[string]any{"data": []any{said}})
	default:
		answerJSON(w, said)
	}
}

// longer gives a token of sixty days for one of an hour.
func (s *Server) longer(w http.ResponseWriter, r *http.Request) {
	s.mu.Lock()
	defer s.mu.Unlock()
	account := s.AS.Owner(r.FormValue("access_token"))
	switch {
	case r.FormValue("grant_type") != s.style.grant+"_exchange_token" || r.FormValue("client_secret") == "":
		refuse(w, http.StatusBadRequest, 100, 0, "Unsupported grant")
	case account == "":
		refuse(w, http.StatusBadRequest, 190, 0, "Error validating access token")
	default:
		s.give(w, account)
	}
}

func (s *Server) give(w http.ResponseWriter, account string) {
	s.renewed++
	token := "THAA-long-" + strconv.Itoa(s.renewed) + "-of-" + account
	s.owners[token] = account
	answerJSON(w, map[string]any{"access_token": token, "token_type": "bearer", "expires_in": Life})
}

// renew gives the token after one of sixty days.
func (s *Server) renew(w http.ResponseWriter, r *http.Request) {
	s.mu.Lock()
	defer s.mu.Unlock()
	account := s.owners[r.FormValue("access_token")]
	switch {
	case r.FormValue("grant_type") != s.style.grant+"_refresh_token":
		refuse(w, http.StatusBadRequest, 100, 0, "Unsupported grant")
	case account == "" || s.Renewing == Expired:
		refuse(w, http.StatusBadRequest, 190, 463, "Error validating access token: Session has expired")
	case s.Renewing == Busy:
		refuse(w, http.StatusBadRequest, 4, 0, "Application request limit reached")
	case s.Renewing == Broken:
		refuse(w, http.StatusInternalServerError, 2, 0, "Service temporarily unavailable")
	case s.Renewing == Cut:
		panic(http.ErrAbortHandler)
	case s.Renewing == Garbage:
		answerJSON(w, map[string]any{"access_token": "two words", "expires_in": Life})
	default:
		s.give(w, account)
	}
}

func (s *Server) whoAmI(w http.ResponseWriter, r *http.Request) {
	account := s.owners[bearer(r)]
	answerJSON(w, map[string]string{s.style.user: account, "username": names[account]})
}
