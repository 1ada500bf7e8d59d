package app

import (
	"cmp"
	"context"
	"crypto/hmac"
	"crypto/sha256"
	"database/sql"
	"encoding/hex"
	"errors"
	"fmt"
	"io/fs"
	"log/slog"
	"net/netip"
	"net/url"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync/atomic"
	"time"

	"github.com/google/uuid"

	"github.com/imprimatur-hq/imprimatur/internal/advocacy"
	"github.com/imprimatur-hq/imprimatur/internal/authn"
	"github.com/imprimatur-hq/imprimatur/internal/authz"
	"github.com/imprimatur-hq/imprimatur/internal/check"
	"github.com/imprimatur-hq/imprimatur/internal/config"
	"github.com/imprimatur-hq/imprimatur/internal/departure"
	"github.com/imprimatur-hq/imprimatur/internal/feed"
	"github.com/imprimatur-hq/imprimatur/internal/jobs"
	"github.com/imprimatur-hq/imprimatur/internal/linkcard"
	"github.com/imprimatur-hq/imprimatur/internal/linkcheck"
	"github.com/imprimatur-hq/imprimatur/internal/mail"
	"github.com/imprimatur-hq/imprimatur/internal/network"
	"github.com/imprimatur-hq/imprimatur/internal/network/bluesky"
	"github.com/imprimatur-hq/imprimatur/internal/network/facebook"
	"github.com/imprimatur-hq/imprimatur/internal/network/handoff"
	"github.com/imprimatur-hq/imprimatur/internal/network/instagram"
	"github.com/imprimatur-hq/imprimatur/internal/network/linkedin"
	"github.com/imprimatur-hq/imprimatur/internal/network/mastodon"
	"github.com/imprimatur-hq/imprimatur/internal/network/mattermost"
	"github.com/imprimatur-hq/imprimatur/internal/network/slack"
	"github.com/imprimatur-hq/imprimatur/internal/network/teams"
	"github.com/imprimatur-hq/imprimatur/internal/network/threads"
	"github.com/imprimatur-hq/imprimatur/internal/network/wall"
	"github.com/imprimatur-hq/imprimatur/internal/network/webhook"
	"github.com/imprimatur-hq/imprimatur/internal/network/wire"
	"github.com/imprimatur-hq/imprimatur/internal/network/wordpress"
	"github.com/imprimatur-hq/imprimatur/internal/network/x"
	"github.com/imprimatur-hq/imprimatur/internal/publish"
	"github.com/imprimatur-hq/imprimatur/internal/routing"
	"github.com/imprimatur-hq/imprimatur/internal/store"
	"github.com/imprimatur-hq/imprimatur/internal/vault"
	"github.com/imprimatur-hq/imprimatur/internal/workflow"
)

// Times of the delivery: a request is given up after deliveryTimeout; a worker that was silent for
// deliveryLease, which leaves it five seconds to write down its answer, is taken for dead by whoever
// looks next, every sweepEvery.
const (
	deliveryTimeout = 20 * time.Second
	deliveryLease   = 25 * time.Second
	sweepEvery      = 2 * time.Second
	// deliveryJob bounds a job of the delivery: it may carry several out.
	deliveryJob = 80 * time.Second
)

// What had begun when somebody froze has an end within half a minute, whoever died over it: else
// this is negative, and does not compile.
const _ = uint(30*time.Second - deliveryLease - sweepEvery)

// Options are what a Service is made from.
type Options struct {
	Config config.Config
	Logger *slog.Logger
	// Now is the clock, time.Now in UTC microseconds when nil. The demo and tests set it.
	Now func() time.Time
	// StoreNow is the time of transactions, on PostgreSQL too: the clocks of replicas differ, the
	// database has one. Only tests that move the time set it; nil is Now, and on PostgreSQL the
	// database's own.
	StoreNow func() time.Time
	// NewID makes identifiers, UUIDv7 when nil.
	NewID func() string
	// Reached is called at the named steps of a delivery; crash tests die there.
	Reached func(step string)
	// Lease and Sweep replace how long a worker may be silent, and how often somebody looks
	// for those who are; zero keeps the service's own.
	Lease time.Duration
	Sweep time.Duration
	// Patience replaces how long a call waits for its turn at the database; zero keeps the service's own.
	Patience time.Duration
}

// Service is the service put together: open, and not listening yet.
type Service struct {
	Config config.Config
	Logger *slog.Logger
	Store  *store.Store
	Flow   *workflow.Service
	Worker *publish.Worker
	Blobs  workflow.Blobs

	vault  *vault.Vault
	engine *jobs.Engine
	mailer *mail.Sender
	authn  *authn.Authenticator
	authz  *authz.Authorizer
	sweep  time.Duration
	// departures are kept outside the database.
	departures *departure.Keeper
	// clockOff is how far the clock was ahead of the database's, and clockTold when that was told.
	clockOff  atomic.Int64
	clockTold time.Time
}

// Micros is the clock of production: UTC, in the microseconds that every database keeps.
func Micros() time.Time { return time.Now().UTC().Truncate(time.Microsecond) }

// NewID makes an identifier: a UUIDv7, so that ids sort by the time they were made.
func NewID() string { return uuid.Must(uuid.NewV7()).String() }

// OpenStore opens the database of the options, with the job engine's inserter.
func OpenStore(ctx context.Context, o Options) (*store.Store, error) {
	c := o.Config
	dialect, dsn := jobs.SQLite, "sqlite:"+c.SQLitePath()
	if c.Postgres() {
		dialect, dsn = jobs.Postgres, c.Database.Reveal()
	} else if err := os.MkdirAll(filepath.Dir(c.SQLitePath()), 0o700); err != nil {
		return nil, fmt.Errorf("data directory: %w", err)
	}
	inserter, err := jobs.NewInserter(dialect)
	if err != nil {
		return nil, err
	}
	now := o.Now
	if o.StoreNow != nil {
		now = o.StoreNow
	}
	return store.Open(ctx, store.Config{
		DSN: dsn, Now: now, OwnTime: o.StoreNow != nil, Logger: o.Logger, Patience: o.Patience,
		InsertJob: func(ctx context.Context, tx *sql.Tx, all ...advocacy.Job) error {
			return inserter.InsertTx(ctx, tx, all...)
		},
	})
}

// Upgrade brings a database to this version: its tables, the roles that came with its
// workspaces, and what its library is found by.
func Upgrade(ctx context.Context, s *store.Store, newID func() string) error {
	if err := s.Migrate(ctx); err != nil {
		return err
	}
	flow := &workflow.Service{Store: s, NewID: newID}
	if err := flow.UpgradeRoles(ctx, authz.DefaultRoles()); err != nil {
		return err
	}
	return flow.IndexItems(ctx)
}

// Open puts the service together on its database, which is migrated first.
func Open(ctx context.Context, o Options) (*Service, error) {
	if o.Now == nil {
		o.Now = Micros
	}
	if o.NewID == nil {
		o.NewID = NewID
	}
	if o.Logger == nil {
		o.Logger = slog.New(slog.DiscardHandler)
	}
	s := &Service{Config: o.Config, Logger: o.Logger, sweep: cmp.Or(o.Sweep, sweepEvery)}
	if err := s.open(ctx, o); err != nil {
		return nil, errors.Join(err, s.Close())
	}
	return s, nil
}

func (s *Service) open(ctx context.Context, o Options) error {
	var err error
	if err = os.MkdirAll(s.Config.DataDir, 0o700); err != nil {
		return fmt.Errorf("data directory: %w", err)
	}
	if s.Blobs, err = openBlobs(ctx, s.Config); err != nil {
		return err
	}
	if s.Store, err = OpenStore(ctx, o); err != nil {
		return err
	}
	if err = Upgrade(ctx, s.Store, o.NewID); err != nil {
		return err
	}
	if err = s.openVault(ctx); err != nil {
		return err
	}
	if s.Config.Mails() {
		if s.mailer, err = mail.New(s.mailConfig()); err != nil {
			return err
		}
	}
	if linkedin.Aging(s.Config.LinkedInVersion, o.Now()) {
		o.Logger.WarnContext(ctx, "LinkedIn retires this version of its API a year after its month: publishing there will stop; set --linkedin-version",
			"version", s.Config.LinkedInVersion)
	}
	s.authn = &authn.Authenticator{Store: s.Store, Now: o.Now, Logger: o.Logger}
	s.authz = authz.New(s.Store)
	if err = s.openDepartures(ctx); err != nil {
		return err
	}
	if err = s.wire(o); err != nil {
		return err
	}
	return s.Compare(ctx)
}

// openVault opens the key file and makes one for a new house. In a house with sealed
// credentials a new key would open none of them, so a file that went missing is told
// rather than replaced.
func (s *Service) openVault(ctx context.Context) error {
	path := s.keyFile()
	if _, err := os.Stat(path); errors.Is(err, fs.ErrNotExist) {
		sealed, err := s.Store.HasCredentials(ctx)
		if err != nil {
			return err
		}
		if sealed {
			return fmt.Errorf("the key file %s is missing, and the database holds credentials sealed with it: put your copy of it back, or name it with --key-file", path)
		}
	}
	var by vault.KeyService
	if s.Config.KeyService != "" {
		var err error
		if by, err = vault.Transit(s.Config.KeyService, s.Config.KeyServiceToken); err != nil {
			return err
		}
	}
	var err error
	if s.vault, err = vault.OpenKeyFile(path, by); err != nil {
		return err
	}
	if away := s.vault.Away(); away != nil {
		s.Logger.WarnContext(ctx, "the key service does not open the keys; what needs a credential waits", "key_service", s.Config.KeyService, "error", away)
	}
	return nil
}

// wire makes the use cases, the worker and the job engine, and tells them of each other.
func (s *Service) wire(o Options) error {
	engine, err := routing.NewEngine()
	if err != nil {
		return err
	}
	networks, outward := network.Registry{}, wire.Options{AllowedNetworks: s.Config.WebhookNetworks, Now: o.Now}
	for _, adapter := range []network.Adapter{
		wall.New(s.Store, s.publicURL()),
		webhook.New(webhook.Options{AllowedNetworks: s.Config.WebhookNetworks, Now: o.Now}),
		mastodon.New(mastodon.Options{
			Options: outward, Redirect: s.publicURL() + network.CallbackPath, Apps: vault.Apps{Store: s.Store, Vault: s.vault},
		}),
		bluesky.New(outward),
		facebook.New(facebook.Options{
			Options: outward, API: s.Config.FacebookAPI, Version: s.Config.FacebookVersion, SignIn: s.Config.FacebookSignIn,
			AppID: s.Config.FacebookAppID, AppSecret: s.Config.FacebookAppSecret.Reveal(), Redirect: s.publicURL() + network.CallbackPath,
		}),
		linkedin.New(linkedin.Options{
			Options: outward, API: s.Config.LinkedInAPI, Version: s.Config.LinkedInVersion, BareLinks: s.Config.LinkedInLinks == "bare",
			SignIn: s.Config.LinkedInSignIn, ClientID: s.Config.LinkedInClientID, ClientSecret: s.Config.LinkedInClientSecret.Reveal(),
			Redirect: s.publicURL() + network.CallbackPath, PageScopes: strings.Fields(s.Config.LinkedInPageScopes), Proven: s.Config.LinkedInPKCE == "on",
		}),
		x.New(x.Options{
			Options: outward, API: s.Config.XAPI, SignIn: s.Config.XSignIn, Redirect: s.publicURL() + network.CallbackPath,
			ClientID: s.Config.XClientID, ClientSecret: s.Config.XClientSecret.Reveal(),
		}),
		mattermost.New(outward),
		slack.New(slack.Options{Options: outward, API: s.Config.SlackAPI}),
		teams.New(teams.Options{Options: outward, Hosts: strings.Split(s.Config.TeamsHosts, ",")}),
		instagram.New(instagram.Options{
			Options: outward, API: s.Config.InstagramAPI, Version: s.Config.InstagramVersion, Tokens: s.Config.InstagramTokens, SignIn: s.Config.InstagramSignIn,
			AppID: s.Config.InstagramAppID, AppSecret: s.Config.InstagramAppSecret.Reveal(), Redirect: s.publicURL() + network.CallbackPath, Reached: s.reached(),
		}),
		threads.New(threads.Options{
			Options: outward, API: s.Config.ThreadsAPI, Version: s.Config.ThreadsVersion, SignIn: s.Config.ThreadsSignIn, Reached: s.reached(),
			AppID: s.Config.ThreadsAppID, AppSecret: s.Config.ThreadsAppSecret.Reveal(), Redirect: s.publicURL() + network.CallbackPath,
		}),
		wordpress.New(outward),
		handoff.New(),
	} {
		networks[adapter.Name()] = adapter
	}
	s.Flow = &workflow.Service{
		Store: s.Store, Blobs: s.Blobs, MediaQuota: int64(s.Config.MediaQuota),
		MediaLimits: advocacy.MediaLimits{Video: int64(s.Config.VideoLimit), Document: int64(s.Config.DocumentLimit)},
		Thumbnails:  workflow.NewThumbnailer(shrink), Networks: networks, Routing: engine, Lexicons: check.NewLexicons(), Registers: check.NewRegisters(), Disclosures: network.NewTables(), Hours: workflow.NewHours(), Secrets: secrets{s.vault},
		Permissions: names(authz.Permissions()), MachinePermissions: authz.MachinePermissions(),
		NewID: o.NewID, Now: o.Now, PublicURL: s.publicURL(), MediaURL: s.mediaURL, Mails: s.mailer != nil, Logger: o.Logger,
		ZoneData: zoneData(), Links: linkcheck.New(linkcheck.Options{AllowedNetworks: s.Config.WebhookNetworks}),
		Feeder: feed.New(feed.Options{AllowedNetworks: s.Config.WebhookNetworks}),
		Cards:  workflow.NewPreviewer(linkcard.New(linkcard.Options{AllowedNetworks: s.Config.WebhookNetworks}).Read),
	}
	s.Worker = &publish.Worker{
		Flow: s.Flow, Networks: networks, Credentials: vault.Credentials{Vault: s.vault},
		MediaURL: s.mediaURL, Timeout: deliveryTimeout, Lease: cmp.Or(o.Lease, deliveryLease), Logger: o.Logger, Reached: o.Reached,
		Departures: s.departures, Forgot: s.forgot,
		Lanes: publish.NewLanes(publish.LaneLimits{AtOnce: 8, Patience: 2 * time.Second, Failures: 5, Pause: 30 * time.Second}),
	}
	return s.wireJobs()
}

// Close releases what Open took. It may be called on a service that was opened half.
func (s *Service) Close() error {
	if s.authn != nil {
		s.authn.Close()
	}
	if s.Store != nil {
		return s.Store.Close()
	}
	return nil
}

func (s *Service) keyFile() string {
	if s.Config.KeyFile != "" {
		return s.Config.KeyFile
	}
	return filepath.Join(s.Config.DataDir, "keyset")
}

func (s *Service) publicURL() string {
	if s.Config.PublicURL != "" {
		return s.Config.PublicURL
	}
	return "http://" + s.Config.Listen
}

// reached tells whether networks that fetch pictures can reach this service: at a public address by
// https, or within a network that the operator named.
func (s *Service) reached() bool {
	u, err := url.Parse(s.publicURL())
	if err != nil {
		return false
	}
	host := u.Hostname()
	at, err := netip.ParseAddr(host)
	if err != nil {
		return u.Scheme == "https" && host != "localhost" && !strings.HasSuffix(host, ".localhost")
	}
	public := u.Scheme == "https" && at.IsGlobalUnicast() && !at.IsPrivate()
	return public || slices.ContainsFunc(s.Config.WebhookNetworks, func(p netip.Prefix) bool { return p.Contains(at) })
}

func (s *Service) mailConfig() mail.Config {
	return mail.Config{
		Addr: s.Config.SMTPAddr, From: s.Config.SMTPFrom, Username: s.Config.SMTPUsername,
		Password: s.Config.SMTPPassword.Reveal(), Security: mail.Security(s.Config.SMTPSecurity),
	}
}

// mediaURL is an address that whoever was sent it, and nobody else, can fetch a picture
// from: receivers of a webhook have no session.
func (s *Service) mediaURL(w advocacy.WorkspaceID, blob string) string {
	return s.publicURL() + "/blobs/" + string(w) + "/" + advocacy.Digest(blob).Hex() + "/" + s.mediaSeal(w, blob)
}

func (s *Service) mediaSeal(w advocacy.WorkspaceID, blob string) string {
	mac := hmac.New(sha256.New, s.vault.Derive("media-url"))
	fmt.Fprintf(mac, "%s\n%s", w, blob)
	return hex.EncodeToString(mac.Sum(nil)[:16])
}
