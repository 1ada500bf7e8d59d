package advocacy

import (
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"
)

const (
	// longestFileName is how many bytes of a file's name are kept.
	longestFileName = 200
	// longestEnding is how many of them can be what the file is.
	longestEnding = 20
)

// FileName is a name that somebody's machine gave a file, as it can be shown and saved anywhere: its
// last part, without what is not seen, what turns a line around or what no disk takes, and with the
// ending of what the file is, so that none opens as something else. A file whose type is not known
// yet keeps any ending. Empty where nothing is left.
func FileName(sent, contentType string) string {
	sent = strings.ToValidUTF8(sent, "")
	sent = sent[strings.LastIndexAny(sent, `/\`)+1:]
	clean := strings.Map(func(r rune) rune {
		switch {
		case unicode.IsSpace(r):
			return ' '
		case !unicode.IsPrint(r): // guard: a name hides nothing
			return -1
		case strings.ContainsRune(`<>:"|?*`, r):
			return '_'
		}
		return r
	}, sent)
	clean = strings.Trim(strings.Join(strings.Fields(clean), " "), ". ")
	if clean == "" {
		return ""
	}
	ending, endings := "", endingsOf(contentType)
	if at := strings.LastIndexByte(clean, '.'); at >= 0 && len(clean)-at <= longestEnding {
		ending = clean[at:]
	}
	if len(endings) > 0 && !slices.Contains(endings, strings.ToLower(ending)) { // guard: a file ends as what it is
		if !slices.ContainsFunc(mediaTypes, func(t mediaType) bool { return slices.Contains(t.endings, strings.ToLower(ending)) }) {
			ending = ""
		}
		clean, ending = strings.TrimSuffix(clean, ending)+endings[0], endings[0]
	}
	return shortened(strings.TrimSuffix(clean, ending), longestFileName-len(ending)) + ending
}

// endingsOf are how names of files of a type end, the usual way first.
func endingsOf(contentType string) []string {
	for _, t := range mediaTypes {
		if t.name == contentType {
			return t.endings
		}
	}
	return nil
}

// shortened is a text of no more than so many bytes, which ends with a whole character.
func shortened(text string, most int) string {
	if len(text) <= most {
		return text
	}
	for most > 0 && !utf8.RuneStart(text[most]) {
		most--
	}
	return strings.TrimRight(text[:most], ". ")
}
