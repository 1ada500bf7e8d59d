package demo

import (
	"context"
	"errors"
	"fmt"

	"github.com/imprimatur-hq/imprimatur/internal/advocacy"
	"github.com/imprimatur-hq/imprimatur/internal/workflow"
)

// Workspace is the company's.
const Workspace advocacy.WorkspaceID = "alder"

// The company.
const (
	companyName   = "Maison Alder"
	companyTrade  = "furniture, from Lyon and Leeds"
	companyZone   = "Europe/Paris"
	companyLocale = "en"
)

// part is one person of the cast.
type part struct {
	// key is what the story calls the person.
	key      string
	name     string
	email    string
	title    string
	language string
	roles    []advocacy.Role
	groups   []string
}

// cast lists the people in the order they are shown. The admin is the one who installs
// the workspace and invites the others.
var cast = []part{
	{"oliver", "Oliver Hartley", "oliver.hartley@alder.example", "Product engineer, Leeds", "en", []advocacy.Role{advocacy.RoleEmployee}, []string{"leeds", "workshop"}},
	{"camille", "Camille Moreau", "camille.moreau@alder.example", "Ébéniste, Lyon", "fr", []advocacy.Role{advocacy.RoleEmployee}, []string{"lyon", "workshop"}},
	{"helene", "Hélène Alder", "helene.alder@alder.example", "Directrice générale, Lyon", "fr", []advocacy.Role{advocacy.RoleEmployee}, []string{"lyon", "board"}},
	{"ines", "Inès Lambert", "ines.lambert@alder.example", "Responsable éditoriale, Lyon", "fr", []advocacy.Role{advocacy.RoleCurator}, []string{"lyon"}},
	{"priya", "Priya Nair", "priya.nair@alder.example", "Legal counsel, Leeds", "en", []advocacy.Role{advocacy.RoleLegal}, []string{"leeds"}},
	{"etienne", "Étienne Caron", "etienne.caron@alder.example", "Juriste, Lyon", "fr", []advocacy.Role{advocacy.RoleLegal}, []string{"lyon"}},
	{"marguerite", "Marguerite Dunne", "marguerite.dunne@alder.example", "Head of communications, Leeds", "en", []advocacy.Role{advocacy.RolePR}, []string{"leeds"}},
	{"thomas", "Thomas Keller", "thomas.keller@alder.example", "Information systems, Lyon", "fr", []advocacy.Role{advocacy.RoleAdmin}, []string{"lyon"}},
	{"judith", "Judith Osei", "judith.osei@alder.example", "Internal audit, Leeds", "en", []advocacy.Role{advocacy.RoleAuditor}, []string{"leeds"}},
}

// founder installs the workspace.
const founder = "thomas"

// shelf is a topic of the library.
type shelf struct {
	id          advocacy.TopicID
	name        string
	description string
	// members are who sees a closed shelf; nobody for an open one.
	members []string
}

var shelves = []shelf{
	{"craft", "Workshop and craft", "How we make things, and what is new. Nos gestes, et nos nouveautés.", nil},
	{"company", "Company news", "What happens at Maison Alder. La vie de la maison.", nil},
	{"careers", "Working here", "Jobs, apprenticeships, days in the workshop. Emplois, apprentissage, ateliers.", nil},
	{"leadership", "Leadership", "For those who speak for the house. Pour celles et ceux qui parlent au nom de la maison.", []string{"helene", "oliver", "ines"}},
}

// outlet is a social account.
type outlet struct {
	key      string
	network  advocacy.Network
	name     string
	owner    string
	deputy   string
	personal bool
}

// The networks of the sample.
const (
	wall    advocacy.Network = "wall"
	webhook advocacy.Network = "webhook"
)

var outlets = []outlet{
	{"house", wall, "Maison Alder", "marguerite", "ines", false},
	{"oliver", wall, "Oliver Hartley", "oliver", "", true},
	{"camille", wall, "Camille Moreau", "camille", "", true},
	{"helene", wall, "Hélène Alder", "helene", "", true},
	{"dealers", webhook, "Dealers’ newsletter", "marguerite", "thomas", false},
}

// idleAddress is where the webhook account points when nobody listens; the account is
// then switched off.
const idleAddress = "https://newsletter.alder.example/imprimatur"

// furnish adds what an admin adds to a new workspace: people, accounts, a key, a lexicon.
func (t *teller) furnish(ctx context.Context, admin actor) error {
	err := errors.Join(admin.need("members.create"), admin.need("accounts.create"), admin.need("accounts.update"), admin.need("keys.create"))
	if err != nil {
		return err
	}
	for _, p := range cast {
		if p.key == founder {
			continue
		}
		m, err := t.Flow.CreateMember(ctx, admin.Call, Workspace, workflow.MemberDraft{
			DisplayName: p.name, Email: p.email, Title: p.title, Language: p.language, Roles: p.roles, Groups: p.groups,
		})
		if err != nil {
			return fmt.Errorf("%s: %w", p.name, err)
		}
		t.people[p.key] = m
	}
	for _, o := range outlets {
		if err := t.connect(ctx, admin, o); err != nil {
			return fmt.Errorf("account %s: %w", o.name, err)
		}
	}
	key, _, err := t.Flow.CreateAPIKey(ctx, admin.Call, Workspace, workflow.KeyDraft{
		DisplayName: "Vacancies form of the intranet", Permissions: []advocacy.Permission{"posts.create", "posts.submit", "posts.read"},
	})
	if err != nil {
		return err
	}
	t.keys[founder] = key
	if err := t.watch(ctx, admin); err != nil {
		return err
	}
	return t.teach(ctx, admin)
}

func (t *teller) connect(ctx context.Context, admin actor, o outlet) error {
	draft := workflow.AccountDraft{
		Network: o.network, DisplayName: o.name, Owner: t.people[o.owner].Person, Personal: o.personal,
	}
	if o.deputy != "" {
		draft.Deputy = t.people[o.deputy].Person
	}
	idle := o.network == webhook && t.WebhookAddress == ""
	switch {
	case idle:
		draft.Address = idleAddress
	case o.network == webhook:
		draft.Address = t.WebhookAddress
	}
	a, _, err := t.Flow.CreateAccount(ctx, admin.Call, Workspace, draft)
	if err != nil {
		return err
	}
	t.accounts[o.key] = a.ID
	if idle {
		_, err = t.Flow.DisableAccount(ctx, admin.Call, Workspace, a.ID, "Nobody listens at this address yet.")
	}
	return err
}

// shelve adds the shelves of the library.
func shelve(ctx context.Context, t *teller, who actor) error {
	if err := who.need("topics.create"); err != nil {
		return err
	}
	for _, s := range shelves {
		draft := workflow.TopicDraft{ID: s.id, DisplayName: s.name, Description: s.description, Closed: len(s.members) > 0}
		for _, key := range s.members {
			draft.Members = append(draft.Members, t.people[key].Person)
		}
		if _, err := t.Flow.CreateTopic(ctx, who.Call, Workspace, draft); err != nil {
			return err
		}
	}
	return nil
}

// freeze stops all publishing; lift lets it go on.
func freeze(reason string) deed {
	return func(ctx context.Context, t *teller, who actor) error {
		if err := who.need("holds.create"); err != nil {
			return err
		}
		h, _, err := t.Flow.CreateHold(ctx, who.Call, Workspace, workflow.HoldDraft{Scope: advocacy.HoldWorkspace, Reason: reason})
		if err != nil {
			return err
		}
		t.holds[who.key] = h.ID
		return nil
	}
}

func lift(reason string) deed {
	return func(ctx context.Context, t *teller, who actor) error {
		if err := who.need("holds.release"); err != nil {
			return err
		}
		_, err := t.Flow.ReleaseHold(ctx, who.Call, Workspace, t.holds[who.key], reason)
		return err
	}
}
