package wall

import (
	"time"

	"golang.org/x/text/language"

	"github.com/imprimatur-hq/imprimatur/internal/network"
)

const (
	descriptionLimit = 200
	// headlineLimit is what search engines show of a headline.
	headlineLimit = 110
)

// meta is what a page tells machines about itself.
type meta struct {
	Title       string
	Description string
	// Canonical is empty on pages nobody shall keep, such as a notice.
	Canonical string
	// Locale is the language and territory as Open Graph writes them, empty when the
	// territory is not known.
	Locale   string
	Time     time.Time
	Byline   string
	Pictures []picture
	Article  *article
}

// article is schema.org's NewsArticle.
type article struct {
	Context       string   `json:"@context"`
	Type          string   `json:"@type"`
	Headline      string   `json:"headline"`
	Description   string   `json:"description,omitempty"`
	Body          string   `json:"articleBody,omitempty"`
	URL           string   `json:"url"`
	Page          string   `json:"mainEntityOfPage"`
	DatePublished string   `json:"datePublished"`
	Language      string   `json:"inLanguage"`
	Author        agent    `json:"author"`
	Publisher     agent    `json:"publisher"`
	Image         []string `json:"image,omitempty"`
}

type agent struct {
	Type string `json:"@type"`
	Name string `json:"name"`
}

func (v *visit) wallMeta(path string) meta {
	return meta{
		Title:       v.site.Name + " · " + v.words.Newsroom,
		Description: v.words.Newsroom + " · " + v.site.Name,
		Canonical:   v.base + path,
		Locale:      locale(v.site.Language),
	}
}

func (v *visit) entryMeta(c card) meta {
	m := meta{
		Title:       c.Title + " · " + v.site.Name,
		Description: network.CutText(oneLine(c.Text), descriptionLimit),
		Canonical:   c.URL,
		Locale:      locale(c.Language),
		Time:        c.Time,
		Byline:      c.Byline,
		Pictures:    c.Pictures,
	}
	publisher := agent{Type: "Organization", Name: v.site.Name}
	author := agent{Type: "Person", Name: c.Byline}
	if c.Byline == v.site.Name {
		author = publisher
	}
	m.Article = &article{
		Context: "https://schema.org", Type: "NewsArticle",
		Headline: network.CutText(c.Title, headlineLimit), Description: m.Description, Body: c.Text,
		URL: c.URL, Page: c.URL, DatePublished: c.Time.Format(time.RFC3339), Language: c.Language,
		Author: author, Publisher: publisher,
	}
	for _, p := range c.Pictures {
		m.Article.Image = append(m.Article.Image, p.URL)
	}
	return m
}

// locale writes a tag as Open Graph does, such as fr_CA. A territory the tag does not
// name is not made up.
func locale(tag string) string {
	parsed, err := language.Parse(tag)
	if err != nil {
		return ""
	}
	base, _ := parsed.Base()
	region, sure := parsed.Region()
	if sure != language.Exact {
		return ""
	}
	return base.String() + "_" + region.String()
}
