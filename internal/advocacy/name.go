package advocacy

import "strconv"

// Name returns the resource name of the workspace.
func (w WorkspaceID) Name() string { return "workspaces/" + string(w) }

// Name returns the resource name of the post or item.
func (s Subject) Name() string {
	collection := "/posts/"
	if s.Kind == SubjectItem {
		collection = "/libraryItems/"
	}
	return s.Workspace.Name() + collection + s.ID
}

// ReviewName returns the resource name of a round.
func (s Subject) ReviewName(round int) string { return s.Name() + "/reviews/" + strconv.Itoa(round) }

// RevisionName returns the resource name of a revision.
func (s Subject) RevisionName(number int) string {
	return s.Name() + "/revisions/" + strconv.Itoa(number)
}

// Name returns the resource name of the decision.
func (d *Decision) Name() string {
	return d.Subject.ReviewName(d.Round) + "/decisions/" + string(d.ID)
}

// Name returns the resource name of the thread.
func (t *Thread) Name() string { return t.Subject.ThreadName(t.ID) }

// ThreadName returns the resource name of a thread.
func (s Subject) ThreadName(id ThreadID) string { return s.Name() + "/threads/" + string(id) }

// Name returns the resource name of the suggestion.
func (g *Suggestion) Name() string { return g.Subject.Name() + "/suggestions/" + string(g.ID) }

// Name returns the resource name of the comment.
func (c *Comment) Name() string {
	return c.Subject.ThreadName(c.Thread) + "/comments/" + string(c.ID)
}

// Name returns the resource name of the account.
func (a *SocialAccount) Name() string {
	return a.Workspace.Name() + "/socialAccounts/" + string(a.ID)
}

// Name returns the resource name of the publication.
func (p *Publication) Name() string {
	return PostSubject(p.Workspace, p.Post).Name() + "/publications/" + string(p.ID)
}

// MemberName returns the resource name of a person's membership.
func MemberName(w WorkspaceID, p PersonID) string { return w.Name() + "/members/" + string(p) }

// Name returns the resource name of the calendar.
func (c *Calendar) Name() string { return c.Workspace.Name() + "/calendars/" + string(c.ID) }

// Name returns the resource name of the delegation.
func (g *Delegation) Name() string { return g.Workspace.Name() + "/delegations/" + string(g.ID) }

// Name returns the resource name of the absence.
func (a *Absence) Name() string { return a.Workspace.Name() + "/absences/" + string(a.ID) }

// Name returns the resource name of the guideline.
func (g GuidelineID) Name(w WorkspaceID) string { return w.Name() + "/guidelines/" + string(g) }

// Name returns the resource name of the revision.
func (r *GuidelineRevision) Name() string {
	return r.Guideline.Name(r.Workspace) + "/revisions/" + strconv.Itoa(r.Number)
}

// Name returns the resource name of the acknowledgement.
func (a *Acknowledgement) Name() string {
	return a.Guideline.Name(a.Workspace) + "/revisions/" + strconv.Itoa(a.Revision) + "/acknowledgements/" + string(a.ID)
}

// Name returns the resource name of the training module.
func (m *TrainingModule) Name() string {
	return m.Workspace.Name() + "/trainingModules/" + string(m.ID)
}

// Name returns the resource name of the course.
func (c *TrainingCourse) Name() string {
	m := TrainingModule{Workspace: c.Workspace, ID: c.Module}
	return m.Name() + "/courses/" + strconv.Itoa(c.Number)
}

// Name returns the resource name of the attempt.
func (a *TrainingAttempt) Name() string {
	return a.Workspace.Name() + "/trainingAttempts/" + string(a.ID)
}

// Name returns the resource name of the training record.
func (r *TrainingRecord) Name() string {
	return r.Workspace.Name() + "/trainingRecords/" + string(r.ID)
}

// Name returns the resource name of the table of disclosure rules.
func (t DisclosureTableID) Name(w WorkspaceID) string {
	return w.Name() + "/disclosureTables/" + string(t)
}

// Name returns the resource name of the revision.
func (r *DisclosureRevision) Name() string {
	return r.Table.Name(r.Workspace) + "/revisions/" + strconv.Itoa(r.Number)
}

// Name returns the resource name of the lexicon.
func (l LexiconID) Name(w WorkspaceID) string { return w.Name() + "/lexicons/" + string(l) }

// Name returns the resource name of the revision.
func (r *LexiconRevision) Name() string {
	return r.Lexicon.Name(r.Workspace) + "/revisions/" + strconv.Itoa(r.Number)
}
