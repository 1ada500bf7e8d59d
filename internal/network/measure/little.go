package measure

import (
	"iter"
	"strings"
	"unicode"
	"unicode/utf8"
)

// reserved are the characters of LinkedIn's little text that mean something when no
// backslash stands before them; a text is cut at the first that was left as it is.
// Source: learn.microsoft.com/linkedin/marketing/community-management/shares/little-text-format.
const reserved = `\|{}@[]()<>#*_~`

// EscapeLittleText writes a text so that LinkedIn shows it as it is, with its hashtags
// alive.
func EscapeLittleText(text string) string {
	var out strings.Builder
	for at := 0; at < len(text); {
		if size := liveTag(text, at); size > 0 {
			out.WriteString(text[at : at+size])
			at += size
			continue
		}
		_, size := utf8.DecodeRuneInString(text[at:])
		if strings.Contains(reserved, text[at:at+size]) {
			out.WriteByte('\\')
		}
		out.WriteString(text[at : at+size])
		at += size
	}
	return out.String()
}

// UnescapeLittleText returns what LinkedIn shows of an escaped text.
func UnescapeLittleText(text string) string {
	var out strings.Builder
	for at := 0; at < len(text); at++ {
		if text[at] == '\\' && at+1 < len(text) && strings.IndexByte(reserved, text[at+1]) >= 0 {
			at++
		}
		out.WriteByte(text[at])
	}
	return out.String()
}

// liveTag returns the length of the hashtag that stands at a place, 0 for none: letters with their
// marks and decimal digits, as none of the reserved characters may stand in it. Of other numbers,
// such as runes that count, nobody knows whether LinkedIn takes them, and what it does not take would
// end the text there.
func liveTag(text string, at int) int {
	if text[at] != '#' {
		return 0
	}
	if before, _ := utf8.DecodeLastRuneInString(text[:at]); at > 0 && (letter(before) || strings.ContainsRune(`&#/\`, before)) {
		return 0
	}
	size, named := 1, false
	for _, r := range text[at+1:] {
		if !unicode.IsLetter(r) && !unicode.IsMark(r) && !unicode.IsDigit(r) {
			break
		}
		named = named || unicode.IsLetter(r)
		size += utf8.RuneLen(r)
	}
	if !named {
		return 0
	}
	return size
}

// littleText counts code units of UTF-16 with the backslashes. In what unit LinkedIn
// counts is not published; this is the largest it can be, and one client was refused for
// its backslashes (brightbean-studio, providers/linkedin.py d85fce1).
func littleText(text string) iter.Seq2[int, int] {
	return func(yield func(int, int) bool) {
		live := 0
		for at := 0; at < len(text); {
			if live <= at {
				live = at + liveTag(text, at)
			}
			r, size := utf8.DecodeRuneInString(text[at:])
			cost := utf16Length(r)
			if at >= live && strings.ContainsRune(reserved, r) {
				cost++
			}
			at += size
			if !yield(at, cost) {
				return
			}
		}
	}
}
