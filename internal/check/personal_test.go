package check_test

import (
	"strings"
	"testing"
	"unicode/utf8"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"github.com/imprimatur-hq/imprimatur/internal/advocacy"
	"github.com/imprimatur-hq/imprimatur/internal/check"
)

// codes lists what is found in an English text: each code and where.
func codes(text string) []string {
	var out []string
	for _, f := range check.Content(advocacy.Content{Language: "en", Text: text}) {
		out = append(out, f.Code+" "+text[f.Start:f.End])
	}
	return out
}

// TestPrivateSeverities: a secret stops a submit; data about a person does not, since
// somebody may have good reason to publish it, but is looked at.
func TestPrivateSeverities(t *testing.T) {
	t.Parallel()
	const key = "gh" + "p_a1B2c3D4e5F6g7H8i9J0k1L2m3N4o5P6q7R8"
	c := advocacy.Content{
		Language: "en", Text: "4111 1111 1111 1111, nina@example.com", Variants: []advocacy.Variant{{Text: "DE89 3704 0044 0532 0130 00"}},
		Media: []advocacy.MediaRef{{AltText: "+1 415 555 2671 " + key}},
	}
	want := []advocacy.Finding{
		{Code: "PAYMENT_CARD", Severity: advocacy.NeedsReview, Field: "content.text", Start: 0, End: 19},
		{Code: "EMAIL_ADDRESS", Severity: advocacy.Advice, Field: "content.text", Start: 21, End: 37},
		{Code: "BANK_ACCOUNT", Severity: advocacy.NeedsReview, Field: "content.variants[0].text", Start: 0, End: 27},
		{Code: "PHONE_NUMBER", Severity: advocacy.Advice, Field: "content.media[0].alt_text", Start: 0, End: 15},
		{Code: "SECRET_KEY", Severity: advocacy.Blocks, Field: "content.media[0].alt_text", Start: 16, End: 56, Args: map[string]string{"kind": "GitHub"}},
	}
	if diff := cmp.Diff(want, check.Content(c)); diff != "" {
		t.Errorf("findings (-want +got):\n%s", diff)
	}
}

// TestNumbersNobodyDials: numbers of everyday posts are nobody's data.
func TestNumbersNobodyDials(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		number := rapid.OneOf(
			rapid.StringMatching(`[A-Z]{2,4}-?[0-9]{4,12}`),                       // order numbers
			rapid.StringMatching(`#?[1-9][0-9]{0,11}`),                            // counts, tickets
			rapid.StringMatching(`[1-9][0-9]{0,2}([ .,][0-9]{3}){0,3}`),           // thousands
			rapid.StringMatching(`20[0-9]{2}-(0[1-9]|1[0-2])-([0-2][1-9])`),       // dates
			rapid.StringMatching(`([0-2][1-9])[./](0[1-9]|1[0-2])[./]20[0-9]{2}`), // dates
			rapid.StringMatching(`[A-Z][0-9]{1,3}[A-Z]?-[0-9]{2,6}`),              // products
			rapid.StringMatching(`[0-9]{1,2}:[0-9]{2}( ?– ?[0-9]{1,2}:[0-9]{2})?`),
			rapid.StringMatching(`[$€£]?[0-9]{1,6}([.,][0-9]{2})?`),
			rapid.StringMatching(`[1-9][0-9]?\.[0-9]{1,2}\.[0-9]{1,3}`), // versions
			rapid.StringMatching(`https://example\.com/[a-z]{3,8}/[0-9]{8,19}`),
			rapid.StringMatching(`97[89]-[0-9]-[0-9]{4}-[0-9]{4}-[0-9]`), // books
		).Draw(t, "number")
		sentence := rapid.SampledFrom([]string{"Order %s left today.", "%s", "We sold %s and counting!", "(%s)", "See %s, then %s.", "On %s we open."}).Draw(t, "sentence")
		text := strings.ReplaceAll(sentence, "%s", number)
		if found := codes(text); found != nil {
			t.Fatalf("%q: %q", text, found)
		}
	})
}

// TestOneWrongDigit: check digits prove cards and accounts, so one digit that is another
// makes it something else.
func TestOneWrongDigit(t *testing.T) {
	t.Parallel()
	for good, code := range map[string]string{
		"4111111111111111": "PAYMENT_CARD", "5555555555554444": "PAYMENT_CARD", "378282246310005": "PAYMENT_CARD", "30569309025904": "PAYMENT_CARD",
		"6011111111111117": "PAYMENT_CARD", "3530111333300000": "PAYMENT_CARD", "2223003122003222": "PAYMENT_CARD",
		"GB82WEST12345698765432": "BANK_ACCOUNT", "DE89370400440532013000": "BANK_ACCOUNT", "FR1420041010050500013M02606": "BANK_ACCOUNT", "NO9386011117947": "BANK_ACCOUNT",
	} {
		if diff := cmp.Diff([]string{code + " " + good}, codes(good)); diff != "" {
			t.Errorf("(-want +got):\n%s", diff)
		}
		for i := range good {
			if good[i] < '0' || good[i] > '9' {
				continue
			}
			bad := good[:i] + string('0'+(good[i]-'0'+1)%10) + good[i+1:]
			if found := codes(bad); found != nil {
				t.Errorf("%s: %q", bad, found)
			}
		}
	}
}

func TestPrivateNeighbours(t *testing.T) {
	t.Parallel()
	for text, want := range map[string][]string{
		"4111-1111-1111-1111 4012 8888 8888 1881":             {"PAYMENT_CARD 4111-1111-1111-1111", "PAYMENT_CARD 4012 8888 8888 1881"},
		"4111 1111 1111 1111 12/27 123":                       {"PAYMENT_CARD 4111 1111 1111 1111"},
		"ID4111111111111111":                                  nil,
		"4111111111111111x":                                   nil,
		"4111 1111-1111 1111":                                 nil,
		"4444444444444444":                                    nil,
		"IBAN:DE89370400440532013000.":                        {"BANK_ACCOUNT DE89370400440532013000"},
		"DE89 3704 0044 0532 0130 00 thanks":                  {"BANK_ACCOUNT DE89 3704 0044 0532 0130 00"},
		"DE893704004405320130001":                             nil,
		"XX89370400440532013000":                              nil,
		"a@example.com b@example.com":                         {"EMAIL_ADDRESS a@example.com", "EMAIL_ADDRESS b@example.com"},
		"@nina@social.example and nina@social.example":        {"EMAIL_ADDRESS nina@social.example"},
		"https://example.com/@nina?to=nina@example.com":       nil,
		"Call 07700 900123 or 07700 900456":                   {"PHONE_NUMBER 07700 900123"},
		"Call for papers: 2026-05-12, 30000 words":            nil,
		"recall 2024 123 456":                                 nil,
		"We called 1000000 people":                            nil,
		"+1 000 000 0000 views":                               nil,
		"+210 123 456 7890":                                   nil,
		"a+441234567890":                                      nil,
		"+33 1 23 45 67 89 / +33 6 12 34 56 78":               {"PHONE_NUMBER +33 1 23 45 67 89", "PHONE_NUMBER +33 6 12 34 56 78"},
		"01 23 45 67 89":                                      {"PHONE_NUMBER 01 23 45 67 89"},
		"00 23 45 67 89":                                      nil,
		"11 23 45 67 89":                                      nil,
		"https://nina:Tr0ub4dor@example.com":                  {"PASSWORD_IN_ADDRESS https://nina:Tr0ub4dor@example.com"},
		"https://nina:password@example.com https://x:y@":      nil,
		"-----BEGIN CERTIFICATE-----\nMII\n-----END X-----":   nil,
		"-----BEGIN PRIVATE KEY-----, -----BEGIN PRIVATE KEY": {"PRIVATE_KEY -----BEGIN PRIVATE KEY-----"},
	} {
		if diff := cmp.Diff(want, codes(text)); diff != "" {
			t.Errorf("%q (-want +got):\n%s", text, diff)
		}
	}
}

// TestLongPrivateTexts: looking takes time as long as the text.
func TestLongPrivateTexts(t *testing.T) {
	t.Parallel()
	for _, part := range []string{
		"1", "1 ", "41 ", "4111 ", "+1", "+1 2(", "(0)", "(415) ", "call 1", "DE89", "DE89 ", "a@", "@", "a.@b.", "x (at) y", "://", "a://b:", "sk-", "sk-ant-", ".eyJ", ":AA",
		"1:AA", "-----BEGIN ", "-----BEGIN PRIVATE KEY-----", "\U000E0041", "\u200b", "٣", "аa", "\U0001F3F4",
	} {
		check.Content(advocacy.Content{Language: "en", Text: strings.Repeat(part, 100_000/len(part))})
	}
}

// FuzzContent: whatever is found stands in the text, and begins and ends between
// characters.
func FuzzContent(f *testing.F) {
	for _, cases := range attacks(f) {
		f.Add(cases[0].Hostile, cases[0].Language)
	}
	f.Fuzz(func(t *testing.T, text, language string) {
		for _, found := range check.Content(advocacy.Content{Language: language, Text: text}) {
			if found.Start < 0 || found.End <= found.Start || found.End > len(text) || !within(text, found.Start) || !within(text, found.End) {
				t.Fatalf("%+v in %q", found, text)
			}
		}
	})
}

// within tells whether a place in a text is none inside of a character.
func within(text string, at int) bool {
	return at == len(text) || utf8.RuneStart(text[at]) || !utf8.ValidString(text)
}
