package check

import (
	"regexp"
	"slices"
	"strings"

	"github.com/imprimatur-hq/imprimatur/internal/advocacy"
)

// private finds what is somebody's own business in every text: secrets, which nothing is
// submitted with, and data about a person, which somebody looks at.
func private(field, text string) []advocacy.Finding {
	v := viewOf(text)
	out := apart(secrets(v))
	v = v.withoutAddresses()
	for _, look := range []func(view) []advocacy.Finding{bankAccounts, cards, phones, emails, spelledEmails} {
		for _, f := range look(v) {
			if !slices.ContainsFunc(out, func(o advocacy.Finding) bool { return f.Start < o.End && o.Start < f.End }) {
				out = append(out, f)
			}
		}
	}
	for i := range out {
		out[i].Field = field
	}
	return apart(out)
}

// number is digits in groups, as people write long numbers.
type number struct {
	from, to int
	digits   string
	// sizes are how many digits each group has, seps what is between two.
	sizes []int
	seps  []byte
}

// mostGroups bounds how much of a table of numbers is taken for one.
const mostGroups = 12

// numberAt reads the number that begins at i: groups of digits with one of these signs
// between them.
func numberAt(v view, i int, between string) number {
	n := number{from: i, to: i}
	digits := make([]byte, 0, 24)
	size := 0
	for ; i < len(v.text) && len(n.sizes) < mostGroups; i++ {
		switch b := v.text[i]; {
		case isDigit(b):
			digits = append(digits, b)
			size++
			n.to = i + 1
			continue
		case size > 0 && strings.IndexByte(between, b) >= 0 && isDigit(v.at(i+1)):
			n.sizes, n.seps = append(n.sizes, size), append(n.seps, b)
			size = 0
			continue
		}
		break
	}
	n.sizes = append(n.sizes, size)
	n.digits = string(digits)
	return n
}

// eachNumber calls found with each number that stands for itself, not in a word, not
// after a sign that makes it part of something longer.
func eachNumber(v view, between string, found func(number)) {
	for i := 0; i < len(v.text); i++ {
		if !isDigit(v.text[i]) {
			continue
		}
		n := numberAt(v, i, between)
		if before := v.at(i - 1); !isWord(before) && before != '_' && !isWord(v.at(n.to)) && v.at(n.to) != '_' {
			found(n)
		}
		i = max(i, n.to-1)
	}
}

// cards finds the numbers of payment cards.
func cards(v view) []advocacy.Finding {
	var out []advocacy.Finding
	eachNumber(v, " -.", func(n number) {
		at, digit := n.from, 0
		for g := 0; g < len(n.sizes); {
			length, taken := cardIn(n, g, digit)
			if length > 0 {
				out = append(out, v.finding(advocacy.Finding{Code: "PAYMENT_CARD", Severity: advocacy.NeedsReview}, at, at+length+taken-1))
			} else {
				length, taken = n.sizes[g], 1
			}
			at += length + taken
			digit += length
			g += taken
		}
	})
	return out
}

// cardGroups are how the digits of a card are printed on it.
var cardGroups = [][]int{{4, 4, 4, 4}, {4, 4, 4, 4, 1}, {4, 4, 4, 4, 2}, {4, 4, 4, 4, 3}, {4, 6, 5}, {4, 6, 4}}

// cardIn tells whether a card's number begins with a group, whose first digit is the
// given one; it returns how many digits and groups it has.
func cardIn(n number, group, digit int) (length, groups int) {
	if size := n.sizes[group]; size >= 13 {
		if card(n.digits[digit : digit+size]) {
			return size, 1
		}
		return 0, 0
	}
	for _, sizes := range cardGroups {
		end := group + len(sizes)
		if end > len(n.sizes) || !slices.Equal(n.sizes[group:end], sizes) {
			continue
		}
		seps := n.seps[group : end-1]
		if slices.ContainsFunc(seps, func(b byte) bool { return b != seps[0] }) {
			continue
		}
		total := 0
		for _, s := range sizes {
			total += s
		}
		if card(n.digits[digit : digit+total]) {
			return total, len(sizes)
		}
	}
	return 0, 0
}

// issuers are the first digits of cards and how many digits theirs have (ISO 7812).
var issuers = []struct {
	low, high string
	lengths   []int
}{
	{"4", "4", []int{13, 16, 19}}, {"51", "55", []int{16}}, {"2221", "2720", []int{16}}, {"34", "34", []int{15}}, {"37", "37", []int{15}},
	{"6011", "6011", []int{16, 19}}, {"644", "649", []int{16, 19}}, {"65", "65", []int{16, 19}}, {"300", "305", []int{14}},
	{"36", "36", []int{14}}, {"38", "39", []int{14}}, {"3528", "3589", []int{16, 19}}, {"62", "62", []int{16, 19}},
}

// card tells whether digits are the number of a card: an issuer's, with the right check
// digit (Luhn), and not all alike.
func card(digits string) bool {
	for _, s := range issuers {
		if first := digits[:len(s.low)]; first >= s.low && first <= s.high && slices.Contains(s.lengths, len(digits)) {
			return luhn(digits) && strings.Trim(digits, digits[:1]) != ""
		}
	}
	return false
}

func luhn(digits string) bool {
	sum := 0
	for i := range len(digits) {
		d := int(digits[len(digits)-1-i] - '0')
		if i%2 == 1 {
			d *= 2
		}
		sum += d/10 + d%10
	}
	return sum%10 == 0
}

// ibanLengths are those of the countries in the registry of ISO 13616.
var ibanLengths = map[string]int{
	"AD": 24, "AE": 23, "AL": 28, "AT": 20, "AZ": 28, "BA": 20, "BE": 16, "BG": 22, "BH": 22, "BI": 27, "BR": 29, "BY": 28, "CH": 21, "CR": 22,
	"CY": 28, "CZ": 24, "DE": 22, "DJ": 27, "DK": 18, "DO": 28, "EE": 20, "EG": 29, "ES": 24, "FI": 18, "FK": 18, "FO": 18, "FR": 27, "GB": 22,
	"GE": 22, "GI": 23, "GL": 18, "GR": 27, "GT": 28, "HR": 21, "HU": 28, "IE": 22, "IL": 23, "IQ": 23, "IS": 26, "IT": 27, "JO": 30, "KW": 30,
	"KZ": 20, "LB": 28, "LC": 32, "LI": 21, "LT": 20, "LU": 20, "LV": 21, "LY": 25, "MC": 27, "MD": 24, "ME": 22, "MK": 19, "MN": 20, "MR": 27,
	"MT": 31, "MU": 30, "NI": 28, "NL": 18, "NO": 15, "OM": 23, "PK": 24, "PL": 28, "PS": 29, "PT": 25, "QA": 29, "RO": 24, "RS": 22, "RU": 33,
	"SA": 24, "SC": 31, "SD": 18, "SE": 24, "SI": 19, "SK": 24, "SM": 27, "SO": 23, "ST": 25, "SV": 28, "TL": 23, "TN": 24, "TR": 26, "UA": 29,
	"VA": 22, "VG": 24, "XK": 20, "YE": 30,
}

// bankAccounts finds the numbers of bank accounts (IBAN).
func bankAccounts(v view) []advocacy.Finding {
	var out []advocacy.Finding
	for i := 0; i+4 < len(v.text); i++ {
		if !isDigit(v.text[i+2]) || !isDigit(v.text[i+3]) || isWord(v.at(i-1)) {
			continue
		}
		length := ibanLengths[strings.ToUpper(v.text[i:i+2])]
		if length == 0 {
			continue
		}
		if end, ok := iban(v, i, length); ok {
			out = append(out, v.finding(advocacy.Finding{Code: "BANK_ACCOUNT", Severity: advocacy.NeedsReview}, i, end))
			i = end
		}
	}
	return out
}

// iban reads as many letters and digits as a country's account numbers have, with a sign
// between each four or none, and proves them (modulo 97).
func iban(v view, from, length int) (end int, ok bool) {
	read, i := make([]byte, 0, length), from
	for len(read) < length {
		b := v.at(i)
		if (b == ' ' || b == '-' || b == '.') && len(read)%4 == 0 {
			i++
			b = v.at(i)
		}
		if b == otherLetter || !isWord(b) {
			return 0, false
		}
		read = append(read, b)
		i++
	}
	if isWord(v.at(i)) {
		return 0, false
	}
	rest := 0
	for _, b := range append(slices.Clone(read[4:]), read[:4]...) {
		if isDigit(b) {
			rest = (rest*10 + int(b-'0')) % 97
		} else {
			rest = (rest*100 + int(b|0x20-'a') + 10) % 97
		}
	}
	return i, rest == 1
}

// roles are mailboxes that are nobody's own.
var roles = []string{
	"info", "contact", "contacts", "hello", "press", "presse", "media", "pr", "jobs", "careers", "career", "hr", "rh", "recrutement", "sales", "support",
	"help", "service", "office", "team", "events", "privacy", "dpo", "legal", "security", "abuse", "noreply", "no-reply", "newsletter", "marketing", "admin",
	"webmaster", "postmaster", "billing", "partners", "feedback", "bonjour", "kontakt", "bewerbung", "kundenservice", "communication", "investors", "ir", "conduct", "dev",
}

// emails finds the addresses of persons' mailboxes.
func emails(v view) []advocacy.Finding {
	var out []advocacy.Finding
	done := 0
	for at := range len(v.text) {
		if v.text[at] != '@' {
			continue
		}
		begin := at
		for begin > done && (isWord(v.text[begin-1]) || strings.IndexByte("._%+-", v.text[begin-1]) >= 0) {
			begin--
		}
		end := at + 1
		for end < len(v.text) && (isWord(v.text[end]) || v.text[end] == '.' || v.text[end] == '-') {
			end++
		}
		done = at + 1
		host := strings.TrimRight(v.text[at+1:end], ".-")
		name := v.text[begin:at]
		if v.at(begin-1) == '@' || !mailbox(name, host) {
			continue
		}
		out = append(out, v.finding(advocacy.Finding{Code: "EMAIL_ADDRESS", Severity: advocacy.Advice}, begin, at+1+len(host)))
	}
	return out
}

// mailbox tells whether a name at a host is a person's mailbox.
func mailbox(name, host string) bool {
	dot := strings.LastIndexByte(host, '.')
	if name == "" || dot < 1 || len(host)-dot-1 < 2 || strings.Contains(host, "..") {
		return false
	}
	for i := dot + 1; i < len(host); i++ {
		if !isLetter(host[i]) {
			return false
		}
	}
	return !slices.Contains(roles, strings.ToLower(name))
}

// spelledEmail is an address that is written so that machines do not see it.
var spelledEmail = regexp.MustCompile(`(?i)\b([a-z0-9][a-z0-9._%+-]*) ?[\[({] ?(?:at|arobase|chez) ?[\])}] ?([a-z0-9-]+(?: ?(?:\.|[\[({] ?(?:dot|point|punkt) ?[\])}]) ?[a-z0-9-]+)+)`)

func spelledEmails(v view) []advocacy.Finding {
	if !strings.ContainsAny(v.text, "[({") {
		return nil
	}
	var out []advocacy.Finding
	for _, m := range spelledEmail.FindAllStringSubmatchIndex(v.text, -1) {
		if !slices.Contains(roles, strings.ToLower(v.text[m[2]:m[3]])) {
			out = append(out, v.finding(advocacy.Finding{Code: "EMAIL_ADDRESS", Severity: advocacy.Advice}, m[0], m[1]))
		}
	}
	return out
}
