package networktest

import (
	"cmp"
	"context"
	"io"
	"strings"
	"testing"
	"time"

	"github.com/imprimatur-hq/imprimatur/internal/advocacy"
	"github.com/imprimatur-hq/imprimatur/internal/network"
)

// Subject is an adapter with a place to publish to.
type Subject struct {
	Adapter network.Adapter
	// Account can be published to with the credential.
	Account    advocacy.SocialAccount
	Credential []byte
	// Blind: the account cannot be read, although others of its network can.
	Blind bool
	// Pictured: the network shows no text alone, and JPEG only.
	Pictured bool
	// Prepares: what is shown is sent, or taken, before it is shown.
	Prepares bool
	// Visible tells how many posts the network shows, whoever asks.
	Visible func() int
}

// Run tests the adapter. Open is called for each test and returns a fresh place with
// nothing on it.
func Run(t *testing.T, open func(t *testing.T) Subject) {
	t.Helper()
	for name, test := range map[string]func(*testing.T, Subject){
		"capabilities are complete":               capabilities,
		"render is a function of its input":       renderRepeats,
		"render of a rendering changes nothing":   renderSettles,
		"render keeps what people write":          renderKeeps,
		"render shows every disclosure":           renderDiscloses,
		"render tells by the rules given":         renderTells,
		"render speaks the language asked for":    renderSpeaks,
		"render finds an empty post":              findsEmpty,
		"render finds a text too long":            findsTooLong,
		"render finds too many pictures":          findsTooMany,
		"render finds missing words of a picture": findsAltText,
		"render finds a link that is none":        findsLink,
		"render shows the card of a link":         rendersCard,
		"encode is a function of its input":       encodeRepeats,
		"encode holds everything people sign":     encodeHolds,
		"encode refuses another network":          encodeRefuses,
		"publish is accepted":                     publishAccepted,
		"publish twice has one effect":            publishTwice,
		"publish at once has one effect":          publishAtOnce,
		"what is published comes back":            publishComesBack,
		"publish of a stopped context":            publishStopped,
		"publish of what is stopped meanwhile":    publishMeanwhile,
		"a person is given what was signed":       handsOver,
		"look before publishing":                  lookBefore,
		"look of a stopped context":               lookStopped,
		"delete":                                  deletes,
		"answers hold no secret":                  keepsSecrets,
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			test(t, open(t))
		})
	}
}

// Moment is the time of every envelope made here.
var Moment = time.Date(2025, 11, 25, 8, 0, 0, 123456000, time.UTC)

// Blob names a picture.
const Blob = "sha256:2f16ba1adf7baf6834737681da62365199a8a54606e5832fe5d326ac2ed15f73"

// CardBlob names the picture of a card.
const CardBlob = "sha256:76f61e16befea31e9a3053cc446bd721e903f1c964342d205ca01d2aa558481f"

// bytesOf are the bytes of the pictures above: a network may name a file by its digest too.
var bytesOf = map[string]string{Blob: "a shop front in the sun", CardBlob: "a door"}

// Content returns a post with everything in it.
func Content() advocacy.Content {
	return advocacy.Content{
		Language: "en",
		Text:     "We open in Lyon on Tuesday.\n\nCome and see: https://example.com/lyon?from=wall",
		Variants: []advocacy.Variant{{Language: "fr", Text: "Nous ouvrons à Lyon mardi."}},
		Link:     "https://example.com/lyon",
		Card: advocacy.Card{
			Title: "Our shop in Lyon", Description: "Open from Tuesday.",
			Picture: advocacy.MediaRef{Blob: CardBlob, ContentType: "image/jpeg", Width: 800, Height: 418, AltText: "A door"},
		},
		Media: []advocacy.MediaRef{
			{Blob: Blob, ContentType: "image/png", Width: 1200, Height: 630, AltText: "A shop front in the sun"},
		},
		Disclosure: advocacy.DisclosureEmployee,
	}
}

// Deliver renders and encodes content as the gate would, and returns the delivery.
func Deliver(t *testing.T, s Subject, id advocacy.PublicationID, content advocacy.Content) network.Delivery {
	t.Helper()
	rendering, _ := s.Adapter.Render(content, content.Language, network.Disclosures{})
	target := advocacy.Target{Account: s.Account.ID, Byline: s.Account.DisplayName, Rendering: rendering}
	if _, byHand := s.Adapter.(network.ByHand); byHand {
		target.Place = s.Account.Address
	}
	body, err := s.Adapter.Encode(Envelope(s, id, target))
	if err != nil {
		t.Fatalf("Encode: %v", err)
	}
	return network.Delivery{
		Account: s.Account, Publication: id, Post: postOf(id), Credential: s.Credential,
		Key: string(id), Body: body, Target: target, Time: Moment,
		Media: Open,
	}
}

// Open is the Media of a delivery.
func Open(_ context.Context, blob string) (io.Reader, error) {
	return strings.NewReader(BytesOf(blob)), nil
}

// BytesOf are the bytes a delivery has for a blob: those it names, of Blob and CardBlob.
func BytesOf(blob string) string { return cmp.Or(bytesOf[blob], "bytes of "+blob) }

// Envelope surrounds a target as the gate would.
func Envelope(s Subject, id advocacy.PublicationID, target advocacy.Target) network.Envelope {
	return network.Envelope{
		Workspace: s.Account.Workspace, Publication: id, Post: postOf(id), Digest: advocacy.DigestOf([]byte(id)),
		Target: target, Time: Moment,
		MediaURL: func(blob string) string { return "https://media.example.com/" + advocacy.Digest(blob).Hex() },
	}
}

func postOf(id advocacy.PublicationID) advocacy.PostID { return advocacy.PostID("post-of-" + id) }
