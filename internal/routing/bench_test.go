package routing_test

import (
	"fmt"
	"strings"
	"testing"

	"github.com/imprimatur-hq/imprimatur/internal/advocacy"
	"github.com/imprimatur-hq/imprimatur/internal/routing"
)

// manyRules is a policy of a large house: conditions of every kind, of which one in ten
// matches.
func manyRules(n int) routing.Policy {
	p := routing.Builtin()
	p.Terms = map[string][]string{"claims": {"guarantee*", "risk free", "clinically proven"}, "customers": {"Globex", "Initech"}}
	conditions := []string{
		`post.origin == "original" && post.language.startsWith("en")`,
		`terms.claims.size() > 0 || terms.customers.exists(c, c == "Globex")`,
		`post.texts.exists(t, t.matches("(?i)\\b(yield|dividend)s?\\b")) && post.regions.exists(r, r in ["US", "GB"])`,
		`post.hosts.exists(h, h.endsWith(".example.com"))`,
		`"executives" in author.groups || author.title.startsWith("Chief")`,
		`post.hashtags.exists(h, h in ["ad", "sponsored"]) && !post.sponsored`,
		`post.networks.exists(n, n == "linkedin") && post.text.size() > 2000`,
		`post.origin == "library_edited" && post.changed_chars <= 40`,
		`post.media.exists(m, m.alt_text == "")`,
		`post.mentions.size() > 5 && post.publish_time.getDayOfWeek() == 0`,
	}
	for i := range n {
		p.Rules = append(p.Rules, routing.Rule{
			ID: fmt.Sprintf("rule-%d", i), When: conditions[i%len(conditions)], Reason: "So.",
			Require: []advocacy.Requirement{routing.Sign(advocacy.Role(fmt.Sprintf("approver:role%d", i%7)), 1)},
		})
	}
	return p
}

// apart gives each rule that looks for a pattern one of its own.
func apart(p routing.Policy) routing.Policy {
	for i := range p.Rules {
		p.Rules[i].When = strings.Replace(p.Rules[i].When, "yield", fmt.Sprintf("yield%d", i), 1)
	}
	return p
}

func aPost() routing.Facts {
	return routing.Facts{
		Kind: advocacy.SubjectPost, Origin: advocacy.OriginOriginal, Language: "en-GB", Languages: []string{"en-GB"},
		Networks: []advocacy.Network{"wall", "webhook"}, Accounts: []advocacy.AccountID{"a", "b"},
		Texts: []string{"We opened a new lab in Nantes, with @ada@social.example and forty new colleagues. #hiring https://acme.example/lab"},
		Links: []string{"https://acme.example/lab"}, Media: []advocacy.MediaRef{{ContentType: "image/png", AltText: "The lab"}},
		Author: routing.Author{Person: "ada", Title: "Engineer", Roles: []string{"employee"}, Groups: []string{"nantes"}},
	}
}

// aLongPost has a number of texts that differ, each of so many characters.
func aLongPost(texts, characters int) routing.Facts {
	facts := aPost()
	words := strings.Repeat(facts.Texts[0]+" ", characters/len(facts.Texts[0])+1)
	facts.Texts = nil
	for i := range texts {
		facts.Texts = append(facts.Texts, fmt.Sprintf("%02d", i)+words[:characters-2])
	}
	return facts
}

// BenchmarkEvaluate is what one submission costs with a policy of 200 rules, of which 20 look for
// one pattern in every text, or each for its own.
func BenchmarkEvaluate(b *testing.B) {
	for _, c := range []struct {
		name   string
		policy routing.Policy
		facts  routing.Facts
	}{
		{"rules=10/post=short", manyRules(10), aPost()}, {"rules=200/post=short", manyRules(200), aPost()},
		{"rules=200/post=3000x5", manyRules(200), aLongPost(5, 3_000)},
		{"rules=200apart/post=short", apart(manyRules(200)), aPost()},
		{"rules=200apart/post=3000x1", apart(manyRules(200)), aLongPost(1, 3_000)},
		{"rules=200apart/post=3000x5", apart(manyRules(200)), aLongPost(5, 3_000)},
	} {
		b.Run(c.name, func(b *testing.B) {
			policy, err := newEngine(b).Compile(c.policy)
			if err != nil {
				b.Fatal(err)
			}
			facts := c.facts
			b.ReportAllocs()
			for b.Loop() {
				if got := policy.Evaluate(facts); len(got.Failed) > 0 || len(got.Plan.Requirements) == 0 {
					b.Fatalf("%+v", got)
				}
			}
		})
	}
}

// BenchmarkLoad is what finding a policy costs that was compiled before.
func BenchmarkLoad(b *testing.B) {
	engine, document := newEngine(b), manyRules(200).Document()
	b.ReportAllocs()
	for b.Loop() {
		if _, err := engine.Load(document); err != nil {
			b.Fatal(err)
		}
	}
}
