package advocacy

import "time"

const (
	// MinimumFeedInterval is how often a feed may be asked at most.
	MinimumFeedInterval = 15 * time.Minute
	// MaximumFeedInterval bounds the interval, and how long a failing feed is left alone.
	MaximumFeedInterval = 30 * 24 * time.Hour
	// DefaultFeedInterval is how often a feed is asked when nobody says.
	DefaultFeedInterval = time.Hour
	// longestFeedRest is how long a feed is left alone that failed many times.
	longestFeedRest = 24 * time.Hour
	// MaximumFeedProposals is how many proposals of one feed may wait for an answer: a feed
	// does not fill the tray.
	MaximumFeedProposals = 100
	// MaximumFeeds is how many feeds a workspace may have: each makes the service ask somebody
	// else again and again.
	MaximumFeeds = 100
	// feedRest is how long a feed that was asked is not asked again, whoever wants it.
	feedRest = time.Minute
)

// FeedCode says why the last fetch of a feed brought nothing, or not all.
type FeedCode string

const (
	// FeedInvalid: its address, or one it leads to, is none of the web.
	FeedInvalid FeedCode = "INVALID"
	// FeedForbidden: it leads to an address that is neither public nor allowed.
	FeedForbidden FeedCode = "FORBIDDEN"
	// FeedNoAnswer: nobody answers there in time, or the answer does not end in time.
	FeedNoAnswer FeedCode = "NO_ANSWER"
	// FeedRedirects: it leads from one address to the next without an end.
	FeedRedirects FeedCode = "REDIRECTS"
	// FeedStatus: who answers does not show it to everybody.
	FeedStatus FeedCode = "STATUS"
	// FeedTooLarge: the answer is larger than is read.
	FeedTooLarge FeedCode = "TOO_LARGE"
	// FeedUnsafe: the document is built to be costly to read, and is not read.
	FeedUnsafe FeedCode = "UNSAFE"
	// FeedUnreadable: the answer is no RSS, Atom or JSON feed.
	FeedUnreadable FeedCode = "UNREADABLE"
	// FeedTrayFull: so many of its entries wait for an answer that the rest of them has to wait.
	// The feed did not fail.
	FeedTrayFull FeedCode = "TRAY_FULL"
)

// FeedCodes lists every code.
func FeedCodes() []FeedCode {
	return []FeedCode{
		FeedInvalid, FeedForbidden, FeedNoAnswer, FeedRedirects, FeedStatus, FeedTooLarge, FeedUnsafe, FeedUnreadable, FeedTrayFull,
	}
}

// Feed is a source that is asked again and again for entries, which become proposals. What
// it brings is never live by itself.
type Feed struct {
	Workspace WorkspaceID
	ID        FeedID
	Title     string
	URL       string
	// Topic is where its entries would stand, empty for no wish.
	Topic    TopicID
	Interval time.Duration
	Paused   bool
	// Creator added it.
	Creator    PersonID
	Version    int64
	CreateTime time.Time
	UpdateTime time.Time
	Fetch      FeedFetch
}

// FeedFetch is how the asking stands. It changes without a new version of the feed.
type FeedFetch struct {
	// Last is when the feed was last asked, and Next when it will be.
	Last time.Time
	Next time.Time
	// Success is when it last did not fail, zero for never.
	Success time.Time
	// Code is why the last fetch brought nothing or not all, empty when it did; Status is what
	// was answered, 0 for no answer.
	Code   FeedCode
	Status int
	// Failures counts those since the last success.
	Failures int
	// Brought is how many proposals the last fetch made.
	Brought int
	// ETag and Modified are what the source calls what was read last.
	ETag     string
	Modified string
}

// Name is the feed's resource name.
func (f *Feed) Name() string { return f.Workspace.Name() + "/feeds/" + string(f.ID) }

// Guard refuses an interval at which nobody should ask.
func (f *Feed) Guard() error {
	if f.Interval < MinimumFeedInterval || f.Interval > MaximumFeedInterval { // guard: feeds are asked at a decent interval
		return InvalidField("feed.interval_minutes", "FEED_INTERVAL_INVALID", "a feed is asked every %d minutes at most, and every %d at least",
			MinimumFeedInterval/time.Minute, MaximumFeedInterval/time.Minute)
	}
	return nil
}

// GuardFeeds refuses one feed more in a workspace that has so many.
func GuardFeeds(have int) error {
	if have >= MaximumFeeds { // guard: feeds of a workspace are bounded
		return Refuse("FEEDS_TOO_MANY", "the workspace has %d feeds; remove one that brings nothing of use", have)
	}
	return nil
}

// Due tells whether the feed is to be asked at now.
func (f *Feed) Due(now time.Time) bool { return !f.Paused && !now.Before(f.Fetch.Next) }

// Hurry makes it the feed's turn at now, unless it was asked a moment ago, and tells whether
// it is.
func (f *Feed) Hurry(now time.Time) (bool, error) {
	if f.Paused { // guard: a feed in a pause is asked by nobody
		return false, Refuse("FEED_PAUSED", "the feed is paused; let it go on, and it is asked at once")
	}
	if now.Before(f.Fetch.Last.Add(feedRest)) { // guard: nobody asks a feed again and again
		return false, nil
	}
	f.Fetch.Next = now
	return true, nil
}

// Claim notes that somebody is about to ask, so that nobody else does before the next turn.
func (f *Feed) Claim(now time.Time) { f.Fetch.Next = now.Add(f.Interval) }

// Fetched notes an answer. A failing feed is left alone longer each time, up to a day or its
// own interval, and not asked before it wants to be.
func (f *Feed) Fetched(a *FeedAnswer, now time.Time) {
	rest := f.Interval
	f.Fetch.Last, f.Fetch.Code, f.Fetch.Status, f.Fetch.Brought = now, a.Code, a.Status, 0
	if a.Code == "" {
		f.Fetch.Success, f.Fetch.Failures = now, 0
		if !a.Unchanged {
			f.Fetch.ETag, f.Fetch.Modified = a.ETag, a.Modified
		}
	} else {
		f.Fetch.Failures++
		for range min(f.Fetch.Failures-1, 10) {
			rest = min(2*rest, max(f.Interval, longestFeedRest)) // guard: a failing feed is left alone longer
		}
	}
	f.Fetch.Next = now.Add(max(rest, min(a.Rest, longestFeedRest))) // guard: a feed that wants to be left alone is
}

// Took notes how many proposals an answer made, and whether there was room for all of it. What
// was left out is asked for again.
func (f *Feed) Took(made int, all bool) {
	f.Fetch.Brought = made
	if !all { // guard: what was left out is asked for again
		f.Fetch.Code, f.Fetch.ETag, f.Fetch.Modified = FeedTrayFull, "", ""
	}
}

// FeedRequest is what is asked of a source: its address, and what was read last.
type FeedRequest struct {
	URL      string
	ETag     string
	Modified string
}

// FeedAnswer is what a source answered.
type FeedAnswer struct {
	// Code is why it brought nothing, empty when it did not fail.
	Code   FeedCode
	Status int
	// Unchanged says that it is what was read last.
	Unchanged bool
	// Rest is how long it wants to be left alone, 0 when it does not say.
	Rest     time.Duration
	ETag     string
	Modified string
	Entries  []FeedEntry
}

// FeedEntry is one entry of a feed, as plain text.
type FeedEntry struct {
	// Key tells it from the feed's other entries, always the same: a digest.
	Key   string
	Title string
	Text  string
	// Link is an address of the web, or empty.
	Link string
	// Language is a BCP 47 tag, or empty.
	Language string
}
