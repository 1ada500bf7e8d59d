package web

import (
	"compress/gzip"
	"io"
	"math"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"google.golang.org/protobuf/types/known/durationpb"

	imprimaturv1 "github.com/imprimatur-hq/imprimatur/api/imprimatur/v1"
	"github.com/imprimatur-hq/imprimatur/internal/catalogue"
)

// allPages returns each page as a visitor gets it, in both languages.
func allPages(t *testing.T) map[string]string {
	t.Helper()
	all := make(map[string]string)
	for _, lang := range catalogue.Languages() {
		for _, target := range []string{"/", "/sign-in", "/nowhere", "/design"} {
			w := get(t, demo(&company{}), target+"?lang="+lang)
			all[lang+target] = w.Body.String()
			if w.Header().Get("Content-Security-Policy") != policy || w.Header().Get("X-Content-Type-Options") != "nosniff" {
				t.Errorf("%s: the headers that protect a page are missing", target)
			}
		}
		for name, k := range map[string]connecting{
			"none": {Step: "none"}, "ready": {Step: "ready"}, "asked": {Step: "ready", Token: true, Wrong: true},
			"done": {Step: "done", Name: "Nadia", Handle: "@nadia"}, "refused": {Step: "refused", Reason: "No."},
		} {
			s := &site{assets: ownAssets(), pages: ownPages()}
			w := httptest.NewRecorder()
			s.connection(w, httptest.NewRequest(http.MethodGet, "/connect?lang="+lang, nil), http.StatusOK, k)
			all[lang+"/connect "+name] = w.Body.String()
		}
		all[lang+"/serve"] = get(t, real(), "/?lang="+lang).Body.String()
	}
	all["visit"] = choose(t, demo(&company{}), "localhost", camille, "tools").Body.String()
	return all
}

var (
	inline   = regexp.MustCompile(`<script>|<style|\sstyle=|\son[a-z]+=|javascript:`)
	resource = regexp.MustCompile(`(?:src|href|action)="([^"]*)"`)
	outward  = regexp.MustCompile(`<a href="https?://[^"]*" rel="noopener noreferrer"`)
	identity = regexp.MustCompile(`\sid="([^"]*)"`)
	heading  = regexp.MustCompile(`<h([1-6])[ >]`)
)

// The policy allows nothing inline and nothing from elsewhere, so pages need neither.
func TestPagesKeepThePolicy(t *testing.T) {
	t.Parallel()
	for name, body := range allPages(t) {
		if found := inline.FindString(body); found != "" {
			t.Errorf("%s: %q is inline", name, found)
		}
		// A post leads where it leads; whoever follows the link is told nothing of us.
		for _, m := range resource.FindAllStringSubmatch(outward.ReplaceAllString(body, ""), -1) {
			if !strings.HasPrefix(m[1], "/") && !strings.HasPrefix(m[1], "#") || strings.HasPrefix(m[1], "//") {
				t.Errorf("%s: %q leads elsewhere", name, m[1])
			}
		}
	}
}

// A reader who listens finds one main part, one first heading at a time, names that are
// unique, and no key in place of words.
func TestPagesCanBeHeard(t *testing.T) {
	t.Parallel()
	for name, body := range allPages(t) {
		wantIn(t, body, `<main id="text"`, "<header", "<footer", `action="/preferences"`, `class="skip" href="#text"`)
		wantOut(t, body, ">web.", "{name}", "<no value>", "ZgotmplZ")
		seen := make(map[string]bool)
		for _, m := range identity.FindAllStringSubmatch(body, -1) {
			if seen[m[1]] {
				t.Errorf("%s: id %q twice", name, m[1])
			}
			seen[m[1]] = true
		}
		last := 0
		for _, m := range heading.FindAllStringSubmatch(body, -1) {
			level, _ := strconv.Atoi(m[1])
			if level > last+1 {
				t.Errorf("%s: a heading of level %d follows one of level %d", name, level, last)
			}
			last = level
		}
	}
}

var usedKey = regexp.MustCompile(`"((?:web|error)\.[A-Za-z0-9:_.-]+)"`)

// Every key a page or its code names has words, and no words of the web are left over.
func TestKeysExist(t *testing.T) {
	t.Parallel()
	used, families := make(map[string]bool), []string{"web.role.", "web.try."}
	for _, pattern := range []string{"*.go", "pages/*.html", "assets/*.js"} {
		names, err := filepath.Glob(pattern)
		if err != nil {
			t.Fatal(err)
		}
		for _, name := range names {
			data, err := os.ReadFile(name)
			if err != nil {
				t.Fatal(err)
			}
			for _, m := range usedKey.FindAllStringSubmatch(string(data), -1) {
				used[m[1]] = true
			}
		}
	}
	for key := range used {
		// What ends in a dot is completed by a word of a list, such as a state, or a role.
		if strings.HasSuffix(key, ".") || strings.HasSuffix(key, ":") {
			families = append(families, key)
		} else if !catalogue.Has(key) {
			t.Errorf("the catalogue lacks %s", key)
		}
	}
	for _, c := range append(slices.Clone(callings), struct{ role, calling string }{calling: "other"}) {
		if !catalogue.Has("web.try." + c.calling) {
			t.Errorf("the catalogue lacks web.try.%s", c.calling)
		}
	}
	for _, key := range catalogue.Keys() {
		family := func(begin string) bool { return strings.HasPrefix(key, begin) }
		if strings.HasPrefix(key, "web.") && !used[key] && !slices.ContainsFunc(families, family) {
			t.Errorf("no page says %s", key)
		}
	}
}

func TestCalling(t *testing.T) {
	t.Parallel()
	for roles, want := range map[string]string{
		"employee": "employee", "employee admin": "admin", "employee curator": "curator", "auditor": "auditor",
		"approver:legal approver:pr": "legal", "approver:pr": "pr", "employee approver:medical": "approver", "": "other", "guest": "other",
	} {
		if got := calling(strings.Fields(roles)); got != want {
			t.Errorf("calling(%s) = %s, want %s", roles, got, want)
		}
	}
}

// What is usual is said as closely as it is worth: minutes below an hour, hours below two days.
func TestUsual(t *testing.T) {
	t.Parallel()
	for took, want := range map[time.Duration]string{
		time.Second: "usually 1\u00a0min", 24 * time.Minute: "usually 24\u00a0min", 85 * time.Minute: "usually 1\u00a0h", 3 * time.Hour: "usually 3\u00a0h",
		47 * time.Hour: "usually 47\u00a0h", 61 * time.Hour: "usually 3\u00a0days",
	} {
		if got := (page{Language: "en"}).Usual(durationpb.New(took)); got != want {
			t.Errorf("%v: %q, want %q", took, got, want)
		}
	}
	if got := (page{Language: "en"}).Usual(nil); got != "" {
		t.Errorf("of nothing known: %q", got)
	}
}

func TestInitials(t *testing.T) {
	t.Parallel()
	for name, want := range map[string]string{
		"Camille Moreau": "CM", "Étienne": "É", "Jean Marie du Pont": "JP", "": "", "王 小明": "王小",
	} {
		if got := initials(name); got != want {
			t.Errorf("initials(%s) = %q, want %q", name, got, want)
		}
	}
}

// A file's address changes with the file, so that a browser may keep it for ever.
func TestAssets(t *testing.T) {
	t.Parallel()
	h := real()
	for file, mediaType := range map[string]string{"page.css": "text/css", "page.js": "text/javascript", "favicon.svg": "image/svg"} {
		address, err := loadAssets().path(file)
		if err != nil {
			t.Fatal(err)
		}
		w := get(t, h, address)
		if w.Code != http.StatusOK || !strings.HasPrefix(w.Header().Get("Content-Type"), mediaType) {
			t.Errorf("%s: status %d, type %s", file, w.Code, w.Header().Get("Content-Type"))
		}
		wantIn(t, w.Header().Get("Cache-Control"), "immutable")
		small := get(t, h, address, "Accept-Encoding", "br, gzip")
		if r, err := gzip.NewReader(small.Body); err != nil {
			t.Errorf("%s made small: %v", file, err)
		} else if data, err := io.ReadAll(r); err != nil || string(data) != w.Body.String() || small.Header().Get("Content-Encoding") != "gzip" {
			t.Errorf("%s made small is another: %v", file, err)
		}
	}
	// Whatever a script imports is there.
	for name, address := range loadAssets().names {
		for _, other := range regexp.MustCompile(`from "\./([^"]+)"`).FindAllStringSubmatch(get(t, h, "/assets/"+address).Body.String(), -1) {
			if w := get(t, h, "/assets/"+other[1]); w.Code != http.StatusOK {
				t.Errorf("%s imports %s: status %d", name, other[1], w.Code)
			}
		}
	}
	if w := get(t, h, "/favicon.svg"); w.Code != http.StatusOK || w.Header().Get("Content-Type") != "image/svg+xml" {
		t.Errorf("favicon: status %d, type %s", w.Code, w.Header().Get("Content-Type"))
	}
	if w := get(t, h, "/assets/page.css"); w.Code != http.StatusNotFound {
		t.Errorf("an address without the file's digest: status %d, want 404", w.Code)
	}
}

var token = regexp.MustCompile(`--([a-z0-9-]+): light-dark\((#[0-9a-f]{6}), (#[0-9a-f]{6})\)`)

// Words can be read on every ground, in light and in dark.
func TestContrast(t *testing.T) {
	t.Parallel()
	data, err := os.ReadFile("assets/style/10-tokens.css")
	if err != nil {
		t.Fatal(err)
	}
	colours := make(map[string][]string)
	for _, m := range token.FindAllStringSubmatch(string(data), -1) {
		colours[m[1]] = m[2:]
	}
	pairs := map[string][]string{"on-seal": {"seal"}, "on-sign": {"sign"}, "paper": {"ink"}}
	for _, words := range []string{"ink", "ink-2", "seal", "sign", "wait", "link"} {
		pairs[words] = []string{"paper", "sheet", "well"}
	}
	pairs["ink"] = append(pairs["ink"], "mark", "add", "del")
	for words, grounds := range pairs {
		for _, ground := range grounds {
			for theme := range 2 {
				if got := contrast(t, colours[words][theme], colours[ground][theme]); got < 4.5 {
					t.Errorf("%s on %s, theme %d: contrast %.2f", words, ground, theme, got)
				}
			}
		}
	}
}

// contrast is the ratio of WCAG 2.2.
func contrast(t *testing.T, a, b string) float64 {
	t.Helper()
	light, dark := luminance(t, a), luminance(t, b)
	return (max(light, dark) + 0.05) / (min(light, dark) + 0.05)
}

func luminance(t *testing.T, colour string) float64 {
	t.Helper()
	value, err := strconv.ParseUint(colour[1:], 16, 32)
	if err != nil {
		t.Fatal(err)
	}
	channel := func(shift int) float64 {
		c := float64(value>>shift&0xff) / 255
		if c <= 0.04045 {
			return c / 12.92
		}
		return math.Pow((c+0.055)/1.055, 2.4)
	}
	return 0.2126*channel(16) + 0.7152*channel(8) + 0.0722*channel(0)
}

// pageNames lists the files of the pages.
func pageNames(t *testing.T) []string {
	t.Helper()
	names, err := filepath.Glob("pages/*.html")
	if err != nil {
		t.Fatal(err)
	}
	return names
}

// TestFilesSayWhatTheyAre: a file that has no picture is told by its kind and its length, in words, and
// no page takes one for a picture.
func TestFilesSayWhatTheyAre(t *testing.T) {
	t.Parallel()
	minutes := func(d time.Duration) *durationpb.Duration { return durationpb.New(d) }
	for _, c := range []struct {
		file         described
		icon, en, fr string
	}{
		{&imprimaturv1.RenderedMedia{ContentType: "image/png"}, "image", "Picture (PNG)", "Image (PNG)"},
		{&imprimaturv1.RenderedMedia{ContentType: "video/mp4", Duration: minutes(95 * time.Second)}, "film", "Video (MP4) · 1:35", "Vidéo (MP4) · 1:35"},
		{&imprimaturv1.RenderedMedia{ContentType: "video/quicktime", Duration: minutes(time.Hour + 2*time.Minute + 3500*time.Millisecond)}, "film", "Video (QUICKTIME) · 1:02:04", "Vidéo (QUICKTIME) · 1:02:04"},
		{&imprimaturv1.RenderedMedia{ContentType: "application/pdf", PageCount: 1}, "paper", "Document (PDF) · 1 page", "Document (PDF) · 1 page"},
		{&imprimaturv1.Media{ContentType: "application/pdf", PageCount: 12, SizeBytes: 999}, "paper", "Document (PDF) · 12 pages · 1\u00a0KB", "Document (PDF) · 12 pages · 1\u00a0ko"},
		{&imprimaturv1.Media{ContentType: "video/mp4", SizeBytes: 4_700_000}, "film", "Video (MP4) · 5\u00a0MB", "Vidéo (MP4) · 5\u00a0Mo"},
	} {
		en, fr := page{Language: "en"}, page{Language: "fr"}
		if got := en.About(c.file); got != c.en || fr.About(c.file) != c.fr || en.Sign(c.file.GetContentType()) != c.icon {
			t.Errorf("%v is told as %q and %q", c.file, got, fr.About(c.file))
		}
	}
}
