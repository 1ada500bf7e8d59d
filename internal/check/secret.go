package check

import (
	"strings"

	"github.com/imprimatur-hq/imprimatur/internal/advocacy"
)

// shape is how the keys of one service look: what they begin with, the characters after
// it and how many those are.
type shape struct {
	kind, prefix string
	of           func(byte) bool
	least, most  int
}

// shapes are those the services publish, so that scanners find what leaks. A key without
// a shape of its own cannot be told from any other number.
var shapes = []shape{
	{"AWS", "AKIA", upperOrDigit, 16, 16},
	{"AWS", "ASIA", upperOrDigit, 16, 16},
	{"GitHub", "ghp_", isWord, 36, 255},
	{"GitHub", "gho_", isWord, 36, 255},
	{"GitHub", "ghu_", isWord, 36, 255},
	{"GitHub", "ghs_", isWord, 36, 255},
	{"GitHub", "ghr_", isWord, 36, 255},
	{"GitHub", "github_pat_", ofKey, 22, 255},
	{"GitLab", "glpat-", ofKey, 20, 255},
	{"Slack", "xoxb-", ofKey, 20, 255},
	{"Slack", "xoxa-", ofKey, 20, 255},
	{"Slack", "xoxp-", ofKey, 20, 255},
	{"Slack", "xoxr-", ofKey, 20, 255},
	{"Slack", "xapp-", ofKey, 20, 255},
	{"Slack", "hooks.slack.com/services/T", ofPath, 30, 255},
	{"Stripe", "sk_live_", isWord, 24, 255},
	{"Stripe", "sk_test_", isWord, 24, 255},
	{"Stripe", "rk_live_", isWord, 24, 255},
	{"Standard Webhooks", "whsec_", ofBase64, 24, 255},
	{"Google", "AIza", ofKey, 35, 35},
	{"Google", "GOCSPX-", ofKey, 28, 28},
	{"Google", "ya29.", ofKey, 40, 1024},
	{"OpenAI", "sk-proj-", ofKey, 40, 255},
	{"OpenAI", "sk-svcacct-", ofKey, 40, 255},
	{"OpenAI", "sk-", isWord, 48, 48},
	{"Anthropic", "sk-ant-", ofKey, 40, 255},
	{"Hugging Face", "hf_", isWord, 34, 34},
	{"SendGrid", "SG.", ofToken, 66, 66},
	{"Mailgun", "key-", isHex, 32, 32},
	{"Twilio", "SK", isHex, 32, 32},
	{"npm", "npm_", isWord, 36, 36},
	{"PyPI", "pypi-AgEIcHlwaS5vcmc", ofKey, 50, 1024},
	{"Docker", "dckr_pat_", ofKey, 27, 27},
	{"DigitalOcean", "dop_v1_", isHex, 64, 64},
	{"Shopify", "shpat_", isHex, 32, 32},
	{"Square", "sq0atp-", ofKey, 22, 22},
	{"Square", "sq0csp-", ofKey, 43, 43},
	{telegram, ":AA", ofKey, 32, 34},
	{"Tailscale", "tskey-auth-", ofKey, 20, 255},
	{"Vault", "hvs.", ofKey, 24, 255},
	{"age", "AGE-SECRET-KEY-1", upperOrDigit, 58, 58},
	{"Imprimatur", "imps_", ofKey, 43, 43},
	{"Imprimatur", "impk_", ofKey, 43, 43},
	{"Imprimatur", "impl_", ofKey, 43, 43},
	{jwt, "eyJ", ofToken, 60, 2048},
}

func upperOrDigit(b byte) bool { return b >= 'A' && b <= 'Z' || isDigit(b) }

func isHex(b byte) bool { return isDigit(b) || b|0x20 >= 'a' && b|0x20 <= 'f' }

func ofKey(b byte) bool { return isWord(b) || b == '_' || b == '-' }

func ofToken(b byte) bool { return ofKey(b) || b == '.' }

func ofPath(b byte) bool { return isWord(b) || b == '/' }

func ofBase64(b byte) bool { return isWord(b) || strings.IndexByte("+/=", b) >= 0 }

// secrets finds keys and passwords: they are worth nothing once they are published, and
// whoever reads them may use them at once.
func secrets(v view) []advocacy.Finding {
	out := append(privateKeys(v), passwords(v)...)
	for _, s := range shapes {
		s.each(v, func(i, j int) {
			out = append(out, v.finding(advocacy.Finding{Code: "SECRET_KEY", Severity: advocacy.Blocks, Args: map[string]string{"kind": s.kind}}, i, j)) // guard: keys block
		})
	}
	return out
}

// each calls found with the span of each key of a shape.
func (s shape) each(v view, found func(i, j int)) {
	for i := 0; ; {
		next := strings.Index(v.text[i:], s.prefix)
		if next < 0 {
			return
		}
		begin := i + next
		i = begin + len(s.prefix)
		if s.kind == telegram {
			begin -= digitsBefore(v.text[:begin])
		}
		if before := v.at(begin - 1); isWord(before) || before == '_' {
			continue
		}
		end := i
		for end < len(v.text) && end-i <= s.most && s.of(v.text[end]) {
			end++
		}
		tail := strings.TrimRight(v.text[i:end], "._-")
		if len(tail) >= s.least && len(tail) <= s.most && drawn(tail) && s.fits(v.text[begin:i], tail) {
			found(begin, i+len(tail))
			i += len(tail)
		} else if s.kind == jwt {
			i = end // long, and its parts may begin as the whole does
		}
	}
}

// The kinds whose keys have more to them than a prefix and a length.
const (
	telegram = "Telegram"
	jwt      = "JWT"
)

// fits tells what a prefix and a length do not: Telegram's keys begin with the number of
// the bot, and a token of JSON (RFC 7519) has three parts.
func (s shape) fits(head, tail string) bool {
	switch s.kind {
	case telegram:
		digits := len(head) - len(s.prefix)
		return digits >= 8 && digits <= 10
	case jwt:
		return strings.Count(tail, ".") == 2 && strings.Contains(tail, ".eyJ")
	default:
		return true
	}
}

func digitsBefore(text string) int {
	const most = 12
	n := 0
	for n < min(most, len(text)) && isDigit(text[len(text)-1-n]) {
		n++
	}
	return n
}

// drawn tells whether characters look drawn by lot. Those of examples do not.
func drawn(tail string) bool {
	low := strings.ToLower(tail)
	for _, said := range []string{"example", "xxxx", "0000", "your", "abcdef", "123456", "redacted", "placeholder"} {
		if strings.Contains(low, said) {
			return false
		}
	}
	seen := make(map[byte]bool)
	digits := false
	for i := range len(tail) {
		seen[tail[i]] = true
		digits = digits || isDigit(tail[i])
	}
	return digits && len(seen) >= 8
}

// privateKeys finds the armour of PEM and of OpenPGP, and PuTTY's files.
func privateKeys(v view) []advocacy.Finding {
	var out []advocacy.Finding
	const begin, longestName, longestKey = "-----BEGIN ", 40, 8192
	for i := 0; ; {
		next := strings.Index(v.text[i:], begin)
		if next < 0 {
			break
		}
		from := i + next
		i = from + len(begin)
		name, _, armoured := strings.Cut(v.text[i:min(i+longestName, len(v.text))], "-----")
		if !armoured || !strings.Contains(name, "PRIVATE KEY") {
			continue
		}
		i += len(name) + len("-----")
		if rest := strings.Index(v.text[i:min(i+longestKey, len(v.text))], "-----END "+name+"-----"); rest >= 0 {
			i += rest + len("-----END "+name+"-----")
		}
		out = append(out, v.finding(advocacy.Finding{Code: "PRIVATE_KEY", Severity: advocacy.Blocks}, from, i)) // guard: private keys block
	}
	const putty = "PuTTY-User-Key-File-"
	if i := strings.Index(v.text, putty); i >= 0 && isDigit(v.at(i+len(putty))) {
		out = append(out, v.finding(advocacy.Finding{Code: "PRIVATE_KEY", Severity: advocacy.Blocks}, i, i+len(putty)+1))
	}
	return out
}

// passwords finds addresses with a name and a password in them, and those whose name reads as the
// site: in https://acme.com@evil.example the site is the last one.
func passwords(v view) []advocacy.Finding {
	var out []advocacy.Finding
	for i := 0; ; {
		next := strings.Index(v.text[i:], "://")
		if next < 0 {
			return out
		}
		begin := i + next
		i = begin + len("://")
		end := i
		for end < len(v.text) && v.text[end] > ' ' && strings.IndexByte(`/?#"<>`, v.text[end]) < 0 {
			end++
		}
		user, host, _ := strings.Cut(v.text[i:end], "@")
		name, password, both := strings.Cut(user, ":")
		i = end
		posing := !both && strings.Contains(name, ".")
		if host == "" || !isWord(host[0]) || !posing && (!both || password == name || placeholder(password)) {
			continue
		}
		for begin > 0 && isWord(v.text[begin-1]) {
			begin--
		}
		if posing {
			end = begin + len(strings.TrimRight(v.text[begin:end], ".,:;!?)]}'"))
			out = append(out, v.finding(advocacy.Finding{Code: "NAME_IN_ADDRESS", Severity: advocacy.NeedsReview}, begin, end))
			continue
		}
		out = append(out, v.finding(advocacy.Finding{Code: "PASSWORD_IN_ADDRESS", Severity: advocacy.Blocks}, begin, end)) // guard: passwords block
	}
}

// placeholder tells whether a password stands for one.
func placeholder(password string) bool {
	low := strings.ToLower(strings.Trim(password, "[]{}()*."))
	switch low {
	case "", "password", "pass", "passwd", "pwd", "secret", "token", "motdepasse", "xxx", "xxxx":
		return true
	}
	return strings.HasPrefix(password, "$") || strings.HasPrefix(password, "{")
}
