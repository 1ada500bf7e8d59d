package web

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

func TestPlainHost(t *testing.T) {
	t.Parallel()
	for host, want := range map[string]string{
		"alder.example": "alder.example", "аlder.example": "xn--lder-43d.example", "café.example": "xn--caf-dma.example",
		"аlder.example:8080": "xn--lder-43d.example:8080", "a_b.аlder.example": "a_b.xn--lder-43d.example", "127.0.0.1:80": "127.0.0.1:80",
	} {
		if got := plainHost(host); got != want {
			t.Errorf("plainHost(%q) = %q, want %q", host, got, want)
		}
	}
}

func TestPlainHosts(t *testing.T) {
	t.Parallel()
	for text, want := range map[string]string{
		"": "", "alder.example": "", "Nous serons là. Été comme hiver.": "", "C’est fini.Été": "", "今日は良い天気です。明日も": "", "une é.": "",
		"https://аlder.example.":                      "https://аlder.example=xn--lder-43d.example",
		"at аlder.com, аlder.com":                     "at аlder.com=xn--lder-43d.com , аlder.com=xn--lder-43d.com",
		"www.例え.テスト":                                  "www.例え.テスト=www.xn--r8jz45g.xn--zckzah",
		"https://例え.テスト/x":                            "https://例え.テスト=xn--r8jz45g.xn--zckzah",
		"«https://аlder.example»":                     "«https://аlder.example=xn--lder-43d.example",
		"https://alder.example@аlder.example:80/а.eu": "https://alder.example@аlder.example=xn--lder-43d.example",
		"https://i❤.example":                          "https://i❤.example=xn--i-7iq.example",
		"ａlder.com":                                   "ａlder.com=alder.com",
		"https://":                                    "",
	} {
		var got []string
		at := 0
		for _, h := range plainHosts(text) {
			got = append(got, text[at:h.end]+"="+h.plain)
			at = h.end
		}
		if diff := cmp.Diff(want, strings.Join(got, " ")); diff != "" {
			t.Errorf("%q: %s", text, diff)
		}
	}
}
