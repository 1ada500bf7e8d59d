package config_test

import (
	"os"
	"strings"
	"testing"

	"github.com/imprimatur-hq/imprimatur/internal/config"
)

// TestREADMEHoldsTheTable keeps the README's reference the one the struct gives.
func TestREADMEHoldsTheTable(t *testing.T) {
	t.Parallel()
	data, err := os.ReadFile("../../README.md")
	if err != nil {
		t.Fatal(err)
	}
	_, rest, found := strings.Cut(string(data), "<!-- config:begin -->\n")
	table, _, ended := strings.Cut(rest, "<!-- config:end -->")
	if !found || !ended {
		t.Fatal("the README has no place for the table of settings")
	}
	if strings.TrimSpace(table) != strings.TrimSpace(config.Table()) {
		t.Errorf("the README's table of settings is not the struct's; paste this:\n%s", config.Table())
	}
}
