package demo

import (
	"bytes"
	"fmt"
	"io"
	"strings"
	"unicode/utf8"

	"github.com/imprimatur-hq/imprimatur/internal/advocacy"
)

// Print writes the one screen of the demo: where it is, who one can be, and commands
// that work as they stand, in their order. addr is the host and port it listens on.
func (r *Report) Print(w io.Writer, addr string) error {
	s := screen{report: r, addr: addr, url: "http://" + addr}
	s.head()
	s.people()
	s.byCurl(r.Drafts[0])
	s.byGRPC(r.Drafts[1])
	s.tool()
	_, err := w.Write(s.out.Bytes())
	return err
}

// screen is what is being written.
type screen struct {
	report *Report
	addr   string
	url    string
	out    bytes.Buffer
}

func (s *screen) say(format string, args ...any) {
	fmt.Fprintf(&s.out, format+"\n", args...)
}

func (s *screen) head() {
	r := s.report
	s.say("")
	s.say("Imprimatur is running with a sample company: %s, %s.", r.Company, companyTrade)
	s.say("")
	s.say("  %s/          choose somebody to be", s.url)
	s.say("  %s/wall      what the company published", s.url)
	s.say("")
	s.say("%d library items, %d posts, %d of them on the wall. Only this computer can reach it;", r.Items, r.Posts, r.Shown)
	s.say("Ctrl-C ends it. The tokens and the key below work until %s.", r.ExpireTime.Local().Format("2 January, 15:04"))
	s.say("")
}

// people is a line for each person, with the token.
func (s *screen) people() {
	wide, deep := 0, 0
	for _, p := range s.report.People {
		wide = max(wide, utf8.RuneCountInString(p.Name))
		deep = max(deep, utf8.RuneCountInString(duty(p.Roles)))
	}
	for _, p := range s.report.People {
		s.say("  %s  %s  %s", pad(p.Name, wide), pad(duty(p.Roles), deep), p.Token)
	}
	s.say("  %s  %s  %s", pad("a tool", wide), pad("API key", deep), s.report.APIKey)
	s.say("")
}

// duty says in a word what somebody is here for.
func duty(roles []advocacy.Role) string {
	var out []string
	for _, r := range roles {
		switch {
		case r == advocacy.RolePR:
			out = append(out, "PR")
		case r.Approver():
			out = append(out, r.Function())
		default:
			out = append(out, string(r))
		}
	}
	return strings.Join(out, ", ")
}

func pad(text string, width int) string {
	return text + strings.Repeat(" ", max(0, width-utf8.RuneCountInString(text)))
}

// byCurl is the way of the first draft, over REST.
func (s *screen) byCurl(d Draft) {
	if s.used(d) {
		return
	}
	author, legal, pr := s.cast(d)
	s.say("# %s submits a draft, naming the digest of what the world would see", author.Name)
	s.post(d.Name+":submit", author, fmt.Sprintf(`{"digest": "%s"}`, d.Digest))
	s.say("# %s finds it in the queue", legal.Name)
	s.say("curl -sw '\\n' -G %s/v1/%s/reviewTasks \\", s.url, s.report.Workspace.Name())
	s.say("  -H 'Authorization: Bearer %s' \\", legal.Token)
	s.say("  --data-urlencode 'filter=subject = \"%s\"'", d.Name)
	s.say("# is served the bytes under review, which leaves a receipt")
	s.post(d.Review+":view", legal, "{}")
	s.say("# and signs exactly these bytes for legal")
	s.post(d.Review+":decide", legal, decision("legal", d.FirstETag, d.Digest))
	s.say("# %s looks and signs for PR; now everybody has", pr.Name)
	s.post(d.Review+":view", pr, "{}")
	s.post(d.Review+":decide", pr, decision("pr", d.SecondETag, d.Digest))
	s.say("# a moment later it is on the wall")
	s.say("sleep 3; curl -s %s/wall/%s | grep -om1 '%s'", s.url, s.report.Workspace, d.Mark)
	s.say("")
}

// byGRPC is the way of the second draft, over gRPC.
func (s *screen) byGRPC(d Draft) {
	if s.used(d) {
		return
	}
	author, legal, pr := s.cast(d)
	s.say("# the same with a draft of %s, over gRPC by reflection", author.Name)
	s.call("PostService/SubmitPost", author, fmt.Sprintf(`{"name": "%s",`, d.Name), fmt.Sprintf(`"digest": "%s"}`, d.Digest))
	s.call("ReviewService/ListReviewTasks", legal, fmt.Sprintf(`{"parent": "%s", "filter":`, s.report.Workspace.Name()),
		fmt.Sprintf(`"subject = \"%s\""}`, d.Name))
	s.call("ReviewService/ViewReview", legal, fmt.Sprintf(`{"name": "%s"}`, d.Review))
	s.call("ReviewService/Decide", legal, fmt.Sprintf(`{"name": "%s",`, d.Review), decision("legal", d.FirstETag, d.Digest)[1:])
	s.call("ReviewService/ViewReview", pr, fmt.Sprintf(`{"name": "%s"}`, d.Review))
	s.call("ReviewService/Decide", pr, fmt.Sprintf(`{"name": "%s",`, d.Review), decision("pr", d.SecondETag, d.Digest)[1:])
	s.say("sleep 3; curl -s %s/wall/%s | grep -om1 '%s'", s.url, s.report.Workspace, d.Mark)
	s.say("")
}

// decision is an approval as JSON, on two lines.
func decision(requirement, etag string, digest advocacy.Digest) string {
	return fmt.Sprintf("{\"verdict\": \"VERDICT_APPROVE\", \"requirement\": \"%s\", \"etag\": \"%s\",\n       \"digest\": \"%s\"}",
		requirement, etag, digest)
}

// post writes one REST call with a body.
func (s *screen) post(path string, who Person, body string) {
	s.say("curl -sw '\\n' %s/v1/%s \\", s.url, path)
	s.say("  -H 'Content-Type: application/json' \\")
	s.say("  -H 'Authorization: Bearer %s' \\", who.Token)
	s.say("  -d '%s'", body)
}

// call writes one gRPC call.
func (s *screen) call(method string, who Person, body ...string) {
	s.say("grpcurl -plaintext -H 'Authorization: Bearer %s' \\", who.Token)
	s.say("  -d '%s' \\", strings.Join(body, "\n       "))
	s.say("  %s imprimatur.v1.%s", s.addr, method)
}

// tool is what an API key can do, and what it can not.
func (s *screen) tool() {
	s.say("# a tool reads the library with the API key; it can submit, and never decide")
	s.say("curl -sw '\\n' '%s/v1/%s/libraryItems?pageSize=3' \\", s.url, s.report.Workspace.Name())
	s.say("  -H 'Authorization: Bearer %s'", s.report.APIKey)
	s.say("")
}

// used says what became of a draft that was submitted in an earlier run.
func (s *screen) used(d Draft) bool {
	if d.State == advocacy.PostDraft {
		return false
	}
	author, _, _ := s.cast(d)
	s.say("# the prepared draft of %s is %s since an earlier run", author.Name, strings.ReplaceAll(string(d.State), "_", " "))
	s.say("curl -sw '\\n' %s/v1/%s \\", s.url, d.Name)
	s.say("  -H 'Authorization: Bearer %s'", author.Token)
	s.say("")
	return true
}

func (s *screen) cast(d Draft) (author, legal, pr Person) {
	people := s.report.People
	return people[d.Author], people[d.Legal], people[d.PR]
}
