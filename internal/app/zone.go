package app

import (
	"bufio"
	"os"
	"runtime"
	"strings"
)

// zoneFiles are where systems say which rules of the time zones they have.
var zoneFiles = []string{"/usr/share/zoneinfo/tzdata.zi", "/usr/share/zoneinfo/+VERSION"}

// zoneData names the rules of the time zones of this process: the system's, such as
// "2025b", or those that came with the compiler where the system has none.
func zoneData() string {
	for _, path := range zoneFiles {
		if version := zoneVersion(path); version != "" {
			return version
		}
	}
	return runtime.Version()
}

// zoneVersion reads the first line of a file: "# version 2025b", or the version alone.
func zoneVersion(path string) string {
	f, err := os.Open(path)
	if err != nil {
		return ""
	}
	defer f.Close()
	lines := bufio.NewScanner(f)
	if !lines.Scan() {
		return ""
	}
	return strings.TrimPrefix(strings.TrimSpace(lines.Text()), "# version ")
}
