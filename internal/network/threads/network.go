package threads

import (
	"regexp"

	"github.com/imprimatur-hq/imprimatur/internal/network/container"
	"github.com/imprimatur-hq/imprimatur/internal/network/measure"
)

// Name is the network's name among the networks.
const Name = measure.Threads

// Options configure the network: API is such as https://graph.threads.net, Version such as v1.0, and
// SignIn such as https://www.threads.net. Tokens are given where the API is.
type Options = container.Options

var kind = container.Kind{
	Name: Name, Title: "Threads",
	Profile:   "https://www.threads.com/@",
	Addresses: regexp.MustCompile(`^https://www\.threads\.(?:com|net)/@([A-Za-z0-9._]{1,30})/?$`),
	Hosts:     []string{"www.threads.com", "threads.com", "www.threads.net", "threads.net"},
	// developers.facebook.com/docs/threads/get-started and /posts: the last takes posts back.
	Scopes: []string{"threads_basic", "threads_content_publish", "threads_delete"},
	Make:   "threads", Show: "threads_publish", List: "threads", Quota: "threads_publishing_limit",
	Text: "text", UserID: "id", Status: "status", Why: "error_message",
	TextType: "TEXT", PictureType: "IMAGE", VideoType: "VIDEO", VideoWords: true,
	SignIn: "oauth/authorize", Grant: "th",
	Deletes: true,
	// developers.facebook.com/docs/threads/troubleshooting: "The requested resource does not exist".
	Absent: 24,
}

// New returns the network.
func New(o Options) *container.Network {
	o.Tokens = o.API
	return container.New(kind, o)
}
