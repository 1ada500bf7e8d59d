package workflow_test

import (
	"fmt"
	"slices"
	"sync"
	"testing"

	"github.com/imprimatur-hq/imprimatur/internal/advocacy"
	"github.com/imprimatur-hq/imprimatur/internal/network/wall"
	"github.com/imprimatur-hq/imprimatur/internal/routing"
	"github.com/imprimatur-hq/imprimatur/internal/workflow"
	"github.com/imprimatur-hq/imprimatur/internal/workflow/workflowtest"
)

const anID = "0198f000-0000-4000-8000-000000000001"

// TestEveryChangeHasOneEffect (edge case 56) [I22]: each call that changes something,
// made three times with one request id, answers the same and leaves what one call leaves.
func TestEveryChangeHasOneEffect(t *testing.T) {
	t.Parallel()
	for _, c := range changes() {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			h, l := house(t)
			call := c.prepare(t, h, l)
			caller := identified(h.As(c.who(h)), anID, c.name, "body")
			first, err := call(caller)
			ok(t, err)
			after := len(records(t, h, ""))
			sends := len(l.Sent())
			for range 2 {
				again, err := call(caller)
				ok(t, err)
				if again != first {
					t.Fatalf("a repetition answers %q, the call answered %q", again, first)
				}
			}
			if n := len(records(t, h, "")); n != after {
				t.Fatalf("repetitions left %d records", n-after)
			}
			reused := "REQUEST_ID_REUSED"
			for _, other := range []workflow.Call{
				identified(h.As(c.who(h)), anID, c.name, "another body"), identified(h.As(c.who(h)), anID, "Another", "body"),
			} {
				e := refuses(t, h, advocacy.Invalid, reused, func() error { _, err := call(other); return err })
				if e.Field != "request_id" {
					t.Errorf("field is %q", e.Field)
				}
			}
			if len(l.Sent()) != sends {
				t.Fatal("a repetition sent something")
			}
		})
	}
}

// oneChange is a call that changes something. prepare makes what it needs and returns the
// call, which answers with the name of what it changed.
type oneChange struct {
	name    string
	who     func(h *workflowtest.House) advocacy.PersonID
	prepare func(t *testing.T, h *workflowtest.House, l *workflowtest.Ledger) func(workflow.Call) (string, error)
}

func author(h *workflowtest.House) advocacy.PersonID   { return h.Author }
func reader(h *workflowtest.House) advocacy.PersonID   { return h.Reader }
func curator(h *workflowtest.House) advocacy.PersonID  { return h.Curator }
func admin(h *workflowtest.House) advocacy.PersonID    { return h.Admin }
func approver(h *workflowtest.House) advocacy.PersonID { return h.PR }

func changes() []oneChange {
	return slices.Concat(postChanges(), libraryChanges(), houseChanges(), knowledgeChanges())
}

func postName(v *workflow.PostView, err error) (string, error) {
	if err != nil {
		return "", err
	}
	return string(v.Post.ID), nil
}

func threadName(d *advocacy.Thread, err error) (string, error) {
	if err != nil {
		return "", err
	}
	return d.Name(), nil
}

func postChanges() []oneChange {
	return []oneChange{
		{"CreatePost", author, func(t *testing.T, h *workflowtest.House, _ *workflowtest.Ledger) func(workflow.Call) (string, error) {
			return func(c workflow.Call) (string, error) {
				return postName(h.Flow.CreatePost(t.Context(), c, h.W, workflow.PostDraft{
					Content: advocacy.Content{Language: "en", Text: "Once."}, Accounts: []advocacy.AccountID{h.Ledger},
				}))
			}
		}},
		{"CopyPost", author, func(t *testing.T, h *workflowtest.House, _ *workflowtest.Ledger) func(workflow.Call) (string, error) {
			v := h.Draft(t, "Before.", h.Ledger)
			return func(c workflow.Call) (string, error) {
				return postName(h.Flow.CopyPost(t.Context(), c, h.W, v.Post.ID))
			}
		}},
		{"AddCoAuthor", author, func(t *testing.T, h *workflowtest.House, l *workflowtest.Ledger) func(workflow.Call) (string, error) {
			v := inReview(t, h, l)
			return func(c workflow.Call) (string, error) {
				return postName(h.Flow.AddCoAuthor(t.Context(), c, h.W, v.Post.ID, h.Reader, v.Post.Version))
			}
		}},
		{"RemoveCoAuthor", reader, func(t *testing.T, h *workflowtest.House, _ *workflowtest.Ledger) func(workflow.Call) (string, error) {
			v := name(t, h, h.Draft(t, "Before.", h.Ledger), h.Reader)
			return func(c workflow.Call) (string, error) {
				return postName(h.Flow.RemoveCoAuthor(t.Context(), c, h.W, v.Post.ID, h.Reader, v.Post.Version))
			}
		}},
		{"UpdatePost", author, func(t *testing.T, h *workflowtest.House, _ *workflowtest.Ledger) func(workflow.Call) (string, error) {
			v := h.Draft(t, "Before.", h.Ledger)
			content := advocacy.Content{Language: "en", Text: "After."}
			return func(c workflow.Call) (string, error) {
				return postName(h.Flow.UpdatePost(t.Context(), c, h.W, v.Post.ID, workflow.PostChange{Version: v.Post.Version, Content: &content}))
			}
		}},
		{"SubmitPost", author, func(t *testing.T, h *workflowtest.House, _ *workflowtest.Ledger) func(workflow.Call) (string, error) {
			v := h.Draft(t, "Once.", h.Ledger)
			return func(c workflow.Call) (string, error) {
				return postName(h.Flow.SubmitPost(t.Context(), c, h.W, v.Post.ID, workflow.Submit{Digest: v.Head.Digest, Version: v.Post.Version}))
			}
		}},
		{"Decide", approver, func(t *testing.T, h *workflowtest.House, l *workflowtest.Ledger) func(workflow.Call) (string, error) {
			v := inReview(t, h, l)
			h.View(t, h.PR, v.Post.Subject(), 1)
			return func(c workflow.Call) (string, error) {
				d, _, err := h.Flow.Decide(t.Context(), c, v.Post.Subject(), 1, workflow.Verdict{
					Verdict: advocacy.Approve, Requirement: "pr", Digest: v.Head.Digest,
				})
				if err != nil {
					return "", err
				}
				return d.Name(), nil
			}
		}},
		{"ViewReview", approver, func(t *testing.T, h *workflowtest.House, l *workflowtest.Ledger) func(workflow.Call) (string, error) {
			v := inReview(t, h, l)
			return func(c workflow.Call) (string, error) {
				r, err := h.Flow.ViewReview(t.Context(), c, v.Post.Subject(), 1)
				if err != nil {
					return "", err
				}
				return r.Review.Subject.ReviewName(r.Review.Round), nil
			}
		}},
		{"ReaffirmDecision", approver, func(t *testing.T, h *workflowtest.House, l *workflowtest.Ledger) func(workflow.Call) (string, error) {
			v := inReview(t, h, l)
			former := signatureOf(t, h, h.PR, v, "pr")
			return func(c workflow.Call) (string, error) {
				d, _, err := h.Flow.Reaffirm(t.Context(), c, v.Post.Subject(), 1, former.ID, workflow.Verdict{Digest: v.Head.Digest})
				if err != nil {
					return "", err
				}
				return string(d.ID), nil
			}
		}},
		{"RetractDecision", admin, func(t *testing.T, h *workflowtest.House, l *workflowtest.Ledger) func(workflow.Call) (string, error) {
			v := inReview(t, h, l)
			given := signatureOf(t, h, h.PR, v, "pr")
			return func(c workflow.Call) (string, error) {
				d, _, err := h.Flow.RetractDecision(t.Context(), c, v.Post.Subject(), 1, given.ID, workflow.TakeBack{Digest: v.Head.Digest, Reason: "because"})
				if err != nil {
					return "", err
				}
				return string(d.ID), nil
			}
		}},
		{"RerouteReview", admin, func(t *testing.T, h *workflowtest.House, l *workflowtest.Ledger) func(workflow.Call) (string, error) {
			v := inReview(t, h, l)
			enact(t, h, routing.Sign(advocacy.RolePR, 1))
			return func(c workflow.Call) (string, error) {
				r, err := h.Flow.RerouteReview(t.Context(), c, v.Post.Subject(), 1, workflow.Reroute{Digest: v.Head.Digest, Reason: "because"})
				if err != nil {
					return "", err
				}
				return r.Review.Subject.ReviewName(r.Review.Round), nil
			}
		}},
		{"OpenThread", approver, func(t *testing.T, h *workflowtest.House, l *workflowtest.Ledger) func(workflow.Call) (string, error) {
			v := scheduled(t, h, l)
			return func(c workflow.Call) (string, error) {
				return threadName(h.Flow.OpenThread(t.Context(), c, v.Post.Subject(), workflow.ThreadDraft{Text: "x", Blocking: true}))
			}
		}},
		{"ResolveThread", approver, func(t *testing.T, h *workflowtest.House, l *workflowtest.Ledger) func(workflow.Call) (string, error) {
			d := openThread(t, h, h.PR, scheduled(t, h, l), true)
			return func(c workflow.Call) (string, error) {
				return threadName(h.Flow.ResolveThread(t.Context(), c, d.Subject, d.ID, d.Version))
			}
		}},
		{"AddComment", approver, func(t *testing.T, h *workflowtest.House, l *workflowtest.Ledger) func(workflow.Call) (string, error) {
			d := openThread(t, h, h.PR, inReview(t, h, l), true)
			return func(c workflow.Call) (string, error) {
				said, err := h.Flow.AddComment(t.Context(), c, d.Subject, d.ID, workflow.CommentDraft{Text: "x", Mentions: []advocacy.PersonID{h.Legal}})
				if err != nil {
					return "", err
				}
				return said.Name(), nil
			}
		}},
		{"WithdrawPost", author, func(t *testing.T, h *workflowtest.House, l *workflowtest.Ledger) func(workflow.Call) (string, error) {
			v := scheduled(t, h, l)
			return func(c workflow.Call) (string, error) {
				return postName(h.Flow.WithdrawPost(t.Context(), c, h.W, v.Post.ID, 0, "no more"))
			}
		}},
		{"RecallPost", author, func(t *testing.T, h *workflowtest.House, l *workflowtest.Ledger) func(workflow.Call) (string, error) {
			v := published(t, h, l)
			return func(c workflow.Call) (string, error) {
				return postName(h.Flow.RecallPost(t.Context(), c, h.W, v.Post.ID, "a mistake"))
			}
		}},
		{"RecallPublication", approver, func(t *testing.T, h *workflowtest.House, l *workflowtest.Ledger) func(workflow.Call) (string, error) {
			v := published(t, h, l)
			id := publications(t, h, v)[0].ID
			return func(c workflow.Call) (string, error) {
				x, err := h.Flow.RecallPublication(t.Context(), c, h.W, v.Post.ID, id, "a mistake")
				if err != nil {
					return "", err
				}
				return x.Name(), nil
			}
		}},
		{"OpenHandoff", author, func(t *testing.T, h *workflowtest.House, _ *workflowtest.Ledger) func(workflow.Call) (string, error) {
			v := handedOver(t, h)
			return func(c workflow.Call) (string, error) {
				opened, err := h.Flow.OpenHandoff(t.Context(), c, h.W, v.Post.ID, publications(t, h, v)[0].ID)
				if err != nil {
					return "", err
				}
				return opened.Publication.Name() + " " + opened.Package.Text, nil
			}
		}},
		{"ConfirmHandoff", author, func(t *testing.T, h *workflowtest.House, _ *workflowtest.Ledger) func(workflow.Call) (string, error) {
			v := handedOver(t, h)
			id := publications(t, h, v)[0].ID
			_, err := h.Flow.OpenHandoff(t.Context(), h.As(h.Author), h.W, v.Post.ID, id)
			ok(t, err)
			return func(c workflow.Call) (string, error) {
				said, err := h.Flow.ConfirmHandoff(t.Context(), c, h.W, v.Post.ID, id, workflow.Confirm{
					URL: "https://www.facebook.com/author/posts/1", Text: "Something else.",
				})
				if err != nil {
					return "", err
				}
				return fmt.Sprint(said.Publication.Name(), said.Publication.Comparison, said.Spans), nil
			}
		}},
		{"DeclineHandoff", author, func(t *testing.T, h *workflowtest.House, _ *workflowtest.Ledger) func(workflow.Call) (string, error) {
			v := handedOver(t, h)
			id := publications(t, h, v)[0].ID
			return func(c workflow.Call) (string, error) {
				x, err := h.Flow.DeclineHandoff(t.Context(), c, h.W, v.Post.ID, id, 0, "I would rather not")
				if err != nil {
					return "", err
				}
				return x.Name(), nil
			}
		}},
		{"ResolvePublication", admin, func(t *testing.T, h *workflowtest.House, l *workflowtest.Ledger) func(workflow.Call) (string, error) {
			v := publishing(t, h, l)
			id := publications(t, h, v)[0].ID
			return func(c workflow.Call) (string, error) {
				x, err := h.Flow.ResolvePublication(t.Context(), c, h.W, v.Post.ID, id, workflow.Resolve{Resolution: advocacy.ResolveAbsent, Reason: "I looked"})
				if err != nil {
					return "", err
				}
				return x.Name(), nil
			}
		}},
	}
}

func itemName(v *workflow.ItemView, err error) (string, error) {
	if err != nil {
		return "", err
	}
	return string(v.Item.ID), nil
}

func libraryChanges() []oneChange {
	return []oneChange{
		{"CreateItem", curator, func(t *testing.T, h *workflowtest.House, _ *workflowtest.Ledger) func(workflow.Call) (string, error) {
			return func(c workflow.Call) (string, error) {
				return itemName(h.Flow.CreateItem(t.Context(), c, h.W, workflow.ItemDraft{
					Title: "Once", Topic: "news", Networks: []advocacy.Network{wall.Name}, Content: advocacy.Content{Language: "en", Text: "Once."},
				}))
			}
		}},
		{"ImportItems", curator, func(t *testing.T, h *workflowtest.House, _ *workflowtest.Ledger) func(workflow.Call) (string, error) {
			return func(c workflow.Call) (string, error) {
				i, err := h.Flow.ImportItems(t.Context(), c, h.W, workflow.ImportOrder{Rows: importRows("Once.")})
				if err != nil {
					return "", err
				}
				return string(i.ID), nil
			}
		}},
		{"UpdateItem", curator, func(t *testing.T, h *workflowtest.House, _ *workflowtest.Ledger) func(workflow.Call) (string, error) {
			v := draftItem(t, h, "Before.")
			content := advocacy.Content{Language: "en", Text: "After."}
			return func(c workflow.Call) (string, error) {
				return itemName(h.Flow.UpdateItem(t.Context(), c, h.W, v.Item.ID, workflow.ItemChange{Version: v.Item.Version, Content: &content}))
			}
		}},
		{"SubmitItem", curator, func(t *testing.T, h *workflowtest.House, _ *workflowtest.Ledger) func(workflow.Call) (string, error) {
			v := draftItem(t, h, "Once.")
			return func(c workflow.Call) (string, error) {
				return itemName(h.Flow.SubmitItem(t.Context(), c, h.W, v.Item.ID, workflow.Submit{Digest: v.Revision.Digest}))
			}
		}},
		{"TransferItem", curator, func(t *testing.T, h *workflowtest.House, _ *workflowtest.Ledger) func(workflow.Call) (string, error) {
			v := ledgerItem(t, h, "Once.")
			return func(c workflow.Call) (string, error) {
				return itemName(h.Flow.TransferItem(t.Context(), c, h.W, v.Item.ID, workflow.Transfer{Owner: h.Admin}))
			}
		}},
		{"WithdrawItem", curator, func(t *testing.T, h *workflowtest.House, _ *workflowtest.Ledger) func(workflow.Call) (string, error) {
			v := ledgerItem(t, h, "Once.")
			return func(c workflow.Call) (string, error) {
				return itemName(h.Flow.WithdrawItem(t.Context(), c, h.W, v.Item.ID, "no more"))
			}
		}},
		{"ShareItem", author, func(t *testing.T, h *workflowtest.House, _ *workflowtest.Ledger) func(workflow.Call) (string, error) {
			v := ledgerItem(t, h, "Once.")
			shown := previewShare(t, h, h.Author, v).Digest
			return func(c workflow.Call) (string, error) {
				return postName(h.Flow.ShareItem(t.Context(), c, h.W, v.Item.ID, workflow.Share{
					Accounts: []advocacy.AccountID{h.Ledger}, Language: "en", Digest: shown,
				}))
			}
		}},
		{"CreateProposal", author, func(t *testing.T, h *workflowtest.House, _ *workflowtest.Ledger) func(workflow.Call) (string, error) {
			return func(c workflow.Call) (string, error) {
				return proposalName(h.Flow.Propose(t.Context(), c, h.W, workflow.ProposalDraft{Content: advocacy.Content{Language: "en", Text: "Once."}}))
			}
		}},
		{"AcceptProposal", curator, func(t *testing.T, h *workflowtest.House, _ *workflowtest.Ledger) func(workflow.Call) (string, error) {
			p := propose(t, h, h.Author, "Once.")
			return func(c workflow.Call) (string, error) {
				return proposalName(h.Flow.AcceptProposal(t.Context(), c, h.W, p.ID, workflow.Acceptance{Version: p.Version}))
			}
		}},
		{"DeclineProposal", curator, func(t *testing.T, h *workflowtest.House, _ *workflowtest.Ledger) func(workflow.Call) (string, error) {
			p := propose(t, h, h.Author, "Once.")
			return func(c workflow.Call) (string, error) {
				return proposalName(h.Flow.DeclineProposal(t.Context(), c, h.W, p.ID, p.Version, "no"))
			}
		}},
		{"WithdrawProposal", author, func(t *testing.T, h *workflowtest.House, _ *workflowtest.Ledger) func(workflow.Call) (string, error) {
			p := propose(t, h, h.Author, "Once.")
			return func(c workflow.Call) (string, error) {
				return proposalName(h.Flow.WithdrawProposal(t.Context(), c, h.W, p.ID, p.Version))
			}
		}},
		{"CreateFeed", curator, func(t *testing.T, h *workflowtest.House, _ *workflowtest.Ledger) func(workflow.Call) (string, error) {
			return func(c workflow.Call) (string, error) {
				return feedName(h.Flow.CreateFeed(t.Context(), c, h.W, workflow.FeedDraft{Title: "Once", URL: "https://feeds.test/once"}))
			}
		}},
		{"UpdateFeed", curator, func(t *testing.T, h *workflowtest.House, _ *workflowtest.Ledger) func(workflow.Call) (string, error) {
			f := follow(t, h, "https://feeds.test/one")
			return func(c workflow.Call) (string, error) {
				return feedName(h.Flow.UpdateFeed(t.Context(), c, h.W, f.ID, workflow.FeedChange{Version: f.Version, Title: ptr("Once")}))
			}
		}},
		{"AskFeed", curator, func(t *testing.T, h *workflowtest.House, _ *workflowtest.Ledger) func(workflow.Call) (string, error) {
			f := follow(t, h, "https://feeds.test/one")
			return func(c workflow.Call) (string, error) { return feedName(h.Flow.AskFeed(t.Context(), c, h.W, f.ID)) }
		}},
		{"DeleteFeed", curator, func(t *testing.T, h *workflowtest.House, _ *workflowtest.Ledger) func(workflow.Call) (string, error) {
			f := follow(t, h, "https://feeds.test/one")
			return func(c workflow.Call) (string, error) {
				return f.Name(), h.Flow.DeleteFeed(t.Context(), c, h.W, f.ID)
			}
		}},
		{"CreateTopic", curator, func(t *testing.T, h *workflowtest.House, _ *workflowtest.Ledger) func(workflow.Call) (string, error) {
			return func(c workflow.Call) (string, error) {
				_, err := h.Flow.CreateTopic(t.Context(), c, h.W, workflow.TopicDraft{ID: "once", DisplayName: "Once"})
				return "once", err
			}
		}},
		{"JoinTopic", author, func(t *testing.T, h *workflowtest.House, _ *workflowtest.Ledger) func(workflow.Call) (string, error) {
			return func(c workflow.Call) (string, error) {
				_, err := h.Flow.JoinTopic(t.Context(), c, h.W, "news")
				return "news", err
			}
		}},
		{"LeaveTopic", author, func(t *testing.T, h *workflowtest.House, _ *workflowtest.Ledger) func(workflow.Call) (string, error) {
			_, err := h.Flow.JoinTopic(t.Context(), h.As(h.Author), h.W, "news")
			ok(t, err)
			return func(c workflow.Call) (string, error) {
				_, err := h.Flow.LeaveTopic(t.Context(), c, h.W, "news")
				return "news", err
			}
		}},
		{"CreateUpload", author, func(t *testing.T, h *workflowtest.House, _ *workflowtest.Ledger) func(workflow.Call) (string, error) {
			return func(c workflow.Call) (string, error) {
				u, err := h.Flow.CreateUpload(t.Context(), c, h.W, workflow.UploadDraft{Size: 3})
				if err != nil {
					return "", err
				}
				return string(u.ID), nil
			}
		}},
		{"CompleteUpload", author, func(t *testing.T, h *workflowtest.House, _ *workflowtest.Ledger) func(workflow.Call) (string, error) {
			u := arrived(t, h, "not looked at here either")
			return func(c workflow.Call) (string, error) {
				m, err := h.Flow.CompleteUpload(t.Context(), c, h.W, u.ID, takeAny)
				if err != nil {
					return "", err
				}
				return m.Blob, nil
			}
		}},
		{"DeleteUpload", author, func(t *testing.T, h *workflowtest.House, _ *workflowtest.Ledger) func(workflow.Call) (string, error) {
			u := arrived(t, h, "given up")
			return func(c workflow.Call) (string, error) {
				return string(u.ID), h.Flow.DeleteUpload(t.Context(), c, h.W, u.ID)
			}
		}},
		{"AddMedia", author, func(t *testing.T, h *workflowtest.House, _ *workflowtest.Ledger) func(workflow.Call) (string, error) {
			data := []byte("not looked at here")
			return func(c workflow.Call) (string, error) {
				m, err := h.Flow.AddMedia(t.Context(), c, h.W, workflow.Accepted{
					Blob: string(advocacy.DigestOf(data)), ContentType: "image/png", Width: 1, Height: 1, Data: data,
				})
				if err != nil {
					return "", err
				}
				return m.Blob, nil
			}
		}},
		{"CropMedia", author, func(t *testing.T, h *workflowtest.House, _ *workflowtest.Ledger) func(workflow.Call) (string, error) {
			data := []byte("a picture of four pixels")
			m, err := h.Flow.AddMedia(t.Context(), h.As(h.Author), h.W, workflow.Accepted{
				Blob: string(advocacy.DigestOf(data)), ContentType: "image/png", Width: 2, Height: 2, Data: data,
			})
			ok(t, err)
			part := []byte("one of them")
			crop := func([]byte, advocacy.Area) (workflow.Accepted, error) {
				return workflow.Accepted{Blob: string(advocacy.DigestOf(part)), ContentType: "image/png", Width: 1, Height: 1, Data: part}, nil
			}
			return func(c workflow.Call) (string, error) {
				m, err := h.Flow.CropMedia(t.Context(), c, h.W, m.Blob, advocacy.Area{Width: 1, Height: 1}, crop)
				if err != nil {
					return "", err
				}
				return m.Blob, nil
			}
		}},
	}
}

func houseChanges() []oneChange {
	return []oneChange{
		{"CreateHold", approver, func(t *testing.T, h *workflowtest.House, _ *workflowtest.Ledger) func(workflow.Call) (string, error) {
			return func(c workflow.Call) (string, error) {
				made, _, err := h.Flow.CreateHold(t.Context(), c, h.W, workflow.HoldDraft{Scope: advocacy.HoldWorkspace, Reason: "crisis"})
				if err != nil {
					return "", err
				}
				return string(made.ID), nil
			}
		}},
		{"CreateRecall", approver, func(t *testing.T, h *workflowtest.House, _ *workflowtest.Ledger) func(workflow.Call) (string, error) {
			item := h.Item(t, "Read this").Item.ID
			return func(c workflow.Call) (string, error) {
				v, err := h.Flow.CreateRecall(t.Context(), c, h.W, workflow.RecallDraft{Item: item, Scopes: advocacy.RecallScopes(), Reason: "wrong"})
				if err != nil {
					return "", err
				}
				return string(v.Recall.ID), nil
			}
		}},
		{"ConfirmRemoval", admin, func(t *testing.T, h *workflowtest.House, l *workflowtest.Ledger) func(workflow.Call) (string, error) {
			x := publications(t, h, published(t, h, l))[0]
			return func(c workflow.Call) (string, error) {
				gone, err := h.Flow.ConfirmRemoval(t.Context(), c, h.W, x.Post, x.ID, "deleted")
				if err != nil {
					return "", err
				}
				return string(gone.ID), nil
			}
		}},
		{"CloseCase", approver, func(t *testing.T, h *workflowtest.House, l *workflowtest.Ledger) func(workflow.Call) (string, error) {
			v := published(t, h, l)
			x := publications(t, h, v)[0]
			displays(l, "Edited.")
			readBack(t, h, x, 1)
			c := casesOf(t, h, x)[0]
			return func(call workflow.Call) (string, error) {
				closed, err := h.Flow.CloseCase(t.Context(), call, h.W, c.ID, workflow.CaseClosing{Resolution: advocacy.CaseCorrected, Reason: "seen"})
				if err != nil {
					return "", err
				}
				return string(closed.ID), nil
			}
		}},
		{"ReleaseHold", approver, func(t *testing.T, h *workflowtest.House, _ *workflowtest.Ledger) func(workflow.Call) (string, error) {
			held, _ := hold(t, h, advocacy.HoldWorkspace, "")
			return func(c workflow.Call) (string, error) {
				_, err := h.Flow.ReleaseHold(t.Context(), c, h.W, held.ID, "over")
				return string(held.ID), err
			}
		}},
		{"ResumePublications", approver, func(t *testing.T, h *workflowtest.House, _ *workflowtest.Ledger) func(workflow.Call) (string, error) {
			held, x := keptPosts(t, h, "Kept.")
			return func(c workflow.Call) (string, error) {
				done, err := h.Flow.ResumePublications(t.Context(), c, h.W, held.ID, []workflow.Resumption{resumption(x[0], workflow.ResumeSend)})
				if err != nil {
					return "", err
				}
				if done[0].Refusal != nil {
					return "", done[0].Refusal
				}
				return string(done[0].Publication.ID), nil
			}
		}},
		{"CreateMember", admin, func(t *testing.T, h *workflowtest.House, _ *workflowtest.Ledger) func(workflow.Call) (string, error) {
			return func(c workflow.Call) (string, error) {
				m, err := h.Flow.CreateMember(t.Context(), c, h.W, workflow.MemberDraft{DisplayName: "Once", Email: "once@acme.test"})
				if err != nil {
					return "", err
				}
				return string(m.Person), nil
			}
		}},
		{"UpdateMember", admin, func(t *testing.T, h *workflowtest.House, _ *workflowtest.Ledger) func(workflow.Call) (string, error) {
			return func(c workflow.Call) (string, error) {
				m, err := h.Flow.UpdateMember(t.Context(), c, h.W, h.Reader, workflow.MemberChange{Roles: &[]advocacy.Role{advocacy.RoleLegal}})
				if err != nil {
					return "", err
				}
				return string(m.Person), nil
			}
		}},
		{"DeclareRelation", author, func(t *testing.T, h *workflowtest.House, _ *workflowtest.Ledger) func(workflow.Call) (string, error) {
			return func(c workflow.Call) (string, error) {
				m, err := h.Flow.DeclareRelation(t.Context(), c, h.W, h.Author, advocacy.DisclosureEmployee)
				if err != nil {
					return "", err
				}
				return string(m.Person), nil
			}
		}},
		{"RenameGroup", admin, func(t *testing.T, h *workflowtest.House, _ *workflowtest.Ledger) func(workflow.Call) (string, error) {
			move(t, h, h.Author, "before")
			return func(c workflow.Call) (string, error) {
				g, err := h.Flow.RenameGroup(t.Context(), c, h.W, "before", "now")
				if err != nil {
					return "", err
				}
				return g.Name, nil
			}
		}},
		{"DisableMember", admin, func(t *testing.T, h *workflowtest.House, l *workflowtest.Ledger) func(workflow.Call) (string, error) {
			scheduled(t, h, l)
			return func(c workflow.Call) (string, error) {
				m, err := h.Flow.DisableMember(t.Context(), c, h.W, h.Author, "left")
				if err != nil {
					return "", err
				}
				return string(m.Person), nil
			}
		}},
		{"MergeMember", admin, func(t *testing.T, h *workflowtest.House, _ *workflowtest.Ledger) func(workflow.Call) (string, error) {
			return func(c workflow.Call) (string, error) {
				m, err := h.Flow.MergeMember(t.Context(), c, h.W, h.Author, h.Curator, "the same person")
				if err != nil {
					return "", err
				}
				return string(m.Person), nil
			}
		}},
		{"CreateRole", admin, func(t *testing.T, h *workflowtest.House, _ *workflowtest.Ledger) func(workflow.Call) (string, error) {
			return func(c workflow.Call) (string, error) {
				r, err := h.Flow.CreateRole(t.Context(), c, h.W, advocacy.RoleDef{Role: "approver:medical", DisplayName: "Medical"})
				if err != nil {
					return "", err
				}
				return string(r.Role), nil
			}
		}},
		{"DeleteRole", admin, func(t *testing.T, h *workflowtest.House, _ *workflowtest.Ledger) func(workflow.Call) (string, error) {
			_, err := h.Flow.CreateRole(t.Context(), h.As(h.Admin), h.W, advocacy.RoleDef{Role: "approver:medical", DisplayName: "Medical"})
			ok(t, err)
			return func(c workflow.Call) (string, error) {
				return "", h.Flow.DeleteRole(t.Context(), c, h.W, "approver:medical")
			}
		}},
		{"CreateAPIKey", admin, func(t *testing.T, h *workflowtest.House, _ *workflowtest.Ledger) func(workflow.Call) (string, error) {
			return func(c workflow.Call) (string, error) {
				k, _, err := h.Flow.CreateAPIKey(t.Context(), c, h.W, workflow.KeyDraft{DisplayName: "robot"})
				if err != nil {
					return "", err
				}
				return string(k.ID), nil
			}
		}},
		{"CreateAccount", admin, func(t *testing.T, h *workflowtest.House, _ *workflowtest.Ledger) func(workflow.Call) (string, error) {
			return func(c workflow.Call) (string, error) {
				a, _, err := h.Flow.CreateAccount(t.Context(), c, h.W, workflow.AccountDraft{Network: wall.Name, DisplayName: "Once", Owner: h.Curator, Deputy: h.PR})
				if err != nil {
					return "", err
				}
				return string(a.ID), nil
			}
		}},
		{"RegisterHandle", admin, func(t *testing.T, h *workflowtest.House, _ *workflowtest.Ledger) func(workflow.Call) (string, error) {
			return func(c workflow.Call) (string, error) {
				return handleName(h.Flow.RegisterHandle(t.Context(), c, h.W, impostor("@once")))
			}
		}},
		{"UpdateHandle", admin, func(t *testing.T, h *workflowtest.House, _ *workflowtest.Ledger) func(workflow.Call) (string, error) {
			known := register(t, h, impostor("@once"))
			return func(c workflow.Call) (string, error) {
				return handleName(h.Flow.UpdateHandle(t.Context(), c, h.W, known.ID, workflow.HandleChange{
					Version: known.Version, Status: ptr(advocacy.HandleGone),
				}))
			}
		}},
		{"DisableAccount", admin, func(t *testing.T, h *workflowtest.House, _ *workflowtest.Ledger) func(workflow.Call) (string, error) {
			return func(c workflow.Call) (string, error) {
				a, err := h.Flow.DisableAccount(t.Context(), c, h.W, h.Ledger, "stolen")
				if err != nil {
					return "", err
				}
				return string(a.ID), nil
			}
		}},
		{"ConnectAccount", author, func(t *testing.T, h *workflowtest.House, l *workflowtest.Ledger) func(workflow.Call) (string, error) {
			_, made := mine(t, h, l)
			return func(c workflow.Call) (string, error) {
				a, err := h.Flow.ConnectAccount(t.Context(), c, h.W, made.ID, workflow.Token{Secret: "token-of-nadia", Version: made.Version})
				if err != nil {
					return "", err
				}
				return string(a.ID), nil
			}
		}},
		{"StartConnection", author, func(t *testing.T, h *workflowtest.House, l *workflowtest.Ledger) func(workflow.Call) (string, error) {
			_, made := mine(t, h, l)
			workflowtest.SignInAt(h, l)
			return func(c workflow.Call) (string, error) {
				_, err := h.Flow.StartConnection(t.Context(), c, h.W, made.ID, made.Version)
				return string(made.ID), err
			}
		}},
		{"CompleteConnection", author, func(t *testing.T, h *workflowtest.House, l *workflowtest.Ledger) func(workflow.Call) (string, error) {
			_, made := mine(t, h, l)
			s := workflowtest.SignInAt(h, l)
			d := back(t, s, started(t, h, h.Author, made.ID), "nadia")
			return func(c workflow.Call) (string, error) {
				a, err := h.Flow.CompleteConnection(t.Context(), c, h.W, made.ID, d)
				if err != nil {
					return "", err
				}
				return string(a.ID), nil
			}
		}},
		{"AttestAccount", author, func(t *testing.T, h *workflowtest.House, l *workflowtest.Ledger) func(workflow.Call) (string, error) {
			_, made := mine(t, h, l)
			return func(c workflow.Call) (string, error) {
				a, err := h.Flow.AttestAccount(t.Context(), c, h.W, made.ID, made.Version)
				if err != nil {
					return "", err
				}
				return string(a.ID), nil
			}
		}},
		{"DisconnectAccount", author, func(t *testing.T, h *workflowtest.House, l *workflowtest.Ledger) func(workflow.Call) (string, error) {
			_, made := mine(t, h, l)
			connect(t, h, h.Author, made, "token-of-nadia")
			return func(c workflow.Call) (string, error) {
				a, err := h.Flow.DisconnectAccount(t.Context(), c, h.W, made.ID)
				if err != nil {
					return "", err
				}
				return string(a.ID), nil
			}
		}},
		{"UpdateWorkspace", admin, func(t *testing.T, h *workflowtest.House, _ *workflowtest.Ledger) func(workflow.Call) (string, error) {
			return func(c workflow.Call) (string, error) {
				w, err := h.Flow.UpdateWorkspace(t.Context(), c, h.W, workflow.WorkspaceChange{DisplayName: ptr("Once")})
				if err != nil {
					return "", err
				}
				return string(w.ID), nil
			}
		}},
	}
}

// TestRequestIDsAreTheCallersOwn: another person, or the same person's key, may use the
// same one; and a call that failed may be made again with its id.
func TestRequestIDsAreTheCallersOwn(t *testing.T) {
	t.Parallel()
	h, _ := house(t)
	create := func(c workflow.Call) (string, error) {
		return postName(h.Flow.CreatePost(t.Context(), identified(c, anID, "CreatePost", "body"), h.W, workflow.PostDraft{
			Content: advocacy.Content{Language: "en", Text: "Once."}, Accounts: []advocacy.AccountID{h.Ledger},
		}))
	}
	seen := make(map[string]bool)
	for _, c := range []workflow.Call{h.As(h.Author), h.AsKey(h.Author), h.As(h.Reader)} {
		id, err := create(c)
		ok(t, err)
		if seen[id] {
			t.Fatal("two callers share a request")
		}
		seen[id] = true
	}

	v := h.Draft(t, "Twice.", h.Ledger)
	head := edit(t, h, v, "Thrice.")
	try := identified(h.As(h.Author), "0198f000-0000-4000-8000-000000000002", "SubmitPost", "body")
	refuses(t, h, advocacy.Conflict, "REVISION_CHANGED", func() error { return submit(t.Context(), h, try, v) })
	ok(t, submit(t.Context(), h, try, head))
}

// sixteen makes one call sixteen times at once and returns the answers, all of which must
// be the same.
func sixteen(t *testing.T, call func() (string, error)) {
	t.Helper()
	answers := make([]string, 16)
	var group sync.WaitGroup
	for i := range answers {
		group.Go(func() {
			var err error
			if answers[i], err = call(); err != nil {
				t.Error(err)
			}
		})
	}
	group.Wait()
	for _, a := range answers {
		if a != answers[0] || a == "" {
			t.Fatalf("answers differ: %q", answers)
		}
	}
}
