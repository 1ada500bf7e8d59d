package wall

import (
	"context"

	"github.com/imprimatur-hq/imprimatur/internal/advocacy"
	"github.com/imprimatur-hq/imprimatur/internal/network"
)

// Publish puts the delivery on the wall of its account's workspace.
//
// A repeat is Accepted and changes nothing. A delivery whose body is not the approved
// target is Misconfigured. Another body under the same publication is Duplicate, one
// that was taken back before is Permanent: both are for a person. A store that did not
// say how it ended is UnknownOutcome, and Look tells.
func (n *Network) Publish(ctx context.Context, d network.Delivery) network.Answer {
	if ctx.Err() != nil {
		return network.Answer{Class: network.Retryable, Said: network.Say(advocacy.AnswerStopped)}
	}
	doc, wrong := approved(d)
	if wrong != nil {
		return *wrong
	}
	created, err := n.store.PutEntry(ctx, Entry{
		Workspace:   d.Account.Workspace,
		Publication: d.Publication,
		Post:        d.Post,
		Body:        d.Body,
		Fingerprint: doc.Rendering.Fingerprint(),
		PublishTime: d.Time,
		Media:       doc.blobs(),
	})
	if err != nil {
		return failed(err)
	}
	if !created {
		return n.repeated(ctx, d)
	}
	return n.accepted(d)
}

// approved reads the body, and says what is wrong when it is not what was approved for
// the target.
func approved(d network.Delivery) (doc document, wrong *network.Answer) {
	doc, err := parseDocument(d.Body)
	switch {
	case err != nil:
		return doc, network.Ended(network.Misconfigured, advocacy.AnswerBodyDamaged)
	case doc.Workspace != d.Account.Workspace || doc.Publication != d.Publication || doc.Post != d.Post:
		return doc, network.Ended(network.Misconfigured, advocacy.AnswerBodyOther)
	case doc.Byline != d.Target.Byline || doc.Rendering.Fingerprint() != d.Target.Rendering.Fingerprint():
		return doc, network.Ended(network.Misconfigured, advocacy.AnswerBodyOther)
	}
	return doc, nil
}

// failed classifies an error of the store.
func failed(err error) network.Answer {
	switch advocacy.KindOf(err) {
	case advocacy.Conflict:
		return network.Answer{Class: network.Duplicate, Said: network.Say(advocacy.AnswerOtherThere)}
	case advocacy.Unavailable, advocacy.Exhausted:
		return network.Answer{Class: network.Retryable, Said: network.Say(advocacy.AnswerStoreBusy)}
	default:
		return network.Answer{Class: network.UnknownOutcome, Said: network.Say(advocacy.AnswerStoreSilent)}
	}
}

// repeated answers a delivery whose entry was there already.
func (n *Network) repeated(ctx context.Context, d network.Delivery) network.Answer {
	e, err := n.store.Entry(ctx, d.Account.Workspace, d.Publication)
	switch {
	case err != nil || e == nil:
		return network.Answer{Class: network.UnknownOutcome, Said: network.Say(advocacy.AnswerStoreUnread)}
	case !e.RemoveTime.IsZero():
		return network.Answer{Class: network.Permanent, Said: network.Say(advocacy.AnswerTakenBackBefore)}
	}
	return n.accepted(d)
}

func (n *Network) accepted(d network.Delivery) network.Answer {
	return network.Answer{
		Class:      network.Accepted,
		ExternalID: string(d.Publication),
		URL:        n.base + entryPath(d.Account.Workspace, d.Publication),
	}
}

// Look tells whether the entry is visible, and the fingerprint of what it shows.
func (n *Network) Look(ctx context.Context, d network.Delivery) network.Sighting {
	e, err := n.store.Entry(ctx, d.Account.Workspace, d.Publication)
	switch {
	case advocacy.KindOf(err) == advocacy.NotFound, err == nil && e == nil:
		return network.Sighting{Readable: true, Said: network.Say(advocacy.AnswerNoSuchPost)}
	case err != nil:
		return network.Sighting{Said: network.Say(advocacy.AnswerStoreUnread)}
	case !e.RemoveTime.IsZero():
		return network.Sighting{Readable: true, Said: network.Say(advocacy.AnswerDeletedThere)}
	}
	seen := n.accepted(d)
	s := network.Sighting{Readable: true, Found: true, ExternalID: seen.ExternalID, URL: seen.URL}
	// The digest comes from the bytes the page is made of, not from what was noted
	// beside them, so that a changed row does not vouch for itself.
	doc, err := parseDocument(e.Body)
	if err != nil {
		s.Said = network.Say(advocacy.AnswerUnreadable)
		return s
	}
	s.Digest = doc.Rendering.Fingerprint()
	if s.Digest != d.Target.Rendering.Fingerprint() {
		s.Differs, s.Text, s.Said = true, doc.Rendering.Text, network.Say(advocacy.AnswerOtherShown)
	}
	return s
}

// Delete hides the entry. It is Accepted, however often it is repeated.
func (n *Network) Delete(ctx context.Context, d network.Delivery) network.Answer {
	removed, err := n.store.RemoveEntry(ctx, d.Account.Workspace, d.Publication, n.Now())
	if err != nil {
		return network.Answer{Class: network.Retryable, Said: network.Say(advocacy.AnswerStoreBusy)}
	}
	answer := network.Answer{Class: network.Accepted, ExternalID: string(d.Publication)}
	if !removed {
		answer.Said = network.Say(advocacy.AnswerNotVisible)
	}
	return answer
}
