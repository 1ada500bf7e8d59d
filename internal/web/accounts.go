package web

import (
	"time"

	"google.golang.org/protobuf/types/known/fieldmaskpb"

	imprimaturv1 "github.com/imprimatur-hq/imprimatur/api/imprimatur/v1"
)

// accountRoutes show where a workspace and its people publish, and connect it.
var accountRoutes = []route{
	{"GET /w/{workspace}/accounts", nil, listAccounts},
	{"GET /w/{workspace}/accounts/new", nil, newAccount},
	{"POST /w/{workspace}/accounts", []string{"SocialAccountService/CreateSocialAccount"}, createAccount},
	{"GET /w/{workspace}/accounts/{account}", nil, showAccount},
	{"POST /w/{workspace}/accounts/{account}/update", []string{"SocialAccountService/UpdateSocialAccount"}, updateAccount},
	{"POST /w/{workspace}/accounts/{account}/answer", []string{"SocialAccountService/UpdateSocialAccount"}, nameAnswerers},
	{"POST /w/{workspace}/accounts/{account}/attest", []string{"SocialAccountService/AttestSocialAccount"}, attestAccount},
	{"POST /w/{workspace}/accounts/{account}/disable", []string{"SocialAccountService/DisableSocialAccount"}, disableAccount},
	{"POST /w/{workspace}/accounts/{account}/enable", []string{"SocialAccountService/EnableSocialAccount"}, enableAccount},
	{"POST /w/{workspace}/accounts/{account}/token", []string{"SocialAccountService/ConnectSocialAccount"}, connectAccount},
	{"GET /w/{workspace}/accounts/{account}/start", nil, backToAccount},
	{"POST /w/{workspace}/accounts/{account}/start", []string{"SocialAccountService/StartConnection"}, startConnection},
	{"POST /w/{workspace}/accounts/{account}/disconnect", []string{"SocialAccountService/DisconnectSocialAccount"}, disconnectAccount},
	{"GET /w/{workspace}/handles", nil, listHandles},
	{"POST /w/{workspace}/handles", []string{"RegisteredHandleService/CreateRegisteredHandle"}, createHandle},
	{"GET /w/{workspace}/handles/{handle}", nil, showHandle},
	{"POST /w/{workspace}/handles/{handle}", []string{"RegisteredHandleService/UpdateRegisteredHandle"}, updateHandle},
}

func (v *visitor) socialAccounts() imprimaturv1.SocialAccountServiceClient {
	return imprimaturv1.NewSocialAccountServiceClient(v.conn)
}

// accountList is the page of accounts.
type accountList struct {
	// Mine are those the visitor owns or is the deputy of.
	Mine, Others []accountRow
	// Unanswered lack an owner or a deputy; they are for who may name one.
	Unanswered []accountRow
	Next       string
}

// accountRow is one account and what the visitor is to it.
type accountRow struct {
	*imprimaturv1.SocialAccount
	Mine bool
	// Due tells that somebody has to vouch for it attestSoon, Overdue that what goes out waits for that.
	Due, Overdue bool
	// Lacks is who is missing of those who answer for it: `owner`, `deputy`, or nobody.
	Lacks string
}

// attestSoon is how long before an account has to be vouched for its page says so.
const attestSoon = 30 * 24 * time.Hour

// accountRow says what the visitor is to an account.
func (v *visitor) accountRow(a *imprimaturv1.SocialAccount, now time.Time) accountRow {
	r := accountRow{SocialAccount: a, Mine: v.runs(a)}
	if due := a.GetAttestDueTime(); due != nil {
		r.Overdue = now.After(due.AsTime())
		r.Due = !r.Overdue && now.Add(attestSoon).After(due.AsTime())
	}
	switch {
	case a.GetPersonal():
	case !v.active(a.GetOwner()):
		r.Lacks = "owner"
	case a.GetDeputy() == "" || !v.active(a.GetDeputy()):
		r.Lacks = "deputy"
	}
	return r
}

// unanswered finds the accounts that lack an owner or a deputy.
func (v *visitor) unanswered(now time.Time) (rows []accountRow, err error) {
	answer, err := v.socialAccounts().ListSocialAccounts(v.ctx, &imprimaturv1.ListSocialAccountsRequest{Parent: v.parent(), Filter: "unanswered = true", PageSize: 200})
	for _, a := range answer.GetSocialAccounts() {
		rows = append(rows, v.accountRow(a, now))
	}
	return rows, err
}

// maxAccountPages bounds how far the visitor's own accounts are looked for.
const maxAccountPages = 10

// mine finds every account the visitor runs, however many others there are: people must find each
// connection they gave.
func (v *visitor) mine(now time.Time) ([]accountRow, error) {
	var rows []accountRow
	token := ""
	for range maxAccountPages {
		page, err := v.socialAccounts().ListSocialAccounts(v.ctx, &imprimaturv1.ListSocialAccountsRequest{Parent: v.parent(), PageSize: 200, PageToken: token})
		if err != nil {
			return nil, err
		}
		for _, a := range page.GetSocialAccounts() {
			if v.runs(a) {
				rows = append(rows, v.accountRow(a, now))
			}
		}
		if token = page.GetNextPageToken(); token == "" {
			break
		}
	}
	return rows, nil
}

// listAccounts shows the visitor's own accounts first.
func listAccounts(v *visitor) error {
	now := time.Now()
	mine, err := v.mine(now)
	if err != nil {
		return err
	}
	answer, err := v.socialAccounts().ListSocialAccounts(v.ctx, &imprimaturv1.ListSocialAccountsRequest{Parent: v.parent(), PageToken: v.r.URL.Query().Get("page")})
	if err != nil {
		return err
	}
	list := accountList{Mine: mine, Next: answer.GetNextPageToken()}
	if v.may("accounts.update") {
		if list.Unanswered, err = v.unanswered(now); err != nil {
			return err
		}
	}
	for _, a := range answer.GetSocialAccounts() {
		if r := v.accountRow(a, now); !r.Mine {
			list.Others = append(list.Others, r)
		}
	}
	return v.show("accounts", "accounts", list)
}

// networkChoices are the networks one can add an account of.
var networkChoices = []string{"wall", "linkedin", "facebook", "instagram", "threads", "mastodon", "bluesky", "x", "mattermost", "slack", "teams", "wordpress", "webhook", "handoff"}

// newAccounts is the form of a new account.
type newAccounts struct {
	Networks []string
	People   []*imprimaturv1.Member
	// Account and Secret are those of the webhook that was just made: its secret is shown once.
	Account *imprimaturv1.SocialAccount
}

func newAccount(v *visitor) error {
	people, err := v.activeMembers()
	if err != nil {
		return err
	}
	return v.show("accounts-new", "accounts", newAccounts{Networks: networkChoices, People: people})
}

// createAccount adds an account; the secret of a webhook is shown at once, and never again.
func createAccount(v *visitor) error {
	a, err := v.socialAccounts().CreateSocialAccount(v.ctx, &imprimaturv1.CreateSocialAccountRequest{Parent: v.parent(), RequestId: v.requestID(), SocialAccount: &imprimaturv1.SocialAccount{
		Network: v.form("network"), DisplayName: v.form("display_name"), Owner: v.form("owner"), Deputy: v.form("deputy"),
		Personal: v.form("personal") == "yes", Address: v.form("address"), Purpose: v.form("purpose"),
	}})
	if err != nil {
		return err
	}
	if a.GetSecret() != "" {
		return v.show("accounts-new", "accounts", newAccounts{Account: a})
	}
	return v.done(v.at("/accounts/"+lastPart(a.GetName())), "web.said.accounts.made")
}

// accountPage is the page of one account.
type accountPage struct {
	accountRow
	Address string
	People  []*imprimaturv1.Member
	// Connects tells that the visitor may connect it, Tokens that its network takes tokens, SignIn
	// that it may be connected by signing in there.
	Connects, Tokens, SignIn bool
	// Start leads to the network, once somebody asked for it; Until when that is good.
	Start *imprimaturv1.StartConnectionResponse
	// Does is what its network takes and can do.
	Does *imprimaturv1.NetworkCapabilities
}

// TokenDays is how many days a connection lives, 0 when it ends by itself sooner or not at all.
func (a accountPage) TokenDays() int { return int(a.Does.GetTokenLife().AsDuration().Hours() / 24) }

// tokenNetworks are those that an account is connected to, and whether by signing in there.
var tokenNetworks = map[string]bool{"mastodon": true, "linkedin": true, "facebook": true, "instagram": true, "threads": true, "x": true, "bluesky": false, "mattermost": false, "slack": false, "teams": false, "wordpress": false}

func showAccount(v *visitor) error { return v.accountPage(nil) }

func (v *visitor) accountPage(start *imprimaturv1.StartConnectionResponse) error {
	a, err := v.socialAccounts().GetSocialAccount(v.ctx, &imprimaturv1.GetSocialAccountRequest{Name: v.accountName()})
	if err != nil {
		return err
	}
	page := accountPage{accountRow: v.accountRow(a, time.Now()), Start: start}
	page.Address = v.accountAt()
	page.SignIn, page.Tokens = tokenNetworks[a.GetNetwork()]
	owns := a.GetOwner() == v.me.GetMember()
	page.Connects = v.may("accounts.connect") && page.Tokens && (owns || !a.GetPersonal() && (page.Mine || v.may("accounts.update")))
	if page.Does, err = v.network(a.GetNetwork()); err != nil {
		return err
	}
	if v.may("accounts.update") {
		if page.People, err = v.activeMembers(); err != nil {
			return err
		}
	}
	return v.show("accounts-one", "accounts", page)
}

// network is what a network takes and can do; nil for one of another build.
func (v *visitor) network(name string) (*imprimaturv1.NetworkCapabilities, error) {
	all, err := v.socialAccounts().ListNetworks(v.ctx, &imprimaturv1.ListNetworksRequest{Parent: v.parent(), PageSize: 200})
	for _, n := range all.GetNetworks() {
		if n.GetNetwork() == name {
			return n, err
		}
	}
	return nil, err
}

// accountName is the account the address names, accountAt its page.
func (v *visitor) accountName() string { return v.named("socialAccounts", "account") }
func (v *visitor) accountAt() string   { return v.at("/accounts/" + v.r.PathValue("account")) }

// updateAccount changes what is recorded of an account.
func updateAccount(v *visitor) error {
	_, err := v.socialAccounts().UpdateSocialAccount(v.ctx, &imprimaturv1.UpdateSocialAccountRequest{
		SocialAccount: &imprimaturv1.SocialAccount{
			Name: v.accountName(), Etag: v.form("etag"), DisplayName: v.form("display_name"), Purpose: v.form("purpose"), Address: v.form("address"),
		},
		UpdateMask: &fieldmaskpb.FieldMask{Paths: []string{"display_name", "purpose", "address"}}, RequestId: v.requestID(),
	})
	if err != nil {
		return err
	}
	return v.done(v.accountAt(), "web.said.accounts.saved")
}

// nameAnswerers gives an account an owner and a deputy.
func nameAnswerers(v *visitor) error {
	_, err := v.socialAccounts().UpdateSocialAccount(v.ctx, &imprimaturv1.UpdateSocialAccountRequest{
		SocialAccount: &imprimaturv1.SocialAccount{Name: v.accountName(), Etag: v.form("etag"), Owner: v.form("owner"), Deputy: v.form("deputy")},
		UpdateMask:    &fieldmaskpb.FieldMask{Paths: []string{"owner", "deputy"}}, RequestId: v.requestID(),
	})
	if err != nil {
		return err
	}
	return v.done(v.accountAt(), "web.said.accounts.answered")
}

// attestAccount vouches for an account as the page showed it.
func attestAccount(v *visitor) error {
	_, err := v.socialAccounts().AttestSocialAccount(v.ctx, &imprimaturv1.AttestSocialAccountRequest{Name: v.accountName(), Etag: v.form("etag"), RequestId: v.requestID()})
	if err != nil {
		return err
	}
	return v.done(v.accountAt(), "web.said.accounts.attested")
}

func disableAccount(v *visitor) error {
	_, err := v.socialAccounts().DisableSocialAccount(v.ctx, &imprimaturv1.DisableSocialAccountRequest{Name: v.accountName(), Reason: v.form("reason"), RequestId: v.requestID()})
	if err != nil {
		return err
	}
	return v.done(v.accountAt(), "web.said.accounts.disabled")
}

func enableAccount(v *visitor) error {
	_, err := v.socialAccounts().EnableSocialAccount(v.ctx, &imprimaturv1.EnableSocialAccountRequest{Name: v.accountName(), Reason: v.form("reason"), RequestId: v.requestID()})
	if err != nil {
		return err
	}
	return v.done(v.accountAt(), "web.said.accounts.enabled")
}

// connectAccount gives an account the token its owner made at the network.
func connectAccount(v *visitor) error {
	a, err := v.socialAccounts().ConnectSocialAccount(v.ctx, &imprimaturv1.ConnectSocialAccountRequest{
		Name: v.accountName(), AccessToken: v.form("token"), Etag: v.form("etag"), RequestId: v.requestID(),
	})
	if err != nil {
		return err
	}
	return v.done(v.accountAt(), "web.said.accounts.connected", "handle", a.GetHandle())
}

// startConnection asks the network where to sign in, and shows the link: a form may not lead to
// another site, and the address is told once.
func startConnection(v *visitor) error {
	start, err := v.socialAccounts().StartConnection(v.ctx, &imprimaturv1.StartConnectionRequest{Name: v.accountName(), Etag: v.form("etag"), RequestId: v.requestID()})
	if err != nil {
		return err
	}
	return v.accountPage(start)
}

// backToAccount leads to the account: the address at the network was shown to who pressed the
// button.
func backToAccount(v *visitor) error {
	redirect(v.w, v.r, v.accountAt())
	return nil
}

// disconnectAccount forgets the token of an account.
func disconnectAccount(v *visitor) error {
	_, err := v.socialAccounts().DisconnectSocialAccount(v.ctx, &imprimaturv1.DisconnectSocialAccountRequest{Name: v.accountName(), RequestId: v.requestID()})
	if err != nil {
		return err
	}
	return v.done(v.accountAt(), "web.said.accounts.disconnected")
}
