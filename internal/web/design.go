package web

import (
	"net/http"
	"slices"

	imprimaturv1 "github.com/imprimatur-hq/imprimatur/api/imprimatur/v1"
)

// designing is what the page of the design system shows.
type designing struct {
	Colours []string
	Icons   []string
	Sheet   sheet
}

// design shows the parts that pages are made of, for who writes pages. Only a demo has it.
func (s *site) design(w http.ResponseWriter, r *http.Request) {
	p := s.page(r, "design")
	d := designing{Colours: []string{"paper", "sheet", "well", "line", "ink", "ink-2", "seal", "sign", "wait", "link", "mark", "add", "del"}}
	for name := range icons {
		d.Icons = append(d.Icons, name)
	}
	slices.Sort(d.Icons)
	text := p.T("web.design.sample")
	v := &visitor{site: s, r: r, w: w, language: p.Language}
	d.Sheet = v.sheet(&imprimaturv1.Target{Byline: "Camille Moreau", Network: "wall", Language: p.Language, Text: text, Link: "https://alder.example/bench"},
		[]*imprimaturv1.Finding{{Start: 0, End: int32(len([]rune(text)[:8])), Message: p.T("web.design.finding")}})
	p.Data = d
	s.show(w, r, http.StatusOK, p)
}
