//go:build !linux

package testdisk

import "errors"

var errElsewhere = errors.New("testdisk: only Linux answers for a disk")

// OnThread is for Linux alone.
func OnThread(func()) error { return errElsewhere }

// Everywhere is for Linux alone.
func Everywhere() error { return errElsewhere }
