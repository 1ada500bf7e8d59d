package web

import (
	"net/url"
	"path"
	"strings"

	imprimaturv1 "github.com/imprimatur-hq/imprimatur/api/imprimatur/v1"
)

// handedToMe lists what waits for the visitor to publish it by hand. Whoever it was handed to was
// reminded, and may see no other posts than those: the reminders are where it is found.
func (v *visitor) handedToMe() ([]*imprimaturv1.Publication, error) {
	reminders, err := imprimaturv1.NewReminderServiceClient(v.conn).ListReminders(v.ctx, &imprimaturv1.ListRemindersRequest{Parent: v.parent(), PageSize: 200})
	if err != nil {
		return nil, err
	}
	var mine []*imprimaturv1.Publication
	known := make(map[string]bool)
	for _, r := range reminders.GetReminders() {
		name := r.GetSubject()
		if !strings.HasPrefix(r.GetCode(), "handoff.") || known[name] || len(known) == shownRows {
			continue
		}
		known[name] = true
		p, err := v.publications().GetPublication(v.ctx, &imprimaturv1.GetPublicationRequest{Name: name})
		if err == nil && p.GetState() == imprimaturv1.Publication_HANDED_OVER && v.answersFor(v.account(p.GetSocialAccount())) {
			mine = append(mine, p)
		}
	}
	return mine, nil
}

// listHandoff shows what waits for the visitor to publish it by hand.
func listHandoff(v *visitor) error {
	mine, err := v.handedToMe()
	if err != nil {
		return err
	}
	rows := make([]row, len(mine))
	for i, p := range mine {
		rows[i] = v.row(p)
	}
	return v.show("publications-handoff", "publications", rows)
}

// parcel is what a person publishes by hand.
type parcel struct {
	*imprimaturv1.Publication
	Handoff *imprimaturv1.Handoff
	Address string
	// Share opens the place with as much filled in as it takes, "" where nothing can.
	Share string
	// Files are the media to attach, by addresses of this service.
	Files []attachment
	// Message tells that the place is messages, which have no address afterwards.
	Message bool
}

// attachment is a file to attach by hand.
type attachment struct{ Address, Name, Type, Alt string }

// closedPackage leads to the publication: what was opened is shown to who presses the button.
func closedPackage(v *visitor) error {
	redirect(v.w, v.r, v.at(v.publicationAt()))
	return nil
}

// openPackage shows what to publish by hand, and that is recorded.
func openPackage(v *visitor) error {
	opened, err := v.publications().OpenPublication(v.ctx, &imprimaturv1.OpenPublicationRequest{Name: v.publicationName(), RequestId: v.requestID()})
	if err != nil {
		return err
	}
	h := opened.GetHandoff()
	p := parcel{
		Publication: opened.GetPublication(), Handoff: h, Address: v.at(v.publicationAt()), Share: sharing(h.GetShareUrl()),
		Message: strings.HasPrefix(h.GetPlace(), "https://wa.me/") || strings.HasPrefix(h.GetPlace(), "sms:"),
	}
	for _, f := range h.GetFiles() {
		_, kind, _ := strings.Cut(f.GetContentType(), "/")
		p.Files = append(p.Files, attachment{v.at("/media/" + lastPart(f.GetMedia())), path.Base(lastPart(f.GetMedia()))[:8] + "." + kind, f.GetContentType(), f.GetAltText()})
	}
	return v.show("publications-open", "publications", p)
}

// sharing lets through the addresses a package may lead to.
func sharing(address string) string {
	u, err := url.Parse(address)
	if err != nil || u.Scheme != "https" && u.Scheme != "http" && u.Scheme != "sms" {
		return ""
	}
	return address
}

// confirmPublication takes the person's word that it is out.
func confirmPublication(v *visitor) error {
	answer, err := v.publications().ConfirmPublication(v.ctx, &imprimaturv1.ConfirmPublicationRequest{
		Name: v.publicationName(), Url: v.form("url"), ShownText: v.text("shown_text"), Etag: v.form("etag"), RequestId: v.requestID(),
	})
	if err != nil {
		return err
	}
	key := "web.said.publications.confirmed"
	if answer.GetPublication().GetComparison() == imprimaturv1.Publication_DIFFERS {
		key = "web.said.publications.differs"
	}
	return v.done(v.at(v.publicationAt()), key)
}

// declinePublication takes the person's word that it will not be out.
func declinePublication(v *visitor) error {
	_, err := v.publications().DeclinePublication(v.ctx, &imprimaturv1.DeclinePublicationRequest{
		Name: v.publicationName(), Reason: v.form("reason"), Etag: v.form("etag"), RequestId: v.requestID(),
	})
	if err != nil {
		return err
	}
	return v.done(v.at("/handoff"), "web.said.publications.declined")
}
