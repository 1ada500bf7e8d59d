//go:build !unix

package vault

import (
	"errors"
	"io/fs"
)

// private cannot tell who may read the file here: that is up to the folder's own rights.
func private(info fs.FileInfo) error {
	if !info.Mode().IsRegular() {
		return errors.New("not a plain file")
	}
	return nil
}

// syncFolder has nothing to do where folders cannot be synced.
func syncFolder(string) error { return nil }
