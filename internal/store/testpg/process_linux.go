package testpg

import "syscall"

// serverAttributes has the kernel stop the server if its watcher is killed too.
func serverAttributes(owner *syscall.Credential) *syscall.SysProcAttr {
	return &syscall.SysProcAttr{Credential: owner, Setpgid: true, Pdeathsig: syscall.SIGQUIT}
}
