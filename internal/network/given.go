package network

import (
	"context"
	"io"
	"sync"
	"time"

	"github.com/imprimatur-hq/imprimatur/internal/advocacy"
)

// Bounds of what is left to later attempts.
const (
	// LeftFor is how long what was left is counted on: networks forget files that no post names.
	LeftFor = 30 * time.Minute
	// MostLeft bounds of how many publications something is left.
	MostLeft = 1024
)

// Attempted is whose publication an attempt is of.
type Attempted struct {
	Author      string
	Publication advocacy.PublicationID
}

// Leftovers are the files that a network has of publications that are not out yet. Attempts of a
// publication have seconds, and a video takes minutes: what one attempt has done the next goes on
// with. All of it can be lost; it is done again then. The zero value is empty and safe for
// concurrent use.
type Leftovers[T any] struct {
	mu   sync.Mutex
	left map[Attempted][]T
}

// Leave leaves files to the next attempt, in the place of any others when there are too many.
func (l *Leftovers[T]) Leave(of Attempted, files []T) {
	if len(files) == 0 {
		return
	}
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.left == nil {
		l.left = make(map[Attempted][]T)
	}
	for other := range l.left {
		if len(l.left) < MostLeft {
			break
		}
		delete(l.left, other)
	}
	l.left[of] = files
}

// Take returns what was left. Nobody else has it then.
func (l *Leftovers[T]) Take(of Attempted) []T {
	l.mu.Lock()
	defer l.mu.Unlock()
	files := l.left[of]
	delete(l.left, of)
	return files
}

// Work takes the files of a publication through steps, all of them through one before the next, and
// goes on with what an earlier attempt left: begin makes each of them of that, or anew. When a step
// fails and the publication is tried again, what was done is left to the next attempt.
func (l *Leftovers[T]) Work(of Attempted, count int, begin func(i int, left T, is bool) T, steps ...func(i int, file T) *Answer) ([]T, *Answer) {
	kept, files := l.Take(of), make([]T, count)
	for i := range files {
		var left T
		if i < len(kept) {
			left = kept[i]
		}
		files[i] = begin(i, left, i < len(kept))
	}
	for _, step := range steps {
		for i, file := range files {
			wrong := step(i, file)
			if wrong == nil {
				continue
			}
			if !wrong.Class.Final() {
				l.Leave(of, files)
			}
			return nil, wrong
		}
	}
	return files, nil
}

// Len is of how many publications something is left.
func (l *Leftovers[T]) Len() int {
	l.mu.Lock()
	defer l.mu.Unlock()
	return len(l.left)
}

// Final tells whether what was to be published is not tried again.
func (c Class) Final() bool {
	return c == Accepted || c == Permanent || c == Duplicate || c == UnknownOutcome
}

// Ahead is the time for what goes before a post: a third of it all is left for the post itself, so
// that one that is asked for is waited for.
func Ahead(ctx context.Context) (context.Context, context.CancelFunc) {
	end, bound := ctx.Deadline()
	if !bound {
		return context.WithCancel(ctx)
	}
	return context.WithDeadline(ctx, end.Add(-time.Until(end)/3))
}

// OpenAt opens a file of the delivery from a byte on.
func (d Delivery) OpenAt(ctx context.Context, blob string, at int64) (io.Reader, error) {
	from, err := d.Media(ctx, blob)
	if err != nil {
		return nil, err
	}
	if seeker, can := from.(io.Seeker); can {
		_, err = seeker.Seek(at, io.SeekStart)
	} else {
		_, err = io.CopyN(io.Discard, from, at)
	}
	return from, err
}

// SizeOf is how many bytes a file of the delivery has.
func (d Delivery) SizeOf(ctx context.Context, blob string) (int64, error) {
	from, err := d.Media(ctx, blob)
	if err != nil {
		return 0, err
	}
	if seeker, can := from.(io.Seeker); can {
		return seeker.Seek(0, io.SeekEnd)
	}
	return io.Copy(io.Discard, from)
}
