package instagram

import (
	"regexp"

	"github.com/imprimatur-hq/imprimatur/internal/network/container"
	"github.com/imprimatur-hq/imprimatur/internal/network/measure"
)

// Name is the network's name among the networks.
const Name = measure.Instagram

// Options configure the network: API is such as https://graph.instagram.com, Version such as v25.0,
// Tokens such as https://api.instagram.com, and SignIn such as https://www.instagram.com.
type Options = container.Options

var kind = container.Kind{
	Name: Name, Title: "Instagram",
	Profile:   "https://www.instagram.com/",
	Addresses: regexp.MustCompile(`^https://www\.instagram\.com/([A-Za-z0-9._]{1,30})/?$`),
	Hosts:     []string{"www.instagram.com", "instagram.com"},
	// developers.facebook.com/docs/instagram-platform/instagram-api-with-instagram-login/business-login.
	Scopes: []string{"instagram_business_basic", "instagram_business_content_publish"},
	Make:   "media", Show: "media_publish", List: "media", Quota: "content_publishing_limit",
	// docs/instagram-platform: since 2023-11-09 a video is a reel; alternative text is for pictures alone.
	VideoType: "REELS",
	Text:      "caption", UserID: "user_id", Status: "status_code", Why: "status",
	SignIn: "oauth/authorize", Grant: "ig",
}

// New returns the network.
func New(o Options) *container.Network { return container.New(kind, o) }
