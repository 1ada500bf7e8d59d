package workflow

import (
	"context"
	"fmt"
	"strconv"

	"github.com/imprimatur-hq/imprimatur/internal/advocacy"
	"github.com/imprimatur-hq/imprimatur/internal/network"
)

// Opened is what a person is given to publish by hand.
type Opened struct {
	Publication *advocacy.Publication
	Package     network.Package
	// MediaURLs are where the files of the package are fetched from, in their order.
	MediaURLs []string
	// Body names the bytes that were committed to be handed over.
	Body advocacy.Digest
}

// HandOver gives a claimed publication to the person who publishes it by hand. It is called in
// the transaction that judged it and commits the intent: there is no request, and no instant
// between the two at which a process could die.
func (s *Service) HandOver(ctx context.Context, tx Tx, passage *advocacy.Passage, detail map[string]any) error {
	x := passage.Publication
	x.Wait, x.LeaseTime = advocacy.BlockHandedOver, x.HandoffDeadline(tx.Now())
	detail["deadline"] = x.LeaseTime
	if err := s.Transit(ctx, tx, passage.Post, x, advocacy.EventHandOver, detail); err != nil {
		return err
	}
	return s.remindHandoff(ctx, tx, passage.Account, x, advocacy.RemindHandedOver)
}

// remindHandoff tells whoever may publish through the account, once for each time it was handed
// over.
func (s *Service) remindHandoff(ctx context.Context, tx Tx, a *advocacy.SocialAccount, x *advocacy.Publication, code advocacy.ReminderCode) error {
	persons := []advocacy.PersonID{a.Owner}
	if !a.Personal && a.Deputy != "" && a.Deputy != a.Owner {
		persons = append(persons, a.Deputy)
	}
	var all []advocacy.Reminder
	for _, p := range persons {
		all = append(all, advocacy.Reminder{
			Workspace: x.Workspace, ID: advocacy.ReminderID(s.NewID()), Person: p, Code: code, Subject: x.Name(),
			Dedup:   string(code) + " " + x.Name() + " " + strconv.FormatInt(x.Epoch, 10),
			DueTime: tx.Now(), CreateTime: tx.Now(),
		})
	}
	return tx.AddReminders(ctx, all...)
}

// byHand is the adapter of a network whose publications a person makes, nil for others.
func (s *Service) byHand(n advocacy.Network) network.ByHand {
	hand, _ := s.Networks[n].(network.ByHand)
	return hand
}

// OpenHandoff gives a person what waits to be published by hand. The gate's judgement is made
// again in the transaction that records who opened it and when; what may not go out any more is
// closed, and what a hold or the account stops can be opened when that is over.
func (s *Service) OpenHandoff(ctx context.Context, c Call, w advocacy.WorkspaceID, post advocacy.PostID, id advocacy.PublicationID) (*Opened, error) {
	opened, err := act(ctx, s, c, w, func(ctx context.Context, tx Tx) (*Opened, string, error) {
		opened, passage, err := s.unpack(ctx, tx, c, w, post, id)
		if err != nil {
			return nil, "", err
		}
		x := passage.Publication
		again := x.Doubt
		if err := x.Apply(advocacy.EventOpen); err != nil {
			return nil, "", err
		}
		x.Wait, x.UpdateTime = advocacy.BlockOpened, tx.Now() // guard: what may be out is told from what is not
		if err := tx.SavePublication(ctx, x); err != nil {
			return nil, "", err
		}
		err = s.record(ctx, tx, c, w, fact{
			action: "publication.opened", subject: x.Name(), parent: passage.Post.Subject().Name(),
			detail: map[string]any{"again": again, "body": opened.Body, "digest": x.Digest, "account": x.Account, "deadline": x.LeaseTime},
		})
		if err != nil {
			return nil, "", err
		}
		return opened, string(id), s.project(ctx, tx, passage.Post)
	}, func(ctx context.Context, tx Tx, _ string) (*Opened, error) {
		opened, _, err := s.unpack(ctx, tx, c, w, post, id)
		return opened, err
	})
	if advocacy.ReasonOf(err) == handoffStopped {
		if err := s.closeStopped(ctx, w, post, id); err != nil {
			return nil, err
		}
	}
	return opened, err
}

// handoffStopped is the reason of a package that may not go out.
const handoffStopped = "HANDOFF_STOPPED"

// unpack judges a package as the gate does and reads it.
func (s *Service) unpack(ctx context.Context, tx Tx, c Call, w advocacy.WorkspaceID, post advocacy.PostID, id advocacy.PublicationID) (*Opened, *advocacy.Passage, error) {
	passage, err := s.handedPassage(ctx, tx, w, post, id)
	if err != nil {
		return nil, nil, err
	}
	x := passage.Publication
	hand, err := s.guardHandoff(c, passage.Post, passage.Account, x)
	if err != nil {
		return nil, nil, err
	}
	if err := x.GuardOpen(tx.Now()); err != nil {
		return nil, nil, err
	}
	if verdict, code := passage.Judge(); verdict != advocacy.GateSend { // guard: judged again when it is opened
		return nil, nil, advocacy.Refuse(handoffStopped, "this may not go out: %s", code).With("blocker", code)
	}
	attempt, err := lastAttempt(ctx, tx, x)
	if err != nil {
		return nil, nil, err
	}
	opened := &Opened{Publication: x, Body: attempt.BodyDigest}
	if opened.Package, err = signedPackage(hand, attempt.Body, passage); err != nil {
		return nil, nil, err
	}
	for _, m := range opened.Package.Media {
		opened.MediaURLs = append(opened.MediaURLs, s.MediaURL(w, m.Blob))
	}
	return opened, passage, nil
}

// signedPackage reads a package, and refuses one that is not what people signed.
func signedPackage(hand network.ByHand, body []byte, passage *advocacy.Passage) (network.Package, error) {
	p, err := hand.Package(body)
	if err != nil {
		return p, err
	}
	manifest, err := advocacy.ParseManifest(passage.Manifest)
	if err != nil {
		return p, err
	}
	target, ok := manifest.Target(passage.Publication.Account)
	if !ok || !p.Shows(target) { // guard: a package shows the bytes that were signed
		return network.Package{}, fmt.Errorf("handoff: the package of %s is not what was signed", passage.Publication.Name())
	}
	return p, nil
}

// handedPassage is everything the gate looks at for a publication of a post.
func (s *Service) handedPassage(ctx context.Context, tx Tx, w advocacy.WorkspaceID, post advocacy.PostID, id advocacy.PublicationID) (*advocacy.Passage, error) {
	if x, err := tx.Publication(ctx, w, id); err != nil {
		return nil, err
	} else if x.Post != post {
		return nil, publicationMissing(id)
	}
	return s.Passage(ctx, tx, w, post, id)
}

// guardHandoff refuses whoever does not publish through the account by hand, and an account
// through which nobody does.
func (s *Service) guardHandoff(c Call, p *advocacy.Post, a *advocacy.SocialAccount, x *advocacy.Publication) (network.ByHand, error) {
	if err := a.GuardHandoff(c.Actor); err != nil {
		if !c.seesPost(p) {
			return nil, publicationMissing(x.ID)
		}
		return nil, err
	}
	hand := s.byHand(x.Network)
	if hand == nil { // guard: what a machine sent is nobody's word
		return nil, advocacy.Refuse("NOT_BY_HAND", "the network %s is published to by this service, not by hand", x.Network)
	}
	return hand, nil
}

func lastAttempt(ctx context.Context, tx Tx, x *advocacy.Publication) (advocacy.Attempt, error) {
	attempts, err := tx.Attempts(ctx, x.Workspace, x.ID)
	if err != nil {
		return advocacy.Attempt{}, err
	}
	if len(attempts) == 0 {
		return advocacy.Attempt{}, fmt.Errorf("handoff: %s was handed over without an attempt", x.Name())
	}
	return attempts[len(attempts)-1], nil
}

// closeStopped ends what is handed over and may not go out any more. It is judged again: nobody
// answers for what was so a moment before.
func (s *Service) closeStopped(ctx context.Context, w advocacy.WorkspaceID, post advocacy.PostID, id advocacy.PublicationID) error {
	return s.Store.Update(ctx, func(ctx context.Context, tx Tx) error {
		passage, err := s.handedPassage(ctx, tx, w, post, id)
		if err != nil || passage.Publication.State != advocacy.HandedOver {
			return err
		}
		verdict, code := passage.Judge()
		return s.TurnAway(ctx, tx, passage, verdict, code)
	})
}

// TurnAway ends a publication that may not go out any more, as the gate judged: it expires, or is
// cancelled and its round counted again. One that can still go out by itself is left as it is.
func (s *Service) TurnAway(ctx context.Context, tx Tx, passage *advocacy.Passage, verdict advocacy.GateVerdict, code string) error {
	x, detail := passage.Publication, map[string]any{"blocker": code}
	switch verdict {
	case advocacy.GateExpire:
		x.Wait = code
		return s.Transit(ctx, tx, passage.Post, x, advocacy.EventExpire, detail)
	case advocacy.GateCancel:
		x.Wait, x.Answer = "", advocacy.Stopped(code)
		if code == advocacy.BlockRestored {
			x.Wait = code
		}
		if err := s.Transit(ctx, tx, passage.Post, x, advocacy.EventCancel, detail); err != nil {
			return err
		}
		if x.State == advocacy.Unknown {
			return nil // a person says what became of it
		}
		return s.Reopen(ctx, tx, passage.Post, x.Round)
	default:
		return nil
	}
}

// ExpireHandoff ends a package whose time is over, and says so to its person. One that was opened
// may be out, and only that person can tell. It may run in every process at once.
func (s *Service) ExpireHandoff(ctx context.Context, w advocacy.WorkspaceID, post advocacy.PostID, id advocacy.PublicationID) error {
	return s.Store.Update(ctx, func(ctx context.Context, tx Tx) error {
		p, err := tx.PostForUpdate(ctx, w, post)
		if err != nil {
			return err
		}
		x, err := tx.PublicationForUpdate(ctx, w, id)
		if err != nil || x.State != advocacy.HandedOver || tx.Now().Before(x.LeaseTime) { // guard: closed once, and not before its time
			return err
		}
		account, err := tx.Account(ctx, w, x.Account)
		if err != nil {
			return err
		}
		detail := map[string]any{"opened": x.Doubt, "deadline": x.LeaseTime}
		x.Wait = advocacy.BlockWindow
		if err := s.Transit(ctx, tx, p, x, advocacy.EventExpire, detail); err != nil {
			return err
		}
		if err := s.endRecalls(ctx, tx, x); err != nil {
			return err
		}
		return s.remindHandoff(ctx, tx, account, x, advocacy.RemindHandoffOver)
	})
}

// endHandoff writes what became of a package to its attempt when it leaves its person: called
// after its state moved and before it is saved.
func (s *Service) endHandoff(ctx context.Context, tx Tx, x *advocacy.Publication, before advocacy.PublicationState) error {
	if before != advocacy.HandedOver || x.State == advocacy.HandedOver {
		return nil
	}
	attempt, err := lastAttempt(ctx, tx, x)
	if err != nil || attempt.Outcome != "" {
		return err
	}
	outcome := network.Retryable // nobody was given it
	switch x.State {
	case advocacy.Published:
		outcome = network.Accepted
	case advocacy.Refused:
		outcome = network.Permanent
	case advocacy.Unknown:
		outcome = network.UnknownOutcome
	}
	x.LeaseTime = tx.Now()
	attempt.EndTime, attempt.Outcome, attempt.Answer = tx.Now(), string(outcome), x.Answer
	return tx.EndAttempt(ctx, &attempt)
}
