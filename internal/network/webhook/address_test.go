package webhook

import (
	"net"
	"net/http"
	"net/netip"
	"strconv"
	"strings"
	"sync/atomic"
	"testing"

	"github.com/imprimatur-hq/imprimatur/internal/advocacy"
	"github.com/imprimatur-hq/imprimatur/internal/network"
)

func TestCheckAddress(t *testing.T) {
	t.Parallel()
	const yes, bad, no = "", "ADDRESS_INVALID", "ADDRESS_FORBIDDEN"
	for address, want := range map[string]string{
		"https://hooks.example.com/a?b=c":      yes,
		"https://hooks.example.com:443/":       yes,
		"https://HOOKS.example.com.":           yes,
		"https://xn--mnchen-3ya.example/":      yes,
		"https://1.1.1.1/":                     yes,
		"https://[2606:4700:4700::1111]/":      yes,
		"https://0x.example.com/":              yes,
		"https://10.0.0.1.example.com/":        yes,
		"":                                     bad,
		"hooks.example.com":                    bad,
		"https://":                             bad,
		"https:hooks.example.com":              bad,
		"https:///path":                        bad,
		"ftp://hooks.example.com":              bad,
		"javascript:alert(1)":                  bad,
		"https://a@hooks.example.com":          bad,
		"https://a:b@hooks.example.com":        bad,
		"https://hooks.example.com/#a":         bad,
		"https://hooks.example.com/#":          bad,
		"https://hooks.example.com/ a":         bad,
		" https://hooks.example.com":           bad,
		"https://hooks.example.com/\x00":       bad,
		"https://hooks.example.com\\@a.b/":     bad,
		"https://hooks.example.com:99999/":     bad,
		"https://hooks.example.com:0/":         bad,
		"https://münchen.example/":             bad,
		"https://１２７.0.0.1/":                   bad,
		"https://127。0。0。1/":                   bad,
		"https://%31%32%37.0.0.1/":             bad,
		"https://" + strings.Repeat("a", 2048): bad,
		"http://hooks.example.com":             no,
		"https://hooks.example.com:8443/":      no,
		"https://hooks.example.com:22/":        no,
		"https://localhost/":                   no,
		"https://LocalHost./":                  no,
		"https://a.localhost/":                 no,
		"https://printer.local/":               no,
		"https://metadata.google.internal/":    no,
		"https://router.home.arpa/":            no,
		"https://gateway/":                     no,
		"https://127.0.0.1/":                   no,
		"https://127.1/":                       no,
		"https://2130706433/":                  no,
		"https://0x7f000001/":                  no,
		"https://0X7F.1/":                      no,
		"https://0177.0.0.1/":                  no,
		"https://017700000001/":                no,
		"https://0x7f.0x0.0x0.0x1/":            no,
		"https://127.0.0.1./":                  no,
		"https://0.0.0.0/":                     no,
		"https://0/":                           no,
		"https://256.256.256.256/":             no,
		"https://10.1.2.3/":                    no,
		"https://172.16.0.1/":                  no,
		"https://192.168.1.1/":                 no,
		"https://100.64.0.1/":                  no,
		"https://169.254.169.254/latest":       no,
		"https://224.0.0.1/":                   no,
		"https://255.255.255.255/":             no,
		"https://[::1]/":                       no,
		"https://[::]/":                        no,
		"https://[::ffff:127.0.0.1]/":          no,
		"https://[::ffff:7f00:1]/":             no,
		"https://[::127.0.0.1]/":               no,
		"https://[64:ff9b::7f00:1]/":           no,
		"https://[64:ff9b::808:808]/":          no,
		"https://[2002:7f00:1::]/":             no,
		"https://[fe80::1]/":                   no,
		"https://[fe80::1%25eth0]/":            no,
		"https://[fd00:ec2::254]/":             no,
		"https://[ff02::1]/":                   no,
		"https://1.1.1.1:8443/":                no,
		"http://1.1.1.1/":                      no,
	} {
		err := New(Options{}).CheckAddress(address)
		if got := advocacy.ReasonOf(err); got != want {
			t.Errorf("CheckAddress(%q) = %v, want %q", address, err, want)
		}
		if err != nil && (strings.Contains(err.Error(), "hooks.example") || !strings.Contains(err.Error(), " ")) {
			t.Errorf("CheckAddress(%q) says %v", address, err)
		}
	}
}

func TestCheckAddressNamesTheField(t *testing.T) {
	t.Parallel()
	err, _ := New(Options{}).CheckAddress("https://10.0.0.1").(*advocacy.Error)
	if err == nil || err.Field != "social_account.address" || err.Kind != advocacy.Invalid {
		t.Errorf("error = %+v", err)
	}
}

func TestCheckAddressWithAllowedNetworks(t *testing.T) {
	t.Parallel()
	n := New(Options{AllowedNetworks: []netip.Prefix{netip.MustParsePrefix("10.1.0.0/16")}})
	for address, want := range map[string]bool{
		"http://10.1.2.3:8080/hook":       true,
		"https://10.1.2.3/hook":           true,
		"https://[::ffff:10.1.2.3]/":      true,
		"https://10.2.0.1/":               false,
		"https://167838211/":              false,
		"http://gateway:8080/":            true, // may lead to 10.1; the connection decides
		"http://hooks.example.com/":       true,
		"https://hooks.example.com:8443/": true,
		"http://1.1.1.1/":                 false,
		"https://1.1.1.1:8443/":           false,
		"https://1.1.1.1/":                true,
	} {
		if err := n.CheckAddress(address); (err == nil) != want {
			t.Errorf("CheckAddress(%q) = %v", address, err)
		}
	}
}

// trap is a listener on the machine that nobody may reach.
func trap(t *testing.T) (port string, reached *atomic.Int32) {
	t.Helper()
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	reached = new(atomic.Int32)
	done := make(chan struct{})
	go func() {
		defer close(done)
		for {
			conn, err := listener.Accept()
			if err != nil {
				return
			}
			reached.Add(1)
			conn.Close()
		}
	}()
	t.Cleanup(func() {
		listener.Close()
		<-done
		if got := reached.Load(); got != 0 {
			t.Errorf("%d connections reached the inside", got)
		}
	})
	return strconv.Itoa(listener.Addr().(*net.TCPAddr).Port), reached
}

// Whatever an account holds, also one made before a rule: no connection goes inside.
func TestNoConnectionInside(t *testing.T) {
	t.Parallel()
	port, _ := trap(t)
	for _, host := range []string{
		"127.0.0.1", "localhost", "[::1]", "[::ffff:127.0.0.1]", "0x7f000001", "2130706433", "0177.0.0.1", "127.1", "0.0.0.0",
		"169.254.169.254", "[64:ff9b::7f00:1]", "10.0.0.1", "127.0.0.1.", "localhost.",
	} {
		for _, scheme := range []string{"http", "https"} {
			n := New(Options{Timeout: patient})
			if got := publish(t, t.Context(), n, deliver(t, n, hook(scheme+"://"+host+":"+port))); got.Class != network.Misconfigured {
				t.Errorf("%s %s: %+v", scheme, host, got)
			}
		}
	}
}

// A name is innocent until it is resolved: the fence judges the address dialed.
func TestRebinding(t *testing.T) {
	t.Parallel()
	for _, ip := range []string{"127.0.0.1", "::1", "::ffff:127.0.0.1", "169.254.169.254", "10.0.0.1", "fd00:ec2::254", "64:ff9b::7f00:1", "0.0.0.0"} {
		t.Run(ip, func(t *testing.T) {
			t.Parallel()
			const address = "https://rebound.example.com"
			n := New(Options{Timeout: patient, Resolver: names(t, map[string]netip.Addr{"rebound.example.com": netip.MustParseAddr(ip)})})
			if err := n.CheckAddress(address); err != nil {
				t.Fatal(err)
			}
			if got := publish(t, t.Context(), n, deliver(t, n, hook(address))); got.Class != network.Misconfigured || !strings.Contains(got.Said.Text, "not allowed") {
				t.Errorf("Publish = %+v", got)
			}
		})
	}
}

func TestNamesWithAllowedNetworks(t *testing.T) {
	t.Parallel()
	r := receive(t, status(http.StatusOK))
	port := r.URL[strings.LastIndexByte(r.URL, ':'):]
	known := map[string]netip.Addr{
		"inside.example.com":  netip.MustParseAddr("127.0.0.1"),
		"private.example.com": netip.MustParseAddr("10.0.0.1"),
		"public.example.com":  netip.MustParseAddr("93.184.216.34"),
	}
	n := New(Options{AllowedNetworks: loopback, Timeout: patient, Resolver: names(t, known)})
	for address, want := range map[string]network.Class{
		"http://inside.example.com" + port:  network.Accepted,
		"http://private.example.com" + port: network.Misconfigured,
		"https://private.example.com":       network.Misconfigured,
		"http://public.example.com":         network.Misconfigured, // unencrypted
		"https://public.example.com:8443":   network.Misconfigured, // another port
	} {
		if got := publish(t, t.Context(), n, deliver(t, n, hook(address))); got.Class != want {
			t.Errorf("%s: %+v, want %s", address, got, want)
		}
	}
}
