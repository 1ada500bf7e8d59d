package advocacy

import "time"

// unknownTerm is how long a publication whose end is not known waits for a person before that is
// late. The network has been asked for the last time long before.
const unknownTerm = 24 * time.Hour

// UnknownTurns are the turns of the publications whose end is not known, one for each of their
// rounds: of who may say what became of them. It waits since the first of them came to be unknown,
// which is what a publication in that state was changed by last: a look that finds nothing leaves
// its time as it is.
func UnknownTurns(publications []Publication) map[int]Turn {
	turns := make(map[int]Turn)
	for i := range publications {
		x := &publications[i]
		if x.State != Unknown {
			continue
		}
		t, known := turns[x.Round]
		if !known || x.UpdateTime.Before(t.Since) {
			t = Turn{Why: WhyUnknown, Permission: PermissionResolve, Since: x.UpdateTime}
		}
		turns[x.Round] = t
	}
	return turns
}

// UnknownDue is by when somebody should have said what became of it.
func (t Turn) UnknownDue() time.Time { return t.Since.Add(unknownTerm) }

// TurnPermissions are the permissions of which turns wait.
func TurnPermissions() []Permission { return []Permission{PermissionResolve} }
