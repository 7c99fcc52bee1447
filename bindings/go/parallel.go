package rustpdf

import (
	"context"
	"iter"
	"runtime"
)

// worked is the end of a piece of work.
type worked[Result any] struct {
	result Result
	// exited is set if the work did not return: it panicked, or ended its goroutine.
	exited   bool
	panicked any
}

// inParallel works on items, several at a time, and passes each result to use when it is known. If use
// returns false or the context is done, no work is begun, and that in progress comes to its end. A panic
// of the work or of the items passes through.
// Returns false if use ended it. Errors: the cause of the context.
func inParallel[Item, Result any](
	call *call, items iter.Seq[Item], work func(int, Item) Result, use func(Result) bool,
) (goesOn bool, err error) {
	feeder, finished := newFeeder(items), make(chan worked[Result])
	running, begun := 0, 0
	defer func() {
		feeder.stop()
		for ; running > 0; running-- {
			<-finished
		}
	}()
	start := func(index int, item Item) {
		done := worked[Result]{exited: true}
		defer func() {
			if done.exited {
				done.panicked = recover()
			}
			finished <- done
		}()
		done.result = work(index, item)
		done.exited = false
	}
	cancelled := call.context.Done()
	for {
		if err == nil && !feeder.ended {
			err = call.check()
		}
		more := err == nil && !feeder.ended
		if running == 0 && !more {
			return true, err
		}
		var want chan<- struct{}
		var coming <-chan fed[Item]
		if more && feeder.asked {
			coming = feeder.coming
		} else if more && running < call.inFlight {
			want = feeder.want
		}
		if !more {
			cancelled = nil
		}
		select {
		case want <- struct{}{}:
			feeder.asked = true
		case next := <-coming:
			feeder.asked = false
			switch {
			case next.panicked != nil:
				panic(next.panicked)
			case next.ended:
				feeder.ended = true
			default:
				go start(begun, next.item)
				running, begun = running+1, begun+1
			}
		case done := <-finished:
			running--
			switch {
			case done.panicked != nil:
				panic(done.panicked)
			case done.exited:
				runtime.Goexit() // as the work did, on the goroutine that the caller knows
			case !use(done.result):
				return false, nil
			}
		case <-cancelled:
			err = context.Cause(call.context)
		}
	}
}

// feeder takes items from an iterator on a goroutine of its own, each when it is asked for it: the
// iterator may wait, and the results of others must not wait for it.
type feeder[Item any] struct {
	want    chan struct{}
	coming  chan fed[Item]
	stopped chan struct{}
	done    chan struct{}
	// asked is set while an item is awaited.
	asked bool
	// ended is set after the last item.
	ended bool
}

// fed is the next item, or the end of the items.
type fed[Item any] struct {
	item     Item
	ended    bool
	panicked any
}

func newFeeder[Item any](items iter.Seq[Item]) *feeder[Item] {
	f := &feeder[Item]{
		want: make(chan struct{}), coming: make(chan fed[Item]), stopped: make(chan struct{}), done: make(chan struct{}),
	}
	go f.run(items)
	return f
}

func (f *feeder[Item]) run(items iter.Seq[Item]) {
	defer close(f.done)
	defer func() { // also of a goroutine that the iterator ends
		f.give(fed[Item]{ended: true, panicked: recover()})
	}()
	if !f.wait() {
		return
	}
	for item := range items {
		if !f.give(fed[Item]{item: item}) || !f.wait() {
			return
		}
	}
}

// wait waits until an item is wanted.
func (f *feeder[Item]) wait() bool {
	select {
	case <-f.want:
		return true
	case <-f.stopped:
		return false
	}
}

func (f *feeder[Item]) give(next fed[Item]) bool {
	select {
	case f.coming <- next:
		return true
	case <-f.stopped:
		return false
	}
}

// stop ends the iterator. One that is making an item ends after it: that may take for ever.
func (f *feeder[Item]) stop() {
	close(f.stopped)
	if !f.asked {
		<-f.done
	}
}
