package network

import (
	"context"
	"io"
	"time"

	"github.com/imprimatur-hq/imprimatur/internal/advocacy"
	"github.com/imprimatur-hq/imprimatur/internal/network/measure"
)

// Idempotency is what a network does with a repeated request.
type Idempotency string

const (
	// AtMostOnce: a repeat creates a second post, so a machine never repeats.
	AtMostOnce Idempotency = "at_most_once"
	// ExactlyOnce: a repeat with the same key has no second effect.
	ExactlyOnce Idempotency = "exactly_once"
	// ByKey: the servers of some accounts drop a key they have seen, for a time; the others
	// make a second post.
	ByKey Idempotency = "by_key"
)

// Capabilities are what a network can do and show.
type Capabilities struct {
	// TextLimit is the longest text in grapheme clusters, 0 for none, or one in another unit.
	TextLimit int
	// MediaLimit is the largest number of pictures.
	MediaLimit int
	// AltTextRequired refuses a picture without words for those who do not see it.
	AltTextRequired bool
	// Cards: a link is shown with a card of the page it leads to, made by us, where there are no
	// pictures. A network that makes its own, or shows none, is given none.
	Cards       bool
	Idempotency Idempotency
	// KeyLife is how long after the first attempt a repeat can be relied on to have no second
	// effect: as long as a server knows a key; 0 for ever.
	KeyLife time.Duration
	// KeyWait is how long after a request began it is not repeated: a server may come to know the key
	// some time after what it was given with; 0 where both are one thing.
	KeyWait time.Duration
	// ReadBack: what was published can be looked up and compared.
	ReadBack bool
	// OneServer: all accounts are at one server, and what their addresses say is which account each is.
	OneServer bool
	// Delete: what was published can be taken back.
	Delete bool
	// Edit: what was published can be changed. No port does: whoever changes a post takes it back and
	// writes another, which people sign.
	Edit bool
	// DisclosureField is the network's own field by which it marks a paid post, which we set; empty where a
	// disclosure is told in words.
	DisclosureField string
	// TokenLife is how long what an account is connected with lives, as the network tells; 0 where no end of it is told.
	TokenLife time.Duration
	// TokenRenewed: whoever signed in has the next token asked for without a word. Otherwise the account is
	// connected anew when TokenLife is over.
	TokenRenewed bool
	// RefreshTwice: the token that asks for the next grant stays good, so that a refresh whose
	// answer was lost is asked again. Where it is good once, such an account is connected anew.
	RefreshTwice bool
}

// Repeatable tells whether what was first sent to the account at an instant may be sent
// again now without a second effect.
func (c Capabilities) Repeatable(a advocacy.SocialAccount, first, now time.Time) bool {
	known := c.KeyLife == 0 || now.Sub(first) < c.KeyLife // guard: a key is forgotten
	switch c.Idempotency {
	case ExactlyOnce:
		return known
	case ByKey:
		return known && a.Deduplicates
	default:
		return false
	}
}

// Connector says, without any I/O, what a network will show. Implementations are safe
// for concurrent use.
type Connector interface {
	Name() advocacy.Network
	Capabilities() Capabilities
	// Render returns what the network will show of the content in a language, with a
	// disclosure told by the rules, and what is wrong with it. It is deterministic: the
	// rendering is what people sign.
	Render(content advocacy.Content, language string, told Disclosures) (advocacy.Rendering, []advocacy.Finding)
	// Encode returns the exact bytes that will be sent for a target. It is deterministic.
	Encode(e Envelope) ([]byte, error)
}

// Envelope is what surrounds a rendering when it is sent.
type Envelope struct {
	Workspace   advocacy.WorkspaceID
	Publication advocacy.PublicationID
	Post        advocacy.PostID
	Digest      advocacy.Digest
	Target      advocacy.Target
	// Time is when the intent was committed; it is fixed before the first attempt.
	Time time.Time
	// MediaURL gives the address a receiver fetches a blob from.
	MediaURL func(blob string) string
}

// Publisher talks to a network. Implementations are safe for concurrent use, follow no
// redirect, and return within the context's deadline.
type Publisher interface {
	// Publish makes the delivery visible. It is called once for each committed intent and
	// must classify every ending; when in doubt, UnknownOutcome.
	Publish(ctx context.Context, d Delivery) Answer
	// Look tells whether the delivery is visible. It changes nothing.
	Look(ctx context.Context, d Delivery) Sighting
	// Delete takes back what was published. It may be repeated.
	Delete(ctx context.Context, d Delivery) Answer
}

// Delivery is one committed intent: what is sent, where, and with which credential.
type Delivery struct {
	Account     advocacy.SocialAccount
	Publication advocacy.PublicationID
	Post        advocacy.PostID
	// Credential is the account's secret, opened for this delivery only.
	Credential []byte
	// Key is the idempotency key, the same for each attempt of a publication.
	Key string
	// Body is exactly what Encode returned when the intent was committed.
	Body   []byte
	Target advocacy.Target
	// Time is when the first attempt began.
	Time time.Time
	// Media opens a file the body names. It is nil where nothing is published.
	Media func(ctx context.Context, blob string) (io.Reader, error)
	// Still tells whether the delivery may go on, and is nil where nothing can stop it: sending files
	// takes a while. Use Stopped.
	Still func(ctx context.Context) bool
	// Taken tells whether another publication of the account is known by a network's name. It
	// is nil where nothing is looked for.
	Taken func(ctx context.Context, externalID string) (bool, error)
	// ExternalID and URL are known once it was published.
	ExternalID string
	URL        string
}

// Stopped is asked right before the request that makes something visible, of which so many files were
// sent, which take a while: what would have stopped it at the gate stops it here. It is nil when
// nothing did, and otherwise the answer of a delivery with nothing published.
func (d *Delivery) Stopped(ctx context.Context, files int) *Answer {
	if files == 0 || d.Still == nil || d.Still(ctx) { // guard: a stop counts until something is visible
		return nil
	}
	return Ended(Retryable, advocacy.AnswerStoppedAhead)
}

// Show is the answer to the request that makes something visible, unless it was Stopped.
func (d *Delivery) Show(ctx context.Context, files int, request func() Answer) Answer {
	if wrong := d.Stopped(ctx, files); wrong != nil {
		return *wrong
	}
	return request()
}

// Class is the outcome class of one answer.
type Class string

const (
	// Accepted: the network shows it.
	Accepted Class = "accepted"
	// Retryable: certain that nothing was published; try again later.
	Retryable Class = "retryable"
	// RateLimited: refused for quota; Answer.RetryTime says when, if known.
	RateLimited Class = "rate_limited"
	// AuthExpired: the credential is dead; the owner must reconnect.
	AuthExpired Class = "auth_expired"
	// Permanent: the content or the target was refused.
	Permanent Class = "permanent"
	// Duplicate: the network says that this text exists already: look, then ask a person.
	Duplicate Class = "duplicate"
	// UnknownOutcome: the request may have been carried out. Never sent again blindly.
	UnknownOutcome Class = "unknown_outcome"
	// Misconfigured: our side is wrong; the operator must mend it.
	Misconfigured Class = "config"
)

// Classes lists every outcome class.
func Classes() []Class {
	return []Class{Accepted, Retryable, RateLimited, AuthExpired, Permanent, Duplicate, UnknownOutcome, Misconfigured}
}

// Answer is the classified ending of one request.
type Answer struct {
	Class Class
	// ExternalID and URL are the network's name and address of what it shows.
	ExternalID string
	URL        string
	// Said is what there is to say of it.
	Said advocacy.Answer
	// RetryTime is the earliest next try, zero when the network did not say.
	RetryTime time.Time
	// AppWide: the quota that is used up is that of our application, so no account at the server
	// is better off.
	AppWide bool
}

// Sighting is what a look found.
type Sighting struct {
	// Readable is false when the network cannot be asked.
	Readable   bool
	Found      bool
	ExternalID string
	URL        string
	// Digest is that of the shown rendering's fingerprint, empty when not comparable.
	Digest advocacy.Digest
	// Differs: what is shown is not what was signed; Text is then what is shown, as far as it
	// is text.
	Differs bool
	Text    string
	// Said is what was found, or why that cannot be told.
	Said advocacy.Answer
}

// Registry holds the networks of a service by name.
type Registry map[advocacy.Network]Adapter

// Adapter is both ports of one network.
type Adapter interface {
	Connector
	Publisher
}

// Addressed is implemented by adapters whose accounts have an address of their own.
type Addressed interface {
	// CheckAddress refuses an address that may never be called, as Invalid on the field
	// social_account.address. It makes no request.
	CheckAddress(address string) error
}

// ByHand is implemented by adapters of places that take nothing from machines. What people
// signed is handed over to a person, who publishes it there: Publish is never called.
type ByHand interface {
	Addressed
	// RuleAt is what a place takes: see advocacy.Target. It decides what is found in a content, and
	// nothing of what is shown.
	RuleAt(place string) measure.Rule
	// Package is what the person is given of bytes that Encode made.
	Package(body []byte) (Package, error)
	// CheckPost returns the address of a post as it is kept, empty where posts have none, or refuses
	// one that is no post at the place, as Invalid on the field url. It makes no request.
	CheckPost(place, post string) (string, error)
}

// Package is what a person is given to publish by hand.
type Package struct {
	// Place is the address of the profile where it is to be shown, and Byline in whose name.
	Place  string
	Byline string
	// Text is exactly what people signed, to be pasted as it is; the words of the disclosure and
	// the link stand in it.
	Text       string
	Language   string
	Disclosure advocacy.Disclosure
	Link       string
	Media      []advocacy.RenderedMedia
	// ShareURL opens the place with as much filled in as it takes, empty where there is no such
	// address.
	ShareURL string
	// Signed is the fingerprint of the rendering that the package was made from.
	Signed advocacy.Digest
}

// Shows tells whether a package holds what people signed for a target.
func (p Package) Shows(t advocacy.Target) bool {
	return p.Signed == t.Rendering.Fingerprint() && p.Place == t.Place && p.Byline == t.Byline
}

// Provisioner is implemented by adapters whose accounts sign what they send.
type Provisioner interface {
	Addressed
	// NewSecret mints the signing secret of a new account.
	NewSecret() string
}

// Profile is what a network says of the account a token belongs to.
type Profile struct {
	// ExternalID is the network's own name of the account, which never changes; Handle is the
	// one people know.
	ExternalID string
	Handle     string
	// Deduplicates: the account's server drops a repeated key.
	Deduplicates bool
}

// Linker is implemented by adapters whose accounts are connected with a token their owner
// made at the network.
type Linker interface {
	Addressed
	// Connect asks the network whose token it is; it changes nothing. Refusals are Invalid on
	// access_token (TOKEN_REFUSED) or on social_account.address (SERVER_UNSUITABLE, and what
	// CheckAddress says), or Unavailable (NETWORK_UNREACHABLE), and hold no secret.
	Connect(ctx context.Context, a advocacy.SocialAccount, token []byte) (Profile, error)
}
