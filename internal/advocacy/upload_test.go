package advocacy

import (
	"testing"
	"time"

	"pgregory.net/rapid"
)

const kibi, mebi = int64(1) << 10, int64(1) << 20

func TestTake(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		upload       Upload
		offset, size int64
		reason       string
		after        int64
	}{
		"the first":             {Upload{Size: 3 * mebi}, 0, mebi, "", mebi},
		"the largest":           {Upload{Size: 3 * mebi}, 0, 2 * mebi, "", 2 * mebi},
		"too large":             {Upload{Size: 3 * mebi}, 0, 2*mebi + 1, "UPLOAD_PART_SIZE", 0},
		"the smallest":          {Upload{Size: 3 * mebi}, 0, 256 * kibi, "", 256 * kibi},
		"too small":             {Upload{Size: 3 * mebi}, 0, 256*kibi - 1, "UPLOAD_PART_SIZE", 0},
		"the last, small":       {Upload{Size: 3*mebi + 1, Offset: 3 * mebi}, 3 * mebi, 1, "", 3*mebi + 1},
		"a little before it":    {Upload{Size: 3*mebi + 2, Offset: 3 * mebi}, 3 * mebi, 1, "UPLOAD_PART_SIZE", 3 * mebi},
		"all, small":            {Upload{Size: 5}, 0, 5, "", 5},
		"nothing":               {Upload{Size: 5}, 0, 0, "UPLOAD_PART_SIZE", 0},
		"beyond the end":        {Upload{Size: 5}, 0, 6, "UPLOAD_PART_SIZE", 0},
		"after the end":         {Upload{Size: 5, Offset: 5}, 5, 1, "UPLOAD_PART_SIZE", 5},
		"a gap":                 {Upload{Size: 3 * mebi}, 1, mebi, "UPLOAD_OFFSET", 0},
		"once more":             {Upload{Size: 3 * mebi, Offset: mebi}, 0, mebi, "UPLOAD_OFFSET", mebi},
		"what became a picture": {Upload{Size: 5, Offset: 5, Media: "sha256:x"}, 5, 1, "UPLOAD_COMPLETED", 5},
	} {
		err := c.upload.Take(c.offset, c.size)
		if ReasonOf(err) != c.reason || c.upload.Offset != c.after {
			t.Errorf("%s: offset %d, error %v; want %d, %q", name, c.upload.Offset, err, c.after, c.reason)
		}
		if e, ok := err.(*Error); ok && c.reason == "UPLOAD_OFFSET" && e.Meta["offset"] == "" {
			t.Errorf("%s: does not say where to go on", name)
		}
	}
}

// Whatever a sender does, what is counted are parts one after the other that end where the
// file does, and never more of them than the file has room for.
func TestTakeInAnyOrder(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		u := Upload{Size: rapid.Int64Range(1, 20*mebi).Draw(t, "size")}
		parts := int64(0)
		for range rapid.IntRange(1, 200).Draw(t, "tries") {
			before := u.Offset
			offset := before
			if rapid.IntRange(0, 4).Draw(t, "astray") == 0 {
				offset = rapid.Int64Range(0, u.Size).Draw(t, "offset")
			}
			size := rapid.SampledFrom([]int64{0, 1, SmallestPart, LargestPart, LargestPart + 1, u.Size - before}).Draw(t, "part")
			err := u.Take(offset, size)
			if (err == nil) != (u.Offset == before+size && offset == before && size > 0) {
				t.Fatalf("took %d bytes at %d: offset %d, then %d, error %v", size, offset, before, u.Offset, err)
			}
			if err == nil {
				parts++
			}
			if whole := u.Whole(); (whole == nil) != (u.Offset == u.Size) {
				t.Fatalf("%d of %d: %v", u.Offset, u.Size, whole)
			}
		}
		if u.Offset > u.Size || parts > u.Size/SmallestPart+1 {
			t.Fatalf("%d parts, %d of %d bytes", parts, u.Offset, u.Size)
		}
	})
}

func TestAnnounce(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		upload Upload
		reason string
	}{
		"unknown type": {Upload{Size: LargestVideo}, ""},
		"a video":      {Upload{Size: LargestVideo, ContentType: "video/mp4"}, ""},
		"a document":   {Upload{Size: LargestDocument, ContentType: "application/pdf"}, ""},
		"large page":   {Upload{Size: LargestDocument + 1, ContentType: "application/pdf"}, "MEDIA_TOO_LARGE"},
		"large photo":  {Upload{Size: LargestPicture + 1, ContentType: "image/png"}, "MEDIA_TOO_LARGE"},
		"a picture":    {Upload{Size: 1, ContentType: "image/webp"}, ""},
		"a page":       {Upload{Size: 1, ContentType: "text/html"}, "MEDIA_TYPE_UNSUPPORTED"},
		"too large":    {Upload{Size: LargestVideo + 1}, "MEDIA_TOO_LARGE"},
	} {
		if err := c.upload.Announce(MediaLimits{}); ReasonOf(err) != c.reason {
			t.Errorf("%s: %v, want %q", name, err, c.reason)
		}
	}
}

func TestHeard(t *testing.T) {
	t.Parallel()
	end := time.Date(2026, 5, 1, 0, 0, 0, 0, time.UTC)
	theirs, machine := Upload{Uploader: "ana", ExpireTime: end}, Upload{Uploader: "ana", Key: "k", ExpireTime: end}
	for name, c := range map[string]struct {
		upload Upload
		actor  Actor
		now    time.Time
		want   bool
	}{
		"the person":            {theirs, Actor{Person: "ana"}, end.Add(-1), true},
		"another person":        {theirs, Actor{Person: "ben"}, end.Add(-1), false},
		"the person's key":      {theirs, Actor{Person: "ana", Key: "k"}, end.Add(-1), false},
		"the key":               {machine, Actor{Person: "ana", Key: "k"}, end.Add(-1), true},
		"another key":           {machine, Actor{Person: "ana", Key: "l"}, end.Add(-1), false},
		"the person of the key": {machine, Actor{Person: "ana"}, end.Add(-1), false},
		"too late":              {theirs, Actor{Person: "ana"}, end, false},
	} {
		if got := c.upload.Heard(c.actor, c.now); got != c.want {
			t.Errorf("%s: %v", name, got)
		}
	}
}

func TestFits(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		size   int64
		others []int64
		left   string
	}{
		"the first":      {UnfinishedBytes, nil, ""},
		"just":           {10, []int64{UnfinishedBytes - 10}, ""},
		"a byte more":    {11, []int64{UnfinishedBytes - 10}, "10"},
		"the hundredth":  {1, make([]int64, UnfinishedUploads-1), ""},
		"one too many":   {1, make([]int64, UnfinishedUploads), "0"},
		"a lower limit":  {1, []int64{UnfinishedBytes, 1}, "0"},
		"many, no space": {1, []int64{UnfinishedBytes / 2, UnfinishedBytes / 2}, "0"},
	} {
		err := (&Upload{Size: c.size}).Fits(c.others)
		wantLeft(t, name, err, "UPLOAD_QUOTA", c.left)
	}
}

func TestRoom(t *testing.T) {
	t.Parallel()
	wantLeft(t, "no quota", Room(0, 1<<62, 1), "MEDIA_QUOTA", "")
	wantLeft(t, "just", Room(10, 6, 4), "MEDIA_QUOTA", "")
	wantLeft(t, "a byte more", Room(10, 6, 5), "MEDIA_QUOTA", "4")
	wantLeft(t, "a lower quota", Room(10, 16, 1), "MEDIA_QUOTA", "0")
}

// wantLeft wants a refusal that says how much is left, or none.
func wantLeft(t *testing.T, name string, err error, reason, left string) {
	t.Helper()
	e, refused := err.(*Error)
	if left == "" && err == nil {
		return
	}
	if !refused || e.Kind != Exhausted || e.Reason != reason || e.Meta["left"] != left {
		t.Errorf("%s: %v, want %q left", name, err, left)
	}
}
