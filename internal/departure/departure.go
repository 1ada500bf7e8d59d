package departure

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"strconv"
	"strings"
	"time"

	"github.com/imprimatur-hq/imprimatur/internal/advocacy"
)

// Slips keep small notes under a folder and a name. Nothing that Read or Make return is nil where
// there is something.
type Slips interface {
	// Make keeps a note, once: when the name is taken it changes nothing and returns what is there.
	Make(ctx context.Context, name string, data []byte) (taken []byte, err error)
	// Replace keeps a note in the place of what was there.
	Replace(ctx context.Context, name string, data []byte) error
	Read(ctx context.Context, name string) ([]byte, error)
	// Each calls see with every note of a folder.
	Each(ctx context.Context, folder string, see func(name string, data []byte) error) error
	Remove(ctx context.Context, name string) error
}

// Keeper keeps the departures of one deployment. It implements publish.Departures.
type Keeper struct {
	Slips Slips
	// Deployment is the database's name, which a copy of it and one that was put back keep.
	Deployment string
}

// Note notes a request before it begins. What it returns, if anything, are requests that were noted
// under its number and after it by somebody else: this one must not begin.
//
// The numbers below are noted before, so that the notes of one thing have no gaps, and whoever
// counts from an earlier number meets the first of them.
func (k *Keeper) Note(ctx context.Context, d advocacy.Departure) (*advocacy.Forgotten, error) {
	if err := k.fill(ctx, d); err != nil {
		return nil, err
	}
	taken, err := k.make(ctx, d)
	if err != nil || taken == nil {
		return nil, err
	}
	earlier := parse(taken)
	if earlier.Mark == d.Mark && d.Mark != "" { // the answer to our own note was lost
		return nil, nil
	}
	out := &advocacy.Forgotten{First: earlier, Last: d.Number}
	for {
		next := d
		next.Number = out.Last + 1
		data, err := k.Slips.Read(ctx, k.name(next))
		if err != nil || data == nil {
			return out, err
		}
		out.Last++
	}
}

// fill notes the numbers below that are not: a process can die between its intent and its note.
func (k *Keeper) fill(ctx context.Context, d advocacy.Departure) error {
	lowest := d.Number
	for lowest > 1 {
		below := d
		below.Number = lowest - 1
		data, err := k.Slips.Read(ctx, k.name(below))
		if err != nil {
			return err
		}
		if data != nil {
			break
		}
		lowest--
	}
	for n := lowest; n < d.Number; n++ { // guard: the notes of one thing have no gaps
		below := d
		below.Number, below.Mark = n, ""
		if _, err := k.make(ctx, below); err != nil {
			return err
		}
	}
	return nil
}

func (k *Keeper) make(ctx context.Context, d advocacy.Departure) ([]byte, error) {
	data, err := json.Marshal(d)
	if err != nil {
		return nil, fmt.Errorf("departure: %w", err)
	}
	return k.Slips.Make(ctx, k.name(d), data)
}

// First returns the first request that was noted for what a publication publishes, nil when none was.
func (k *Keeper) First(ctx context.Context, x *advocacy.Publication) (*advocacy.Departure, error) {
	d := advocacy.Departure{Workspace: x.Workspace, Post: x.Post, Digest: x.Digest, Account: x.Account, Number: 1}
	data, err := k.Slips.Read(ctx, k.name(d))
	if err != nil || data == nil {
		return nil, err
	}
	if d = parse(data); d.Time.IsZero() {
		return nil, nil
	}
	return &d, nil
}

// Each calls see with every departure that was noted.
func (k *Keeper) Each(ctx context.Context, see func(advocacy.Departure) error) error {
	return k.Slips.Each(ctx, k.Deployment, func(name string, data []byte) error {
		if isMark(name) {
			return nil
		}
		return see(parse(data))
	})
}

// Forget removes what was noted before an instant, and returns how much that was. A backup of before
// that cannot be told from the database any more.
func (k *Keeper) Forget(ctx context.Context, before time.Time) (int, error) {
	gone := 0
	err := k.Slips.Each(ctx, k.Deployment, func(name string, data []byte) error {
		if isMark(name) || !parse(data).Time.Before(before) {
			return nil
		}
		gone++
		return k.Slips.Remove(ctx, name)
	})
	return gone, err
}

// parse reads a note. One that cannot be read is a note all the same.
func parse(data []byte) advocacy.Departure {
	var d advocacy.Departure
	if json.Unmarshal(data, &d) != nil {
		return advocacy.Departure{}
	}
	return d
}

// name is where a departure is noted: under what it publishes, and its number.
func (k *Keeper) name(d advocacy.Departure) string {
	sum := sha256.New()
	for _, part := range []string{string(d.Workspace), string(d.Post), string(d.Digest), string(d.Account)} {
		fmt.Fprintf(sum, "%d:%s", len(part), part)
	}
	return k.Deployment + "/" + hex.EncodeToString(sum.Sum(nil)[:20]) + "." + strconv.Itoa(d.Number)
}

// markName is the note of how far the database had come.
const markName = "mark"

func isMark(name string) bool { return strings.HasSuffix(name, "/"+markName) }

// Mark returns how far the database had come, nil when nobody has marked it.
func (k *Keeper) Mark(ctx context.Context) (*advocacy.Progress, error) {
	data, err := k.Slips.Read(ctx, k.Deployment+"/"+markName)
	if err != nil || data == nil {
		return nil, err
	}
	var s advocacy.Progress
	if err := json.Unmarshal(data, &s); err != nil {
		return nil, fmt.Errorf("departure: the mark of how far the database had come cannot be read: %w", err)
	}
	return &s, nil
}

// SetMark marks how far the database has come.
func (k *Keeper) SetMark(ctx context.Context, s advocacy.Progress) error {
	data, err := json.Marshal(s)
	if err != nil {
		return fmt.Errorf("departure: %w", err)
	}
	return k.Slips.Replace(ctx, k.Deployment+"/"+markName, data)
}
