//go:build linux

package experiment

import (
	"fmt"
	"slices"
	"sync/atomic"
	"time"

	"golang.org/x/sys/unix"

	"winwatch/capture/kernel"
	"winwatch/capture/words"
)

const (
	idleWrites     = 5
	burstWrites    = 8 // fewer than the initial congestion window of 10 segments
	burstRounds    = 5
	requestRounds  = 10
	delayedACKHalf = 20 * time.Millisecond // half of TCP_DELACK_MIN
)

// small holds the measurements of the Nagle scenarios.
type small struct {
	// idleSegments and burstSegments count the data segments that the client sent for
	// idles single writes and bursts bursts: those in which nothing was sent again, and that
	// the congestion window had room for.
	idleSegments, idles, burstSegments, bursts int64
	// requests are the times from the first half of each request to its answer.
	requests []time.Duration
}

// nagle makes small writes with the default settings, nodelay with TCP_NODELAY.
func nagle(rn *runner) error {
	s, err := rn.smallWrites(0)
	if err != nil {
		return err
	}
	rn.findIdle(s)
	if s.bursts > 0 {
		rn.find(s.burstSegments < s.bursts*burstWrites/2,
			"while data is unacknowledged small writes are held back and joined (RFC 9293 3.7.4)",
			"%d writes in %s left in %s", s.bursts*burstWrites, words.Counted(s.bursts, "burst"), words.Counted(s.burstSegments, "segment"))
	}
	// The first half and its acknowledgment take a round trip, the second half and the
	// answer another.
	rn.find(median(s.requests) >= 2*rn.rtt+delayedACKHalf,
		"a request in two writes waits for the delayed acknowledgment of its first half",
		"median of %d: %s, the longest %v", len(s.requests), rn.answerTime(s), slices.Max(s.requests))
	rn.findAllRead()
	return nil
}

func nodelay(rn *runner) error {
	s, err := rn.smallWrites(1)
	if err != nil {
		return err
	}
	rn.findIdle(s)
	if s.bursts > 0 {
		least := s.bursts * burstWrites
		if rn.paces() {
			least /= 2 // what waits for its timer is joined; Nagle's algorithm joins more
		}
		rn.find(s.burstSegments >= least && s.burstSegments <= s.bursts*burstWrites,
			"with TCP_NODELAY each small write leaves as a segment of its own at once, as long as the congestion control lets it",
			"%d writes in %s left in %s", s.bursts*burstWrites, words.Counted(s.bursts, "burst"), words.Counted(s.burstSegments, "segment"))
	}
	rn.find(median(s.requests) < rn.rtt+delayedACKHalf,
		"with TCP_NODELAY a request in two writes waits for no acknowledgment: its answer is there after one round trip",
		"median of %d: %s, the longest %v", len(s.requests), rn.answerTime(s), slices.Max(s.requests))
	rn.findAllRead()
	return nil
}

// answerTime says how long the answer to a request took, beside the round trip.
func (rn *runner) answerTime(s *small) string {
	took := words.Sprintf("%v from the first write to the answer", median(s.requests))
	if rn.rtt > 0 {
		took += words.Sprintf(" on a path with a round trip of %v", rn.rtt)
	}
	return took
}

func (rn *runner) findIdle(s *small) {
	if s.idles > 0 {
		rn.find(s.idleSegments == s.idles, "on an idle connection a small write leaves at once, with or without TCP_NODELAY",
			"%s, %s", words.Counted(s.idles, "write"), words.Counted(s.idleSegments, "segment"))
	}
}

func median(d []time.Duration) time.Duration {
	d = slices.Sorted(slices.Values(d))
	return d[len(d)/2].Round(10 * time.Microsecond)
}

// smallWrites makes small writes one by one, in bursts, and as requests in two
// parts that are answered.
func (rn *runner) smallWrites(nodelay int) (*small, error) {
	if err := rn.connect(); err != nil {
		return nil, err
	}
	if mss := rn.client.state().SndMSS; int64(rn.cfg.Chunk)*burstWrites*2 > mss {
		return nil, fmt.Errorf("chunk size %d: want small writes, at most %d bytes for segments of %d", rn.cfg.Chunk, mss/burstWrites/2, mss)
	}
	if err := rn.client.set(unix.IPPROTO_TCP, unix.TCP_NODELAY, nodelay, "TCP_NODELAY"); err != nil {
		return nil, err
	}
	if err := rn.server.set(unix.IPPROTO_TCP, unix.TCP_NODELAY, 1, "TCP_NODELAY"); err != nil {
		return nil, err
	}
	var request atomic.Int64 // bytes per request; 0: no answers
	server := rn.reader(defaultReadSize, 0, nil, rn.answer(&request))
	s := &small{}
	err := rn.writeIdle(s)
	if err == nil {
		err = rn.writeBursts(s)
	}
	if err == nil {
		err = rn.writeRequests(s, &request)
	}
	if err != nil {
		return nil, err
	}
	rn.w.Request = median(s.requests)
	return s, rn.closeOrderly(server)
}

// writeIdle writes when nothing is in flight.
func (rn *runner) writeIdle(s *small) error {
	rn.step("%d single writes of %s on an idle connection", idleWrites, words.Counted(rn.cfg.Chunk, "byte"))
	for range idleWrites {
		before := rn.client.state()
		if err := rn.write(1); err != nil {
			return err
		}
		if err := rn.acknowledged(); err != nil {
			return err
		}
		if n, once := rn.sentSince(&before); once {
			s.idles++
			s.idleSegments += n
		}
	}
	return nil
}

// writeBursts writes several times without waiting.
func (rn *runner) writeBursts(s *small) error {
	rn.step("%d bursts of %d writes", burstRounds, burstWrites)
	for range burstRounds {
		before := rn.client.state()
		if err := rn.write(burstWrites); err != nil {
			return err
		}
		if err := rn.acknowledged(); err != nil {
			return err
		}
		if n, once := rn.sentSince(&before); once && before.Cwnd >= burstWrites {
			s.bursts++
			s.burstSegments += n
		}
	}
	return nil
}

// sentSince returns how many segments with data the client sent, and whether each was sent
// once.
func (rn *runner) sentSince(before *kernel.SocketState) (n int64, once bool) {
	now := rn.client.state()
	return now.DataSegsOut - before.DataSegsOut, now.TotalRetrans == before.TotalRetrans
}

// writeRequests writes requests in two halves and waits for the answers.
func (rn *runner) writeRequests(s *small, request *atomic.Int64) error {
	rn.step("%d requests in two writes each; the server answers after the second", requestRounds)
	request.Store(2 * int64(rn.cfg.Chunk))
	answer := make([]byte, rn.cfg.Chunk)
	t := rn.spawn(func() error {
		for range requestRounds {
			begin := time.Now()
			if err := rn.write(2); err != nil {
				return err
			}
			for got := 0; got < len(answer); {
				n, errno := rn.client.recv(answer[got:])
				if errno != 0 && errno != unix.EINTR {
					return fmt.Errorf("recv: %w", errno)
				}
				if n == 0 && errno == 0 {
					return fmt.Errorf("recv: the server closed before it answered")
				}
				got += n
			}
			s.requests = append(s.requests, time.Since(begin))
		}
		return nil
	})
	return rn.join(t, "all requests were answered", rn.cfg.Timeout)
}

// answer returns a function for the server's reading thread that answers each whole
// request. It requests delayed acknowledgments before each recv(), because the
// kernel resets that setting after a while (tcp(7), TCP_QUICKACK).
func (rn *runner) answer(request *atomic.Int64) func() {
	var answered int64
	chunk := payload(rn.cfg.Chunk)
	return func() {
		_ = rn.server.set(unix.IPPROTO_TCP, unix.TCP_QUICKACK, 0, "TCP_QUICKACK")
		size := request.Load()
		if size == 0 {
			answered = rn.server.recvs.bytes.Load()
			return
		}
		if rn.server.recvs.bytes.Load()-answered >= size {
			answered += size
			rn.server.send(chunk)
		}
	}
}

// write makes n writes of a chunk.
func (rn *runner) write(n int) error {
	chunk := payload(rn.cfg.Chunk)
	for range n {
		if _, errno := rn.client.send(chunk); errno != 0 {
			return fmt.Errorf("send: %w", errno)
		}
	}
	return nil
}

// acknowledged waits until everything was read and nothing is in flight.
func (rn *runner) acknowledged() error {
	if err := rn.readAll(connectTimeout); err != nil {
		return err
	}
	return rn.await("everything was acknowledged", connectTimeout, func() bool {
		st := rn.client.state()
		return st.SendQueueBytes == 0 && (st.Unacked == 0 || st.Unacked == kernel.Unknown)
	})
}
