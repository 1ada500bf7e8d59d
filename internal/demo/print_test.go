package demo_test

import (
	"bytes"
	"context"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"
	"unicode/utf8"

	"github.com/imprimatur-hq/imprimatur/internal/advocacy"
	"github.com/imprimatur-hq/imprimatur/internal/app"
	"github.com/imprimatur-hq/imprimatur/internal/demo"
)

func screenOf(t *testing.T, r *demo.Report, addr string) string {
	t.Helper()
	var out bytes.Buffer
	if err := r.Print(&out, addr); err != nil {
		t.Fatal(err)
	}
	return out.String()
}

func sampleReport() *demo.Report {
	r := &demo.Report{Workspace: demo.Workspace, Company: "Maison Alder", APIKey: "impk_key", ExpireTime: time.Unix(0, 0)}
	for _, role := range []advocacy.Role{advocacy.RoleEmployee, advocacy.RoleLegal, advocacy.RolePR, advocacy.RoleAdmin} {
		r.People = append(r.People, demo.Person{Name: "Zoë of " + string(role), Roles: []advocacy.Role{role}, Token: "imps_" + role.Function()})
	}
	for i := range r.Drafts {
		r.Drafts[i] = demo.Draft{
			Name: "workspaces/alder/posts/1", Review: "workspaces/alder/posts/1/reviews/1", Digest: "sha256:00", State: advocacy.PostDraft,
			ETag: "e0", FirstETag: "e1", SecondETag: "e2", Author: 0, Legal: 1, PR: 2, Mark: "some words",
		}
	}
	return r
}

// The commands are one script a shell can read, in their order, with nothing to fill in.
func TestPrint(t *testing.T) {
	t.Parallel()
	screen := screenOf(t, sampleReport(), "127.0.0.1:8080")
	rest := screen
	for _, part := range []string{
		"http://127.0.0.1:8080/ ", "Zoë of employee  ", "API key ", "impk_key",
		"posts/1:submit", "imps_employee", `"digest": "sha256:00"`, "reviewTasks", `reviews/1:view`, `reviews/1:decide`, "imps_legal", `"etag": "e1"`,
		`reviews/1:view`, "imps_pr", `"requirement": "pr"`, `"etag": "e2"`, "/wall/alder", "some words",
		"PostService/SubmitPost", "ReviewService/ListReviewTasks", "ReviewService/ViewReview",
		`"etag": "e1"`, "ReviewService/Decide", "ReviewService/ViewReview", `"etag": "e2"`, "ReviewService/Decide", "libraryItems",
	} {
		_, after, found := strings.Cut(rest, part)
		if !found {
			t.Errorf("%q is missing, or out of order", part)
			continue
		}
		rest = after
	}
	for line := range strings.Lines(screen) {
		if n := utf8.RuneCountInString(line); n > 140 {
			t.Errorf("%d columns: %s", n, line)
		}
	}
	if strings.ContainsRune(screen, '\t') || strings.Contains(screen, "%!") {
		t.Error("tabs, or a slip of the format")
	}
	if n := strings.Count(screen, "\n"); n > 80 {
		t.Errorf("one screen has %d lines", n)
	}
}

// A draft that was used in an earlier run is said to be, and its commands are left out.
func TestPrintUsed(t *testing.T) {
	t.Parallel()
	r := sampleReport()
	r.Drafts[0].State = advocacy.PostPublished
	r.Drafts[1].State = advocacy.PostInReview
	screen := screenOf(t, r, "127.0.0.1:8080")
	for _, part := range []string{"is published since an earlier run", "is in review since an earlier run"} {
		if !strings.Contains(screen, part) {
			t.Errorf("the screen lacks %q", part)
		}
	}
	if strings.Contains(screen, ":submit") || strings.Contains(screen, "SubmitPost") {
		t.Error("the screen submits what was submitted")
	}
}

// The printed commands work as they are printed, one after the other, in a shell with
// nothing set.
func TestCommandsWork(t *testing.T) {
	t.Parallel()
	for _, tool := range []string{"sh", "curl", "grep"} {
		if _, err := exec.LookPath(tool); err != nil {
			t.Skipf("the printed commands are not tried: there is no %s here", tool)
		}
	}
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	s, _, r := again(t, l.Addr().String())
	serve(t, s, app.Doors{Main: l, Chooser: r.Chooser(s.Flow)})

	_, commands, _ := strings.Cut(screenOf(t, r, l.Addr().String()), "\n# ")
	curl, grpc, _ := strings.Cut("# "+commands, "# the same")
	want := []string{`"IN_REVIEW"`, `"reviewTasks":[{`, `"VERDICT_APPROVE"`, `"APPROVED"`, r.Drafts[0].Mark}
	run(t, curl, want)
	if _, err := exec.LookPath("grpcurl"); err != nil {
		t.Log("the commands with grpcurl are not tried: it is not here")
		return
	}
	run(t, "# the same"+grpc, []string{`"IN_REVIEW"`, `"reviewTasks": [`, `"VERDICT_APPROVE"`, `"APPROVED"`, r.Drafts[1].Mark, `"libraryItems":[{`})
}

func serve(t *testing.T, s *app.Service, doors app.Doors) {
	t.Helper()
	ctx, stop := context.WithCancel(t.Context())
	ready, ended := make(chan struct{}), make(chan error, 1)
	doors.Ready = func() { close(ready) }
	go func() { ended <- s.Serve(ctx, doors) }()
	t.Cleanup(func() {
		stop()
		if err := <-ended; err != nil {
			t.Error(err)
		}
	})
	select {
	case <-ready:
	case err := <-ended:
		t.Fatal(err)
	}
}

// run runs a script and looks for what it should have answered, in order.
func run(t *testing.T, script string, want []string) {
	t.Helper()
	file := filepath.Join(t.TempDir(), "commands.sh")
	if err := os.WriteFile(file, []byte(script), 0o600); err != nil {
		t.Fatal(err)
	}
	out, err := exec.CommandContext(t.Context(), "sh", "-eu", file).CombinedOutput()
	if err != nil {
		t.Fatalf("%v\n%s\n%s", err, script, out)
	}
	rest := string(out)
	for _, part := range want {
		_, after, found := strings.Cut(rest, part)
		if !found {
			t.Errorf("the answers lack %q, or have it out of order:\n%s", part, out)
			return
		}
		rest = after
	}
}
