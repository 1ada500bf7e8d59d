package wall

import (
	"net/url"
	"strings"

	"github.com/imprimatur-hq/imprimatur/internal/advocacy"
)

// root is the path every wall lies under.
const root = "/wall"

func wallPath(w advocacy.WorkspaceID) string { return root + "/" + url.PathEscape(string(w)) }

func entryPath(w advocacy.WorkspaceID, p advocacy.PublicationID) string {
	return wallPath(w) + "/" + url.PathEscape(string(p))
}

func feedPath(w advocacy.WorkspaceID) string { return wallPath(w) + "/feed.atom" }

func mediaPath(w advocacy.WorkspaceID, blob string) string {
	return wallPath(w) + "/media/" + advocacy.Digest(blob).Hex()
}

// older is the address of the page before key.
func older(path, key string) string { return path + "?before=" + url.QueryEscape(key) }

// plain tells whether s may be a part of an address: letters, digits, dash, underscore
// and dot, not starting with a dot.
func plain(s string) bool {
	const letters = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-_."
	return s != "" && len(s) <= 128 && s[0] != '.' && strings.Trim(s, letters) == ""
}
