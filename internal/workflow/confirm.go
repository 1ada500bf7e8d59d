package workflow

import (
	"cmp"
	"context"

	"github.com/imprimatur-hq/imprimatur/internal/advocacy"
	"github.com/imprimatur-hq/imprimatur/internal/check"
	"github.com/imprimatur-hq/imprimatur/internal/diff"
	"github.com/imprimatur-hq/imprimatur/internal/network"
)

// Confirm is a person's word that what was handed over is out.
type Confirm struct {
	// URL is where it can be seen, empty of a message, and Text what is shown there, empty when it was not copied.
	URL     string
	Text    string
	Version int64
}

// Confirmed is a publication its person confirmed.
type Confirmed struct {
	Publication *advocacy.Publication
	// Spans lead from what was signed to what is shown, where that differs.
	Spans []diff.Span
}

// ConfirmHandoff takes a person's word that what was handed over is out. What is shown, when it
// was copied, is held against what was signed.
func (s *Service) ConfirmHandoff(ctx context.Context, c Call, w advocacy.WorkspaceID, post advocacy.PostID, id advocacy.PublicationID, d Confirm) (*Confirmed, error) {
	return act(ctx, s, c, w, func(ctx context.Context, tx Tx) (*Confirmed, string, error) {
		h, err := s.answerHandoff(ctx, tx, c, w, post, id, d.Version)
		if err != nil {
			return nil, "", err
		}
		x := h.x
		if x.State == advocacy.HandedOver && !x.Doubt { // guard: nobody publishes what was not judged again
			return nil, "", advocacy.Refuse("HANDOFF_NOT_OPENED", "open the package first: what it holds may have been stopped since")
		}
		p, err := h.packed(ctx, tx)
		if err != nil {
			return nil, "", err
		}
		url, err := h.hand.CheckPost(p.Place, d.URL)
		if err != nil {
			return nil, "", err
		}
		if err := guardUnknownAddress(ctx, tx, x, url); err != nil {
			return nil, "", err
		}
		before := x.State
		if err := x.Apply(advocacy.EventPublished); err != nil {
			return nil, "", err
		}
		x.URL, x.ExternalID, x.Evidence, x.Answer, x.Wait = url, url, advocacy.Told, advocacy.Answer{}, ""
		shown := network.CleanText(d.Text)
		var spans []diff.Span
		x.Comparison, spans = compareShown(p.Text, shown)
		err = s.keepAnswer(ctx, tx, c, h, before, fact{action: "publication.confirmed", detail: map[string]any{
			"url": url, "evidence": x.Evidence, "comparison": x.Comparison, "shown": advocacy.DigestOf([]byte(shown)), "digest": x.Digest, "before": before,
		}})
		if err != nil {
			return nil, "", err
		}
		if err := s.RecallIfOrdered(ctx, tx, x); err != nil {
			return nil, "", err
		}
		if x.Comparison == advocacy.Differs { // guard: a difference is a case
			err = s.openDifference(ctx, tx, x, advocacy.CaseDiffers, Seen{Signed: p.Text, Shown: shown, Said: network.Say(advocacy.AnswerCopiedDifferent)})
		}
		return &Confirmed{Publication: x, Spans: spans}, string(id), err
	}, func(ctx context.Context, tx Tx, _ string) (*Confirmed, error) {
		h, err := s.handedOver(ctx, tx, c, w, post, id)
		if err != nil {
			return nil, err
		}
		p, err := h.packed(ctx, tx)
		if err != nil {
			return nil, err
		}
		_, spans := compareShown(p.Text, network.CleanText(d.Text)) // a repetition says the same text
		return &Confirmed{Publication: h.x, Spans: spans}, nil
	})
}

// guardUnknownAddress refuses the address of what another publication of the account is known by.
func guardUnknownAddress(ctx context.Context, tx Tx, x *advocacy.Publication, url string) error {
	if url == "" {
		return nil // no message has one
	}
	known, err := tx.KnownBy(ctx, x.Workspace, x.Account, url)
	if err != nil {
		return err
	}
	for _, id := range known {
		if id != x.ID { // guard: one post is one publication
			return advocacy.InvalidField("url", "POST_URL_TAKEN", "another publication of this account is confirmed with this address")
		}
	}
	return nil
}

// compareShown holds what a person says is shown against what was signed, and says where it
// differs.
func compareShown(signed, shown string) (advocacy.Comparison, []diff.Span) {
	if shown == "" {
		return advocacy.NotCompared, nil
	}
	signed, shown = network.ComparableText(signed), network.ComparableText(shown)
	if signed != shown { // guard: another text is not called the same
		return advocacy.Differs, diff.Text(signed, shown)
	}
	return advocacy.Matches, nil
}

// DeclineHandoff takes a person's word that what was handed over is not out and will not be.
func (s *Service) DeclineHandoff(ctx context.Context, c Call, w advocacy.WorkspaceID, post advocacy.PostID, id advocacy.PublicationID, version int64, reason string) (*advocacy.Publication, error) {
	if err := check.RefuseLine("reason", reason); err != nil {
		return nil, err
	}
	return act(ctx, s, c, w, func(ctx context.Context, tx Tx) (*advocacy.Publication, string, error) {
		h, err := s.answerHandoff(ctx, tx, c, w, post, id, version)
		if err != nil {
			return nil, "", err
		}
		before := h.x.State
		if err := h.x.Apply(advocacy.EventRefused); err != nil {
			return nil, "", err
		}
		h.x.Answer, h.x.Wait = advocacy.Worded(reason), ""
		err = s.keepAnswer(ctx, tx, c, h, before, fact{
			action: "publication.declined", detail: map[string]any{"reason": reason, "digest": h.x.Digest, "before": before},
		})
		if err != nil {
			return nil, "", err
		}
		return h.x, string(id), s.endRecalls(ctx, tx, h.x)
	}, func(ctx context.Context, tx Tx, _ string) (*advocacy.Publication, error) {
		h, err := s.handedOver(ctx, tx, c, w, post, id)
		if err != nil {
			return nil, err
		}
		return h.x, nil
	})
}

// handed is a publication by hand, locked, with its post.
type handed struct {
	post *advocacy.Post
	x    *advocacy.Publication
	hand network.ByHand
}

// handedOver locks a publication that the caller makes by hand, and its account.
func (s *Service) handedOver(ctx context.Context, tx Tx, c Call, w advocacy.WorkspaceID, post advocacy.PostID, id advocacy.PublicationID) (*handed, error) {
	p, err := tx.PostForUpdate(ctx, w, post)
	if err != nil {
		return nil, err
	}
	x, err := tx.Publication(ctx, w, id)
	if err != nil {
		return nil, err
	}
	if x.Post != post {
		return nil, publicationMissing(id)
	}
	accounts, err := tx.AccountsForUpdate(ctx, w, []advocacy.AccountID{x.Account}) // no two are known by one address
	if err != nil {
		return nil, err
	}
	hand, err := s.guardHandoff(c, p, accounts[x.Account], x)
	if err != nil {
		return nil, err
	}
	x, err = tx.PublicationForUpdate(ctx, w, id)
	return &handed{p, x, hand}, err
}

// packed reads what was handed over.
func (h *handed) packed(ctx context.Context, tx Tx) (network.Package, error) {
	attempt, err := lastAttempt(ctx, tx, h.x)
	if err != nil {
		return network.Package{}, err
	}
	return h.hand.Package(attempt.Body)
}

// answerHandoff is handedOver for who says what became of it.
func (s *Service) answerHandoff(ctx context.Context, tx Tx, c Call, w advocacy.WorkspaceID, post advocacy.PostID, id advocacy.PublicationID, version int64) (*handed, error) {
	h, err := s.handedOver(ctx, tx, c, w, post, id)
	if err != nil {
		return nil, err
	}
	return h, cmp.Or(h.x.GuardAnswer(), stale(version, h.x.Version))
}

// keepAnswer keeps what a person said of a publication, and ends its attempt.
func (s *Service) keepAnswer(ctx context.Context, tx Tx, c Call, h *handed, before advocacy.PublicationState, f fact) error {
	h.x.UpdateTime = tx.Now()
	if err := s.endHandoff(ctx, tx, h.x, before); err != nil {
		return err
	}
	if err := tx.SavePublication(ctx, h.x); err != nil {
		return err
	}
	if err := s.askAboutUnknown(ctx, tx, h.x, before); err != nil {
		return err
	}
	f.subject, f.parent = h.x.Name(), h.post.Subject().Name()
	if err := s.record(ctx, tx, c, h.x.Workspace, f); err != nil {
		return err
	}
	return s.project(ctx, tx, h.post)
}
