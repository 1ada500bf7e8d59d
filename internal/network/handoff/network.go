package handoff

import (
	"context"
	"encoding/json"
	"fmt"

	"github.com/imprimatur-hq/imprimatur/internal/advocacy"
	"github.com/imprimatur-hq/imprimatur/internal/network"
	"github.com/imprimatur-hq/imprimatur/internal/network/measure"
)

// Name is the network's name among the networks.
const Name = measure.Handoff

// Network hands what people signed over to a person. The zero value is ready.
type Network struct{}

var (
	_ network.Adapter = (*Network)(nil)
	_ network.ByHand  = (*Network)(nil)
)

// New returns the network.
func New() *Network { return &Network{} }

// Name returns "handoff".
func (n *Network) Name() advocacy.Network { return Name }

// Capabilities returns what a person can do with a text to paste and files to attach.
func (n *Network) Capabilities() network.Capabilities { return capabilities() }

func capabilities() network.Capabilities {
	rule, _ := measure.RuleOf(Name)
	return network.Capabilities{
		TextLimit:       rule.Limits[0].Most,
		MediaLimit:      rule.Pictures(),
		AltTextRequired: true,
		DisclosureField: rule.Paid,
		Idempotency:     network.AtMostOnce,
	}
}

// Render returns the text to paste, with disclosure and link in it, and the files.
func (n *Network) Render(content advocacy.Content, language string, told network.Disclosures) (advocacy.Rendering, []advocacy.Finding) {
	return network.RenderInText(Name, capabilities(), content, language, told)
}

// RuleAt is the rule of the site an address leads to, or the network's own where it is not known.
func (n *Network) RuleAt(place string) measure.Rule {
	return measure.HandoffRule(siteOf(hostOf(place)).network)
}

const schema = "imprimatur.handoff/1"

// document is what is committed to be handed over. It names files by their bytes: what they are
// fetched from is made at each opening.
type document struct {
	Schema      string                 `json:"schema"`
	Workspace   advocacy.WorkspaceID   `json:"workspace"`
	Publication advocacy.PublicationID `json:"publication"`
	Post        advocacy.PostID        `json:"post"`
	Digest      advocacy.Digest        `json:"digest"`
	Place       string                 `json:"place"`
	Byline      string                 `json:"byline"`
	Rendering   advocacy.Rendering     `json:"rendering"`
}

// Encode returns the canonical JSON of everything the person is given. It holds no time.
func (n *Network) Encode(e network.Envelope) ([]byte, error) {
	if e.Target.Rendering.Network != Name {
		return nil, fmt.Errorf("handoff: the rendering is for network %q", e.Target.Rendering.Network)
	}
	return network.Canonical(document{
		Schema: schema, Workspace: e.Workspace, Publication: e.Publication, Post: e.Post, Digest: e.Digest,
		Place: e.Target.Place, Byline: e.Target.Byline, Rendering: e.Target.Rendering,
	})
}

// Package reads what was committed, and adds how its place is opened.
func (n *Network) Package(body []byte) (network.Package, error) {
	var d document
	if err := json.Unmarshal(body, &d); err != nil || d.Schema != schema {
		return network.Package{}, fmt.Errorf("handoff: the body is no package of the schema %s", schema)
	}
	r := d.Rendering
	out := network.Package{
		Place: d.Place, Byline: d.Byline, Text: r.Text, Language: r.Language, Disclosure: r.Disclosure,
		Link: linkIn(r.Text), Media: r.Media, Signed: r.Fingerprint(),
	}
	out.ShareURL = shareURL(d.Place, out.Text, out.Link)
	return out, nil
}

// linkIn is the last address of the web in a text, where the link of a content is put.
func linkIn(text string) string {
	addresses := network.Addresses(text)
	for i := len(addresses) - 1; i >= 0; i-- {
		if network.WebAddress(addresses[i]) {
			return addresses[i]
		}
	}
	return ""
}

// Publish sends nothing: no gate calls it.
func (n *Network) Publish(context.Context, network.Delivery) network.Answer {
	return network.Answer{Class: network.Misconfigured, Said: network.Say(advocacy.AnswerByHand)}
}

// Look cannot tell: nothing is asked there.
func (n *Network) Look(context.Context, network.Delivery) network.Sighting {
	return network.Sighting{Said: network.Say(advocacy.AnswerNotTold)}
}

// Delete takes nothing back.
func (n *Network) Delete(context.Context, network.Delivery) network.Answer {
	return network.Answer{Class: network.Permanent, Said: network.Say(advocacy.AnswerNoTakingBack)}
}
