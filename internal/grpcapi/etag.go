package grpcapi

import (
	"encoding/base32"
	"strconv"
	"strings"

	"github.com/imprimatur-hq/imprimatur/internal/advocacy"
)

// etagCoding keeps clients from computing with versions: an etag is compared, not read.
var etagCoding = base32.HexEncoding.WithPadding(base32.NoPadding)

// etagOf writes a version as an etag; what has no version has none.
func etagOf(version int64) string {
	if version <= 0 {
		return ""
	}
	return strings.ToLower(etagCoding.EncodeToString([]byte("v" + strconv.FormatInt(version, 10))))
}

// ETag writes the version of a resource as clients are shown it, for who has to print a
// command before the resource exists.
func ETag(version int64) string { return etagOf(version) }

// readEtag returns the version of an etag, 0 for none. What is no etag of ours is stale
// like one that was: both mean that the client must read again.
func readEtag(etag string) (int64, error) {
	if etag == "" {
		return 0, nil
	}
	text, err := etagCoding.DecodeString(strings.ToUpper(etag))
	if err == nil {
		digits, _ := strings.CutPrefix(string(text), "v")
		version, err := strconv.ParseInt(digits, 10, 64)
		if err == nil && etagOf(version) == etag {
			return version, nil
		}
	}
	return 0, advocacy.Clash("ETAG_STALE", "it changed since you read it; read it again and repeat your change if it still makes sense")
}

// requireEtag is readEtag where a change without one would overwrite somebody's work.
func requireEtag(field, etag string) (int64, error) {
	if etag == "" {
		return 0, advocacy.InvalidField(field, "ETAG_REQUIRED", "send the etag of the resource as you read it")
	}
	return readEtag(etag)
}
