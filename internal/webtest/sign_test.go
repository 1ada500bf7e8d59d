package webtest

import (
	"net/http"
	"strings"
	"testing"
)

// sign approves the open round of a post or an item as somebody, after it was shown.
func (h *house) sign(t *testing.T, subject, who, requirement string) {
	t.Helper()
	g := h.guest(t, who)
	var about struct{ Review string }
	g.call(http.MethodGet, "/"+subject, nil, &about)
	path := strings.TrimPrefix(about.Review, "workspaces/alder")
	var round struct{ Digest, Etag string }
	g.call(http.MethodPost, path+":view", map[string]any{}, &round)
	g.call(http.MethodPost, path+":decide", map[string]any{
		"verdict": "VERDICT_APPROVE", "requirement": requirement, "digest": round.Digest, "etag": round.Etag,
	}, &struct{}{})
}
