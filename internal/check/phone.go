package check

import (
	"slices"
	"strings"

	"github.com/imprimatur-hq/imprimatur/internal/advocacy"
)

// countryCodes are those the ITU has given out (E.164), by their first digits: of the
// zones not named here all codes have three digits.
var countryCodes = strings.Fields(`1 7 20 27 30 31 32 33 34 36 39 40 41 43 44 45 46 47 48 49 51 52 53 54 55 56 57 58 60 61 62 63 64 65 66
	81 82 84 86 90 91 92 93 94 95 98 211 212 213 216 218 22 23 24 25 26 290 291 297 298 299 35 37 38 42 50 59 67 68 690 691 692 80 85 87 88 96 97 99`)

// phones finds telephone numbers: with a country's code, in a form nothing else has, or
// after a word that says so.
func phones(v view) []advocacy.Finding {
	var out []advocacy.Finding
	add := func(i, j int) {
		out = append(out, v.finding(advocacy.Finding{Code: "PHONE_NUMBER", Severity: advocacy.Advice}, i, j))
	}
	done := 0
	for i := 0; i < len(v.text); i++ {
		if i < done || v.text[i] != '+' || !isDigit(v.at(i+1)) || isWord(v.at(i-1)) {
			continue
		}
		if n := diallable(v, i+1); international(n) {
			done = n.to
			add(i, n.to)
		}
	}
	eachNumber(v, " -./", func(n number) {
		from := n.from
		bracket := v.at(from-1) == '(' && v.at(n.to) == ')'
		if bracket {
			from--
			n = diallable(v, n.from)
		}
		if v.at(from-1) != '+' && (national(n, bracket) || possible(n) && cued(v, from)) {
			add(from, n.to)
		}
	})
	return apart(out)
}

// diallable reads a number with the signs people put into one, and without the (0) that
// is not dialled from abroad.
func diallable(v view, i int) number {
	n := number{from: i, to: i}
	var digits []byte
	size, trunk := 0, false
	for ; i < len(v.text) && len(digits) <= longestNumber; i++ {
		b, next := v.text[i], v.at(i+1)
		if !trunk && strings.HasPrefix(v.text[i:], "(0)") {
			trunk = true
			i += len("(0)") - 1
			continue
		}
		if isDigit(b) {
			digits = append(digits, b)
			size++
			n.to = i + 1
			continue
		}
		goesOn := isDigit(next) || next == '(' || b == ')' && (next == ' ' || next == '-')
		if strings.IndexByte(" -./()", b) < 0 || !goesOn {
			break
		}
		if size > 0 {
			n.sizes, n.seps = append(n.sizes, size), append(n.seps, b)
			size = 0
		}
	}
	n.sizes = append(n.sizes, size)
	n.digits = string(digits)
	return n
}

// longestNumber is how many digits a telephone number has at most (E.164).
const longestNumber = 15

// international tells whether digits after a plus sign are a telephone number.
func international(n number) bool {
	d := n.digits
	if len(d) < 10 || len(d) > longestNumber || round(d) {
		return false
	}
	if d[0] == '1' {
		return len(d) == 11 && d[1] >= '2' && d[4] >= '2'
	}
	return slices.ContainsFunc(countryCodes, func(code string) bool { return strings.HasPrefix(d, code) })
}

// round numbers count something.
func round(digits string) bool { return strings.HasSuffix(digits, "0000") }

// national tells whether the groups of a number are those of telephone numbers alone: five
// pairs of which the first begins with 0, as in France, or three digits in brackets and
// three and four after them, as in North America.
func national(n number, bracket bool) bool {
	switch {
	case slices.Equal(n.sizes, []int{2, 2, 2, 2, 2}):
		same := !slices.ContainsFunc(n.seps, func(b byte) bool { return b != n.seps[0] })
		return same && n.digits[0] == '0' && n.digits[1] != '0'
	case bracket:
		return slices.Equal(n.sizes, []int{3, 3, 4}) && n.digits[0] >= '2' && n.digits[3] >= '2'
	default:
		return false
	}
}

// possible tells whether a number could be dialled: neither a date nor a quantity.
func possible(n number) bool {
	if len(n.digits) < 7 || len(n.digits) > 14 || round(n.digits) {
		return false
	}
	dates := [][]int{{4, 2, 2}, {2, 2, 4}, {1, 2, 4}, {2, 1, 4}, {4, 4}}
	return !slices.ContainsFunc(dates, func(sizes []int) bool { return slices.Equal(sizes, n.sizes) })
}

// cues are the words after which a number is one to dial, without their accents.
var cues = []string{
	"phone", "telephone", "tel", "call me", "call us", "call", "mobile", "cell", "text me", "sms", "whatsapp", "fax", "dial",
	"appelez", "appelez-moi", "portable", "telefon", "handy", "mobil", "mobilnummer", "anrufen", "telefono", "movil", "llama",
	"gsm", "ligne",
}

// cued tells whether one of the cues, or the sign of a telephone, stands before a number.
func cued(v view, at int) bool {
	const near = 24
	before := v.text[max(0, at-near):at]
	for i := range len(before) {
		if isDigit(before[len(before)-1-i]) {
			before = before[len(before)-i:]
			break
		}
	}
	if strings.IndexByte(before, phoneSign) >= 0 {
		return true
	}
	words := strings.ToLower(before)
	for _, cue := range cues {
		i := strings.LastIndex(words, cue)
		if i < 0 || i > 0 && isLetter(words[i-1]) || i+len(cue) < len(words) && isLetter(words[i+len(cue)]) {
			continue
		}
		if rest := strings.Trim(words[i+len(cue):], " .:;-()"); rest == "" || slices.Contains(fillers, rest) {
			return true
		}
	}
	return false
}

// fillers may stand between a cue and its number.
var fillers = []string{"me", "us", "at", "on", "is", "is now", "me at", "me on", "us at", "us on", "number", "number is", "no", "n", "au", "le", "est le", "moi au", "nous au", "ist", "unter", "es", "al", "phone", "direct"}
