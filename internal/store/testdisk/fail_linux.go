package testdisk

import (
	"fmt"
	"runtime"
	"syscall"
	"unsafe"
)

// Of linux/prctl.h, linux/seccomp.h and the table of system calls.
const (
	setNoNewPrivileges = 38
	setModeFilter      = 1
	everyThread        = 1
	allow              = 0x7fff0000
	answerEIO          = 0x00050000 | uint32(syscall.EIO)
)

var seccomp = map[string]uintptr{"amd64": 317, "arm64": 277}

// OnThread runs fn on a thread whose fsyncs fail, and ends the thread. The error says that the kernel
// does not allow that here.
func OnThread(fn func()) error {
	done := make(chan error)
	go func() {
		runtime.LockOSThread() // and never unlock: the thread ends with the goroutine
		err := filter(0)
		if err == nil {
			fn()
		}
		done <- err
	}()
	return <-done
}

// Everywhere fails each fsync of the process from now on.
func Everywhere() error {
	runtime.LockOSThread()
	defer runtime.UnlockOSThread()
	return filter(everyThread)
}

func filter(flags uintptr) error {
	number, known := seccomp[runtime.GOARCH]
	if !known {
		return fmt.Errorf("testdisk: %s is not known", runtime.GOARCH)
	}
	const load, equal, answer = syscall.BPF_LD | syscall.BPF_W | syscall.BPF_ABS, syscall.BPF_JMP | syscall.BPF_JEQ | syscall.BPF_K, syscall.BPF_RET | syscall.BPF_K
	steps := []syscall.SockFilter{
		{Code: load}, // the number of the call
		{Code: equal, Jt: 2, K: syscall.SYS_FSYNC},
		{Code: equal, Jt: 1, K: syscall.SYS_FDATASYNC},
		{Code: answer, K: allow},
		{Code: answer, K: answerEIO},
	}
	program := syscall.SockFprog{Len: uint16(len(steps)), Filter: &steps[0]}
	if _, _, e := syscall.RawSyscall6(syscall.SYS_PRCTL, setNoNewPrivileges, 1, 0, 0, 0, 0); e != 0 {
		return fmt.Errorf("testdisk: no new privileges: %w", e)
	}
	if _, _, e := syscall.RawSyscall(number, setModeFilter, flags, uintptr(unsafe.Pointer(&program))); e != 0 {
		return fmt.Errorf("testdisk: filter: %w", e)
	}
	return nil
}
