package apitest

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"image"
	"io"
	"net/http"
	"path"
	"strings"
	"testing"
	"time"

	"github.com/mmcdole/gofeed/atom"
	standardwebhooks "github.com/standard-webhooks/standard-webhooks/libraries/go"
)

// words are what people really write.
var words = map[string]struct{ language, text string }{
	"english":  {"en", "We're hiring 🎉 — two nurses (f/m/d) in Nantes & Lyon 👩🏽‍⚕️👨‍👩‍👧‍👦 🏴󠁧󠁢󠁳󠁣󠁴󠁿\n\nApply by 1 December: it's \"easy\" <5 minutes>."},
	"french":   {"fr", "Nous recrutons 🎉 : deux infirmier·ère·s à Nantes !\nC’est l’été, l’œuvre est « belle » — déjà 20 % d’inscrits. 🇫🇷"},
	"arabic":   {"ar", "نبحث عن ممرضتين في نانت 🏥. قدّموا طلبكم عبر Imprimatur قبل 1 ديسمبر!"},
	"japanese": {"ja", "ナントで看護師を二名募集しています。🏥 詳細は採用ページ（https://acme.example/jobs）をご覧ください。𠮷野"},
}

const tracked = "https://acme.example/jobs?utm_source=linkedin&utm_campaign=spring%202026&gclid=abc&ref=42#apply"

// TestRealInput sends what people really send from upload to publication and meets
// receivers nobody here wrote, on both databases.
func TestRealInput(t *testing.T) {
	t.Parallel()
	for _, database := range []string{"sqlite", "postgres"} {
		t.Run(database, func(t *testing.T) {
			t.Parallel()
			s := startOn(t, database)
			h := s.newHouse(t)
			e := &endToEnd{
				scene: &scene{t: t, house: h, door: grpcDoor{s.shared}, doorName: "grpc"}, t: t,
				rest: restDoor{base: s.base, client: s.http, spec: readSpec(t, s)}, grpc: grpcDoor{s.shared},
			}
			e.hook()
			e.upload()
			e.share()
			e.ownWords()
			e.feed()
			e.pages()
			e.webhooks()
		})
	}
}

// endToEnd carries the story of TestRealInput.
type endToEnd struct {
	*scene
	t    *testing.T
	rest restDoor
	grpc grpcDoor
	// webhook and secret are the account that receivers verify.
	webhook, secret string
	photo, drawing  string
	// out are the published posts by the name of their words.
	out map[string]object
}

// must calls through a door and returns the body of the answer, which has to be OK.
func (e *endToEnd) must(d door, who, rpc string, request object) object {
	e.t.Helper()
	a := d.call(e.t, e.tokens[who], rpcs[rpc], request)
	if a.code != "OK" {
		e.t.Fatalf("%s as %s: %s %s %s\n%s", rpc, who, a.code, a.reason, a.field, a.raw)
	}
	return a.body.(object)
}

func (e *endToEnd) at(where string) string {
	e.t.Helper()
	return fmt.Sprint(e.variable("", where))
}

// inbox is where this house's webhook delivers; the receiver serves every run of the test.
func (e *endToEnd) inbox() string { return "/ok/" + path.Base(e.at("ws")) }

func (e *endToEnd) hook() {
	e.t.Helper()
	made := e.must(e.rest, "admin", "CreateSocialAccount", object{"parent": e.at("ws"), "socialAccount": object{
		"network": "webhook", "displayName": "Intranet de l’équipe 🏢", "owner": e.at("member.curator"), "deputy": e.at("member.admin"), "address": e.hooks.URL + e.inbox(),
	}})
	e.webhook, e.secret = made["name"].(string), made["secret"].(string)
}

// upload sends the camera's picture as a raw body and the drawing as a stream, and looks
// at what was kept of them.
func (e *endToEnd) upload() {
	e.t.Helper()
	all := pictures()
	r := e.rest.request(e.t, http.MethodPost, "/v1/"+e.at("ws")+"/media:upload", "image/jpeg", all["camera"])
	kept := e.rest.exchange(e.t, e.tokens["curator"], rpcs["UploadMedia"], r)
	if kept.code != "OK" {
		e.t.Fatalf("upload: %s", kept.raw)
	}
	e.photo = kept.body.(object)["name"].(string)
	e.drawing = e.must(e.grpc, "employee", "UploadMedia", object{"parent": e.at("ws"), "data": encoded(all["transparent"])})["name"].(string)
	if !bytes.Contains(all["camera"], []byte(whereabouts)) || !bytes.Contains(all["camera"], []byte("Exif")) {
		e.t.Fatal("the camera says nothing of where it was; the test tests nothing")
	}
	for name, token := range map[string]string{e.photo: "legal", e.drawing: "employee"} {
		r := e.rest.request(e.t, http.MethodGet, "/v1/"+name+":download", "", nil)
		r.Header.Set("Authorization", "Bearer "+e.tokens[token])
		e.clean(e.bytesOf(r))
	}
	r = e.rest.request(e.t, http.MethodGet, "/v1/"+e.drawing+":download", "", nil)
	r.Header.Set("Authorization", "Bearer "+e.tokens["employee"])
	m, kind, err := image.Decode(bytes.NewReader(e.bytesOf(r)))
	if err != nil || kind != "png" {
		e.t.Fatalf("the drawing came back as %q: %v", kind, err)
	}
	if _, _, _, alpha := m.At(5, 5).RGBA(); alpha != 0 {
		e.t.Error("the drawing is not transparent any more")
	}
}

// bytesOf fetches something.
func (e *endToEnd) bytesOf(r *http.Request) []byte {
	e.t.Helper()
	response, err := e.http.Do(r)
	if err != nil {
		e.t.Fatal(err)
	}
	defer response.Body.Close()
	data, err := io.ReadAll(response.Body)
	if err != nil || response.StatusCode != http.StatusOK {
		e.t.Fatalf("%s: %s %v", r.URL, response.Status, err)
	}
	return data
}

// clean fails when a picture says more than its pixels.
func (e *endToEnd) clean(data []byte) {
	e.t.Helper()
	for _, trace := range []string{whereabouts, "Exif", "http://ns.adobe.com", "Comment"} {
		if bytes.Contains(data, []byte(trace)) {
			e.t.Errorf("a picture that is handed out holds %q", trace)
		}
	}
	if _, _, err := image.Decode(bytes.NewReader(data)); err != nil {
		e.t.Errorf("a picture that is handed out cannot be opened: %v", err)
	}
}

// signed lets legal sign through REST and PR through gRPC.
func (e *endToEnd) signed(review string) {
	e.t.Helper()
	for requirement, d := range map[string]door{"legal": e.rest, "pr": e.grpc} {
		r := e.must(d, requirement, "ViewReview", object{"name": review})
		e.must(d, requirement, "Decide", object{
			"name": review, "verdict": "VERDICT_APPROVE", "requirement": requirement, "digest": r["digest"], "etag": r["etag"],
		})
	}
}

// published waits until a post is out everywhere.
func (e *endToEnd) published(name string, post object) {
	e.t.Helper()
	e.vars["waiting"] = post["name"]
	e.play("", []step{{As: "auditor", Call: "GetPost", Request: object{"name": "${waiting}"}, Until: true, Save: "done", Want: want{Body: object{"state": "PUBLISHED"}}}})
	if e.out == nil {
		e.out = make(map[string]object)
	}
	e.out[name] = e.vars["done"].(object)
}

// share makes an item of the English and French words with the photo, and shares the
// French.
func (e *endToEnd) share() {
	e.t.Helper()
	item := e.must(e.rest, "curator", "CreateLibraryItem", object{"parent": e.at("ws"), "libraryItem": object{
		"title": "Recrutement 🏥", "topic": e.at("topic.news"), "networks": []any{"wall", "webhook"},
		"content": object{
			"language": "en", "text": words["english"].text, "link": tracked,
			"variants": []any{object{"language": "fr", "text": words["french"].text}},
			"media":    []any{object{"media": e.photo, "altText": "Un champ sous le ciel 🌾"}},
		},
	}})
	if wrong := mismatch("findings", object{"$any": object{"code": "LINK_TRACKING", "severity": "ADVICE"}}, item["findings"]); wrong != "" {
		e.t.Error(wrong)
	}
	item = e.must(e.grpc, "curator", "SubmitLibraryItem", object{"name": item["name"], "digest": item["digest"]})
	e.signed(item["review"].(string))
	accounts := []any{e.at("account.wall"), e.webhook}
	preview := e.must(e.rest, "employee", "PreviewPost", object{"parent": e.at("ws"), "post": object{
		"libraryItem": item["name"], "content": object{"language": "fr"}, "socialAccounts": accounts,
	}})
	post := e.must(e.rest, "employee", "ShareLibraryItem", object{
		"name": item["name"], "socialAccounts": accounts, "language": "fr", "digest": preview["digest"],
	})
	e.published("french", post)
}

// ownWords writes, submits and signs the other posts, each through another door.
func (e *endToEnd) ownWords() {
	e.t.Helper()
	for name, d := range map[string]door{"english": e.rest, "arabic": e.grpc, "japanese": e.rest} {
		w := words[name]
		post := e.must(d, "employee", "CreatePost", object{"parent": e.at("ws"), "post": object{
			"content": object{
				"language": w.language, "text": w.text, "link": tracked,
				"media": []any{object{"media": e.drawing, "altText": "Ein Feld — 畑 — حقل"}, object{"media": e.photo, "altText": "Photo"}},
			},
			"socialAccounts": []any{e.at("account.wall"), e.webhook},
		}})
		for _, target := range post["targets"].([]any) {
			if got := target.(object)["text"]; got != w.text {
				e.t.Errorf("%s: a target shows %q, the author wrote %q", name, got, w.text)
			}
		}
		post = e.must(d, "employee", "SubmitPost", object{"name": post["name"], "digest": post["digest"]})
		e.signed(post["review"].(string))
		e.published(name, post)
	}
}

// feed lets somebody else's parser read the Atom feed.
func (e *endToEnd) feed() {
	e.t.Helper()
	data := e.bytesOf(e.rest.request(e.t, http.MethodGet, "/wall/"+string(e.id)+"/feed.atom", "", nil))
	feed, err := (&atom.Parser{}).Parse(bytes.NewReader(data))
	if err != nil {
		e.t.Fatalf("the feed cannot be parsed: %v\n%s", err, data)
	}
	if feed.Title != "Acme" || feed.ID == "" || feed.UpdatedParsed == nil || len(feed.Entries) != len(words) {
		e.t.Errorf("feed %q %q of %d entries, updated %v", feed.Title, feed.ID, len(feed.Entries), feed.UpdatedParsed)
	}
	seen := make(map[string]bool)
	for _, entry := range feed.Entries {
		if seen[entry.ID] || entry.PublishedParsed == nil || entry.UpdatedParsed == nil || len(entry.Authors) != 1 || entry.Authors[0].Name != "Acme newsroom" {
			e.t.Errorf("entry %q: %v %v %+v", entry.ID, entry.Published, entry.Updated, entry.Authors)
		}
		if age := time.Since(*entry.PublishedParsed); age < -time.Minute || age > time.Hour {
			e.t.Errorf("entry %q was published %v ago", entry.ID, age)
		}
		seen[entry.ID] = true
		name := e.nameOf(entry.Title)
		if name == "" {
			e.t.Errorf("whose entry is %q?", entry.Title)
			continue
		}
		related := map[string]string{}
		for _, l := range entry.Links {
			related[l.Rel] = l.Href
		}
		if related["alternate"] != e.urlOf(name) || related["related"] != tracked || related["enclosure"] == "" {
			e.t.Errorf("%s: links %v", name, related)
		}
		for line := range strings.Lines(words[name].text) {
			if shown := textOf(e.t, entry.Content.Value); !strings.Contains(shown, strings.TrimSpace(line)) {
				e.t.Errorf("%s: the entry shows %q, which lacks %q", name, shown, line)
			}
		}
	}
}

// nameOf finds the words that begin with a title.
func (e *endToEnd) nameOf(title string) string {
	for name, w := range words {
		if strings.HasPrefix(w.text, strings.TrimSuffix(title, "…")) {
			return name
		}
	}
	return ""
}

// urlOf is where a post is on the wall, as its publication says.
func (e *endToEnd) urlOf(name string) string {
	e.t.Helper()
	for _, p := range e.out[name]["publications"].([]any) {
		if p.(object)["network"] == "wall" {
			return p.(object)["url"].(string)
		}
	}
	e.t.Fatalf("%s is on no wall", name)
	return ""
}

// webhooks verifies every delivery with the library of the Standard Webhooks scheme and
// fetches the pictures as a receiver would.
func (e *endToEnd) webhooks() {
	e.t.Helper()
	theirs, err := standardwebhooks.NewWebhook(e.secret)
	if err != nil {
		e.t.Fatal(err)
	}
	other, err := standardwebhooks.NewWebhook("whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw")
	if err != nil {
		e.t.Fatal(err)
	}
	got := e.hooks.deliveries(e.inbox())
	if len(got) != len(words) {
		e.t.Fatalf("%d deliveries, want %d", len(got), len(words))
	}
	texts := make(map[string]bool)
	for _, d := range got {
		if err := theirs.Verify(d.body, d.header); err != nil {
			e.t.Errorf("their library refuses our signature: %v", err)
		}
		if other.Verify(d.body, d.header) == nil || theirs.Verify(append(d.body, ' '), d.header) == nil {
			e.t.Error("their library accepts another secret or other bytes; the test tests nothing")
		}
		var m struct {
			Type string
			Data struct {
				Text, Link, Language, Digest, Byline string
				Media                                []struct{ URL, SHA256, AltText string }
			}
		}
		if err := json.Unmarshal(d.body, &m); err != nil {
			e.t.Fatal(err)
		}
		texts[m.Data.Text] = true
		if m.Type != "imprimatur.publication" || m.Data.Link != tracked || m.Data.Byline != "Intranet de l’équipe 🏢" || !strings.HasPrefix(m.Data.Digest, "sha256:") {
			e.t.Errorf("a receiver got %s", d.body)
		}
		for _, p := range m.Data.Media {
			r := e.rest.request(e.t, http.MethodGet, strings.TrimPrefix(p.URL, e.base), "", nil)
			data := e.bytesOf(r)
			e.clean(data)
			if sum := sha256.Sum256(data); hex.EncodeToString(sum[:]) != strings.TrimPrefix(p.SHA256, "sha256:") {
				e.t.Errorf("%s is not the picture that was announced (%s)", p.URL, p.SHA256)
			}
		}
	}
	for name, w := range words {
		if !texts[w.text] {
			e.t.Errorf("no receiver got the %s words byte for byte", name)
		}
	}
}
