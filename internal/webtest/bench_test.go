package webtest

import (
	"fmt"
	"net/http"
	"slices"
	"testing"

	"github.com/chromedp/cdproto/network"
	"github.com/chromedp/chromedp"
)

// BenchmarkPages opens the three pages that people open most as a browser does for the first time,
// and reports the median: when the first byte is there, when something is seen, when all is there, and how much came over the
// wire. The queue is opened a second time with ten thousand more turns in it.
//
//	go test -run '^$' -bench Pages -benchtime 5x ./internal/webtest
func BenchmarkPages(b *testing.B) {
	h := open(b)
	for name, page := range map[string][2]string{
		"library": {"Camille", workspace + "/library"}, "compose": {"Camille", workspace + "/compose"}, "queue": {"Priya", workspace + "/queue"},
	} {
		b.Run(name, func(b *testing.B) { h.cold(b, page[0], page[1]) })
	}
	b.Run("next turn", h.next)
	h.busy(b, 10_000)
	b.Run("queue of ten thousand", func(b *testing.B) { h.cold(b, "Priya", workspace+"/queue") })
	b.Run("next turn of ten thousand", h.next)
}

// next measures from the key to the next turn on the screen.
func (h *house) next(tb *testing.B) {
	b := h.browse(tb, "Priya", desktop)
	b.open(workspace + "/queue")
	b.until(`document.querySelector("[data-events]").dataset.live === ""`)
	var took []float64
	for n := range tb.N {
		key := []string{"j", "j", "k", "k"}[n%4]
		ask[any](b, `(() => {
			delete window.took;
			const from = document.querySelector("#turn").dataset.task, start = performance.now();
			const seen = new MutationObserver(() => {
				if (document.querySelector("#turn").dataset.task === from) return;
				seen.disconnect();
				requestAnimationFrame(() => { window.took = performance.now() - start; });
			});
			seen.observe(document.querySelector("[data-queue]"), { childList: true });
			document.body.dispatchEvent(new KeyboardEvent("keydown", { key: "`+key+`", bubbles: true }));
		})()`)
		b.until(`window.took`)
		took = append(took, ask[float64](b, `window.took`))
	}
	tb.ReportMetric(median(took), "ms-to-next-turn")
}

// cold opens a page again and again with nothing kept.
func (h *house) cold(tb *testing.B, who, path string) {
	b := h.browse(tb, who, desktop)
	b.must(chromedp.Call(b.ctx, network.SetCacheDisabled, network.SetCacheDisabledParams{CacheDisabled: true}))
	var answered, painted, loaded, sent []float64
	for range tb.N {
		b.open(path)
		b.until(`performance.getEntriesByName("first-contentful-paint").length > 0 && performance.getEntriesByType("navigation")[0].loadEventEnd > 0`)
		answered = append(answered, ask[float64](b, `performance.getEntriesByType("navigation")[0].responseStart`))
		painted = append(painted, ask[float64](b, `performance.getEntriesByName("first-contentful-paint")[0].startTime`))
		loaded = append(loaded, ask[float64](b, `performance.getEntriesByType("navigation")[0].loadEventEnd`))
		sent = append(sent, ask[float64](b, `[...performance.getEntriesByType("navigation"), ...performance.getEntriesByType("resource")].reduce((n, e) => n + e.transferSize, 0)`))
	}
	tb.ReportMetric(median(answered), "ms-to-answer")
	tb.ReportMetric(median(painted), "ms-to-first-paint")
	tb.ReportMetric(median(loaded), "ms-to-all")
	tb.ReportMetric(median(sent)/1000, "kB")
}

func median(all []float64) float64 {
	slices.Sort(all)
	return all[len(all)/2]
}

// busy lets an employee submit so many posts, as a tool would.
func (h *house) busy(tb *testing.B, posts int) {
	tb.Helper()
	oliver := h.token(tb, "Oliver")
	account := h.accountOf(tb, oliver, "Oliver Hartley")
	for i := range posts {
		var post struct{ Name, Digest string }
		h.call(tb, oliver, http.MethodPost, "posts", map[string]any{
			"content": map[string]any{"language": "en", "text": fmt.Sprintf("Batch %d of the new chairs left the workshop in Leeds today.", i)}, "socialAccounts": []string{account},
		}, &post)
		h.call(tb, oliver, http.MethodPost, post.Name+":submit", map[string]any{"digest": post.Digest}, nil)
	}
}

func (h *house) accountOf(tb testing.TB, token, name string) string {
	tb.Helper()
	var list struct {
		SocialAccounts []struct{ Name, DisplayName string }
	}
	h.call(tb, token, http.MethodGet, "socialAccounts", nil, &list)
	for _, a := range list.SocialAccounts {
		if a.DisplayName == name {
			return a.Name
		}
	}
	tb.Fatalf("no account is called %s", name)
	return ""
}
