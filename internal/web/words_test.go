package web

import (
	"bytes"
	"io/fs"
	"regexp"
	"slices"
	"strings"
	"testing"
	"text/template/parse"

	"golang.org/x/net/html"
	"golang.org/x/net/html/atom"
)

// sameEverywhere is what pages say in every language: a name, addresses, and how a language is named.
var sameEverywhere = []string{"Imprimatur", "https://", "/openapi.json", "en: …\nfr: …"}

// heardAs are the attributes whose value is read to somebody.
var heardAs = []string{"aria-label", "aria-description", "aria-placeholder", "aria-roledescription", "aria-valuetext", "title", "placeholder", "alt", "label", "summary"}

var (
	action = regexp.MustCompile(`(?s)\{\{.*?\}\}`)
	worded = regexp.MustCompile(`\pL{2,}`)
	// several are two words and more, which no name of a part, a key or a class has.
	several = regexp.MustCompile(`\pL{2,}[,.:;!?…]? +\pL{2,}`)
)

// Whatever somebody reads or hears on a page is said by the catalogue, in the language of the page: no
// template says a word of its own.
func TestTemplatesSayNothingOfTheirOwn(t *testing.T) {
	t.Parallel()
	files, err := fs.Glob(pageFiles, "pages/*.html")
	if err != nil || len(files) < 50 {
		t.Fatal(files, err)
	}
	for _, file := range files {
		data, err := pageFiles.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		for _, word := range ownWords(string(data)) {
			t.Errorf("%s says %q", file, word)
		}
	}
	for name, page := range ownPages() {
		for _, part := range page().Templates() {
			if part.Tree == nil {
				continue
			}
			for _, word := range texts(part.Tree.Root) {
				t.Errorf("%s, of %s, says %q", part.Name(), name, word)
			}
		}
	}
	for _, wrong := range []string{`<p>Nothing {{.}} here</p>`, `<a title="Go on">`, `<input aria-label="{{if .}}Name{{end}}">`, `<b>{{.T "x"}} ago</b>`} {
		if len(ownWords(wrong)) != 1 {
			t.Errorf("%s is not found", wrong)
		}
	}
}

// ownWords are those of a template that do not come from an action.
func ownWords(text string) []string {
	var found []string
	add := func(said string) {
		if said = strings.Trim(said, " ·()\n\t"); worded.MatchString(said) && !slices.Contains(sameEverywhere, said) {
			found = append(found, said)
		}
	}
	z := html.NewTokenizer(bytes.NewReader(action.ReplaceAll([]byte(text), []byte(" "))))
	within := atom.Atom(0)
	for {
		switch z.Next() {
		case html.ErrorToken:
			return found
		case html.StartTagToken, html.SelfClosingTagToken:
			tag := z.Token()
			within = tag.DataAtom
			for _, a := range tag.Attr {
				if slices.Contains(heardAs, a.Key) || a.Key == "value" && (tag.DataAtom == atom.Input && attribute(tag, "type") == "submit") {
					add(a.Val)
				}
			}
		case html.EndTagToken:
			within = 0
		case html.TextToken:
			// Keys are the same on every keyboard, and code in every language.
			if within != atom.Kbd && within != atom.Code && within != atom.Pre && within != atom.Style {
				add(string(z.Text()))
			}
		}
	}
}

func attribute(tag html.Token, name string) string {
	for _, a := range tag.Attr {
		if a.Key == name {
			return a.Val
		}
	}
	return ""
}

// texts are the texts of several words that the actions of a template hold.
func texts(node parse.Node) []string {
	var found []string
	switch n := node.(type) {
	case *parse.ListNode:
		if n != nil {
			for _, one := range n.Nodes {
				found = append(found, texts(one)...)
			}
		}
	case *parse.ActionNode:
		return texts(n.Pipe)
	case *parse.IfNode:
		return slices.Concat(texts(n.Pipe), texts(n.List), texts(n.ElseList))
	case *parse.RangeNode:
		return slices.Concat(texts(n.Pipe), texts(n.List), texts(n.ElseList))
	case *parse.WithNode:
		return slices.Concat(texts(n.Pipe), texts(n.List), texts(n.ElseList))
	case *parse.TemplateNode:
		if n.Pipe != nil {
			return texts(n.Pipe)
		}
	case *parse.PipeNode:
		for _, c := range n.Cmds {
			for _, arg := range c.Args {
				found = append(found, texts(arg)...)
			}
		}
	case *parse.StringNode:
		if several.MatchString(n.Text) {
			found = append(found, n.Text)
		}
	}
	return found
}

var (
	comment = regexp.MustCompile(`(?s)/\*.*?\*/|(?m:^\s*//.*$| // .*$)`)
	literal = regexp.MustCompile("\"(?:[^\"\\\\\n]|\\\\.)*\"|'(?:[^'\\\\\n]|\\\\.)*'|`(?:[^`\\\\]|\\\\.)*`")
	filled  = regexp.MustCompile(`\$\{[^}]*\}`)
	// selecting is what stands in a selector of CSS and not in a sentence, or is a name of an element.
	selecting = regexp.MustCompile(`[#.>=\[\]*]|::|\b(?:button|input|textarea|select|summary)\b`)
	// says is where a script says something to somebody.
	says = regexp.MustCompile("(?:\\.(?:textContent|innerText|title|placeholder|ariaLabel|alt) \\+?= |setAttribute\\(\"(?:aria-label|title|placeholder|alt)\", |\\b(?:say|alert|confirm|prompt)\\(|refused\\([a-z]+, )([\"'`][^\"'`]*\\pL[^\"'`]*[\"'`])")
)

// Nor does a script: what it says stands in the page.
func TestScriptsSayNothingOfTheirOwn(t *testing.T) {
	t.Parallel()
	files, err := fs.Glob(assetFiles, "assets/*.js")
	if err != nil || len(files) < 8 {
		t.Fatal(files, err)
	}
	for _, file := range files {
		data, err := assetFiles.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		for _, word := range sentences(string(data)) {
			t.Errorf("%s says %s", file, word)
		}
	}
	for _, wrong := range []string{`say("Kept.");`, "line.textContent = `${n} left`;", `const words = "It was kept";`, `b.setAttribute("aria-label", "Close")`} {
		if len(sentences(wrong)) == 0 {
			t.Errorf("%s is not found", wrong)
		}
	}
}

// sentences are the texts of a script that somebody would read.
func sentences(script string) []string {
	script = comment.ReplaceAllString(script, "")
	var found []string
	for _, m := range says.FindAllStringSubmatch(script, -1) {
		if worded.MatchString(filled.ReplaceAllString(m[1], "")) {
			found = append(found, m[1])
		}
	}
	for _, text := range literal.FindAllString(script, -1) {
		if said := filled.ReplaceAllString(text, ""); several.MatchString(said) && !selecting.MatchString(said) {
			found = append(found, text)
		}
	}
	return found
}
