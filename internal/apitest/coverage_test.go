package apitest

import (
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
)

// told is the text of all stories and parts.
func told(t *testing.T) string {
	t.Helper()
	var b strings.Builder
	for _, pattern := range []string{"testdata/parts/*.yaml", "testdata/stories/*/*.yaml"} {
		files, err := filepath.Glob(pattern)
		if err != nil || len(files) == 0 {
			t.Fatalf("%s: %d files, %v", pattern, len(files), err)
		}
		for _, f := range files {
			data, err := os.ReadFile(f)
			if err != nil {
				t.Fatal(err)
			}
			b.Write(data)
		}
	}
	return b.String()
}

func TestEveryMethodIsInAStory(t *testing.T) {
	t.Parallel()
	stories := told(t)
	for _, name := range rpcNames() {
		if !strings.Contains(stories, "call: "+name+",") && !strings.Contains(stories, "call: "+name+"\n") {
			t.Errorf("no story calls %s", name)
		}
	}
}

var (
	comment = regexp.MustCompile(`(?m)^\s*//.*$`)
	word    = regexp.MustCompile("`([A-Z][A-Z_]{4,})`")
)

// notReasons are words in the comments of the contract that are no answer of the service:
// its options, and enum values and codes that stories do not need to spell.
var notReasons = map[string]bool{
	"ACCESS_PUBLIC": true, "ACCESS_UNSPECIFIED": true,
	// What no call alone brings about: TestTooManyWatches, TestWatchEndsWithTheService and
	// TestResumeTokens do.
	"STEP_UP_REQUIRED":   true,                      // TestStepUp does, where there is a factor
	"CONNECTION_EXPIRED": true,                      // TestConnectionIsOnesOwn does
	"UPLOAD_QUOTA":       true, "MEDIA_QUOTA": true, // TestUploadQuota and TestMediaQuota do
	"LINK_PREVIEWS_TOO_MANY": true, // TestPreviewsAreBounded does
	"IMPORT_GIVEN_UP":        true, // TestImportIsGivenUp does
	"ACCOUNT_NOT_ATTESTED":   true, // TestAttestation does
	"GROUP_TOO_LARGE":        true, // TestRenameLargeGroup does
	"HANDOFF_OVER":           true, // TestUnopenedPackageExpires does
	"TOO_MANY_WATCHES":       true, "RESOURCE_EXHAUSTED": true, "SERVICE_STOPPING": true, "UNAVAILABLE": true, "RESUME_TOKEN_EXPIRED": true,
}

// TestEveryReasonOfTheContractIsInAStory reads the comments of the proto files, where
// clients learn what a method refuses.
func TestEveryReasonOfTheContractIsInAStory(t *testing.T) {
	t.Parallel()
	spoken := map[string]bool{}
	for _, w := range regexp.MustCompile(`\w+`).FindAllString(told(t), -1) {
		spoken[w] = true
	}
	files, err := filepath.Glob("../../proto/imprimatur/v1/*.proto")
	if err != nil || len(files) < 10 {
		t.Fatalf("%d proto files, %v", len(files), err)
	}
	for _, f := range files {
		data, err := os.ReadFile(f)
		if err != nil {
			t.Fatal(err)
		}
		for _, c := range comment.FindAllString(string(data), -1) {
			for _, m := range word.FindAllStringSubmatch(c, -1) {
				if !notReasons[m[1]] && !spoken[m[1]] {
					t.Errorf("%s speaks of %s; no story does", filepath.Base(f), m[1])
				}
			}
		}
	}
}
