// Package containertest is a server that speaks as Threads and as Instagram do, as their documentation
// tells, with a ledger of its own, and misbehaves when told to. It shares nothing with the connector it
// tests: what it shows, and not what we keep, says what was published.
//
// What it does has these sources:
//
//   - developers.facebook.com/docs/threads/posts, /reference and /troubleshooting: containers of type TEXT, IMAGE,
//     VIDEO and CAROUSEL, status IN_PROGRESS (Works) to EXPIRED after 24 hours, ERROR with its reason (State, Why),
//     threads_publish, code 24 for what is asked for too early (Early), delete {"success":true};
//   - docs/threads/reference: threads_publishing_limit with quota_usage and config, quota_total 250 and quota_duration
//     86400 (Total); docs/instagram-platform/content-publishing: content_publishing_limit with the same, of which 100, 50 and
//     25 are seen; subcode 2207042 when it is used up (Enough);
//   - docs/threads/get-started: scopes with commas, th_exchange_token, th_refresh_token, 60 days (Renewing);
//   - docs/instagram-platform/content-publishing: media with image_url, which it fetches (Fetches), and alt_text,
//     status_code and status, media_publish, no call that deletes; docs/graph-api/changelog, 2022-06-28: videos are REELS;
//   - docs/instagram-platform/instagram-api-with-instagram-login/business-login: a token for a code in data,
//     ig_exchange_token, ig_refresh_token;
//   - instagram-api/reference/error-codes and gitroomhq/postiz-app 74b01ad: 2207003 to 2207082, 4279013 (Blocked, Early, Old, Faulty);
//   - graph-api/guides/error-handling: the form of errors, 190 (Expired), 10 (Denied, NoReading), 100 (Invalid) with 33, codes 1 and 2 and
//     is_transient (Unsure, Fleeting);
//   - graph-api/overview/rate-limiting: X-Business-Use-Case-Usage, in minutes (Busy), code 4 for the application (Full);
//   - github.com/arsduo/koala issue 699: 500 with code 2, and the post is there (Broken).
//
// Cut, Silent, Garbage, Nameless, Liar, Away, Moved, MakeFails, Lag, Kept, Shows and what Quota answers with are
// documented nowhere: any server, or what stands before it, may do so. Now and AS are hands of a test.
//
// What becomes of a container that is asked to be shown twice is documented nowhere: here it is shown
// twice, which is the worst.
package containertest

import "testing"

// Style is what a network says in its own way.
type Style struct {
	version             string
	make, publish, list string
	// quota is the call that tells how many posts an account may still make, and total how many it may in a day.
	quota       string
	total       int
	text, user  string
	status, why string
	signIn      string
	grant       string
	// listed: a token for a code stands in a list. tooEarly answers for a container nobody worked on yet.
	listed   bool
	tooEarly [2]int
	deletes  bool
	profile  string
	// video is the type of a container of one.
	video string
}

var threads = Style{
	version: "v1.0", make: "threads", publish: "threads_publish", list: "threads", text: "text", user: "id",
	quota: "threads_publishing_limit", total: 250,
	status: "status", why: "error_message", signIn: "oauth/authorize", grant: "th", tooEarly: [2]int{24, 4279009}, deletes: true,
	profile: "https://www.threads.com/@acme/post/", video: "VIDEO",
}

// Threads starts a server that speaks as Threads does, and ends with the test.
func Threads(t testing.TB) *Server { return stopped(t, StartThreads()) }

// StartThreads starts a server that speaks as Threads does.
func StartThreads() *Server { return start(threads) }

func stopped(t testing.TB, s *Server) *Server {
	t.Helper()
	t.Cleanup(s.Stop)
	return s
}

var instagram = Style{
	version: "v25.0", make: "media", publish: "media_publish", list: "media", text: "caption", user: "user_id",
	quota: "content_publishing_limit", total: 50,
	status: "status_code", why: "status", signIn: "oauth/authorize", grant: "ig", listed: true, tooEarly: [2]int{9007, 2207027},
	profile: "https://www.instagram.com/p/", video: "REELS",
}

// Instagram starts a server that speaks as Instagram does, and ends with the test.
func Instagram(t testing.TB) *Server { return stopped(t, StartInstagram()) }

// StartInstagram starts a server that speaks as Instagram does.
func StartInstagram() *Server { return start(instagram) }
