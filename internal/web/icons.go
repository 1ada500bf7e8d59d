package web

import (
	"fmt"
	"html/template"
)

// icons are drawn on a square of 20, in the colour of the words beside them.
var icons = map[string]string{
	"seal":   `<circle cx="10" cy="10" r="8.2"/><path d="M6.4 10.4l2.4 2.4 4.8-5.4"/>`,
	"menu":   `<path d="M3 6h14M3 10h14M3 14h14"/>`,
	"stop":   `<path d="M6.6 2h6.8L18 6.6v6.8L13.4 18H6.6L2 13.4V6.6z"/><path d="M7 10h6"/>`,
	"clock":  `<circle cx="10" cy="10" r="7.8"/><path d="M10 5.6V10l3 2"/>`,
	"check":  `<path d="M4 10.5l4 4 8-9"/>`,
	"cross":  `<path d="M5 5l10 10M15 5L5 15"/>`,
	"search": `<circle cx="9" cy="9" r="5.8"/><path d="M13.4 13.4L17.5 17.5"/>`,
	"share":  `<path d="M10 12.5V3M6.5 6L10 2.5 13.5 6"/><path d="M4 10.5V17h12v-6.5"/>`,
	"pen":    `<path d="M3 17l1-4L14 3l3 3L7 16z"/>`,
	"pin":    `<path d="M7 2.5h6l-1 6 3 3H5l3-3zM10 11.5V18"/>`,
	"star":   `<path d="M10 2.6l2.3 4.7 5.1.7-3.7 3.6.9 5.1-4.6-2.4-4.6 2.4.9-5.1L2.6 8l5.1-.7z"/>`,
	"link":   `<path d="M8.5 11.5l3-3M7 9L4.8 11.2a2.9 2.9 0 004 4L11 13M13 11l2.2-2.2a2.9 2.9 0 00-4-4L9 7"/>`,
	"image":  `<rect x="2.5" y="3.5" width="15" height="13" rx="1.5"/><circle cx="7" cy="8" r="1.5"/><path d="M3 15l5-4 3 2.5 3-2.5 3 2.5"/>`,
	"film":   `<rect x="2.5" y="3.5" width="15" height="13" rx="1.5"/><path d="M8.2 7.2v5.6l4.6-2.8z"/>`,
	"paper":  `<path d="M5 2.5h6.5L15.5 6.5v11H5zM11.5 2.5v4h4M7.8 10.5h5M7.8 13.5h5"/>`,
	"back":   `<path d="M12 4l-6 6 6 6"/>`,
	"next":   `<path d="M8 4l6 6-6 6"/>`,
	"people": `<circle cx="7" cy="7" r="3"/><path d="M1.8 16.5c.4-3 2.4-4.6 5.2-4.6s4.8 1.6 5.2 4.6M13 4.4a3 3 0 010 5.2M14.5 12.3c2 .5 3.3 2 3.7 4.2"/>`,
	"flag":   `<path d="M4 18V3h11l-2 4 2 4H4"/>`,
	"eye":    `<path d="M1.8 10S5 4.5 10 4.5 18.2 10 18.2 10 15 15.5 10 15.5 1.8 10 1.8 10z"/><circle cx="10" cy="10" r="2.4"/>`,
	"alone":  `<rect x="4.5" y="9" width="11" height="8" rx="1.5"/><path d="M7 9V6.5a3 3 0 016 0V9"/>`,
	"plus":   `<path d="M10 4v12M4 10h12"/>`,
}

// icon draws one of the icons. It says nothing to who listens: words stand beside it.
func icon(name string) (template.HTML, error) {
	paths, known := icons[name]
	if !known {
		return "", fmt.Errorf("no icon %q", name)
	}
	return template.HTML(`<svg class="icon" width="20" height="20" viewBox="0 0 20 20" fill="none" stroke="currentColor" stroke-width="1.6" stroke-linecap="round" stroke-linejoin="round" aria-hidden="true">` + paths + `</svg>`), nil
}
