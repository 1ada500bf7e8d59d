package search

// Document is something that is found by its texts.
type Document struct {
	Title string
	Texts []string
}

// The bounds of a document are those of PostgreSQL, for every database: how many words have a
// place, how many places one word has, and how many bytes all of them take.
const (
	mostTitle   = 380
	mostWords   = 16_000
	mostPlaces  = 255
	mostLetters = 900_000
)

// Words are the words of a document in their places: one after the other, with an empty one
// between two texts, so that no phrase goes from one into the next. What is beyond the bounds
// of databases is left out; its place stays, empty.
type Words struct{ Title, Texts []string }

// Words reads the document.
func (d Document) Words() Words {
	b := binder{places: make(map[string]int)}
	var w Words
	w.Title = b.bind(nil, d.Title, mostTitle)
	for _, text := range d.Texts {
		if len(w.Texts) > 0 {
			w.Texts = append(w.Texts, "")
		}
		w.Texts = b.bind(w.Texts, text, mostWords)
	}
	return w
}

// Empty tells whether there are no words.
func (w Words) Empty() bool { return len(w.Title)+len(w.Texts) == 0 }

// binder holds documents to the bounds.
type binder struct {
	places  map[string]int
	letters int
}

func (b *binder) bind(words []string, text string, most int) []string {
	for _, t := range tokens(text) {
		if len(words) >= most {
			break
		}
		word := t.word
		if b.places[word] == 0 {
			b.letters += len(word)
		}
		if b.places[word]++; b.places[word] > mostPlaces || b.letters > mostLetters {
			word = ""
		}
		words = append(words, word)
	}
	return words
}
