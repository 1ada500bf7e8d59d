package media

import "sync"

// budget shares maxMemory among the pictures being decoded: many small ones at a
// time, or one large one.
type budget struct {
	// turn is held while waiting for room, so that a large picture is not overtaken
	// by small ones for ever.
	turn sync.Mutex
	room chan struct{}
}

// decoding is the budget of the process; memory is the one thing all callers share.
var decoding = newBudget(maxMemory)

func newBudget(total int64) *budget { return &budget{room: make(chan struct{}, mebibytes(total))} }

// take waits until there is room for size bytes. A size above the total would wait
// for ever: outline.check refuses it first.
func (b *budget) take(size int64) {
	b.turn.Lock()
	defer b.turn.Unlock()
	for range mebibytes(size) {
		b.room <- struct{}{}
	}
}

// give returns what take took.
func (b *budget) give(size int64) {
	for range mebibytes(size) {
		<-b.room
	}
}

// mebibytes rounds up, so that nothing is free.
func mebibytes(size int64) int64 { return size>>20 + 1 }
