package advocacy_test

import (
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/imprimatur-hq/imprimatur/internal/advocacy"
)

// clearPassage has nothing in its way: signed, submitted by its author, due, and ready.
func clearPassage() *advocacy.Passage {
	manifest := []byte("one")
	p := &advocacy.Passage{
		Case: *satisfiedCase(),
		Post: &advocacy.Post{Workspace: house, ID: aPost, Author: ann, Head: 1, Round: 1},
		Publication: &advocacy.Publication{
			Workspace: house, ID: "x", Post: aPost, Revision: 1, Round: 1, Digest: bytesOf("one"),
			Account: "wall-of-ann", Network: "wall", State: advocacy.Claimed, DueTime: at(120), Epoch: 1,
		},
		Manifest: manifest,
		Bearing:  advocacy.Bearing{Author: ann},
		Account: &advocacy.SocialAccount{
			Workspace: house, ID: "wall-of-ann", Network: "wall", Owner: ann, Personal: true, State: advocacy.AccountReady,
			AttestTime: morning,
		},
	}
	p.Review.State = advocacy.ReviewApproved
	p.Review.Assent = advocacy.Assent{Person: ann, Digest: bytesOf("one"), Time: morning}
	p.Author, p.Answerable = p.Members[ann], p.Members[ann]
	return p
}

const (
	send   = advocacy.GateSend
	wait   = advocacy.GateWait
	expire = advocacy.GateExpire
	cancel = advocacy.GateCancel
)

func hold(scope advocacy.HoldScope, target string) advocacy.Hold {
	return advocacy.Hold{ID: "stop", Scope: scope, Target: target}
}

var gateCases = []struct {
	name    string
	change  func(*advocacy.Passage)
	verdict advocacy.GateVerdict
	want    []string
}{
	{"nothing in the way", func(*advocacy.Passage) {}, send, nil},
	{"a hold on everything", func(p *advocacy.Passage) { p.Holds = []advocacy.Hold{hold(advocacy.HoldWorkspace, "")} }, wait, []string{"HOLD"}},
	{"a hold that was lifted", func(p *advocacy.Passage) {
		p.Holds = []advocacy.Hold{hold(advocacy.HoldWorkspace, "")}
		p.Holds[0].ReleaseTime = at(1)
	}, send, nil},
	{"a hold that was lifted after its time", func(p *advocacy.Passage) {
		p.Holds = []advocacy.Hold{hold(advocacy.HoldWorkspace, ""), hold(advocacy.HoldPost, "another")}
		p.Holds[0].ReleaseTime, p.Holds[1].ReleaseTime = at(121), at(121)
	}, wait, []string{"HELD_PAST_DUE"}},
	{"a hold that was lifted at its time", func(p *advocacy.Passage) {
		p.Holds = []advocacy.Hold{hold(advocacy.HoldWorkspace, "")}
		p.Holds[0].ReleaseTime = at(120)
	}, send, nil},
	{"a hold that was lifted after its time, and its window is over", func(p *advocacy.Passage) {
		p.Holds = []advocacy.Hold{hold(advocacy.HoldWorkspace, "")}
		p.Holds[0].ReleaseTime, p.Publication.EndTime = at(121), at(122)
	}, expire, []string{"HELD_PAST_DUE", "WINDOW"}},
	{"a hold on another post, and one on this", func(p *advocacy.Passage) {
		p.Holds = []advocacy.Hold{hold(advocacy.HoldPost, "another"), hold(advocacy.HoldPost, "post")}
	}, wait, []string{"HOLD"}},
	{"withdrawn", func(p *advocacy.Passage) { p.Post.Withdrawn = true }, cancel, []string{"WITHDRAWN"}},
	{"the head moved on to the same words", func(p *advocacy.Passage) { p.Head = 2 }, cancel, []string{"REVISION_CHANGED"}},
	{"the head moved on", func(p *advocacy.Passage) { p.Head, p.HeadDigest = 2, bytesOf("two") }, cancel, []string{"REVISION_CHANGED", "DIGEST_MISMATCH"}},
	{"a newer round", func(p *advocacy.Passage) { p.Publication.Round = 2 }, cancel, []string{"REVIEW_CLOSED"}},
	{"a round that was reopened", func(p *advocacy.Passage) { p.Review.State = advocacy.ReviewOpen }, cancel, []string{"REVIEW_CLOSED"}},
	{"a round that was superseded", func(p *advocacy.Passage) { p.Review.State = advocacy.ReviewSuperseded }, cancel, []string{"REVIEW_CLOSED"}},
	{"stored bytes that changed", func(p *advocacy.Passage) { p.Manifest = []byte("0ne") }, cancel, []string{"DIGEST_MISMATCH"}},
	{"no bytes", func(p *advocacy.Passage) { p.Manifest = nil }, cancel, []string{"DIGEST_MISMATCH"}},
	{"a publication of other bytes", func(p *advocacy.Passage) { p.Publication.Digest = bytesOf("two") }, cancel,
		[]string{"DIGEST_MISMATCH", "ASSENT_REQUIRED"}},
	{"a head of other bytes", func(p *advocacy.Passage) { p.HeadDigest = bytesOf("two") }, cancel, []string{"DIGEST_MISMATCH"}},
	{"a review of other bytes", func(p *advocacy.Passage) { p.Review.Digest = bytesOf("two") }, cancel,
		[]string{"DIGEST_MISMATCH", "NEED_APPROVALS legal", "NEED_APPROVALS pr", "REVISION_CHANGED legal lena", "REVISION_CHANGED pr paul"}},
	{"submitted by somebody else", func(p *advocacy.Passage) { p.Review.Assent.Person = bob }, cancel, []string{"ASSENT_REQUIRED"}},
	{"submitted as other bytes", func(p *advocacy.Passage) { p.Review.Assent.Digest = bytesOf("two") }, cancel, []string{"ASSENT_REQUIRED"}},
	{"submitted by a machine, for a person", func(p *advocacy.Passage) { p.Review.Assent.Key = "key" }, cancel, []string{"ASSENT_REQUIRED"}},
	{"submitted by a machine, for a brand", func(p *advocacy.Passage) { p.Review.Assent.Key, p.Account.Personal = "key", false }, send, nil},
	{"in another person's name", func(p *advocacy.Passage) { p.Account.Owner = bob }, cancel, []string{"ASSENT_REQUIRED"}},
	{"by another person, for a brand", func(p *advocacy.Passage) { p.Account.Owner, p.Account.Personal = bob, false }, send, nil},
	{"an author who may not act any more", func(p *advocacy.Passage) {
		p.Author = &advocacy.Member{Person: ann, State: advocacy.MemberDisabled}
	}, cancel, []string{"AUTHOR_INACTIVE"}},
	{"an author nobody knows any more", func(p *advocacy.Passage) { p.Author = nil }, cancel, []string{"AUTHOR_INACTIVE"}},
	{"an account to be connected again", func(p *advocacy.Passage) { p.Account.State = advocacy.AccountReconnect }, wait, []string{"ACCOUNT_NOT_READY"}},
	{"an account nobody vouches for, for a brand", func(p *advocacy.Passage) {
		p.Account.AttestTime, p.Account.Personal = p.Now.Add(-advocacy.AttestationTerm), false
	}, wait, []string{"ACCOUNT_NOT_ATTESTED"}},
	{"an account nobody vouches for, for its person", func(p *advocacy.Passage) { p.Account.AttestTime = time.Time{} }, send, nil},
	{"an account switched off", func(p *advocacy.Passage) { p.Account.State = advocacy.AccountDisabled }, wait, []string{"ACCOUNT_NOT_READY"}},
	{"an account nobody answers for", func(p *advocacy.Passage) { p.Answerable = nil }, wait, []string{"ACCOUNT_NOT_READY"}},
	{"no account", func(p *advocacy.Passage) { p.Account = nil }, wait, []string{"ACCOUNT_NOT_READY"}},
	{"too early", func(p *advocacy.Passage) { p.Publication.DueTime = at(181) }, wait, []string{"WINDOW"}},
	{"due now", func(p *advocacy.Passage) { p.Publication.DueTime = at(180) }, send, nil},
	{"a moment before its window ends", func(p *advocacy.Passage) { p.Publication.EndTime = at(180).Add(time.Microsecond) }, send, nil},
	{"its window ended", func(p *advocacy.Passage) { p.Publication.EndTime = at(180) }, expire, []string{"WINDOW"}},
	{"its window ended while it was held", func(p *advocacy.Passage) {
		p.Publication.EndTime, p.Holds = at(180), []advocacy.Hold{hold(advocacy.HoldAccount, "wall-of-ann")}
	}, expire, []string{"HOLD", "WINDOW"}},
	{"a signature was lost", func(p *advocacy.Passage) { p.Members[paul].Roles = nil }, cancel, []string{"NEED_APPROVALS pr", "NOT_IN_ROLE pr paul"}},
	{"an objection was raised", func(p *advocacy.Passage) {
		p.Decisions = append(p.Decisions, said(3, lou, advocacy.Reject, "legal"))
	}, cancel, []string{"NEGATIVE_OPEN legal lou"}},
	{"the policy asks for more", func(p *advocacy.Passage) { p.Floor = planOf(asks("medical", 1)) }, cancel, []string{"NEED_APPROVALS medical"}},
	{"held, and a signature was lost", func(p *advocacy.Passage) {
		p.Holds, p.Members[paul].Roles = []advocacy.Hold{hold(advocacy.HoldWorkspace, "")}, nil
	}, cancel, []string{"HOLD", "NEED_APPROVALS pr", "NOT_IN_ROLE pr paul"}},
}

func TestGate(t *testing.T) {
	t.Parallel()
	for _, tt := range gateCases {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			p := clearPassage()
			tt.change(p)
			if tt.want == nil {
				tt.want = []string{}
			}
			if diff := cmp.Diff(tt.want, blockersOf(advocacy.Tally{Blockers: p.Blockers()})); diff != "" {
				t.Errorf("blockers (-want +got):\n%s", diff)
			}
			verdict, code := p.Judge()
			if verdict != tt.verdict || (code == "") != (verdict == advocacy.GateSend) {
				t.Errorf("the gate says %d for %q, want %d", verdict, code, tt.verdict)
			}
		})
	}
}

// TestGateNamesWhatWeighsMost: the code is that of what decided the verdict.
func TestGateNamesWhatWeighsMost(t *testing.T) {
	t.Parallel()
	p := clearPassage()
	p.Holds = []advocacy.Hold{{ID: "stop", Scope: advocacy.HoldWorkspace}}
	p.Publication.EndTime = at(1)
	if _, code := p.Judge(); code != advocacy.BlockWindow {
		t.Errorf("a window that ended while held: %s", code)
	}
	p.Post.Withdrawn = true
	if _, code := p.Judge(); code != advocacy.BlockWithdrawn {
		t.Errorf("withdrawn while held: %s", code)
	}
}

func TestHoldStops(t *testing.T) {
	t.Parallel()
	x := &advocacy.Publication{Post: "post", Account: "account", Network: "network"}
	targets := map[advocacy.HoldScope]string{
		advocacy.HoldWorkspace: "", advocacy.HoldNetwork: "network", advocacy.HoldAccount: "account",
		advocacy.HoldPerson: "author", advocacy.HoldPost: "post",
		advocacy.HoldTopic: "topic", advocacy.HoldCampaign: "campaign", advocacy.HoldKeyword: "word",
	}
	bearing := advocacy.Bearing{
		Author: "author", Topic: "topic", Campaign: "campaign",
		Shows: func(a advocacy.AccountID, keyword string) bool { return a == "account" && keyword == "word" },
	}
	for _, scope := range advocacy.HoldScopes() {
		h := advocacy.Hold{Scope: scope, Target: targets[scope]}
		if !h.Stops(x, bearing) {
			t.Errorf("a hold on the %s does not stop it", scope)
		}
		h.Target = "another"
		if got, want := h.Stops(x, bearing), scope == advocacy.HoldWorkspace; got != want {
			t.Errorf("a hold on another %s: stops is %t", scope, got)
		}
		h.Target, h.ReleaseTime = targets[scope], at(0)
		if h.Stops(x, bearing) {
			t.Errorf("a released hold on the %s stops it", scope)
		}
	}
	if h := (advocacy.Hold{Scope: "moon"}); !h.Stops(x, bearing) {
		t.Error("a scope nobody knows stops nothing; it must stop everything")
	}
	bearing.Shows = nil
	if h := hold(advocacy.HoldKeyword, "another"); !h.Stops(x, bearing) {
		t.Error("a keyword nobody looked for stops nothing; it must stop")
	}
	for _, scope := range []advocacy.HoldScope{advocacy.HoldTopic, advocacy.HoldCampaign} {
		if h := hold(scope, "topic"); h.Stops(x, advocacy.Bearing{}) {
			t.Errorf("a hold on a %s stops own words", scope)
		}
	}
}
