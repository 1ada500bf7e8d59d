package main

// fromTheNetworks are the guards over what a network would show or refuse.
func fromTheNetworks() []mutant {
	const networks, toots, skies = "./internal/network", "./internal/network/mastodon", "./internal/network/bluesky"
	return []mutant{
		{"what may be out is not called stopped", rules, "TestDoubt", []change{{"internal/advocacy/transition.go",
			`if p.Doubt && (to == Cancelled || to == Expired || to == Refused && p.State == Claimed) { // guard`, `if false && (to == Cancelled || to == Expired) { // guard`}}},
		{"a late no proves nothing", gate, "TestARefusedRepeatProvesNothing", []change{{"internal/publish/receipt.go",
			`if class == network.Permanent && x.Doubt { // guard`, `if class == network.Permanent && false { // guard`}}},
		{"what may be out is not edited", gate, "TestWhatMayBeOutIsNotCalledStopped", []change{{"internal/advocacy/post.go",
			`if x.Doubt { // guard`, `if false { // guard`}}},
		{"what a network's own rule refuses", networks, "TestMeasureFindsByTheRule", []change{{"internal/network/counter.go",
			`for _, p := range rule.Check(t.whole) { // guard`, `for _, p := range rule.Check("") { // guard`}}},
		{"what another is known by is not this one", gate, "TestWhatAnotherIsKnownByIsNotFound", []change{{"internal/publish/receipt.go",
			`if seen.Found && !taken { // guard`, `if seen.Found && (!taken || true) { // guard`}}},
		{"networks that are late are not accused", flow, "TestLateNetworksAreNotAccused", []change{{"internal/publish/readback.go",
			`late := look == 0 && state == advocacy.Published // guard`, `late := false && state == advocacy.Published // guard`}}},
		{"what was taken back meanwhile is not missed", flow, "TestTakenBackIsNotMissed", []change{{"internal/publish/readback.go",
			`if x.State != before.State { // guard`, `if false { // guard`}}},
		{"only a person lets a difference stand", flow, "TestOnlyAPersonClosesACase", []change{{"internal/workflow/casefile.go",
			`if c.Actor.Kind != advocacy.Human { // guard`, `if false { // guard`}}},
		{"what is out is not said to be taken back", flow, "TestCaseEnds", []change{{"internal/workflow/casefile.go",
			`if x.State == advocacy.Published && d.Resolution == advocacy.CaseRecalled { // guard`, `if false && d.Resolution == advocacy.CaseRecalled { // guard`}}},
		{"said to be gone is not seen to be gone", flow, "TestRecallIsFollowed", []change{{"internal/advocacy/recall.go",
			`case !readable || p.ExternalID == "" || p.Shown == ShownGone: // guard`, `case true: // guard`}}},
		{"what is still out is not said to be taken back", flow, "TestRecallIsFollowed", []change{{"internal/workflow/recall.go",
			`if n > 0 && !state.Ended() { // guard`, `if n > 0 && !state.Ended() && false { // guard`}}},
		{"who took it back by hand says so", flow, "TestRecallByHand", []change{{"internal/workflow/recall.go",
			`case !own && !c.may(mayResolvePublications): // guard`, `case !own && false: // guard`}}},
		{"a look passes over what another is known by", toots, "TestLook$", []change{{"internal/network/look.go",
			`if taken { // guard`, `if taken && false { // guard`}}},
		{"a post of somebody else's is no receipt", toots, "TestAnswers", []change{{"internal/network/mastodon/publish.go",
			`made.Account.ID != d.Account.ExternalID: // guard`, `false: // guard`}}},
		{"only Mastodon itself drops a key", toots, "TestRelativesMakeTwo", []change{{"internal/network/mastodon/connect.go",
			`return wrong == nil && info.Software.Name == "mastodon" // guard`, `return wrong == nil // guard`}}},
		{"nobody's own password is kept", skies, "TestPasswordRefused", []change{{"internal/network/bluesky/session.go",
			`if colon <= 0 || !appPasswords.Match(credential[colon+1:]) { // guard`, `if colon <= 0 { // guard`}}},
		{"a post goes out through its account alone", skies, "TestPasswordRefused", []change{{"internal/network/bluesky/session.go",
			`if v.account != "" && v.did != v.account { // guard`, `if false && v.did != v.account { // guard`}}},
		{"another account's document sends nobody anywhere", skies, "TestAnotherAccountsDocument", []change{{"internal/network/bluesky/session.go",
			`if d == nil || d.ID != did { // guard`, `if d == nil { // guard`}}},
		{"what stands in a post's place is not taken for it", skies, "TestSomethingElseStandsThere", []change{{"internal/network/bluesky/publish.go",
			`case there != nil: // guard`, `case false: // guard`}}},
		{"what was published and is gone stays gone", skies, "TestContract", []change{{"internal/network/bluesky/publish.go",
			`case d.ExternalID != "": // guard`, `case false: // guard`}}},
		{"what is late brings nothing back", skies, "TestWhatIsLateBringsNothingBack", []change{{"internal/network/bluesky/publish.go",
			`"swapRecord": nil, "swapCommit": commit, // guard`, `"swapRecord": nil, "swapNothing": commit, // guard`}}},
		{"another record is no receipt", skies, "TestAnswers", []change{{"internal/network/bluesky/publish.go",
			`case made.URI != uriOf(v.did, b.Key): // guard`, `case false: // guard`}}},
		{"the file people signed is the one that is shown", skies, "TestFiles", []change{{"internal/network/bluesky/media.go",
			`case made.Blob.Ref != file.Ref: // guard`, `case false: // guard`}}},
		{"what is not known to be ours is not found", skies, "TestSomethingElseStandsThere", []change{{"internal/network/bluesky/look.go",
			`if !ours && d.ExternalID == "" { // guard`, `if false && d.ExternalID == "" { // guard`}}},
		{"what is signed is what is kept", skies, "TestAMarkIsNoText", []change{{"internal/network/bluesky/network.go",
			`func(r rune) bool { return r == '\ufeff' || unicode.IsSpace(r) }) // guard`, `func(r rune) bool { return unicode.IsSpace(r) }) // guard`}}},
		{"what reads like an address leads there", skies, "TestFacets", []change{{"internal/network/bluesky/record.go",
			`case f.Kind == measure.FacetLink && network.WebAddress(f.Value): // guard`, `case f.Kind == measure.FacetLink: // guard`}}},
		{"a link in a text is an address of the web", toots, "TestContract", []change{{"internal/network/composed.go",
			`if link != "" && !WebAddress(link) { // guard`, `if false && !WebAddress(link) { // guard`}}},
		{"a link without a place of its own is in what people sign", networks, "TestMeasureReserves", []change{{"internal/network/counter.go",
			`if rule.Linked(!Blank(card.Title), len(content.Media) > 0) { // guard`, `if rule.LinkInText { // guard`}}},
		{"the network was asked about this account", flow, "TestConnectAgainstChange", []change{{"internal/workflow/connect.go",
			`if err := stale(before.Version, a.Version); err != nil { // guard`, `if err := stale(before.Version, a.Version); err != nil && false { // guard`}}},
		{"what was signed for one account", flow, "TestConnectAccount", []change{{"internal/workflow/connect.go",
			`a.ExternalID != p.ExternalID { // guard`, `false { // guard`}}},
		{"one account of a network has one owner", flow, "TestConnectAccount", []change{{"internal/workflow/connect.go",
			`if other != nil && other.ID != a.ID { // guard`, `if false && other.ID != a.ID { // guard`}}},
		{"nobody is connected who has left", flow, "TestConnectAgainstLeaving", []change{{"internal/workflow/connect.go",
			`if !people[a.Owner].Active() { // guard`, `if !people[a.Owner].Active() && false { // guard`}}},
		{"nobody lends another person's voice", flow, "TestConnectWhoMay", []change{{"internal/workflow/connect.go",
			`case own, c.may(mayUpdateAccounts) && !a.Personal: // guard`, `case own, c.may(mayUpdateAccounts): // guard`}}},
		{"who leaves is spoken for no more", flow, "TestWhoLeavesTakesTheTokens", []change{{"internal/workflow/member.go",
			`if err := s.forgetTokensOf(ctx, tx, c, m.Workspace, m.Person); err != nil { // guard`, `if err := error(nil); err != nil { // guard`}}},
		{"a disclosure takes its length", networks, "TestMeasureReserves", []change{{"internal/network/counter.go",
			`if d.Place == PlaceLast { // guard`, `if false { // guard`}}},
		{"no more than a network takes", "./internal/network/measure", "TestCheck", []change{{"internal/network/measure/rule.go",
			`case b.Most > 0 && len(spans) > b.Most: // guard`, `case false && len(spans) > b.Most: // guard`}}},
	}
}

// fromX are the guards over what goes out there, as whom and how often.
func fromX() []mutant {
	const posts = "./internal/network/x"
	return []mutant{
		{"on X what was published is not published again", posts, "TestARepeatMakesTwo", []change{{"internal/network/x/publish.go",
			`if d.ExternalID != "" { // guard`, `if false { // guard`}}},
		{"on X the field of a paid post is declared", posts, "TestContract", []change{{"internal/network/x/network.go",
			`DisclosureField: rule.Paid,`, `DisclosureField: rule.Paid[:0],`}}},
		{"no network is said to take a changed post", posts, "TestContract", []change{{"internal/network/x/network.go",
			`TokenRenewed:    true,`, `TokenRenewed: true, Edit: true,`}}},
		{"on X a token lives as long as is declared", posts, "TestSignIn", []change{{"internal/network/x/network.go",
			`TokenLife:       tokenLife,`, `TokenLife: tokenLife + 1,`}}},
		{"on X a reader is told that a post is paid for", posts, "TestPaid", []change{{"internal/network/x/publish.go",
			`if b.Paid { // guard`, `if false { // guard`}}},
		{"on X no receipt without a name", posts, "TestAnswers", []change{{"internal/network/x/publish.go",
			`response.StatusCode != http.StatusCreated || !ids.MatchString(made.Data.ID) { // guard`, `response.StatusCode != http.StatusCreated { // guard`}}},
		{"on X what is not said to be gone is not", posts, "TestDelete", []change{{"internal/network/x/publish.go",
			`case !gone.Data.Deleted: // guard`, `case false: // guard`}}},
		{"on X readers see the last version", posts, "TestReadBack", []change{{"internal/network/x/look.go",
			`if last := len(p.Versions) - 1; last >= 0 && p.Versions[last] != p.ID && ids.MatchString(p.Versions[last]) { // guard`,
			`if last := len(p.Versions) - 1; false && last >= 0 { // guard`}}},
		{"on X a post of somebody else's is not ours", posts, "TestReadBack", []change{{"internal/network/x/look.go",
			`case p.ID != id || p.Author != d.Account.ExternalID: // guard`, `case p.ID != id: // guard`}}},
		{"on X what is left out is not said to be absent", posts, "TestLookCannotTell", []change{{"internal/network/x/look.go",
			`if len(got.Problems) > 0 { // guard`, `if false { // guard`}}},
		{"on X no picture goes out without its words", posts, "TestAFileThatIsGone", []change{{"internal/network/x/media.go",
			`if wrong != nil { // guard`, `if wrong != nil && code == http.StatusNotFound { // guard`}}},
		{"on X the file that is shown is the one that was signed", posts, "TestAFileThatIsGone", []change{{"internal/network/x/media.go",
			`case got.Data.ID != u.id: // guard`, `case false: // guard`}}},
	}
}

// fromMattermost are the guards over what goes out there, as whom and how often.
func fromMattermost() []mutant {
	const posts = "./internal/network/mattermost"
	return []mutant{
		{"on Mattermost what was published is not published again", posts, "TestARepeatMakesTwo", []change{{"internal/network/mattermost/publish.go",
			`if d.ExternalID != "" { // guard`, `if false { // guard`}}},
		{"on Mattermost no receipt without a name", posts, "TestAnswers", []change{{"internal/network/mattermost/publish.go",
			`r.StatusCode != http.StatusCreated || !ids.MatchString(made.ID) { // guard`, `!ids.MatchString(made.ID) { // guard`}}},
		{"on Mattermost a post of somebody else's is no receipt", posts, "TestAnswers", []change{{"internal/network/mattermost/publish.go",
			`if made.User != s.user || made.Channel != s.channel { // guard`, `if made.User != s.user { // guard`}}},
		{"on Mattermost what was signed for a channel goes to no other", posts, "TestSomebodyElsesAccount", []change{{"internal/network/mattermost/session.go",
			`if !ids.MatchString(user) || !ids.MatchString(channel) { // guard`, `if !ids.MatchString(user) { // guard`}}},
		{"on Mattermost readers see what was signed", posts, "TestMarkdown", []change{{"internal/network/mattermost/markdown.go",
			`if i == first || !linked &&`, `if i == first && false || !linked &&`}}},
		{"on Mattermost nothing is signed for an archived channel", posts, "TestConnect", []change{{"internal/network/mattermost/connect.go",
			`case channel.DeleteAt != 0: // guard`, `case false: // guard`}}},
		{"on Mattermost another publication's post is not this one", posts, "TestLook$", []change{{"internal/network/mattermost/look.go",
			`return said.Nothing() && p.Props[keyProp] == nil, advocacy.Answer{} // guard`, `return said.Nothing(), advocacy.Answer{} // guard`}}},
		{"on Mattermost a post of somebody else's is not ours", posts, "TestReadBack", []change{{"internal/network/mattermost/look.go",
			`case p.ID != d.ExternalID || p.User != s.user || p.Channel != s.channel: // guard`, `case p.ID != d.ExternalID: // guard`}}},
		{"on Mattermost what a plan hides is not said to be absent", posts, "TestLookCannotTell", []change{{"internal/network/mattermost/look.go",
			`if got.Hidden >= first { // guard`, `if false { // guard`}}},
		{"on Mattermost an answer without a list is no empty one", posts, "TestLookCannotTell", []change{{"internal/network/mattermost/look.go",
			`if got.Order == nil { // guard`, `if false { // guard`}}},
		{"on Mattermost what is not said to be gone is not", posts, "TestDelete", []change{{"internal/network/mattermost/publish.go",
			`case gone.Status != "OK": // guard`, `case false: // guard`}}},
	}
}

// fromSlack are the guards over what goes out there, as whom and how often.
func fromSlack() []mutant {
	const posts = "./internal/network/slack"
	return []mutant{
		{"on Slack what was published is not published again", posts, "TestARepeatMakesTwo", []change{{"internal/network/slack/publish.go",
			`if d.ExternalID != "" { // guard`, `if false { // guard`}}},
		{"on Slack no receipt without a name", posts, "TestAnswers", []change{{"internal/network/slack/publish.go",
			`if !moments.MatchString(made.TS) || made.Channel != s.channel { // guard`, `if !moments.MatchString(made.TS) { // guard`}}},
		{"on Slack what may have been published is not called refused", posts, "TestAnswers", []change{{"internal/network/slack/answer.go",
			`if class, known := refusals[s.Error]; known { // guard`, `if class, known := refusals[s.Error]; known || class == "" { // guard`}}},
		{"on Slack what was signed for a channel goes to no other", posts, "TestSomebodyElsesAccount", []change{{"internal/network/slack/session.go",
			`if parts == nil || parts[3] != s.channel { // guard`, `if parts == nil { // guard`}}},
		{"on Slack another publication's message is not this one", posts, "TestLook$", []change{{"internal/network/slack/look.go",
			`return said.Nothing() && m.key() == "", advocacy.Answer{} // guard`, `return said.Nothing(), advocacy.Answer{} // guard`}}},
		{"on Slack a message of somebody else's is not ours", posts, "TestReadBack", []change{{"internal/network/slack/look.go",
			`case got.Messages[0].TS != d.ExternalID || got.Messages[0].User != s.user: // guard`, `case got.Messages[0].TS != d.ExternalID: // guard`}}},
		{"on Slack an answer without a list is no empty one", posts, "TestLookCannotTell", []change{{"internal/network/slack/look.go",
			`if got.Messages == nil { // guard`, `if false { // guard`}}},
		{"on Slack what is left out is not said to be absent", posts, "TestLookCannotTell", []change{{"internal/network/slack/look.go",
			`if got.More { // guard`, `if false { // guard`}}},
	}
}

// fromTeams are the guards over what goes out there, and where to.
func fromTeams() []mutant {
	const posts = "./internal/network/teams"
	return []mutant{
		{"on Teams what was published is not published again", posts, "TestARepeatMakesTwo", []change{{"internal/network/teams/publish.go",
			`if d.ExternalID != "" { // guard`, `if false { // guard`}}},
		{"on Teams a page is no workflow's answer", posts, "TestAnswers", []change{{"internal/network/teams/publish.go",
			`if strings.HasPrefix(r.Header.Get("Content-Type"), "text/html") { // guard`, `if false && strings.HasPrefix("", "") { // guard`}}},
		{"on Teams what was signed for a channel goes to no other", posts, "TestSomebodyElsesAccount", []change{{"internal/network/teams/publish.go",
			`if nameOf(at) != d.Account.ExternalID { // guard`, `if false { // guard`}}},
		{"on Teams what was signed goes to Microsoft alone", posts, "TestConnect", []change{{"internal/network/teams/connect.go",
			`case !n.taken(at.Hostname()): // guard`, `case false: // guard`}}},
		{"on Teams what would not be shown is found before people sign it", posts, "TestTooLarge", []change{{"internal/network/teams/network.go",
			`if err == nil && len(data) > renderingLimit && !tooLong(found) { // guard`, `if err == nil && false { // guard`}}},
	}
}

// fromFacebook are the guards over what goes out on a page there, and how often.
func fromFacebook() []mutant {
	const posts = "./internal/network/facebook"
	return []mutant{
		{"on Facebook what is busy is no refusal, whatever else it says", posts, "TestAnswers", []change{{"internal/network/graph/answer.go",
			`|| is(busy): // guard`, `: // guard`}}},
		{"on Facebook what was published is not published again", posts, "TestARepeatMakesTwo", []change{{"internal/network/facebook/publish.go",
			`if d.ExternalID != "" { // guard`, `if false { // guard`}}},
		{"on Facebook no receipt without a name of the page's", posts, "TestAnswers", []change{{"internal/network/facebook/publish.go",
			`if !ownedBy(page, made.ID) { // guard`, `if !posts.MatchString(made.ID) { // guard`}}},
		{"on Facebook what is not said to be gone is not", posts, "TestReadBack", []change{{"internal/network/facebook/publish.go",
			`case !gone.Success: // guard`, `case false: // guard`}}},
		{"on Facebook what may not be seen is not said to be absent", posts, "TestReadBack", []change{{"internal/network/facebook/look.go",
			`unread != nil { // guard`, `unread != nil && false { // guard`}}},
		{"on Facebook pictures alone are nobody's", posts, "TestLook", []change{{"internal/network/facebook/look.go",
			`if ours == "" { // guard`, `if false { // guard`}}},
		{"on Facebook a page is connected with its own token", posts, "TestConnect", []change{{"internal/network/facebook/connect.go",
			`case who.ID != pageIn(a.Address): // guard`, `case false: // guard`}}},
		{"on Facebook a page is connected by who may publish there", posts, "TestSignIn", []change{{"internal/network/facebook/connect.go",
			`if p.ID == page && may && p.Token != "" { // guard`, `if p.ID == page && (may || true) && p.Token != "" { // guard`}}},
		{"on Facebook a video is found before people sign", posts, "TestPictures", []change{{"internal/network/facebook/network.go",
			`== advocacy.KindVideo { // guard`, `== advocacy.KindVideo && false { // guard`}}},
		{"on Facebook a call is proved to be the application's", posts, "TestAnswers", []change{{"internal/network/graph/client.go",
			`if s.client.Secret != "" { // guard`, `if false { // guard`}}},
	}
}

// fromLinkedIn are the guards over what goes out there, as whom and how often.
func fromLinkedIn() []mutant {
	const posts = "./internal/network/linkedin"
	return []mutant{
		{"on LinkedIn a page's account publishes as that page", posts, "TestSomebodyElsesAccount", []change{{"internal/network/linkedin/session.go",
			`case a.Address != "" && a.ExternalID == organizationURN+organizationIn(a.Address): // guard`, `case a.Address != "": // guard`}}},
		{"on LinkedIn each file stands where people signed it", posts, "TestABodyThatIsDamaged", []change{{"internal/network/linkedin/post.go",
			`if *names[i] != f.Blob { // guard`, `if *names[i] != f.Blob && false { // guard`}}},
		{"on LinkedIn what was published is not published again", posts, "TestARepeatMakesTwo", []change{{"internal/network/linkedin/publish.go",
			`if d.ExternalID != "" { // guard`, `if false { // guard`}}},
		{"on LinkedIn a conflict that stays is no refusal", posts, "TestAnswers", []change{{"internal/network/linkedin/publish.go",
			`answer.Class = network.UnknownOutcome // guard`, `answer.Class = network.Permanent // guard`}}},
		{"on LinkedIn no receipt without a name", posts, "TestAnswers", []change{{"internal/network/linkedin/publish.go",
			`if response.StatusCode != http.StatusCreated || !posts.MatchString(urn) { // guard`, `if response.StatusCode != http.StatusCreated && !posts.MatchString(urn) { // guard`}}},
		{"on LinkedIn files and tokens go to LinkedIn alone", posts, "TestFilesGoToLinkedInAlone", []change{{"internal/network/linkedin/media.go",
			`if err != nil || !s.n.theirs(target) { // guard`, `if err != nil || false && !s.n.theirs(target) { // guard`}}},
		{"on LinkedIn what cannot be asked is not said to be absent", posts, "TestLookCannotTell", []change{{"internal/network/linkedin/look.go",
			`if !reads(author) { // guard`, `if !reads(author) && false { // guard`}}},
		{"what one app was given is not told to another", posts, "TestNotRegistered", []change{{"internal/network/oauth/registration.go",
			`case g.Client != r.App.ID: // guard`, `case false: // guard`}}},
		{"a code is of use to who asked for it", "./internal/network/oauth", "TestGrant|TestProofless", []change{{"internal/network/oauth/client.go",
			`if !s.Unproven { // guard`, `if false { // guard`}}},
		{"on LinkedIn a page is connected by who may publish there", posts, "TestConnect$", []change{{"internal/network/linkedin/connect.go",
			`case !mine: // guard`, `case !mine && false: // guard`}}},
	}
}

// fromWordPress are the guards over what goes out there, in whose name and how often.
func fromWordPress() []mutant {
	const posts, at = "./internal/network/wordpress", "internal/network/wordpress/"
	return []mutant{
		{"on WordPress what was published is not published again", posts, "TestARepeatMakesTwo", []change{{at + "publish.go",
			`if d.ExternalID != "" { // guard`, `if false { // guard`}}},
		{"on WordPress what stands at our address is not made again", posts, "TestARepeatMakesTwo", []change{{at + "publish.go",
			`case len(there) > 0: // guard`, `case len(there) < 0: // guard`}}},
		{"on WordPress no receipt without a name", posts, "TestAnswers", []change{{at + "publish.go",
			`r.StatusCode != http.StatusCreated || made.ID <= 0 { // guard`, `made.ID <= 0 { // guard`}}},
		{"on WordPress a post of somebody else's is no receipt", posts, "TestAnswers", []change{{at + "publish.go",
			`case made.Author != s.author: // guard`, `case false: // guard`}}},
		{"on WordPress what nobody sees is not published", posts, "TestAnswers", []change{{at + "publish.go",
			`case made.Status != publish: // guard`, `case false: // guard`}}},
		{"on WordPress an error of a plugin is no refusal", posts, "TestAnswers", []change{{at + "answer.go",
			`client && slices.Contains(refusals, said.Code): // guard`, `client: // guard`}}},
		{"on WordPress what was signed for a user goes out in no other's name", posts, "TestSomebodyElsesAccount", []change{{at + "session.go",
			`if !ids.MatchString(a.ExternalID) { // guard`, `if false { // guard`}}},
		{"on WordPress the password is for WordPress alone", posts, "TestSomethingElse", []change{{at + "session.go",
			`if path != "" { // guard`, `if true { // guard`}}},
		{"on WordPress nothing is signed for who may not publish", posts, "TestConnect", []change{{at + "connect.go",
			`len(lacking) > 0 { // guard`, `len(lacking) > 0 && false { // guard`}}},
		{"on WordPress a picture is not given twice", posts, "TestFiles", []change{{at + "media.go",
			`if wrong == nil && there == nil { // guard`, `if wrong == nil { // guard`}}},
		{"on WordPress a post of somebody else's is not ours", posts, "TestLook$", []change{{at + "look.go",
			`p.ID <= 0 || p.Author != s.author || p.Slug != slug`, `p.ID <= 0 || p.Slug != slug`}}},
		{"on WordPress an answer without a list is no empty one", posts, "TestLookCannotTell", []change{{at + "look.go",
			`if there == nil { // guard`, `if false { // guard`}}},
		{"on WordPress what is hidden is not said to be absent", posts, "TestLookCannotTell", []change{{at + "look.go",
			`case found == nil && !unseen.Nothing(): // guard`, `case false: // guard`}}},
		{"on WordPress what is hidden is not said to be shown", posts, "TestLookCannotTell", []change{{at + "look.go",
			`case !p.hidden().Nothing(): // guard`, `case false: // guard`}}},
		{"on WordPress what does not answer is not said to be absent", posts, "TestLookCannotTell", []change{{at + "look.go",
			`case got.code == invalidID && got.status == http.StatusNotFound: // guard`, `case got.status == http.StatusNotFound: // guard`}}},
		{"on WordPress nobody signed it in another name", posts, "TestReadBack", []change{{at + "look.go",
			`if p.Author != s.author && !seen.Differs { // guard`, `if false { // guard`}}},
		{"on WordPress an excerpt is signed by nobody", posts, "TestReadBack", []change{{at + "look.go",
			`case p.Excerpt.Raw != "": // guard`, `case false: // guard`}}},
		{"on WordPress a block of another kind is signed by nobody", posts, "TestReadBack", []change{{at + "text.go",
			`!ours.MatchString(said) { // guard`, `!ours.MatchString(said) && false { // guard`}}},
		{"on WordPress what we never write is signed by nobody", posts, "TestReadBack", []change{{at + "text.go",
			`if !known { // guard`, `if false { // guard`}}},
		{"on WordPress a link leads where it says", posts, "TestReadBack", []change{{at + "text.go",
			`said != r.href { // guard`, `said != r.href && false { // guard`}}},
		{"on WordPress what is not said to be gone is not", posts, "TestDelete", []change{{at + "publish.go",
			`case !gone.Deleted && gone.Status != "trash": // guard`, `case false: // guard`}}},
		{"on WordPress a picture that is still shown is not gone", posts, "TestDelete", []change{{at + "publish.go",
			`if wrong != nil { // guard`, `if false { // guard`}}},
	}
}
