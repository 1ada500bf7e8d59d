package wall

import (
	"fmt"
	"strings"
	"time"
)

// words are the page's own words in one language.
type words struct {
	Language string

	Newsroom, Feed, Older, Newest, Pages, Permalink, Empty, EmptyHint, Signed, Home string

	FrontTitle, Front, MissingTitle, Missing, GoneTitle, Gone string
	MethodTitle, Method, BusyTitle, Busy, BrokenTitle, Broken string

	// Since tells the time of an entry.
	Since func(t time.Time) string
}

var english = words{
	Language: "en",

	Newsroom:  "Newsroom",
	Feed:      "Feed",
	Older:     "Older entries",
	Newest:    "Newest entries",
	Pages:     "More entries",
	Permalink: "Address of this entry",
	Empty:     "Nothing here yet.",
	EmptyHint: "What this company publishes will appear on this page.",
	Signed:    "Signed off before publication.",
	Home:      "All entries",

	FrontTitle:   "Whose newsroom?",
	Front:        "This address is not complete: add the company’s name to it, as in /wall/acme.",
	MissingTitle: "There is nothing at this address.",
	Missing:      "The address may be misspelt, or what was here has moved.",
	GoneTitle:    "This entry was taken back.",
	Gone:         "It was published here and is no longer shown.",
	MethodTitle:  "This page can only be read.",
	Method:       "Open its address in a browser.",
	BusyTitle:    "This page is busy.",
	Busy:         "Try again in a few seconds.",
	BrokenTitle:  "This page could not be shown.",
	Broken:       "The fault is on our side and has been noted. Try again later.",

	Since: func(t time.Time) string { return t.Format("2 January 2006, 15:04 MST") },
}

var french = words{
	Language: "fr",

	Newsroom:  "Actualités",
	Feed:      "Flux",
	Older:     "Publications précédentes",
	Newest:    "Dernières publications",
	Pages:     "Autres publications",
	Permalink: "Adresse de cette publication",
	Empty:     "Rien pour le moment.",
	EmptyHint: "Ce que cette entreprise publie paraîtra sur cette page.",
	Signed:    "Validé avant publication.",
	Home:      "Toutes les publications",

	FrontTitle:   "Quelles actualités\u00a0?",
	Front:        "Cette adresse est incomplète\u00a0: ajoutez-y le nom de l’entreprise, comme dans /wall/acme.",
	MissingTitle: "Il n’y a rien à cette adresse.",
	Missing:      "L’adresse est peut-être mal écrite, ou la page a été déplacée.",
	GoneTitle:    "Cette publication a été retirée.",
	Gone:         "Elle a paru ici et n’est plus visible.",
	MethodTitle:  "Cette page ne peut qu’être lue.",
	Method:       "Ouvrez son adresse dans un navigateur.",
	BusyTitle:    "Cette page est très demandée.",
	Busy:         "Réessayez dans quelques secondes.",
	BrokenTitle:  "Cette page n’a pas pu être affichée.",
	Broken:       "La faute est de notre côté et a été notée. Réessayez plus tard.",

	Since: sinceFrench,
}

var frenchMonths = [...]string{"janvier", "février", "mars", "avril", "mai", "juin",
	"juillet", "août", "septembre", "octobre", "novembre", "décembre"}

func sinceFrench(t time.Time) string {
	day := fmt.Sprint(t.Day())
	if t.Day() == 1 {
		day = "1er"
	}
	return fmt.Sprintf("%s %s %d à %s", day, frenchMonths[t.Month()-1], t.Year(), t.Format("15:04 MST"))
}

// wordsFor returns the words for a language: French for French, English for the rest.
func wordsFor(language string) *words {
	primary, _, _ := strings.Cut(strings.ToLower(language), "-")
	if primary == french.Language {
		return &french
	}
	return &english
}
