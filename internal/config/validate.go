package config

import (
	"errors"
	"fmt"
	"net"
	"net/mail"
	"net/netip"
	"net/url"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"time"
)

// longestGrace keeps a stopping service from waiting for ever.
const longestGrace = 10 * time.Minute

// bucketName is what every store accepts as a name.
var bucketName = regexp.MustCompile(`^[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]$`)

// month is a year and a month.
var graphVersion = regexp.MustCompile(`^v[1-9][0-9]{0,2}\.[0-9]$`)

var month = regexp.MustCompile(`^20[0-9]{2}(0[1-9]|1[0-2])$`)

var workspaceID = regexp.MustCompile(`^[a-z][a-z0-9-]{1,62}$`)

// problem is what is wrong with one setting.
type problem struct {
	flag string
	text string
}

// Error names the setting.
func (p problem) Error() string { return p.flag + ": " + p.text }

// Validate names every setting that cannot be used, or that is set by half.
func (c Config) Validate() error {
	var list []error
	for _, p := range c.problems() {
		list = append(list, p)
	}
	return errors.Join(list...)
}

func (c Config) problems() []problem {
	var list []problem
	check := func(flag string, ok bool, format string, args ...any) {
		if !ok {
			list = append(list, problem{flag, fmt.Sprintf(format, args...)})
		}
	}
	oneOf := func(flag, text string, words ...string) {
		check(flag, slices.Contains(words, text), "%q is none of %s", text, strings.Join(words, ", "))
	}
	check("database", c.databaseOK(), "want postgres://user:password@host/name, or sqlite:PATH")
	check("data-dir", c.DataDir != "", "is empty")
	check("listen", hostPort(c.Listen), "%q is not host:port", c.Listen)
	check("key-service", c.KeyService == "" || keyOfService(c.KeyService), "%q is not the https address of a key, such as https://vault.example.com:8200/transit/keys/imprimatur", c.KeyService)
	check("key-service-token-file", (c.KeyService == "") == (c.KeyServiceToken == ""), "and key-service are set together or not at all")
	check("grpc-listen", c.GRPCListen == "" || hostPort(c.GRPCListen), "%q is not host:port", c.GRPCListen)
	check("grpc-listen", c.GRPCListen == "" || c.GRPCListen != c.Listen || strings.HasSuffix(c.Listen, ":0"),
		"is the listen address, which speaks gRPC anyway")
	check("public-url", c.PublicURL == "" || publicURL(c.PublicURL), "%q is not a URL such as https://imprimatur.example.com, without a path", c.PublicURL)
	check("smtp-addr", c.SMTPAddr == "" || hostPort(c.SMTPAddr), "%q is not host:port", c.SMTPAddr)
	check("smtp-from", c.SMTPAddr == "" || mailAddress(c.SMTPFrom), "%q is not an address to send from", c.SMTPFrom)
	check("smtp-addr", c.SMTPAddr != "" || c.SMTPFrom == "" && c.SMTPUsername == "" && c.SMTPPassword == "", "is empty although other mail settings are set")
	check("smtp-password", c.SMTPUsername == "" || c.SMTPPassword != "", "is empty although smtp-username is set")
	check("smtp-username", c.SMTPPassword == "" || c.SMTPUsername != "", "is empty although smtp-password is set")
	oneOf("smtp-security", c.SMTPSecurity, "starttls", "tls", "none")
	list = append(list, c.bucketProblems()...)
	check("wall-workspace", c.WallWorkspace == "" || workspaceID.MatchString(c.WallWorkspace), "%q is not the id of a workspace", c.WallWorkspace)
	list = append(list, c.networkProblems()...)
	oneOf("log-format", c.LogFormat, "text", "json")
	check("metrics", c.Metrics == "on" || c.Metrics == "off" || hostPort(c.Metrics), "%q is neither on, off nor host:port", c.Metrics)
	check("otlp-endpoint", c.OTLPEndpoint == "" || webURL(c.OTLPEndpoint) != nil, "%q is not a URL such as http://localhost:4317", c.OTLPEndpoint)
	check("shutdown-grace", c.Grace > 0 && c.Grace <= longestGrace, "%v is not between 0 and %v", c.Grace, longestGrace)
	return list
}

// bucketProblems are those of the bucket, which is set as a whole or not at all.
func (c Config) bucketProblems() []problem {
	var list []problem
	check := func(flag string, ok bool, text string) {
		if !ok {
			list = append(list, problem{flag, text})
		}
	}
	check("s3-endpoint", !c.Bucket() || publicURL(c.S3Endpoint), "is not a URL such as https://s3.example.com, without bucket and path")
	check("s3-endpoint", c.Bucket() || c.S3Bucket == "" && c.S3AccessKey == "" && c.S3SecretKey == "", "is empty although other settings of the bucket are set")
	check("s3-bucket", !c.Bucket() || bucketName.MatchString(c.S3Bucket), "is not the name of a bucket")
	check("s3-access-key", !c.Bucket() || c.S3AccessKey != "", "is empty although s3-endpoint is set")
	check("s3-secret-key", !c.Bucket() || c.S3SecretKey != "", "is empty although s3-endpoint is set")
	check("s3-region", c.S3Region != "", "is empty")
	check("s3-style", c.S3Style == "path" || c.S3Style == "host", "is neither path nor host")
	return list
}

// networkProblems are those of the networks to publish to.
func (c Config) networkProblems() []problem {
	var list []problem
	check := func(flag string, ok bool, format string, args ...any) {
		if !ok {
			list = append(list, problem{flag, fmt.Sprintf(format, args...)})
		}
	}
	check("facebook-api", publicURL(c.FacebookAPI), "%q is not a URL such as https://graph.facebook.com, without a path", c.FacebookAPI)
	check("facebook-version", graphVersion.MatchString(c.FacebookVersion), "%q is not a version such as v25.0", c.FacebookVersion)
	check("facebook-sign-in", publicURL(c.FacebookSignIn), "%q is not a URL such as https://www.facebook.com, without a path", c.FacebookSignIn)
	check("facebook-app-secret", c.FacebookAppID == "" || c.FacebookAppSecret != "", "is empty although facebook-app-id is set")
	check("facebook-app-id", c.FacebookAppSecret == "" || c.FacebookAppID != "", "is empty although facebook-app-secret is set")
	check("instagram-api", publicURL(c.InstagramAPI), "%q is not a URL such as https://graph.instagram.com, without a path", c.InstagramAPI)
	check("instagram-tokens", publicURL(c.InstagramTokens), "%q is not a URL such as https://api.instagram.com, without a path", c.InstagramTokens)
	check("instagram-version", graphVersion.MatchString(c.InstagramVersion), "%q is not a version such as v25.0", c.InstagramVersion)
	check("instagram-sign-in", publicURL(c.InstagramSignIn), "%q is not a URL such as https://www.instagram.com, without a path", c.InstagramSignIn)
	check("instagram-app-secret", c.InstagramAppID == "" || c.InstagramAppSecret != "", "is empty although instagram-app-id is set")
	check("instagram-app-id", c.InstagramAppSecret == "" || c.InstagramAppID != "", "is empty although instagram-app-secret is set")
	reached := strings.HasPrefix(c.PublicURL, "https://")
	check("public-url", c.InstagramAppID == "" || reached || c.PublicURL != "" && !publicURL(c.PublicURL), "is no https address, from which Instagram could fetch pictures, although instagram-app-id is set")
	check("threads-api", publicURL(c.ThreadsAPI), "%q is not a URL such as https://graph.threads.net, without a path", c.ThreadsAPI)
	check("threads-version", graphVersion.MatchString(c.ThreadsVersion), "%q is not a version such as v1.0", c.ThreadsVersion)
	check("threads-sign-in", publicURL(c.ThreadsSignIn), "%q is not a URL such as https://www.threads.net, without a path", c.ThreadsSignIn)
	check("threads-app-secret", c.ThreadsAppID == "" || c.ThreadsAppSecret != "", "is empty although threads-app-id is set")
	check("threads-app-id", c.ThreadsAppSecret == "" || c.ThreadsAppID != "", "is empty although threads-app-secret is set")
	check("linkedin-api", publicURL(c.LinkedInAPI), "%q is not a URL such as https://api.linkedin.com, without a path", c.LinkedInAPI)
	check("linkedin-version", month.MatchString(c.LinkedInVersion), "%q is not a month such as 202608", c.LinkedInVersion)
	check("linkedin-links", c.LinkedInLinks == "escaped" || c.LinkedInLinks == "bare", "%q is none of escaped, bare", c.LinkedInLinks)
	check("linkedin-sign-in", publicURL(c.LinkedInSignIn), "%q is not a URL such as https://www.linkedin.com, without a path", c.LinkedInSignIn)
	check("linkedin-client-secret", c.LinkedInClientID == "" || c.LinkedInClientSecret != "", "is empty although linkedin-client-id is set")
	check("linkedin-client-id", c.LinkedInClientSecret == "" || c.LinkedInClientID != "", "is empty although linkedin-client-secret is set")
	check("linkedin-page-scopes", strings.TrimSpace(c.LinkedInPageScopes) != "", "is empty")
	check("linkedin-pkce", c.LinkedInPKCE == "on" || c.LinkedInPKCE == "off", "%q is neither on nor off", c.LinkedInPKCE)
	check("x-api", publicURL(c.XAPI), "%q is not a URL such as https://api.x.com, without a path", c.XAPI)
	check("x-sign-in", webURL(c.XSignIn) != nil, "%q is not a URL such as https://x.com/i/oauth2/authorize", c.XSignIn)
	check("x-client-secret", c.XClientID == "" || c.XClientSecret != "", "is empty although x-client-id is set")
	check("x-client-id", c.XClientSecret == "" || c.XClientID != "", "is empty although x-client-secret is set")
	check("slack-api", publicURL(c.SlackAPI), "%q is not a URL such as https://slack.com, without a path", c.SlackAPI)
	check("teams-hosts", hostNames.MatchString(c.TeamsHosts), "%q is not a list of hosts such as .logic.azure.com,api.powerautomate.com", c.TeamsHosts)
	return list
}

// hostNames are names of hosts with commas between them, each with a dot before it or without.
var hostNames = regexp.MustCompile(`^\.?[a-z0-9-]+(\.[a-z0-9-]+)+(,\.?[a-z0-9-]+(\.[a-z0-9-]+)+)*$`)

func (c Config) databaseOK() bool {
	s := c.Database.Reveal()
	if keywords(s) {
		return true
	}
	if c.Postgres() {
		u, err := url.Parse(s)
		return err == nil && (u.Host != "" || u.Query().Has("host"))
	}
	path, ok := strings.CutPrefix(s, "sqlite:")
	return s == "" || ok && path != ""
}

// derive fills in what follows from other settings.
func (c Config) derive() Config {
	if c.MediaDir == "" {
		c.MediaDir = filepath.Join(c.DataDir, "media")
	}
	if c.KeyFile == "" {
		c.KeyFile = filepath.Join(c.DataDir, "keyset")
	}
	if c.PublicURL == "" {
		c.PublicURL = localURL(c.Listen)
	}
	c.PublicURL = strings.TrimRight(c.PublicURL, "/")
	return c
}

// localURL is how a browser on this machine reaches an address.
func localURL(listen string) string {
	host, port, _ := net.SplitHostPort(listen)
	if ip := net.ParseIP(host); host == "" || ip != nil && ip.IsUnspecified() {
		host = "localhost"
	}
	return "http://" + net.JoinHostPort(host, port)
}

func hostPort(s string) bool {
	_, port, err := net.SplitHostPort(s)
	if err != nil {
		return false
	}
	n, err := strconv.ParseUint(port, 10, 16)
	return err == nil && n <= 65535
}

func webURL(s string) *url.URL {
	u, err := url.Parse(s)
	if err != nil || u.Host == "" || u.Scheme != "http" && u.Scheme != "https" {
		return nil
	}
	return u
}

// keyOfService tells whether a text is the address of a key. What opens every credential goes over no
// network in the clear, but may be asked of a helper on this machine.
func keyOfService(s string) bool {
	u := webURL(s)
	if u == nil || u.User != nil || u.RawQuery != "" || u.Fragment != "" {
		return false
	}
	address, err := netip.ParseAddr(u.Hostname())
	here := u.Hostname() == "localhost" || err == nil && address.IsLoopback()
	return (u.Scheme == "https" || here) && keyPath.MatchString(u.Path)
}

// keyPath is where a key of the engine transit is.
var keyPath = regexp.MustCompile(`^(/[A-Za-z0-9_.-]+)+/keys/[A-Za-z0-9_.-]+$`)

func publicURL(s string) bool {
	u := webURL(s)
	return u != nil && u.User == nil && strings.Trim(u.Path, "/") == "" && u.RawQuery == "" && u.Fragment == ""
}

func mailAddress(s string) bool {
	_, err := mail.ParseAddress(s)
	return err == nil
}
