package web

import (
	"fmt"
	"net/http"
)

// teller writes server-sent events: names only, since what changed is asked for by a page that may
// see it.
type teller struct {
	w     http.ResponseWriter
	flush *http.ResponseController
}

// events begins an answer that goes on.
func events(w http.ResponseWriter) teller {
	h := w.Header()
	h.Set("Content-Type", "text/event-stream")
	h.Set("Cache-Control", "no-store")
	h.Set("X-Accel-Buffering", "no") // a proxy that collects answers would keep them
	return teller{w, http.NewResponseController(w)}
}

func (t teller) say(event string) error {
	if _, err := fmt.Fprintf(t.w, "event: %s\ndata: 1\n\n", event); err != nil {
		return err
	}
	return t.flush.Flush()
}
