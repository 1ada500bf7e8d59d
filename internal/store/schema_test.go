package store

import (
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"
)

// openFile opens a migrated SQLite store of its own.
func openFile(t testing.TB) *Store {
	t.Helper()
	s, err := Open(t.Context(), Config{DSN: filepath.Join(t.TempDir(), "store.db"), Now: time.Now})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := s.Close(); err != nil {
			t.Error(err)
		}
	})
	if err := s.Migrate(t.Context()); err != nil {
		t.Fatal(err)
	}
	return s
}

// rowTypes are the tables as the rows see them.
var rowTypes = map[string][]string{
	workspaces.name: workspaces.columns, roles.name: roles.columns, members.name: members.columns,
	memberRoles.name: memberRoles.columns, "identities": tableOf[identityRow]().columns, sessions.name: sessions.columns,
	links.name: links.columns, apiKeys.name: apiKeys.columns, accounts.name: accounts.columns, handles.name: handles.columns, connections.name: connections.columns, networkApps.name: networkApps.columns, revocations.name: revocations.columns, topics.name: topics.columns,
	topicMembers.name: topicMembers.columns, topicGroups.name: topicGroups.columns, subscriptions.name: subscriptions.columns,
	memberTraits.name: memberTraits.columns, audiences.name: audiences.columns, announcements.name: announcements.columns, labels.name: labels.columns, items.name: items.columns, itemSearches.name: itemSearches.columns, itemOffers.name: itemOffers.columns,
	origins.name: origins.columns, imports.name: imports.columns, itemOwners.name: itemOwners.columns, importRows.name: importRows.columns, media.name: media.columns, mediaParts.name: mediaParts.columns, thumbnails.name: thumbnails.columns, blobs.name: blobs.columns, uploads.name: uploads.columns,
	uploadParts.name: uploadParts.columns, mediaUsage.name: mediaUsage.columns, posts.name: posts.columns,
	revisions.name: revisions.columns, policies.name: policies.columns, simulations.name: simulations.columns,
	activations.name: activations.columns, recomputations.name: recomputations.columns, reviews.name: reviews.columns, formerPlans.name: formerPlans.columns, linkChecks.name: linkChecks.columns,
	decisions.name: decisions.columns, coAuthors.name: coAuthors.columns, receipts.name: receipts.columns, threads.name: threads.columns,
	publicationWriters.name: publicationWriters.columns, itemSharers.name: itemSharers.columns, itemShareCounts.name: itemShareCounts.columns,
	suggestions.name: suggestions.columns, proposals.name: proposals.columns, feeds.name: feeds.columns, feedEntries.name: feedEntries.columns, comments.name: comments.columns, mentions.name: mentions.columns, tasks.name: tasks.columns, publications.name: publications.columns, cases.name: cases.columns, recalls.name: recalls.columns, copies.name: copies.columns,
	sketches.name: sketches.columns, sketchBands.name: sketchBands.columns, rejectedTexts.name: rejectedTexts.columns, rejectionBacklogs.name: rejectionBacklogs.columns,
	batches.name: batches.columns, batchItems.name: batchItems.columns,
	attempts.name: attempts.columns, holds.name: holds.columns, records.name: records.columns,
	requests.name: requests.columns, calendars.name: calendars.columns, calendarRevisions.name: calendarRevisions.columns,
	delegations.name: delegations.columns, absences.name: absences.columns, reminders.name: reminders.columns,
	deadlines.name: deadlines.columns, deadlinePersons.name: deadlinePersons.columns,
	disclosureTables.name: disclosureTables.columns, disclosureRechecks.name: disclosureRechecks.columns,
	lexicons.name: lexicons.columns, lexiconRechecks.name: lexiconRechecks.columns, guidelines.name: guidelines.columns, acknowledgements.name: acknowledgements.columns, trainings.name: trainings.columns,
	trainingRecords.name: trainingRecords.columns, trainingRevocations.name: trainingRevocations.columns,
	courses.name: courses.columns, trainingAttempts.name: trainingAttempts.columns,
	epochs.name: epochs.columns, entries.name: entries.columns, entryMedia.name: entryMedia.columns,
}

// TestRowsAreTables holds that rows and migrated tables have the same columns in the
// same order.
func TestRowsAreTables(t *testing.T) {
	t.Parallel()
	s := openFile(t)
	var name string
	var names []string
	query := "SELECT name FROM sqlite_master WHERE type = 'table' AND name NOT LIKE 'river%' AND name NOT LIKE 'sqlite%'" +
		// Of an index of words, the tables are SQLite's own.
		" AND name NOT LIKE 'goose%' AND name NOT LIKE 'item_words%'"
	if err := s.scan(t.Context(), []any{&name}, func() { names = append(names, name) }, query); err != nil {
		t.Fatal(err)
	}
	for _, name := range names {
		var column string
		var columns []string
		query := "SELECT name FROM pragma_table_info(?)"
		if err := s.scan(t.Context(), []any{&column}, func() { columns = append(columns, column) }, query, name); err != nil {
			t.Fatal(err)
		}
		if !slices.Equal(columns, rowTypes[name]) {
			t.Errorf("%s has the columns\n%q, its row\n%q", name, columns, rowTypes[name])
		}
	}
	if len(names) != len(rowTypes) {
		t.Errorf("%d tables, %d rows", len(names), len(rowTypes))
	}
}

// TestMigrationsAreTwins holds that both databases have the same migrations, tables,
// columns, indexes and unique keys.
func TestMigrationsAreTwins(t *testing.T) {
	t.Parallel()
	lite, err := files.ReadDir("migrations/sqlite")
	if err != nil {
		t.Fatal(err)
	}
	pg, err := files.ReadDir("migrations/postgres")
	if err != nil {
		t.Fatal(err)
	}
	if len(lite) != len(pg) {
		t.Fatalf("%d migrations for SQLite, %d for PostgreSQL", len(lite), len(pg))
	}
	for i := range lite {
		if lite[i].Name() != pg[i].Name() {
			t.Fatalf("%s is not %s", lite[i].Name(), pg[i].Name())
		}
		a, b := skeleton(t, "sqlite", lite[i].Name()), skeleton(t, "postgres", pg[i].Name())
		if !slices.Equal(a, b) {
			t.Errorf("%s differs:\n%s\n\n%s", lite[i].Name(), strings.Join(a, "\n"), strings.Join(b, "\n"))
		}
	}
}

// skeleton is what a migration makes, without types and without what only one database
// has a word for.
func skeleton(t *testing.T, folder, name string) (lines []string) {
	t.Helper()
	text, err := files.ReadFile("migrations/" + folder + "/" + name)
	if err != nil {
		t.Fatal(err)
	}
	anew := false // SQLite writes a table anew to change a constraint, which PostgreSQL alters
	for line := range strings.Lines(string(text)) {
		words := strings.Fields(line)
		begins := strings.HasPrefix(line, "CREATE TABLE") && strings.HasSuffix(words[2], "_anew")
		ends := anew && strings.Contains(line, "_anew RENAME TO")
		anew = (anew || begins) && !ends
		switch {
		case anew, ends:
		case len(words) == 0 || words[0] == "--" || strings.Contains(line, " USING "):
		case strings.HasPrefix(line, "CREATE TABLE"), strings.HasPrefix(line, "CREATE INDEX"),
			strings.HasPrefix(line, "CREATE UNIQUE"), strings.HasPrefix(line, "    WHERE"),
			words[0] == "PRIMARY", words[0] == "UNIQUE", words[0] == "FOREIGN", words[0] == "REFERENCES":
			lines = append(lines, strings.Join(words, " "))
		case strings.HasPrefix(line, "    ") && len(words) > 1 && words[0] == strings.ToLower(words[0]) &&
			words[0] != "'review_expired'," && !strings.HasPrefix(words[0], "'"):
			lines = append(lines, words[0])
		}
	}
	return lines
}
