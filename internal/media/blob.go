package media

import (
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"strings"

	"github.com/imprimatur-hq/imprimatur/internal/advocacy"
)

// digestPrefix names the hash function in every digest.
const digestPrefix = "sha256:"

// digestOf names bytes by their hash.
func digestOf(data []byte) string {
	sum := sha256.Sum256(data)
	return digestPrefix + hex.EncodeToString(sum[:])
}

// parseDigest returns the 64 digits of a digest. Anything but lower-case hexadecimal
// is refused, so that a digest has one spelling and is safe in a path.
func parseDigest(digest string) (string, error) {
	name, ok := strings.CutPrefix(digest, digestPrefix)
	if !ok || len(name) != 64 || strings.Trim(name, "0123456789abcdef") != "" {
		return "", advocacy.InvalidField("digest", "DIGEST_INVALID",
			"%q is not a digest: %s and 64 digits of 0-9a-f", digest, digestPrefix)
	}
	return name, nil
}

// matches refuses data that the digest does not name.
func matches(digest string, data []byte) error {
	if actual := digestOf(data); actual != digest {
		return advocacy.InvalidField("digest", "DIGEST_MISMATCH", "the digest %s is not that of the data, %s", digest, actual)
	}
	return nil
}

// absent says that nobody put the blob.
func absent(digest string) error {
	return advocacy.Missing("BLOB_NOT_FOUND", "there is no blob %s", digest)
}

// intact returns data that still has its digest, and nothing of any other.
func intact(digest string, data []byte) ([]byte, error) {
	if actual := digestOf(data); actual != digest { // guard: bytes are hashed when they are read
		corrupt := &advocacy.Error{
			Kind:    advocacy.Internal,
			Reason:  "BLOB_CORRUPT",
			Message: fmt.Sprintf("the bytes of blob %s have changed, their digest is now %s", digest, actual),
		}
		return nil, corrupt.With("digest", digest)
	}
	return data, nil
}
