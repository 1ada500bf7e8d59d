package webhook

import (
	"context"
	"crypto/x509"
	"fmt"
	"net"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"github.com/imprimatur-hq/imprimatur/internal/network"
)

// soon is the timeout of deliveries that shall run into it: long enough to connect on
// a busy machine.
const soon = time.Second

func TestStatusClasses(t *testing.T) {
	t.Parallel()
	for code, want := range map[int]network.Class{
		200: network.Accepted,
		201: network.Accepted,
		202: network.Accepted,
		204: network.Accepted,
		301: network.UnknownOutcome,
		302: network.UnknownOutcome,
		304: network.UnknownOutcome,
		307: network.UnknownOutcome,
		400: network.Permanent,
		401: network.Permanent,
		402: network.UnknownOutcome,
		403: network.Permanent,
		404: network.Permanent,
		405: network.Permanent,
		406: network.Permanent,
		408: network.UnknownOutcome,
		409: network.Duplicate,
		410: network.Permanent,
		413: network.Permanent,
		415: network.Permanent,
		418: network.UnknownOutcome,
		422: network.Permanent,
		429: network.RateLimited,
		500: network.UnknownOutcome,
		502: network.UnknownOutcome,
		503: network.UnknownOutcome,
		504: network.UnknownOutcome,
		599: network.UnknownOutcome,
	} {
		t.Run(fmt.Sprint(code), func(t *testing.T) {
			t.Parallel()
			r := receive(t, status(code))
			n := newNetwork(patient)
			for _, deduplicates := range []bool{false, true} {
				d := deliver(t, n, hook(r.URL))
				d.Account.Deduplicates = deduplicates
				answer := publish(t, t.Context(), n, d)
				if answer.Class != want {
					t.Errorf("deduplicates %t: %+v, want %s", deduplicates, answer, want)
				}
				if answer.Class != network.Accepted && !strings.Contains(answer.Said.Text, fmt.Sprint(code)) {
					t.Errorf("the answer does not name the status: %q", answer.Said.Text)
				}
			}
			if got := len(r.got()); got != 2 {
				t.Errorf("%d requests for 2 deliveries", got)
			}
		})
	}
}

func TestGoneSaysSo(t *testing.T) {
	t.Parallel()
	r := receive(t, status(http.StatusGone))
	n := newNetwork(patient)
	if answer := publish(t, t.Context(), n, deliver(t, n, hook(r.URL))); !strings.Contains(answer.Said.Text, "gone for good") {
		t.Errorf("Publish = %+v", answer)
	}
}

func TestRetryAfter(t *testing.T) {
	t.Parallel()
	now := time.Date(2025, 11, 25, 8, 0, 0, 0, time.UTC)
	for header, want := range map[string]time.Time{
		"":                              {},
		"120":                           now.Add(2 * time.Minute),
		"0":                             now,
		" 7 ":                           now.Add(7 * time.Second),
		"999999999":                     now.Add(24 * time.Hour),
		"18446744073709551615":          now.Add(24 * time.Hour),
		"-5":                            {},
		"1.5":                           {},
		"soon":                          {},
		"Tue, 25 Nov 2025 09:00:00 GMT": now.Add(time.Hour),
		"Tue, 25 Nov 2025 07:00:00 GMT": {},
		"Fri, 25 Nov 2033 09:00:00 GMT": now.Add(24 * time.Hour),
	} {
		t.Run(header, func(t *testing.T) {
			t.Parallel()
			for code, class := range map[int]network.Class{429: network.RateLimited, 503: network.UnknownOutcome} {
				r := receive(t, func(w http.ResponseWriter, _ *http.Request) {
					w.Header().Set("Retry-After", header)
					w.WriteHeader(code)
				})
				n := New(Options{AllowedNetworks: loopback, Timeout: patient, Now: func() time.Time { return now }})
				d := deliver(t, n, hook(r.URL))
				d.Account.Deduplicates = true
				if answer := publish(t, t.Context(), n, d); answer.Class != class || !answer.RetryTime.Equal(want) {
					t.Errorf("%d: %+v, want %s at %s", code, answer, class, want)
				}
			}
		})
	}
}

func TestRedirectIsNotFollowed(t *testing.T) {
	t.Parallel()
	elsewhere := receive(t, status(http.StatusOK))
	for _, target := range []string{elsewhere.URL + "/x", "file:///etc/passwd", "//" + strings.TrimPrefix(elsewhere.URL, "http://"), ":"} {
		r := receive(t, func(w http.ResponseWriter, _ *http.Request) {
			w.Header().Set("Location", target)
			w.WriteHeader(http.StatusTemporaryRedirect)
		})
		n := newNetwork(patient)
		if answer := publish(t, t.Context(), n, deliver(t, n, hook(r.URL))); answer.Class != network.UnknownOutcome {
			t.Errorf("redirect to %s: %+v", target, answer)
		}
	}
	if got := len(elsewhere.got()); got != 0 {
		t.Errorf("%d requests followed the redirect", got)
	}
}

func TestReceipts(t *testing.T) {
	t.Parallel()
	long := strings.Repeat("x", nameLimit+1)
	for name, c := range map[string]struct{ body, id, url string }{
		"both":                {`{"external_id":"42","url":"https://example.com/42"}`, "42", "https://example.com/42"},
		"only a name":         {`{"external_id":"été 42"}`, "été 42", ""},
		"only an address":     {`{"url":"http://example.com/42","more":[1]}`, "pub-1", "http://example.com/42"},
		"empty":               {``, "pub-1", ""},
		"no JSON":             {`<html>OK</html>`, "pub-1", ""},
		"a list":              {`[]`, "pub-1", ""},
		"a number as name":    {`{"external_id":42,"url":"https://example.com"}`, "pub-1", ""},
		"cut":                 {`{"external_id":"42"`, "pub-1", ""},
		"followed by more":    {`{"external_id":"42"} {}`, "pub-1", ""},
		"a script":            {`{"external_id":"42","url":"javascript:alert(1)"}`, "42", ""},
		"a relative address":  {`{"url":"/42"}`, "pub-1", ""},
		"a password":          {`{"url":"https://a:b@example.com/"}`, "pub-1", ""},
		"a long name":         {`{"external_id":"` + long + `"}`, "pub-1", ""},
		"a long address":      {`{"url":"https://example.com/` + strings.Repeat("x", urlLimit) + `"}`, "pub-1", ""},
		"a name of two lines": {`{"external_id":"4\n2"}`, "pub-1", ""},
		"a hidden sign":       {`{"external_id":"4\u202e2"}`, "pub-1", ""},
		"too large":           {`{"external_id":"42","pad":"` + strings.Repeat("x", answerLimit) + `"}`, "pub-1", ""},
		"deep":                {strings.Repeat("[", 30_000), "pub-1", ""},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			r := receive(t, func(w http.ResponseWriter, _ *http.Request) { fmt.Fprint(w, c.body) })
			n := newNetwork(patient)
			want := network.Answer{Class: network.Accepted, ExternalID: c.id, URL: c.url}
			if answer := publish(t, t.Context(), n, deliver(t, n, hook(r.URL))); answer != want {
				t.Errorf("Publish = %+v, want %+v", answer, want)
			}
		})
	}
}

// hang keeps the request until the test is over or the other side leaves.
func hang(r *http.Request) { <-r.Context().Done() }

// lost are answers that never come, or not whole.
var lost = map[string]http.HandlerFunc{
	"hang": func(_ http.ResponseWriter, r *http.Request) { hang(r) },
	"end before the status": func(w http.ResponseWriter, _ *http.Request) {
		conn := seize(w)
		conn.Close()
	},
	"reset": func(w http.ResponseWriter, _ *http.Request) {
		conn := seize(w)
		_ = conn.(*net.TCPConn).SetLinger(0)
		conn.Close()
	},
	"end within the headers": func(w http.ResponseWriter, _ *http.Request) {
		conn := seize(w)
		fmt.Fprint(conn, "HTTP/1.1 200 OK\r\nContent-Ty")
		conn.Close()
	},
	"hang within the headers": func(w http.ResponseWriter, r *http.Request) {
		conn := seize(w)
		defer conn.Close()
		fmt.Fprint(conn, "HTTP/1.1 200 OK\r\nContent-Ty")
		// The other side hangs up when its time is over.
		_, _ = conn.Read(make([]byte, 1))
	},
	"garbage": func(w http.ResponseWriter, _ *http.Request) {
		conn := seize(w)
		fmt.Fprint(conn, "\x00\x01 "+canary+"\r\n\r\n")
		conn.Close()
	},
	"endless headers": func(w http.ResponseWriter, _ *http.Request) {
		conn := seize(w)
		defer conn.Close()
		fmt.Fprint(conn, "HTTP/1.1 200 OK\r\n")
		for range 4 * answerLimit / 64 {
			if _, err := fmt.Fprintf(conn, "X-Pad: %064d\r\n", 0); err != nil {
				return
			}
		}
	},
	"switching protocols": func(w http.ResponseWriter, _ *http.Request) {
		conn := seize(w)
		fmt.Fprint(conn, "HTTP/1.1 101 Switching Protocols\r\nConnection: upgrade\r\nUpgrade: x\r\n\r\n")
		conn.Close()
	},
}

func seize(w http.ResponseWriter) net.Conn {
	conn, _, err := w.(http.Hijacker).Hijack()
	if err != nil {
		panic(err)
	}
	return conn
}

func TestLostAnswers(t *testing.T) {
	t.Parallel()
	for name, answer := range lost {
		for _, deduplicates := range []bool{false, true} {
			t.Run(fmt.Sprintf("%s %t", name, deduplicates), func(t *testing.T) {
				t.Parallel()
				r := receive(t, answer)
				n := newNetwork(patient)
				if strings.HasPrefix(name, "hang") {
					n = newNetwork(soon)
				}
				d := deliver(t, n, hook(r.URL))
				d.Account.Deduplicates = deduplicates
				if got := publish(t, t.Context(), n, d); got.Class != network.UnknownOutcome {
					t.Errorf("Publish = %+v, want unknown", got)
				}
				if got := len(r.got()); got != 1 {
					t.Errorf("%d requests for one delivery", got)
				}
			})
		}
	}
}

// A status of success is the receipt, whatever happens to the rest of the answer.
func TestAcceptedBeforeTheAnswerEnds(t *testing.T) {
	t.Parallel()
	for name, answer := range map[string]http.HandlerFunc{
		"slow": func(w http.ResponseWriter, r *http.Request) {
			fmt.Fprint(w, `{"external_id":`)
			w.(http.Flusher).Flush()
			hang(r)
		},
		"reset": func(w http.ResponseWriter, _ *http.Request) {
			conn := seize(w)
			fmt.Fprint(conn, "HTTP/1.1 201 Created\r\nContent-Length: 100\r\n\r\n{\"external_id\":\"4")
			_ = conn.(*net.TCPConn).SetLinger(0)
			conn.Close()
		},
		"endless": func(w http.ResponseWriter, _ *http.Request) {
			for {
				if _, err := fmt.Fprintf(w, "%01000d", 0); err != nil {
					return
				}
			}
		},
		"cut": func(w http.ResponseWriter, _ *http.Request) {
			w.Header().Set("Content-Length", "100")
			fmt.Fprint(w, `{"external_id":"42"}`)
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			r := receive(t, answer)
			n := newNetwork(soon)
			want := network.Answer{Class: network.Accepted, ExternalID: "pub-1"}
			if got := publish(t, t.Context(), n, deliver(t, n, hook(r.URL))); name != "reset" && got != want {
				t.Errorf("Publish = %+v, want %+v", got, want)
			} else if got.Class != network.Accepted && got.Class != network.UnknownOutcome {
				// The reset may overtake the status.
				t.Errorf("Publish = %+v", got)
			}
		})
	}
}

func TestStoppedWhileWaiting(t *testing.T) {
	t.Parallel()
	ctx, cancel := context.WithCancel(t.Context())
	r := receive(t, func(_ http.ResponseWriter, r *http.Request) {
		cancel()
		hang(r)
	})
	n := newNetwork(patient)
	if got := publish(t, ctx, n, deliver(t, n, hook(r.URL))); got.Class != network.UnknownOutcome {
		t.Errorf("Publish = %+v", got)
	}
}

func TestNothingSent(t *testing.T) {
	t.Parallel()
	closed := httptest.NewServer(nil)
	closed.Close()
	silent, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { silent.Close() })
	stranger := start(t, status(http.StatusOK), (*httptest.Server).StartTLS)
	for name, c := range map[string]struct {
		address, says string
		timeout       time.Duration
	}{
		"refused":           {closed.URL, "could not be reached", patient},
		"no TLS there":      {"https://" + silent.Addr().String(), "in time", soon},
		"unknown authority": {stranger.URL, "certificate", patient},
		"unknown name":      {"https://nowhere.example.com", "looked up", patient},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			n := New(Options{AllowedNetworks: loopback, Timeout: c.timeout, Resolver: names(t, nil)})
			got := publish(t, t.Context(), n, deliver(t, n, hook(c.address)))
			if got.Class != network.Retryable || !strings.Contains(got.Said.Text, c.says) || !strings.Contains(got.Said.Text, "nothing was sent") {
				t.Errorf("Publish = %+v", got)
			}
		})
	}
	t.Cleanup(func() {
		if got := len(stranger.got()); got != 0 {
			t.Errorf("%d requests reached a receiver nobody vouches for", got)
		}
	})
}

func TestTLS(t *testing.T) {
	t.Parallel()
	r := start(t, status(http.StatusOK), func(s *httptest.Server) {
		s.EnableHTTP2 = true
		s.StartTLS()
	})
	roots := x509.NewCertPool()
	roots.AddCert(r.Certificate())
	n := New(Options{AllowedNetworks: loopback, Timeout: patient, RootCAs: roots})
	if got := publish(t, t.Context(), n, deliver(t, n, hook(r.URL))); got.Class != network.Accepted {
		t.Fatalf("Publish = %+v", got)
	}
	if got := r.got()[0].proto; got != "HTTP/1.1" {
		t.Errorf("spoke %s", got)
	}
}

func TestOurSideIsWrong(t *testing.T) {
	t.Parallel()
	for name, change := range map[string]func(*network.Delivery){
		"no secret":   func(d *network.Delivery) { d.Credential = nil },
		"bad secret":  func(d *network.Delivery) { d.Credential = []byte("whsec_" + canary) },
		"no id":       func(d *network.Delivery) { d.Key = "" },
		"id of lines": func(d *network.Delivery) { d.Key = "a\r\nX-Injected: 1" },
		"dot in id":   func(d *network.Delivery) { d.Key = "a.b" },
		"no body":     func(d *network.Delivery) { d.Body = nil },
		"long body":   func(d *network.Delivery) { d.Body = []byte(strings.Repeat(canary, bodyLimit)) },
		"no address":  func(d *network.Delivery) { d.Account.Address = "" },
		"user in it": func(d *network.Delivery) {
			d.Account.Address = strings.Replace(d.Account.Address, "//", "//a:"+canary+"@", 1)
		},
		"other scheme": func(d *network.Delivery) {
			d.Account.Address = "gopher" + strings.TrimPrefix(d.Account.Address, "http")
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			r := receive(t, status(http.StatusOK))
			n := newNetwork(patient)
			d := deliver(t, n, hook(r.URL))
			change(&d)
			if got := publish(t, t.Context(), n, d); got.Class != network.Misconfigured {
				t.Errorf("Publish = %+v", got)
			}
			if got := len(r.got()); got != 0 {
				t.Errorf("%d requests", got)
			}
		})
	}
}
