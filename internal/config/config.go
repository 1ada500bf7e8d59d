package config

import (
	"log/slog"
	"net/netip"
	"path/filepath"
	"strings"
	"time"
)

// Config is everything the service can be told. The tag flag is a setting's name on the
// command line; in the environment and in the file it is IMPRIMATUR_ and the same in
// capitals. The tag unset says what an empty value means.
type Config struct {
	File string `flag:"config" help:"File of lines IMPRIMATUR_NAME=value, as systemd's EnvironmentFile; the environment and flags win over it" unset:"none"`

	Database Secret `flag:"database" help:"PostgreSQL as postgres://user:password@host/name, or sqlite:PATH" unset:"imprimatur.db in the data directory"`
	DataDir  string `flag:"data-dir" help:"Directory of everything that is kept on this machine; made when missing"`
	MediaDir string `flag:"media-dir" help:"Directory of pictures, videos and documents" unset:"media in the data directory"`

	MediaQuota Size `flag:"media-quota" help:"How much each workspace may keep of pictures, videos and documents, such as 500MB, 20GB or 1TB" unset:"any number"`

	VideoLimit    Size `flag:"video-limit" help:"How much a video may weigh, such as 200MB" unset:"512 MiB"`
	DocumentLimit Size `flag:"document-limit" help:"How much a PDF document may weigh, such as 50MB" unset:"100 MiB"`

	// The bucket that keeps the pictures in place of the media directory.
	S3Endpoint  string `flag:"s3-endpoint" help:"S3-compatible store that keeps the pictures instead of the media directory, such as https://s3.eu-central-1.amazonaws.com" unset:"the media directory"`
	S3Bucket    string `flag:"s3-bucket" help:"Bucket of the store; it is not made" unset:"none; needed with s3-endpoint"`
	S3Region    string `flag:"s3-region" help:"Region of the bucket, as requests are signed for it"`
	S3AccessKey Secret `flag:"s3-access-key" help:"Name of the key that may read, write and delete in the bucket" unset:"none; needed with s3-endpoint"`
	S3SecretKey Secret `flag:"s3-secret-key" help:"The key itself" unset:"none; needed with s3-endpoint"`
	S3Style     string `flag:"s3-style" help:"Where requests name the bucket: path (https://store/bucket) or host (https://bucket.store)"`

	KeyFile string `flag:"key-file" help:"File of the key that seals credentials; made when missing. Keep a copy elsewhere: without it no account can publish" unset:"keyset in the data directory"`

	// The key service seals the keys of that file.
	KeyService      string `flag:"key-service" help:"Key of HashiCorp Vault's or OpenBao's engine transit that seals the key file, such as https://vault.example.com:8200/transit/keys/imprimatur; a file in the clear is sealed at the next start" unset:"the file is in the clear"`
	KeyServiceToken string `flag:"key-service-token-file" help:"File of the token that may encrypt and decrypt with that key; read for each request" unset:"none; needed with key-service"`

	Listen     string `flag:"listen" help:"Address of the web pages, REST and gRPC, host:port"`
	GRPCListen string `flag:"grpc-listen" help:"A second address that speaks gRPC only, about twice as fast" unset:"none"`
	PublicURL  string `flag:"public-url" help:"Where people reach the service, as links in mail say it and networks send them back to" unset:"http:// and the listen address"`

	SMTPAddr     string `flag:"smtp-addr" help:"Mail server, host:port" unset:"no mail: sign-in links are shown to whoever invites"`
	SMTPFrom     string `flag:"smtp-from" help:"Sender of mail, such as Imprimatur <no-reply@example.com>" unset:"none; needed with smtp-addr"`
	SMTPUsername string `flag:"smtp-username" help:"Name to sign in with at the mail server" unset:"not signing in"`
	SMTPPassword Secret `flag:"smtp-password" help:"Password for the mail server" unset:"none; needed with smtp-username"`
	SMTPSecurity string `flag:"smtp-security" help:"How to protect the connection to the mail server: starttls, tls, or none for a relay on this machine"`

	// WebhookNetworks may be called although they are private.
	WebhookNetworks []netip.Prefix `flag:"webhook-networks" help:"Private networks that webhooks may reach and links and feeds may lead to, such as 10.1.0.0/16, comma-separated" unset:"public addresses only"`
	WallWorkspace   string         `flag:"wall-workspace" help:"Workspace whose wall is shown at /wall" unset:"the only one, if there is one"`

	// Facebook knows the service as an app that its operator made there.
	FacebookAPI       string `flag:"facebook-api" help:"Address of the Graph API that pages on Facebook are published by"`
	FacebookVersion   string `flag:"facebook-version" help:"Version of the Graph API that is spoken for Facebook, such as v25.0"`
	FacebookSignIn    string `flag:"facebook-sign-in" help:"Address of Facebook itself, where people sign in"`
	FacebookAppID     string `flag:"facebook-app-id" help:"ID of the app at Facebook that people sign in for" unset:"pages on Facebook are connected with tokens alone"`
	FacebookAppSecret Secret `flag:"facebook-app-secret" help:"Secret of that app, with which each call is proved to be the app's" unset:"none; needed with facebook-app-id"`

	// Instagram knows the service as an app that its operator made there.
	InstagramAPI       string `flag:"instagram-api" help:"Address of Instagram's API"`
	InstagramTokens    string `flag:"instagram-tokens" help:"Address where Instagram gives tokens to people who signed in"`
	InstagramVersion   string `flag:"instagram-version" help:"Version of Instagram's API that is spoken, such as v25.0"`
	InstagramSignIn    string `flag:"instagram-sign-in" help:"Address of Instagram itself, where people sign in"`
	InstagramAppID     string `flag:"instagram-app-id" help:"ID of the app at Instagram that people sign in for; Instagram fetches pictures, so that public-url has to be an https address" unset:"accounts on Instagram are connected with tokens alone"`
	InstagramAppSecret Secret `flag:"instagram-app-secret" help:"Secret of that app" unset:"none; needed with instagram-app-id"`

	// Threads knows the service as an app that its operator made there.
	ThreadsAPI       string `flag:"threads-api" help:"Address of Threads' API"`
	ThreadsVersion   string `flag:"threads-version" help:"Version of Threads' API that is spoken, such as v1.0"`
	ThreadsSignIn    string `flag:"threads-sign-in" help:"Address of Threads itself, where people sign in"`
	ThreadsAppID     string `flag:"threads-app-id" help:"ID of the app at Threads that people sign in for" unset:"profiles on Threads are connected with tokens alone"`
	ThreadsAppSecret Secret `flag:"threads-app-secret" help:"Secret of that app" unset:"none; needed with threads-app-id"`

	LinkedInAPI     string `flag:"linkedin-api" help:"Address of LinkedIn's API"`
	LinkedInVersion string `flag:"linkedin-version" help:"Month of LinkedIn's API that is spoken, YYYYMM; LinkedIn retires one a year later, and the log warns two months before"`
	LinkedInLinks   string `flag:"linkedin-links" help:"Addresses within a text for LinkedIn: escaped (a backslash before what it reserves), or bare, if the backslash should break one"`

	// LinkedIn knows the service as an app that its operator made there.
	LinkedInSignIn       string `flag:"linkedin-sign-in" help:"Address of LinkedIn itself, where people sign in"`
	LinkedInClientID     string `flag:"linkedin-client-id" help:"Client ID of the app at LinkedIn that people sign in for" unset:"accounts on LinkedIn are connected with tokens alone"`
	LinkedInClientSecret Secret `flag:"linkedin-client-secret" help:"Client secret of that app" unset:"none; needed with linkedin-client-id"`
	LinkedInPageScopes   string `flag:"linkedin-page-scopes" help:"Scopes that who connects an organisation's page is asked for, with spaces between them, as the app has them"`
	LinkedInPKCE         string `flag:"linkedin-pkce" help:"on if LinkedIn allowed the app PKCE, which it refuses otherwise; or off"`

	// X knows the service as an app that its operator made there.
	XAPI          string `flag:"x-api" help:"Address of X's API"`
	XSignIn       string `flag:"x-sign-in" help:"Address at which people sign in to X"`
	XClientID     string `flag:"x-client-id" help:"Client ID of the app at X that people sign in for" unset:"accounts on X are connected with tokens alone"`
	XClientSecret Secret `flag:"x-client-secret" help:"Client secret of that app" unset:"none; needed with x-client-id"`

	SlackAPI string `flag:"slack-api" help:"Address of Slack's API; https://slack-gov.com for government workspaces"`

	TeamsHosts string `flag:"teams-hosts" help:"Hosts that workflows of Microsoft Teams may be at, comma-separated; one with a dot before it stands for all below it"`

	LogLevel     slog.Level    `flag:"log-level" help:"debug, info, warn or error"`
	LogFormat    string        `flag:"log-format" help:"text or json"`
	Metrics      string        `flag:"metrics" help:"Where Prometheus finds /metrics: on (the listen address), off, or an address of its own, host:port"`
	OTLPEndpoint string        `flag:"otlp-endpoint" help:"OpenTelemetry collector for traces, as http://host:4317" unset:"no traces"`
	Grace        time.Duration `flag:"shutdown-grace" help:"How long requests and jobs may finish when the service is stopped"`
}

// Default is the configuration of a service that was told nothing.
func Default() Config {
	return Config{
		DataDir:         "imprimatur-data",
		Listen:          "127.0.0.1:8080",
		S3Region:        "us-east-1",
		S3Style:         "path",
		SMTPSecurity:    "starttls",
		FacebookAPI:     "https://graph.facebook.com",
		FacebookVersion: "v25.0",
		FacebookSignIn:  "https://www.facebook.com",
		LinkedInAPI:     "https://api.linkedin.com",
		LinkedInVersion: "202608",
		LinkedInLinks:   "escaped",
		LinkedInSignIn:  "https://www.linkedin.com",
		LinkedInPKCE:    "off",

		LinkedInPageScopes: "openid profile w_organization_social r_organization_social rw_organization_admin",

		XAPI:       "https://api.x.com",
		XSignIn:    "https://x.com/i/oauth2/authorize",
		SlackAPI:   "https://slack.com",
		TeamsHosts: ".logic.azure.com,.environment.api.powerplatform.com,api.powerplatform.com,api.powerautomate.com,flow.microsoft.com",
		LogLevel:   slog.LevelInfo,
		LogFormat:  "text",
		Metrics:    "on",
		Grace:      20 * time.Second,

		InstagramAPI:     "https://graph.instagram.com",
		InstagramTokens:  "https://api.instagram.com",
		InstagramVersion: "v25.0",
		InstagramSignIn:  "https://www.instagram.com",
		ThreadsAPI:       "https://graph.threads.net",
		ThreadsVersion:   "v1.0",
		ThreadsSignIn:    "https://www.threads.net",
	}
}

// Secret is a setting that must not be seen. It prints as "[set]" or nothing, wherever it
// ends up.
type Secret string

const shown = "[set]"

// Reveal returns the secret itself.
func (s Secret) Reveal() string { return string(s) }

// String tells only whether there is one.
func (s Secret) String() string {
	if s == "" {
		return ""
	}
	return shown
}

// GoString is String, for %#v.
func (s Secret) GoString() string { return s.String() }

// MarshalText is String, for encoders.
func (s Secret) MarshalText() ([]byte, error) { return []byte(s.String()), nil }

// Postgres says whether the database is PostgreSQL, named by a URL or by words such as
// "host=… dbname=…".
func (c Config) Postgres() bool {
	s := c.Database.Reveal()
	return strings.HasPrefix(s, "postgres://") || strings.HasPrefix(s, "postgresql://") || keywords(s)
}

func keywords(database string) bool {
	return strings.Contains(database, "host=") && !strings.Contains(database, ":/") && !strings.HasPrefix(database, "sqlite:")
}

// SQLitePath is the file of the embedded database, "" with PostgreSQL.
func (c Config) SQLitePath() string {
	if c.Postgres() {
		return ""
	}
	if path, ok := strings.CutPrefix(c.Database.Reveal(), "sqlite:"); ok {
		return path
	}
	return filepath.Join(c.DataDir, "imprimatur.db")
}

// Bucket says whether a bucket keeps the pictures.
func (c Config) Bucket() bool { return c.S3Endpoint != "" }

// Mails says whether a mail server is set.
func (c Config) Mails() bool { return c.SMTPAddr != "" }
