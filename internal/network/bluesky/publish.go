package bluesky

import (
	"context"
	"encoding/json"
	"net/http"
	"net/url"

	"github.com/imprimatur-hq/imprimatur/internal/advocacy"
	"github.com/imprimatur-hq/imprimatur/internal/network"
)

// swaps is how often a record is written again after somebody else wrote to the account at the
// same moment.
const swaps = 3

// Publish writes the record at its key, unless it is there.
//
// Whatever ends before the record is written has published nothing. From then on what is not one
// of the server's clear answers is UnknownOutcome, and may be repeated: the record is then found.
func (n *Network) Publish(ctx context.Context, d network.Delivery) network.Answer {
	var b body
	if json.Unmarshal(d.Body, &b) != nil || !b.whole() {
		return *network.Ended(network.Misconfigured, advocacy.AnswerBodyDamaged)
	}
	v, wrong := n.visit(ctx, d.Account, d.Credential)
	if wrong != nil {
		return *early(wrong)
	}
	for range swaps {
		answer, swapped := v.write(ctx, d, &b)
		if !swapped {
			return answer
		}
	}
	return *network.Ended(network.Retryable, advocacy.AnswerAccountBusy)
}

// whole tells whether there is something to publish, and all of it.
func (b *body) whole() bool {
	said := b.Record.Text != "" || len(b.Blobs) > 0
	return said && keys.MatchString(b.Key) && b.Record.Type == collection && len(b.Record.files()) == len(b.Blobs)
}

// write looks for the record and writes it, and tells whether somebody else wrote in between. The
// last commit is read before the look: what comes after that makes the server refuse.
func (v *visit) write(ctx context.Context, d network.Delivery, b *body) (answer network.Answer, swapped bool) {
	if !b.ready() {
		if answer, ended := v.before(ctx, d, b); ended {
			return answer, false
		}
		if wrong := v.upload(ctx, d, b); wrong != nil {
			return *wrong, false
		}
	}
	commit, wrong := v.latest(ctx)
	if wrong != nil {
		return *early(wrong), false
	}
	if answer, ended := v.before(ctx, d, b); ended {
		return answer, false
	}
	if wrong := d.Stopped(ctx, len(b.Blobs)); wrong != nil {
		return *wrong, false
	}
	return v.put(ctx, b, commit)
}

// before looks whether the record may be written, and tells how it ends where it may not.
func (v *visit) before(ctx context.Context, d network.Delivery, b *body) (answer network.Answer, ended bool) {
	there, wrong := v.find(ctx, b.Key)
	switch {
	case wrong != nil:
		return *early(wrong), true
	case there != nil && b.shows(there.Value):
		return v.accepted(b.Key, there.CID), true
	case there != nil: // guard: what stands there is neither written over nor taken for this
		return network.Answer{Class: network.Duplicate, Said: network.Say(advocacy.AnswerOtherThere)}, true
	case d.ExternalID != "": // guard: what was published and is gone stays gone
		return network.Answer{Class: network.Permanent, Said: network.Say(advocacy.AnswerPublishedBefore)}, true
	default:
		return network.Answer{}, false
	}
}

// latest is the last commit of the account's repository.
func (v *visit) latest(ctx context.Context) (string, *network.Answer) {
	var got struct {
		CID string `json:"cid"`
	}
	end := v.open(ctx, "com.atproto.sync.getLatestCommit", url.Values{"did": {v.did}}, &got)
	if end.wrong == nil && !cids.MatchString(got.CID) {
		return "", network.Ended(network.Retryable, advocacy.AnswerUnreadable)
	}
	return got.CID, end.wrong
}

// put writes the record where there is none, onto the commit.
func (v *visit) put(ctx context.Context, b *body, commit string) (answer network.Answer, swapped bool) {
	content, err := json.Marshal(map[string]any{
		"repo": v.did, "collection": collection, "rkey": b.Key, "record": b.Record, "validate": true,
		"swapRecord": nil, "swapCommit": commit, // guard: a late request brings nothing back
	})
	if err != nil {
		return *network.Ended(network.Misconfigured, advocacy.AnswerBodyDamaged), false
	}
	end := v.signed(ctx, call{method: http.MethodPost, name: "com.atproto.repo.putRecord", content: content, kind: jsonKind})
	if end.wrong != nil {
		return *end.wrong, end.wrong.Class == network.Duplicate
	}
	var made struct {
		URI string `json:"uri"`
		CID string `json:"cid"`
	}
	switch {
	case json.Unmarshal(end.data, &made) != nil || !cids.MatchString(made.CID):
		return network.Answer{Class: network.UnknownOutcome, Said: network.Say(advocacy.AnswerUnreadable)}, false
	case made.URI != uriOf(v.did, b.Key): // guard: a record of somebody else's is no receipt
		return network.Answer{Class: network.UnknownOutcome, Said: network.Say(advocacy.AnswerOtherPublished)}, false
	}
	return v.accepted(b.Key, made.CID), false
}

func (v *visit) accepted(key, cid string) network.Answer {
	return network.Answer{
		Class: network.Accepted, ExternalID: uriOf(v.did, key), URL: addressOf(v.did, key), Said: network.SayOf(advocacy.AnswerRecord, cid),
	}
}

// Delete takes a record back; one that is gone is taken back.
func (n *Network) Delete(ctx context.Context, d network.Delivery) network.Answer {
	v, wrong := n.visit(ctx, d.Account, d.Credential)
	if wrong != nil {
		return *early(wrong)
	}
	key, known := v.keyIn(d.ExternalID)
	if !known {
		return network.Answer{Class: network.Permanent, Said: network.Say(advocacy.AnswerPostUnknown)}
	}
	content, err := json.Marshal(map[string]string{"repo": v.did, "collection": collection, "rkey": key})
	if err != nil {
		return *network.Ended(network.Misconfigured, advocacy.AnswerBodyDamaged)
	}
	end := v.signed(ctx, call{method: http.MethodPost, name: "com.atproto.repo.deleteRecord", content: content, kind: jsonKind})
	if wrong := harmless(end.wrong); wrong != nil { // it may be asked again
		return *wrong
	}
	return network.Answer{Class: network.Accepted}
}
