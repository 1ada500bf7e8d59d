package bluesky

import (
	"bytes"
	"context"
	"encoding/json"
	"net/url"
	"strings"

	"github.com/imprimatur-hq/imprimatur/internal/advocacy"
	"github.com/imprimatur-hq/imprimatur/internal/network"
)

// shown is a record as a server tells it.
type shown struct {
	URI   string          `json:"uri"`
	CID   string          `json:"cid"`
	Value json.RawMessage `json:"value"`
}

// find asks for the record at a key where it is kept; nil when there is none.
func (v *visit) find(ctx context.Context, key string) (*shown, *network.Answer) {
	var got shown
	end := v.open(ctx, "com.atproto.repo.getRecord", url.Values{"repo": {v.did}, "collection": {collection}, "rkey": {key}}, &got)
	if said := end.problem; said.Name == recordNotFound || said.Name == "InvalidRequest" && strings.HasPrefix(said.Message, "Could not locate record") {
		return nil, nil
	}
	if end.wrong != nil {
		return nil, end.wrong
	}
	if got.URI != uriOf(v.did, key) || !cids.MatchString(got.CID) {
		return nil, network.Ended(network.Retryable, advocacy.AnswerUnreadable)
	}
	return &got, nil
}

// Look asks for the record at the key the delivery made, or by its name when it has one.
func (n *Network) Look(ctx context.Context, d network.Delivery) network.Sighting {
	v, wrong := n.visit(ctx, d.Account, d.Credential)
	if wrong != nil {
		return network.Sighting{Said: wrong.Said}
	}
	var b body
	damaged := json.Unmarshal(d.Body, &b) != nil
	key, known := b.Key, !damaged && keys.MatchString(b.Key)
	if d.ExternalID != "" {
		key, known = v.keyIn(d.ExternalID)
	}
	if !known {
		return network.Sighting{Said: network.Say(advocacy.AnswerPostUnknown)}
	}
	there, wrong := v.find(ctx, key)
	switch {
	case wrong != nil:
		return network.Sighting{Said: wrong.Said}
	case there == nil:
		return network.Sighting{Readable: true, Said: network.Say(advocacy.AnswerNoSuchPost)}
	}
	seen := network.Sighting{
		Readable: true, Found: true, ExternalID: there.URI, URL: addressOf(v.did, key),
		Digest: d.Target.Rendering.Fingerprint(), Said: network.SayOf(advocacy.AnswerRecord, there.CID),
	}
	ours := b.shows(there.Value)
	if !ours && d.ExternalID == "" { // guard: what is not known to be ours is not said to be
		return network.Sighting{Readable: true, Said: network.Say(advocacy.AnswerOtherThere)}
	}
	if !ours {
		seen.Digest, seen.Differs, seen.Text = "", true, textOf(there.Value)
		seen.Said = network.Say(advocacy.AnswerOtherShown)
	}
	return seen
}

// textOf is the text of a record.
func textOf(value []byte) string {
	var post struct {
		Text string `json:"text"`
	}
	if json.Unmarshal(value, &post) != nil {
		return ""
	}
	return network.CleanText(post.Text)
}

// keyIn is the key in the name of a record of the account.
func (v *visit) keyIn(externalID string) (string, bool) {
	key := externalID[strings.LastIndexByte(externalID, '/')+1:]
	return key, keys.MatchString(key) && externalID == uriOf(v.did, key)
}

// shows tells whether a record is the one that was committed to be sent, but for how many bytes
// its files have.
func (b *body) shows(value []byte) bool {
	ours, err := json.Marshal(b.Record)
	if err != nil {
		return false
	}
	ours, err = sizeless(ours)
	if err != nil {
		return false
	}
	theirs, err := sizeless(value)
	return err == nil && bytes.Equal(ours, theirs)
}

func sizeless(data []byte) ([]byte, error) {
	var value any
	if err := json.Unmarshal(data, &value); err != nil {
		return nil, err
	}
	forgetSizes(value)
	return network.Canonical(value)
}

// forgetSizes takes away how many bytes files have, wherever they stand.
func forgetSizes(value any) {
	switch v := value.(type) {
	case []any:
		for _, x := range v {
			forgetSizes(x)
		}
	case map[string]any:
		if v["$type"] == "blob" {
			delete(v, "size")
		}
		for _, x := range v {
			forgetSizes(x)
		}
	}
}
