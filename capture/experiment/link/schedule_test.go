package link

import (
	"math"
	"math/rand/v2"
	"reflect"
	"slices"
	"testing"
	"time"
)

const ms = int64(time.Millisecond)

// exits lets packets arrive at once or later, and returns when each left the queue: an
// entry per packet in the order of leaving, with the packet's number.
func exits(s *schedule, arrivals []arrival) (left []exit, fates []fate) {
	for i, a := range arrivals {
		fates = append(fates, s.arrive(a.at, a.size, &packet{frame: []byte{byte(i)}}))
	}
	for p := s.pop(math.MaxInt64); p != nil; p = s.pop(math.MaxInt64) {
		left = append(left, exit{int(p.frame[0]), p.exit})
	}
	return left, fates
}

type arrival struct {
	at   int64
	size int
}

type exit struct {
	packet int
	at     int64
}

func TestSchedule(t *testing.T) {
	burst := []arrival{{0, 1000}, {0, 1000}, {0, 1000}}
	tests := []struct {
		name     string
		way      Way
		arrivals []arrival
		left     []exit
		dropped  []int // the queue was full
		peak     int64
	}{
		{"no rate: all at once", Way{Delay: time.Second}, burst, []exit{{0, 0}, {1, 0}, {2, 0}}, nil, 0},
		{"8 mbit is 1 ms for 1000 bytes", Way{Rate: 8e6, Queue: 1e6}, burst,
			[]exit{{0, ms}, {1, 2 * ms}, {2, 3 * ms}}, nil, 2000},
		{"an idle link starts at once", Way{Rate: 8e6, Queue: 1e6}, []arrival{{0, 1000}, {5 * ms, 500}},
			[]exit{{0, ms}, {1, 5*ms + ms/2}}, nil, 0},
		{"the third finds 1000 of 1999 bytes taken", Way{Rate: 8e6, Queue: 1999}, burst,
			[]exit{{0, ms}, {1, 2 * ms}}, []int{2}, 1000},
		{"it fits exactly", Way{Rate: 8e6, Queue: 2000}, burst,
			[]exit{{0, ms}, {1, 2 * ms}, {2, 3 * ms}}, nil, 2000},
		{"a packet leaves the queue when it begins to be sent", Way{Rate: 8e6, Queue: 1000},
			[]arrival{{0, 1000}, {0, 1000}, {ms - 1, 1000}, {ms, 1000}},
			[]exit{{0, ms}, {1, 2 * ms}, {3, 3 * ms}}, []int{2}, 1000},
		{"a packet that need not wait needs no queue", Way{Rate: 8e6, Queue: 1}, []arrival{{0, 1000}, {ms, 1000}},
			[]exit{{0, ms}, {1, 2 * ms}}, nil, 0},
		{"no nanosecond is lost", Way{Rate: 3, Queue: 10}, []arrival{{0, 1}, {0, 1}, {0, 1}},
			[]exit{{0, 2_666_666_666}, {1, 5_333_333_333}, {2, 8_000_000_000}}, nil, 2},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			s := newSchedule(tt.way, 1, 1)
			left, fates := exits(s, tt.arrivals)
			if !reflect.DeepEqual(left, tt.left) {
				t.Errorf("left %v, want %v", left, tt.left)
			}
			for i, f := range fates {
				if full := slices.Contains(tt.dropped, i); full != (f == queueFull) {
					t.Errorf("packet %d: fate %d", i, f)
				}
			}
			if s.queuePeak != tt.peak {
				t.Errorf("the queue's peak is %d, want %d", s.queuePeak, tt.peak)
			}
		})
	}
}

// holdFirst makes a schedule that holds back the first packet only.
func holdFirst(w Way, size int) *schedule {
	w.Reorder = 1
	s := newSchedule(w, 1, 1)
	s.arrive(0, size, &packet{frame: []byte{0}})
	s.way.Reorder = 0
	return s
}

func TestReorder(t *testing.T) {
	t.Run("three packets pass", func(t *testing.T) {
		s := holdFirst(Way{}, 1000)
		var order []byte
		for i := range 5 {
			s.arrive(int64(i), 1000, &packet{frame: []byte{byte(i + 1)}})
		}
		for p := s.pop(10); p != nil; p = s.pop(10) {
			order = append(order, p.frame[0])
		}
		if want := []byte{1, 2, 3, 0, 4, 5}; !slices.Equal(order, want) {
			t.Errorf("order %v, want %v", order, want)
		}
	})
	t.Run("it leaves without the others in the end", func(t *testing.T) {
		s := holdFirst(Way{Delay: 20 * time.Millisecond, Rate: 8e6, Queue: 1e6}, 1000)
		// 1 ms to send it, then a quarter of the delay, 1 ms, and 3 packets of 1 ms.
		want := 10 * ms
		if at, ok := s.next(); !ok || at != want {
			t.Errorf("next %d, want %d", at, want)
		}
		if p := s.pop(want - 1); p != nil {
			t.Errorf("it left before")
		}
		if p := s.pop(want); p == nil || p.exit != want {
			t.Errorf("it did not leave then")
		}
		if _, ok := s.next(); ok {
			t.Error("something is left")
		}
	})
	t.Run("a later packet finds it gone", func(t *testing.T) {
		s := holdFirst(Way{}, 1000)
		s.arrive(5*ms, 1000, &packet{frame: []byte{1}})
		if p := s.pop(5 * ms); p == nil || p.frame[0] != 0 || p.exit != ms {
			t.Errorf("%+v left first", p)
		}
	})
}

// TestChance checks the shares, that they repeat with the seed, that none changes
// another, and that exits are in order whatever happens.
func TestChance(t *testing.T) {
	const packets = 100_000
	run := func(w Way, seed uint64) (s *schedule, lostPackets []int) {
		s = newSchedule(w, seed, 0)
		times := rand.New(rand.NewPCG(seed, 99))
		at, last, left, copies := int64(0), int64(0), 0, 0
		for i := range packets {
			at += times.Int64N(ms / 5)
			if s.arrive(at, 1000, &packet{}) != passed {
				lostPackets = append(lostPackets, i)
			}
			until := at
			if i == packets-1 {
				until = math.MaxInt64
			}
			for p := s.pop(until); p != nil; p = s.pop(until) {
				if p.exit < last {
					t.Fatalf("packet %d leaves at %d, after %d", i, p.exit, last)
				}
				last, left, copies = p.exit, left+1, copies+p.copies
			}
		}
		if left != packets-len(lostPackets) || copies != left+int(s.duplicated) {
			t.Errorf("%d packets of %d left, in %d copies; %d lost", left, packets, copies, len(lostPackets))
		}
		return s, lostPackets
	}
	w := Way{Loss: 0.01, Reorder: 0.02, Duplicate: 0.03}
	s, first := run(w, 7)
	// Five standard deviations of a binomial distribution.
	for what, share := range map[string][2]float64{
		"lost": {float64(len(first)), 0.01}, "reordered": {float64(s.reordered), 0.0198}, "duplicated": {float64(s.duplicated), 0.0297},
	} {
		if want := packets * share[1]; math.Abs(share[0]-want) > 5*math.Sqrt(want) {
			t.Errorf("%v packets are %s, want about %v", share[0], what, want)
		}
	}
	if _, again := run(w, 7); !slices.Equal(first, again) {
		t.Error("the same seed loses other packets")
	}
	if _, other := run(w, 8); slices.Equal(first, other) {
		t.Error("another seed loses the same packets")
	}
	if _, alone := run(Way{Loss: 0.01}, 7); !slices.Equal(first, alone) {
		t.Error("reordering and duplicating change which packets are lost")
	}
}
