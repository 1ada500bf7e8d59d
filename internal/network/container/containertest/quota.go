package containertest

import (
	"io"
	"net/http"
)

// used is how many posts of the last day an account's programs made.
func (s *Server) used(account string) int {
	n := 0
	for _, at := range s.asked[account] {
		if s.now().Sub(at) < Day {
			n++
		}
	}
	return n
}

// room tells how many posts an account made, and may make.
func (s *Server) room(w http.ResponseWriter, r *http.Request) {
	s.counts.Quota++
	account := r.PathValue("id")
	if account != s.owners[bearer(r)] {
		refuse(w, http.StatusBadRequest, 100, 33, "Unsupported get request. Object does not exist")
		return
	}
	told := map[string]any{"quota_usage": s.used(account), "config": map[string]any{"quota_total": s.Total, "quota_duration": int(Day.Seconds())}}
	switch s.Quota {
	case Broken:
		refuse(w, http.StatusInternalServerError, 2, 0, "Service temporarily unavailable")
	case Silent:
		s.mu.Unlock()
		defer s.mu.Lock()
		select {
		case <-r.Context().Done():
		case <-s.end:
		}
	case Garbage:
		_, _ = io.WriteString(w, "<html>Welcome!</html>")
	case Nameless:
		answerJSON(w, map[string]any{"data": []any{}})
	case Full:
		told["quota_usage"] = s.Total
		answerJSON(w, map[string]any{"data": []any{told}})
	default:
		answerJSON(w, map[string]any{"data": []any{told}})
	}
}
