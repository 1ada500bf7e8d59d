// Package testdisk has the disk say that it did not keep what was written.
//
// It owns one thing: from a moment on each fsync of a thread, or of the whole process, is answered
// with EIO by the kernel (a seccomp filter, which needs no rights), as by a disk that fails. Nothing
// in between is pretended: what calls it is what calls a real one.
//
// It knows nobody who writes.
//
// The rule that keeps it so: it cannot be taken back, so a test that asks for a thread's ends the
// thread, and for the process's is a process of its own.
package testdisk
