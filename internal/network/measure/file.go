package measure

import (
	"cmp"
	"strconv"

	"github.com/imprimatur-hq/imprimatur/internal/advocacy"
)

// Files is what a network takes of one kind of file. A bound of 0 is not known, or none.
type Files struct {
	// Most is how many stand together in one post; of none nothing else counts.
	Most int
	// Types are those it takes; nil for every accepted one.
	Types []string
	// Bytes and Fewest are the largest and the smallest size in bytes.
	Bytes, Fewest int64
	// Pixels is the largest area, Long and Short the longest that the longer and the shorter side
	// may be.
	Pixels, Long, Short int
	// Tallest and Widest bound how long the sides are against each other.
	Tallest, Widest Shape
	// Shortest and Longest bound how many milliseconds a video takes.
	Shortest, Longest int
	// Pages is the most a document has.
	Pages int
}

// Shape is how long the sides of a picture are against each other, in hundredths, such as 191 and 100; none is no
// bound.
type Shape struct{ Width, Height int }

// wider tells whether something is wider than the shape.
func (s Shape) wider(width, height int) bool { return width*s.Height > height*s.Width }

// Out tells whether something is taller or wider than a network takes.
func (f Files) Out(width, height int) bool {
	tall := f.Tallest != Shape{} && Shape{width, height}.wider(f.Tallest.Width, f.Tallest.Height)
	return tall || f.Widest != Shape{} && f.Widest.wider(width, height)
}

// String is the shape as people write it, such as "1.91:1".
func (s Shape) String() string {
	say := func(hundredths int) string { return strconv.FormatFloat(float64(hundredths)/100, 'f', -1, 64) }
	return say(s.Width) + ":" + say(s.Height)
}

const (
	kilobyte = 1000
	megabyte = 1000 * kilobyte
	mebibyte = 1 << 20
	second   = 1000
	minute   = 60 * second
)

// shows is what each network takes beside text. A kind that is not named is not shown. Kinds never
// stand together: where a network would mix them, the stricter reading of the others stands.
var shows = map[advocacy.Network]map[advocacy.MediaKind]Files{
	X: {
		// docs.x.com/x-api/media/quickstart/best-practices: four photos JPG/PNG/WEBP of 5 MB, or one
		// video of 512 MB, 0.5 to 140 s, 1280x1024.
		advocacy.KindPicture: {Most: 4, Types: []string{"image/jpeg", "image/png", "image/webp"}, Bytes: 5 * megabyte},
		advocacy.KindVideo: {
			Most: 1, Types: []string{"video/mp4"}, Bytes: 512 * megabyte, Long: 1280, Short: 1024, Shortest: second / 2, Longest: 140 * second,
			Tallest: Shape{100, 300}, Widest: Shape{300, 100},
		},
	},
	Bluesky: {
		// lexicons/app/bsky/embed/images.json and video.json (atproto d6296a1): blobs of 2,000,000
		// bytes, mp4 of 300 MB.
		advocacy.KindPicture: {Most: 4, Bytes: 2 * megabyte},
		advocacy.KindVideo:   {Most: 1, Types: []string{"video/mp4"}, Bytes: 300 * megabyte},
	},
	Mastodon: {
		// docs.joinmastodon.org/user/posting and entities/Instance: images of 16 MB and 33,177,600
		// pixels, one video of 99 MB and 8,294,400.
		advocacy.KindPicture: {Most: 4, Bytes: 16 * megabyte, Pixels: 33_177_600},
		advocacy.KindVideo:   {Most: 1, Bytes: 99 * megabyte, Pixels: 8_294_400},
	},
	LinkedIn: {
		// learn.microsoft.com/linkedin/marketing: 2 to 20 pictures JPG/PNG/GIF of fewer than
		// 36,152,320 pixels, and 5 MB as the smaller of two figures seen; one MP4 of 3 s to 30 min and
		// 75 KB to 500 MB; one document of 100 MB and 300 pages.
		advocacy.KindPicture: {
			Most: 20, Types: []string{"image/jpeg", "image/png", "image/gif"}, Bytes: 5 * megabyte, Pixels: 36_152_319,
		},
		advocacy.KindVideo: {
			Most: 1, Types: []string{"video/mp4"}, Bytes: 500 * megabyte, Fewest: 75 * kilobyte, Shortest: 3 * second, Longest: 30 * minute,
		},
		advocacy.KindDocument: {Most: 1, Bytes: 100 * megabyte, Pages: 300},
	},
	// developers.facebook.com/docs/threads/overview, as ayrshare.com/docs/media-guidelines/threads has it in
	// 2026: JPEG and PNG of 8 MB, 10:1, scaled to 320 and 1440 pixels; one MP4 or MOV of 1 GB and five minutes,
	// 1:100 to 10:1 and 1920 pixels wide.
	Threads: {
		advocacy.KindPicture: {
			Most: 20, Types: []string{"image/jpeg", "image/png"}, Bytes: 8 * megabyte, Tallest: Shape{100, 1000}, Widest: Shape{1000, 100},
		},
		advocacy.KindVideo: {
			Most: 1, Types: []string{"video/mp4", "video/quicktime"}, Bytes: 1000 * megabyte, Longest: 5 * minute,
			Tallest: Shape{1, 100}, Widest: Shape{1000, 100},
		},
	},
	Facebook: {
		// JPG/PNG of 4 MB by error 1366046 (postiz-app 74b01ad); other texts have 10.
		advocacy.KindPicture: {Most: 10, Types: []string{"image/jpeg", "image/png"}, Bytes: 4 * megabyte},
		advocacy.KindVideo:   {Most: 1},
	},
	Instagram: {
		// developers.facebook.com/docs/instagram-platform/content-publishing: JPEG only, 8 MB,
		// 4:5 to 1.91:1. It scales what is narrower than 320 or wider than 1440 pixels. A video is a reel:
		// MP4 or MOV of 3 s to 15 min, 1:100 to 10:1, and 300 MB as the smaller of two figures seen
		// (ayrshare.com/docs/media-guidelines/instagram, 2026).
		advocacy.KindPicture: {Most: 10, Types: []string{"image/jpeg"}, Bytes: 8 * megabyte, Tallest: Shape{400, 500}, Widest: Shape{191, 100}},
		advocacy.KindVideo: {
			Most: 1, Types: []string{"video/mp4", "video/quicktime"}, Bytes: 300 * megabyte, Shortest: 3 * second, Longest: 15 * minute,
			Tallest: Shape{1, 100}, Widest: Shape{1000, 100},
		},
	},
	Mattermost: {
		// mattermost/mattermost model/config.go: files of 100 MB, of 50 on older servers, and pictures
		// of 7680 by 4320; of a post's files five by the documentation, ten by the code.
		advocacy.KindPicture: {
			Most: 5, Types: []string{"image/jpeg", "image/png", "image/gif", "image/webp"}, Bytes: 50 * mebibyte, Pixels: 7680 * 4320,
		},
	},
	// docs.slack.dev, reference/block-kit/blocks/image-block: png, jpg, jpeg and gif; a message may have
	// fifty blocks, and readers look at four pictures in one place.
	Slack: {advocacy.KindPicture: {Most: 4, Types: []string{"image/jpeg", "image/png", "image/gif"}}},
	// learn.microsoft.com, microsoftteams/platform/task-modules-and-cards/cards/cards-format: .png, .jpg
	// or .gif of less than 1 MB; larger than 1024 by 1024 pixels they are scaled, as seen.
	Teams:     {advocacy.KindPicture: {Most: 4, Types: []string{"image/jpeg", "image/png", "image/gif"}, Bytes: megabyte}},
	WordPress: {advocacy.KindPicture: {Most: 20}},
	// Ours: what a reader looks at in one place.
	Wall: {
		advocacy.KindPicture: {Most: 4}, advocacy.KindVideo: {Most: 1, Bytes: 512 * mebibyte}, advocacy.KindDocument: {Most: 1, Bytes: 100 * mebibyte},
	},
	Webhook: {
		advocacy.KindPicture: {Most: 4}, advocacy.KindVideo: {Most: 1, Bytes: 512 * mebibyte}, advocacy.KindDocument: {Most: 1, Bytes: 100 * mebibyte},
	},
	// What the place takes is asked where it is known.
	Handoff: {advocacy.KindPicture: {Most: 20}, advocacy.KindVideo: {Most: 1}, advocacy.KindDocument: {Most: 1}},
}

// Shows returns what the network takes of a kind of file.
func (r Rule) Shows(k advocacy.MediaKind) Files { return shows[cmp.Or(r.Place, r.Network)][k] }

// Pictures is the largest number of pictures.
func (r Rule) Pictures() int { return r.Shows(advocacy.KindPicture).Most }
