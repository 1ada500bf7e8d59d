package config_test

import (
	"encoding/json"
	"flag"
	"fmt"
	"log/slog"
	"net/netip"
	"os"
	"path/filepath"
	"reflect"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"
	"github.com/imprimatur-hq/imprimatur/internal/config"
	"github.com/spf13/pflag"
)

var update = flag.Bool("update", false, "write the golden files")

func bound(t *testing.T, args ...string) *pflag.FlagSet {
	t.Helper()
	flags := pflag.NewFlagSet("serve", pflag.ContinueOnError)
	config.Bind(flags)
	if err := flags.Parse(args); err != nil {
		t.Fatal(err)
	}
	return flags
}

func write(t *testing.T, text string) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), "imprimatur.env")
	if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	return path
}

func load(t *testing.T, flags *pflag.FlagSet, environ ...string) config.Config {
	t.Helper()
	c, err := config.Load(flags, environ)
	if err != nil {
		t.Fatal(err)
	}
	return c
}

func TestNothingSetStarts(t *testing.T) {
	t.Parallel()
	c := load(t, nil)
	want := config.Default()
	want.MediaDir = filepath.Join("imprimatur-data", "media")
	want.KeyFile = filepath.Join("imprimatur-data", "keyset")
	want.PublicURL = "http://127.0.0.1:8080"
	if d := cmp.Diff(want, c); d != "" {
		t.Error(d)
	}
	if c.Postgres() || c.SQLitePath() != filepath.Join("imprimatur-data", "imprimatur.db") || c.Mails() {
		t.Errorf("postgres %v, sqlite %q, mail %v", c.Postgres(), c.SQLitePath(), c.Mails())
	}
	if d := cmp.Diff(c, load(t, bound(t))); d != "" {
		t.Errorf("flags not given changed something: %s", d)
	}
}

func TestFlagsWinOverEnvironmentOverFile(t *testing.T) {
	t.Parallel()
	path := write(t, `
# a comment
IMPRIMATUR_LISTEN=127.0.0.1:1
IMPRIMATUR_METRICS = "off"
IMPRIMATUR_LOG_LEVEL=debug
IMPRIMATUR_WALL_WORKSPACE='acme'
`)
	c := load(t, bound(t, "--listen", "127.0.0.1:3", "--config", path),
		"IMPRIMATUR_LISTEN=127.0.0.1:2", "IMPRIMATUR_METRICS=127.0.0.1:9", "IMPRIMATUR_DATA_DIR=", "OTHER=1")
	got := []string{c.Listen, c.Metrics, c.LogLevel.String(), c.WallWorkspace, c.DataDir}
	want := []string{"127.0.0.1:3", "127.0.0.1:9", "DEBUG", "acme", "imprimatur-data"}
	if d := cmp.Diff(want, got); d != "" {
		t.Error(d)
	}
	byEnv := load(t, nil, "IMPRIMATUR_CONFIG="+path)
	if byEnv.Listen != "127.0.0.1:1" {
		t.Errorf("the file named in the environment was not read: %q", byEnv.Listen)
	}
}

func TestEveryKindOfValue(t *testing.T) {
	t.Parallel()
	c := load(t, bound(t,
		"--media-quota=20gb", "--shutdown-grace=1m", "--log-level=WARN", "--webhook-networks=10.1.2.3/16, ::1",
		"--database=postgres://u:p@db/name", "--public-url=https://imprimatur.example.com/"))
	networks := []netip.Prefix{netip.MustParsePrefix("10.1.0.0/16"), netip.MustParsePrefix("::1/128")}
	if d := cmp.Diff(networks, c.WebhookNetworks, cmpopts.EquateComparable(netip.Prefix{})); d != "" {
		t.Error(d)
	}
	if c.MediaQuota != 20e9 {
		t.Error(c.MediaQuota)
	}
	if c.Grace != time.Minute || c.LogLevel != slog.LevelWarn {
		t.Errorf("%v %v", c.Grace, c.LogLevel)
	}
	if !c.Postgres() || c.SQLitePath() != "" || c.PublicURL != "https://imprimatur.example.com" {
		t.Errorf("%v %q %q", c.Postgres(), c.SQLitePath(), c.PublicURL)
	}
	if words := load(t, bound(t, "--database=host=/tmp/pg user=postgres dbname=x")); !words.Postgres() {
		t.Error("a PostgreSQL connection in words was not recognised")
	}
	if linked := load(t, nil); linked.LinkedInAPI != "https://api.linkedin.com" || linked.LinkedInLinks != "escaped" || linked.LinkedInPKCE != "off" {
		t.Errorf("LinkedIn at %q, links %q", linked.LinkedInAPI, linked.LinkedInLinks)
	}
	if x := load(t, bound(t, "--x-client-id=us", "--x-client-secret=hunter2")); x.XAPI != "https://api.x.com" || x.XClientSecret.Reveal() != "hunter2" || x.XClientID != "us" {
		t.Errorf("X at %q, as %q", x.XAPI, x.XClientID)
	}
	if file := load(t, bound(t, "--database=sqlite:/var/lib/host=1.db")); file.SQLitePath() != "/var/lib/host=1.db" {
		t.Errorf("path %q", file.SQLitePath())
	}
	if all := load(t, bound(t, "--listen=:8080")); all.PublicURL != "http://localhost:8080" {
		t.Errorf("public URL %q", all.PublicURL)
	}
}

func TestSecretsComeFromFiles(t *testing.T) {
	t.Parallel()
	path := write(t, "hunter2\n")
	mail := []string{"IMPRIMATUR_SMTP_ADDR=mail:25", "IMPRIMATUR_SMTP_FROM=a@example.com", "IMPRIMATUR_SMTP_USERNAME=bot"}
	c := load(t, nil, append(mail, "IMPRIMATUR_SMTP_PASSWORD_FILE="+path)...)
	if c.SMTPPassword.Reveal() != "hunter2" || !c.Mails() {
		t.Errorf("password %q", c.SMTPPassword.Reveal())
	}
	if _, err := config.Load(nil, append(mail, "IMPRIMATUR_SMTP_PASSWORD_FILE=/no/such/file")); err == nil {
		t.Error("a missing file was accepted")
	}
}

func TestABucketIsSetWhole(t *testing.T) {
	t.Parallel()
	secret := write(t, "hunter2\n")
	whole := []string{
		"IMPRIMATUR_S3_ENDPOINT=https://s3.example.com", "IMPRIMATUR_S3_BUCKET=pictures",
		"IMPRIMATUR_S3_ACCESS_KEY=ada", "IMPRIMATUR_S3_SECRET_KEY_FILE=" + secret,
	}
	c := load(t, nil, whole...)
	if !c.Bucket() || c.S3SecretKey.Reveal() != "hunter2" || c.S3AccessKey.Reveal() != "ada" || c.S3Style != "path" {
		t.Errorf("%+v", c)
	}
	for i, named := range []string{"s3-endpoint", "s3-bucket", "s3-access-key", "s3-secret-key"} {
		_, err := config.Load(nil, slices.Delete(slices.Clone(whole), i, i+1))
		if err == nil || !strings.Contains(err.Error(), "\n"+named) || strings.Contains(err.Error(), "hunter2") {
			t.Errorf("without %s: error %v", whole[i], err)
		}
	}
}

func TestSecretsAreNeverShown(t *testing.T) {
	t.Parallel()
	environ := []string{
		"IMPRIMATUR_DATABASE=postgres://u:hunter2@db/name", "IMPRIMATUR_SMTP_PASSWORD=hunter2",
		"IMPRIMATUR_SMTP_USERNAME=bot", "IMPRIMATUR_SMTP_FROM=a@example.com", "IMPRIMATUR_SMTP_ADDR=mail:25",
	}
	c := load(t, nil, environ...)
	var log strings.Builder
	slog.New(slog.NewJSONHandler(&log, nil)).Info("x", "config", c, "password", c.SMTPPassword)
	slog.New(slog.NewTextHandler(&log, nil)).Info("x", "config", c, "password", c.SMTPPassword)
	asJSON, err := json.Marshal(c)
	if err != nil {
		t.Fatal(err)
	}
	_, loadErr := config.Load(bound(t, "--database=hunter2"), append(environ, "IMPRIMATUR_LISTEN=x"))
	for _, s := range []string{
		fmt.Sprint(c), fmt.Sprintf("%v %+v %#v %s %q", c, c, c, c.SMTPPassword, c.SMTPPassword),
		log.String(), string(asJSON), fmt.Sprint(loadErr), config.Table(),
	} {
		if strings.Contains(s, "hunter2") {
			t.Errorf("shown in %s", s)
		}
	}
}

func TestEveryMistakeIsNamedAtOnce(t *testing.T) {
	t.Parallel()
	path := write(t, "IMPRIMATUR_LISTNE=x\nnonsense\nIMPRIMATUR_LOG_FORMAT=xml\n")
	bad := map[string]string{
		"--database":          "mysql://x",
		"--data-dir":          "",
		"--s3-endpoint":       "pictures",
		"--s3-bucket":         "Our_Pictures",
		"--s3-region":         "",
		"--s3-style":          "virtual",
		"--listen":            "nowhere",
		"--grpc-listen":       "127.0.0.1:99999",
		"--public-url":        "https://example.com/path?x=1",
		"--smtp-addr":         "mail",
		"--smtp-from":         "me",
		"--smtp-username":     "bot",
		"--smtp-security":     "maybe",
		"--webhook-networks":  "10.0.0.0/99",
		"--wall-workspace":    "Acme!",
		"--log-level":         "loud",
		"--metrics":           "perhaps",
		"--otlp-endpoint":     "collector",
		"--shutdown-grace":    "soon",
		"--media-quota":       "99999999999TB",
		"--facebook-api":      "https://graph.facebook.com/v25.0",
		"--facebook-version":  "25",
		"--facebook-sign-in":  "https://www.facebook.com/dialog",
		"--facebook-app-id":   "us",
		"--instagram-api":     "https://graph.instagram.com/v25.0",
		"--instagram-tokens":  "https://api.instagram.com/oauth",
		"--instagram-version": "1",
		"--instagram-sign-in": "instagram",
		"--instagram-app-id":  "us",
		"--threads-api":       "https://graph.threads.net/v1.0",
		"--threads-version":   "1",
		"--threads-sign-in":   "threads",
		"--threads-app-id":    "us",
		"--linkedin-api":      "https://api.linkedin.com/rest",
		"--linkedin-version":  "202613",
		"--linkedin-links":    "half",

		"--linkedin-client-id":   "us",
		"--linkedin-page-scopes": " ",
		"--linkedin-sign-in":     "https://www.linkedin.com/oauth",
		"--linkedin-pkce":        "perhaps",
		"--x-api":                "https://api.x.com/2",
		"--x-sign-in":            "x.com",
		"--x-client-id":          "us",
		"--slack-api":            "https://slack.com/api",
		"--teams-hosts":          "https://flow.microsoft.com",
	}
	args := []string{"--config=" + path}
	for flag, text := range bad {
		args = append(args, flag+"="+text)
	}
	_, err := config.Load(bound(t, args...), nil)
	if err == nil {
		t.Fatal("accepted")
	}
	for flag := range bad {
		name := strings.TrimPrefix(flag, "--")
		if name == "smtp-username" {
			name = "smtp-password" // what is missing is named, not what is there
		}
		if network, found := strings.CutSuffix(name, "-client-id"); found {
			name = network + "-client-secret"
		}
		if network, found := strings.CutSuffix(name, "-app-id"); found {
			name = network + "-app-secret"
		}
		if n := strings.Count(err.Error(), "\n"+name); n != 1 {
			t.Errorf("%s is named %d times in:\n%v", name, n, err)
		}
	}
	for _, want := range []string{"IMPRIMATUR_LISTNE", ":2: not NAME=value", "log-format"} {
		if !strings.Contains(err.Error(), want) {
			t.Errorf("no %s in:\n%v", want, err)
		}
	}
}

func TestHalfSetIsRefused(t *testing.T) {
	t.Parallel()
	for name, environ := range map[string][]string{
		"sender without server": {"IMPRIMATUR_SMTP_FROM=a@example.com"},
		"server without sender": {"IMPRIMATUR_SMTP_ADDR=mail:25"},
		"name without password": {"IMPRIMATUR_SMTP_ADDR=mail:25", "IMPRIMATUR_SMTP_FROM=a@example.com", "IMPRIMATUR_SMTP_USERNAME=bot"},
		"password without name": {"IMPRIMATUR_SMTP_ADDR=mail:25", "IMPRIMATUR_SMTP_FROM=a@example.com", "IMPRIMATUR_SMTP_PASSWORD=x"},
		"the same port twice":   {"IMPRIMATUR_LISTEN=127.0.0.1:80", "IMPRIMATUR_GRPC_LISTEN=127.0.0.1:80"},
		"an app without an address that pictures are fetched from": {"IMPRIMATUR_INSTAGRAM_APP_ID=us", "IMPRIMATUR_INSTAGRAM_APP_SECRET=x", "IMPRIMATUR_PUBLIC_URL=http://inside.example"},
		"a key over a network in the clear":                        {"IMPRIMATUR_KEY_SERVICE=http://vault.example.com/transit/keys/imprimatur", "IMPRIMATUR_KEY_SERVICE_TOKEN_FILE=/run/token"},
		"an address that is no key's":                              {"IMPRIMATUR_KEY_SERVICE=https://vault.example.com/transit", "IMPRIMATUR_KEY_SERVICE_TOKEN_FILE=/run/token"},
		"a key without its token":                                  {"IMPRIMATUR_KEY_SERVICE=https://vault.example.com/transit/keys/imprimatur"},
		"a token without its key":                                  {"IMPRIMATUR_KEY_SERVICE_TOKEN_FILE=/run/token"},
		"a file in a file":                                         {"IMPRIMATUR_CONFIG=" + write(t, "IMPRIMATUR_CONFIG=other")},
		"no such file":                                             {"IMPRIMATUR_CONFIG=/no/such/file"},
	} {
		if _, err := config.Load(nil, environ); err == nil {
			t.Errorf("%s was accepted", name)
		}
	}
	broken := config.Default()
	broken.Grace = time.Hour
	if err := broken.Validate(); err == nil {
		t.Error("an hour of grace was accepted")
	}
}

// Kubernetes gives every pod variables of the Services around it: for one called
// imprimatur, IMPRIMATUR_PORT and others.
func TestEverySettingHasItsNamesAndHelp(t *testing.T) {
	t.Parallel()
	flags := bound(t)
	count := 0
	flags.VisitAll(func(f *pflag.Flag) {
		count++
		env := "IMPRIMATUR_" + strings.ToUpper(strings.ReplaceAll(f.Name, "-", "_"))
		if !strings.Contains(f.Usage, "[$"+env+"]") || len(f.Usage) < len(env)+15 {
			t.Errorf("%s: help %q", f.Name, f.Usage)
		}
		if regexp.MustCompile(`^IMPRIMATUR_(PORT|SERVICE)`).MatchString(env) {
			t.Errorf("%s: Kubernetes sets %s", f.Name, env)
		}
		if !strings.Contains(config.Table(), "| `--"+f.Name+"` | `"+env+"` |") {
			t.Errorf("%s is not in the table", f.Name)
		}
		if f.DefValue == "" && !strings.Contains(f.Usage, "(default: ") {
			t.Errorf("%s: neither a default nor what an empty value means", f.Name)
		}
	})
	if want := reflect.TypeFor[config.Config]().NumField(); count != want {
		t.Errorf("%d flags for %d settings", count, want)
	}
}

func TestUnknownVariablesAreTold(t *testing.T) {
	t.Parallel()
	got := config.Unknown([]string{
		"IMPRIMATUR_LISTNE=x", "IMPRIMATUR_LISTEN=x", "IMPRIMATUR_PORT=tcp://10.0.0.1:80", "IMPRIMATUR_SERVICE_HOST=10.0.0.1",
		"IMPRIMATUR_DATABASE_FILE=x", "IMPRIMATUR_CONFIG=x", "IMPRIMATUR_TEST_POSTGRES=x", "HOME=x",
	})
	if d := cmp.Diff([]string{"IMPRIMATUR_LISTNE"}, got); d != "" {
		t.Error(d)
	}
}

func TestTable(t *testing.T) {
	t.Parallel()
	const golden = "testdata/table.md"
	if *update {
		if err := os.WriteFile(golden, []byte(config.Table()), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(golden)
	if err != nil {
		t.Fatal(err)
	}
	if d := cmp.Diff(string(want), config.Table()); d != "" {
		t.Errorf("run go test ./internal/config -update: %s", d)
	}
}
