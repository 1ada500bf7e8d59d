package wire

import (
	"net/netip"
	"net/url"
	"strconv"
	"strings"

	"github.com/imprimatur-hq/imprimatur/internal/advocacy"
)

const maxAddress = 2048

// Address reads the address somebody gave of a server: https with a host and nothing
// secret or ambiguous about it. It resolves no name: what a name points to is checked at
// each connection.
//
// Errors are Invalid on social_account.address: ADDRESS_INVALID for what is no address
// we can use, ADDRESS_FORBIDDEN for one that leads, or could lead, to a private network
// the operator did not allow. They do not repeat the address, whose path may be secret.
func (c *Client) Address(raw string) (*url.URL, error) {
	u, err := parseAddress(raw)
	if err != nil {
		return nil, err
	}
	port, err := portOf(u)
	if err != nil {
		return nil, err
	}
	host := strings.ToLower(strings.TrimSuffix(u.Hostname(), "."))
	ip, err := netip.ParseAddr(host)
	switch {
	case err == nil:
		err = c.checkIP(ip, port, u.Scheme)
	case numeric(host):
		err = forbidden("write the host as a name, or as an IP address in its usual form")
	default:
		err = c.checkName(host, port, u.Scheme)
	}
	if err != nil {
		return nil, err
	}
	return u, nil
}

// CheckServer refuses what is not the address of a server alone, of its beginning and without a
// path, as Address refuses any.
func (c *Client) CheckServer(raw string) error {
	u, err := c.Address(raw)
	if err != nil {
		return err
	}
	if u.Path != "" && u.Path != "/" || u.RawQuery != "" {
		return invalid("write the address of the server alone, as in https://%s", u.Host)
	}
	return nil
}

// parseAddress checks the form.
func parseAddress(raw string) (*url.URL, error) {
	if raw == "" || len(raw) > maxAddress || strings.ContainsFunc(raw, func(r rune) bool { return r <= ' ' || r == 0x7f || r == '\\' }) {
		return nil, invalid("write an https address of at most %d characters, without spaces", maxAddress)
	}
	u, err := url.Parse(raw)
	switch {
	case err != nil || u.Opaque != "":
		return nil, invalid("this is not a web address")
	case u.Scheme != "https" && u.Scheme != "http":
		return nil, invalid("the address must begin with https://")
	case u.Hostname() == "":
		return nil, invalid("the address names no host")
	case u.User != nil:
		return nil, invalid("leave the user name and password out of the address; requests are signed instead")
	case strings.Contains(raw, "#"):
		return nil, invalid("leave out what follows the # sign: it would never be sent")
	case strings.ContainsFunc(u.Hostname(), func(r rune) bool { return r > '~' }):
		return nil, invalid("write the host name in its ASCII form, which begins with xn--")
	}
	return u, nil
}

func portOf(u *url.URL) (uint16, error) {
	text := u.Port()
	if text == "" && u.Scheme == "https" {
		return 443, nil
	}
	if text == "" {
		return 80, nil
	}
	port, err := strconv.ParseUint(text, 10, 16)
	if err != nil || port == 0 {
		return 0, invalid("the port is not a number from 1 to 65535")
	}
	return uint16(port), nil
}

// checkIP judges an address written as numbers.
func (c *Client) checkIP(ip netip.Addr, port uint16, scheme string) error {
	switch {
	case c.fence.Allows(ip):
		return nil
	case !c.fence.Public(ip):
		return forbidden("this IP address is not public; ask the operator to allow its network")
	}
	return checkPublic(port, scheme)
}

// checkName judges a name. Where the operator allowed networks, a name may lead there:
// then the connection decides.
func (c *Client) checkName(host string, port uint16, scheme string) error {
	if c.fence.Names() {
		return nil
	}
	if local(host) {
		return forbidden("this host name belongs to a private network; ask the operator to allow that network")
	}
	return checkPublic(port, scheme)
}

func checkPublic(port uint16, scheme string) error {
	if scheme != "https" {
		return forbidden("the address must begin with https://")
	}
	if port != 443 && port != 80 {
		return forbidden("only the ports 443 and 80 are allowed")
	}
	return nil
}

// local tells whether a name never belongs to the public network.
func local(host string) bool {
	last := host[strings.LastIndexByte(host, '.')+1:]
	switch last {
	case host, "localhost", "local", "internal", "intranet", "lan", "home", "corp":
		return true
	}
	return strings.HasSuffix(host, ".home.arpa")
}

// numeric tells whether a resolver could take the host for an IPv4 address in one of
// the old forms: 2130706433, 0x7f000001, 0177.0.0.1, 127.1.
func numeric(host string) bool {
	last := host[strings.LastIndexByte(host, '.')+1:]
	if last == "" {
		return true
	}
	if digits, hex := strings.CutPrefix(last, "0x"); hex {
		return strings.Trim(digits, "0123456789abcdef") == ""
	}
	return strings.Trim(last, "0123456789") == ""
}

func invalid(format string, args ...any) error {
	return advocacy.InvalidField("social_account.address", "ADDRESS_INVALID", format, args...)
}

func forbidden(format string, args ...any) error {
	return advocacy.InvalidField("social_account.address", "ADDRESS_FORBIDDEN", format, args...)
}
