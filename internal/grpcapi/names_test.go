package grpcapi

import (
	"strings"
	"testing"

	"github.com/imprimatur-hq/imprimatur/internal/advocacy"
)

const (
	someID  = "0190a1b2-c3d4-7e5f-8a9b-0c1d2e3f4a5b"
	otherID = "0190a1b2-c3d4-7e5f-8a9b-0c1d2e3f4a5c"
	someHex = "9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08"
)

var acme = names{workspace: "acme"}

// again reads a name by what its collections say it is and writes it again.
func again(n names, name string) (string, error) {
	part := strings.Split(name, "/")
	collections := ""
	for i := 2; i < len(part); i += 2 {
		collections += "/" + part[i]
	}
	switch collections {
	case "/posts":
		return back(n.post)(n.readPost("name", name))
	case "/libraryItems":
		return back(n.item)(n.readItem("name", name))
	case "/topics":
		return back(n.topic)(n.readTopic("name", name))
	case "/proposals":
		return back(n.proposal)(n.readProposal("name", name))
	case "/feeds":
		return back(n.feed)(n.readFeed("name", name))
	case "/registeredHandles":
		return back(n.handle)(n.readHandle("name", name))
	case "/members":
		return back(n.member)(n.readMember("name", name))
	case "/apiKeys":
		return back(n.key)(n.readKey("name", name))
	case "/socialAccounts":
		return back(n.account)(n.readAccount("name", name))
	case "/recalls":
		return back(n.recall)(n.readRecall("name", name))
	case "/cases":
		return back(n.caseFile)(n.readCase("name", name))
	case "/holds":
		return back(n.hold)(n.readHold("name", name))
	case "/reviewTasks":
		return back(n.task)(n.readTask("name", name))
	case "/reviewBatches":
		return back(n.batch)(n.readBatch("name", name))
	case "/libraryImports":
		return back(n.libraryImport)(n.readImport("name", name))
	case "/auditRecords":
		return back(n.record)(n.readRecord("name", name))
	case "/sessions":
		return back(n.session)(n.readSession("name", name))
	case "/routingPolicies":
		return back(n.policy)(n.readPolicy("name", name))
	case "/media":
		return back(n.media)(n.readMedia("name", name))
	case "/uploads":
		return back(n.upload)(n.readUpload("name", name))
	case "/roles":
		return back(n.role)(n.readRole("name", name))
	default:
		return againBelow(n, name, collections)
	}
}

func againBelow(n names, name, collections string) (string, error) {
	switch collections {
	case "/lexicons":
		return back(n.lexicon)(n.readLexicon("name", name))
	case "/lexicons/revisions":
		id, r, err := n.readLexiconRevision("name", name)
		return n.lexiconRevision(id, r), err
	case "/disclosureTables":
		return back(n.disclosureTable)(n.readDisclosureTable("name", name))
	case "/disclosureTables/revisions":
		id, r, err := n.readDisclosureRevision("name", name)
		return n.disclosureRevision(id, r), err
	case "/guidelines":
		return back(n.guideline)(n.readGuideline("name", name))
	case "/guidelines/revisions":
		id, r, err := n.readGuidelineRevision("name", name)
		return n.guidelineRevision(id, r), err
	case "/trainingModules":
		return back(n.trainingModule)(n.readTrainingModule("name", name))
	case "/trainingModules/courses":
		id, c, err := n.readTrainingCourse("name", name)
		return n.trainingCourse(id, c), err
	case "/trainingAttempts":
		return back(n.trainingAttempt)(n.readTrainingAttempt("name", name))
	case "/trainingRecords":
		return back(n.trainingRecord)(n.readTrainingRecord("name", name))
	case "/routingPolicies/revisions":
		id, r, err := n.readPolicyRevision("name", name)
		return n.policyRevision(id, r), err
	case "/posts/publications":
		post, id, err := n.readPublication("name", name)
		return n.publication(post, id), err
	case "/posts/revisions", "/libraryItems/revisions":
		s, number, err := n.readNumbered("name", name, inRevisions)
		return n.revision(s, number), err
	case "/posts/reviews", "/libraryItems/reviews":
		s, number, err := n.readNumbered("name", name, inReviews)
		return n.review(s, number), err
	case "/posts/reviews/decisions", "/libraryItems/reviews/decisions":
		s, round, id, err := n.readDecision("name", name)
		return n.decision(s, round, id), err
	default:
		_, _, err := n.readSubject("name", name)
		return "", err
	}
}

func back[ID ~string](write func(ID) string) func(ID, error) (string, error) {
	return func(id ID, err error) (string, error) { return write(id), err }
}

var goodNames = []string{
	"workspaces/acme/posts/" + someID,
	"workspaces/acme/libraryItems/" + someID,
	"workspaces/acme/topics/product-news",
	"workspaces/acme/proposals/" + someID,
	"workspaces/acme/feeds/" + someID,
	"workspaces/acme/registeredHandles/" + someID,
	"workspaces/acme/members/" + someID,
	"workspaces/acme/apiKeys/" + someID,
	"workspaces/acme/socialAccounts/" + someID,
	"workspaces/acme/holds/" + someID,
	"workspaces/acme/reviewTasks/" + someID,
	"workspaces/acme/auditRecords/" + someID,
	"workspaces/acme/sessions/current",
	"workspaces/acme/sessions/" + someID,
	"workspaces/acme/routingPolicies/default",
	"workspaces/acme/routingPolicies/default/revisions/3",
	"workspaces/acme/lexicons/default",
	"workspaces/acme/lexicons/default/revisions/3",
	"workspaces/acme/disclosureTables/default",
	"workspaces/acme/disclosureTables/default/revisions/3",
	"workspaces/acme/guidelines/default",
	"workspaces/acme/guidelines/default/revisions/3",
	"workspaces/acme/trainingModules/basics",
	"workspaces/acme/trainingModules/basics/courses/3",
	"workspaces/acme/trainingAttempts/" + someID,
	"workspaces/acme/trainingRecords/" + someID,
	"workspaces/acme/media/" + someHex,
	"workspaces/acme/uploads/" + someID,
	"workspaces/acme/roles/employee",
	"workspaces/acme/roles/approver-legal",
	"workspaces/acme/posts/" + someID + "/publications/" + otherID,
	"workspaces/acme/posts/" + someID + "/revisions/12",
	"workspaces/acme/libraryItems/" + someID + "/revisions/1",
	"workspaces/acme/posts/" + someID + "/reviews/2",
	"workspaces/acme/libraryItems/" + someID + "/reviews/2/decisions/" + otherID,
}

var badNames = []string{
	"", "/", "workspaces", "workspaces/acme", "workspaces/acme/", "workspaces//posts/" + someID,
	"workspaces/acme/posts/", "workspaces/acme/posts/1", "workspaces/acme/posts/" + strings.ToUpper(someID),
	"workspaces/acme/posts/" + someID + "/", "/workspaces/acme/posts/" + someID, "workspaces/acme/posts/" + someID + "\n",
	"//imprimatur.dev/workspaces/acme/posts/" + someID, "workspaces/acme/posts/-", "workspaces/-/posts/" + someID,
	"workspaces/Acme/posts/" + someID, "workspaces/acme/posts/" + someID + "@2", "workspaces/acme/posts%2F" + someID,
	"workspaces/acme/roles/approver:legal", "workspaces/acme/roles/approver-legal-second", "workspaces/acme/roles/-legal",
	"workspaces/acme/roles/approver-9", "workspaces/acme/media/" + someHex[1:], "workspaces/acme/media/sha256:" + someHex,
	"workspaces/acme/posts/" + someID + "/revisions/0", "workspaces/acme/posts/" + someID + "/revisions/01",
	"workspaces/acme/posts/" + someID + "/revisions/1234567890", "workspaces/acme/posts/" + someID + "/reviews/-1",
	"workspaces/acme/topics/News", "workspaces/acme/sessions/Current", "workspaces/acme/../acme/posts/" + someID,
	"workspaces/globex/posts/" + someID, "workspaces/acme-2/members/" + someID,
}

func TestNamesComeBack(t *testing.T) {
	t.Parallel()
	for _, name := range goodNames {
		if got, err := again(acme, name); err != nil || got != name {
			t.Errorf("%q came back as %q, %v", name, got, err)
		}
	}
}

func TestNamesAreStrict(t *testing.T) {
	t.Parallel()
	for _, name := range badNames {
		if got, err := again(acme, name); advocacy.KindOf(err) != advocacy.Invalid {
			t.Errorf("%q was read as %q, %v", name, got, err)
		}
	}
}

// What is unset has no name, rather than the name of nothing.
func TestNamesOfNothing(t *testing.T) {
	t.Parallel()
	subject := advocacy.PostSubject("acme", someID)
	for what, name := range map[string]string{
		"member": acme.member(""), "item": acme.item(""), "review": acme.review(subject, 0),
		"decision": acme.decision(subject, 1, ""), "media": acme.media(""), "policy": acme.policyRevision("", 0),
	} {
		if name != "" {
			t.Errorf("%s: %q", what, name)
		}
	}
}

// The door writes the names the audit trail writes.
func TestNamesAgreeWithTheDomain(t *testing.T) {
	t.Parallel()
	for _, subject := range []advocacy.Subject{advocacy.PostSubject("acme", someID), advocacy.ItemSubject("acme", someID)} {
		decision := advocacy.Decision{Subject: subject, Round: 2, ID: otherID}
		lexicon := advocacy.LexiconRevision{Workspace: "acme", Lexicon: "default", Number: 3}
		told := advocacy.DisclosureRevision{Workspace: "acme", Table: "default", Number: 3}
		for want, got := range map[string]string{
			told.Table.Name("acme"):      acme.disclosureTable("default"),
			told.Name():                  acme.disclosureRevision("default", 3),
			lexicon.Lexicon.Name("acme"): acme.lexicon("default"),
			lexicon.Name():               acme.lexiconRevision("default", 3),
			subject.Name():               acme.subject(subject),
			subject.ReviewName(2):        acme.review(subject, 2),
			subject.RevisionName(3):      acme.revision(subject, 3),
			decision.Name():              acme.decision(subject, 2, otherID),
		} {
			if got != want {
				t.Errorf("got %q, want %q", got, want)
			}
		}
	}
	x := advocacy.Publication{Workspace: "acme", Post: someID, ID: otherID}
	if got := acme.publication(x.Post, x.ID); got != x.Name() {
		t.Errorf("got %q, want %q", got, x.Name())
	}
	revision := advocacy.GuidelineRevision{Workspace: "acme", Guideline: "default", Number: 3}
	word := advocacy.Acknowledgement{Workspace: "acme", Guideline: "default", Revision: 3, ID: someID}
	for want, got := range map[string]string{
		revision.Guideline.Name("acme"): acme.guideline("default"),
		revision.Name():                 acme.guidelineRevision("default", 3),
		word.Name():                     acme.acknowledgementOf(&word).GetName(),
		(&advocacy.TrainingModule{Workspace: "acme", ID: "basics"}).Name():                acme.trainingModule("basics"),
		(&advocacy.TrainingCourse{Workspace: "acme", Module: "basics", Number: 3}).Name(): acme.trainingCourse("basics", 3),
		(&advocacy.TrainingAttempt{Workspace: "acme", ID: someID}).Name():                 acme.trainingAttempt(someID),
		(&advocacy.TrainingRecord{Workspace: "acme", ID: someID}).Name():                  acme.trainingRecord(someID),
	} {
		if got != want {
			t.Errorf("got %q, want %q", got, want)
		}
	}
	if got, want := acme.member(someID), advocacy.MemberName("acme", someID); got != want {
		t.Errorf("got %q, want %q", got, want)
	}
}

func TestRolesWearADash(t *testing.T) {
	t.Parallel()
	role, err := acme.readRole("name", "workspaces/acme/roles/approver-legal")
	if err != nil || role != advocacy.RoleLegal {
		t.Fatalf("got %q, %v", role, err)
	}
}

func TestEveryPost(t *testing.T) {
	t.Parallel()
	if id, err := acme.readPostOrAny("parent", "workspaces/acme/posts/-"); err != nil || id != "" {
		t.Errorf("got %q, %v", id, err)
	}
	for _, name := range []string{"workspaces/globex/posts/-", "workspaces/-/posts/-", "workspaces/acme/posts"} {
		if _, err := acme.readPostOrAny("parent", name); err == nil {
			t.Errorf("%q was read", name)
		}
	}
}

// Whatever is read as a name is written the same, and lies in the workspace.
func FuzzNames(f *testing.F) {
	for _, name := range append(goodNames, badNames...) {
		f.Add(name)
	}
	f.Fuzz(func(t *testing.T, name string) {
		got, err := again(acme, name)
		if err != nil {
			if advocacy.KindOf(err) != advocacy.Invalid {
				t.Fatalf("%q: %v", name, err)
			}
			return
		}
		if got != name && got != "" {
			t.Fatalf("%q came back as %q", name, got)
		}
		if w, ok := workspaceOf(name); !ok || w != "acme" {
			t.Fatalf("%q was read and is in %q", name, w)
		}
	})
}
