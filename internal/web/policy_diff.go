package web

import "strings"

// diffLine is a line of a document in a comparison: in both, only in the newer ("ins") or only in
// the older one ("del"). A gap stands for lines that are the same.
type diffLine struct {
	Kind   string
	Number int
	Text   string
}

// aroundChange is how many lines that did not change are shown beside one that did.
const aroundChange = 3

// maxDiff bounds the table of a comparison; beyond, everything between the first and the last
// change counts as changed.
const maxDiff = 4 << 20

// diffLines compares two documents line by line, numbered as in the newer one.
func diffLines(before, after string) []diffLine {
	a, b := strings.Split(before, "\n"), strings.Split(after, "\n")
	first, last := 0, 0
	for first < len(a) && first < len(b) && a[first] == b[first] {
		first++
	}
	for last < len(a)-first && last < len(b)-first && a[len(a)-1-last] == b[len(b)-1-last] {
		last++
	}
	var lines []diffLine
	for i := range first {
		lines = append(lines, diffLine{"", i + 1, b[i]})
	}
	lines = append(lines, between(a[first:len(a)-last], b[first:len(b)-last], first)...)
	for i := len(b) - last; i < len(b); i++ {
		lines = append(lines, diffLine{"", i + 1, b[i]})
	}
	return folded(lines)
}

// between compares what lies between the first and the last change, by the longest lines both
// have in common.
func between(a, b []string, offset int) []diffLine {
	var lines []diffLine
	if len(a)*len(b) > maxDiff {
		for _, text := range a {
			lines = append(lines, diffLine{Kind: "del", Text: text})
		}
		for j, text := range b {
			lines = append(lines, diffLine{"ins", offset + j + 1, text})
		}
		return lines
	}
	common := make([][]int32, len(a)+1)
	for i := range common {
		common[i] = make([]int32, len(b)+1)
	}
	for i := len(a) - 1; i >= 0; i-- {
		for j := len(b) - 1; j >= 0; j-- {
			if a[i] == b[j] {
				common[i][j] = common[i+1][j+1] + 1
			} else {
				common[i][j] = max(common[i+1][j], common[i][j+1])
			}
		}
	}
	i, j := 0, 0
	for i < len(a) || j < len(b) {
		switch {
		case i < len(a) && j < len(b) && a[i] == b[j]:
			lines = append(lines, diffLine{"", offset + j + 1, b[j]})
			i, j = i+1, j+1
		case i < len(a) && (j == len(b) || common[i+1][j] >= common[i][j+1]):
			lines = append(lines, diffLine{Kind: "del", Text: a[i]})
			i++
		default:
			lines = append(lines, diffLine{"ins", offset + j + 1, b[j]})
			j++
		}
	}
	return lines
}

// folded leaves out what is far from any change; nothing remains of documents that are the same.
func folded(lines []diffLine) []diffLine {
	near := make([]bool, len(lines))
	for i, l := range lines {
		if l.Kind == "" {
			continue
		}
		for k := max(0, i-aroundChange); k <= min(len(lines)-1, i+aroundChange); k++ {
			near[k] = true
		}
	}
	var kept []diffLine
	for i, l := range lines {
		if near[i] {
			kept = append(kept, l)
		} else if len(kept) > 0 && kept[len(kept)-1].Kind != "gap" {
			kept = append(kept, diffLine{Kind: "gap"})
		}
	}
	if n := len(kept); n > 0 && kept[n-1].Kind == "gap" {
		kept = kept[:n-1]
	}
	return kept
}
