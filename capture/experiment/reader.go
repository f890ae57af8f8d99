//go:build linux

package experiment

import (
	"fmt"
	"time"

	"golang.org/x/sys/unix"

	"winwatch/capture/kernel"
)

// reader reads up to size bytes at a time from the receiver with blocking recv(),
// pausing between calls, until the peer closes or stop is closed. If after is not
// nil, the reading thread calls it after each recv().
func (rn *runner) reader(size int, interval time.Duration, stop <-chan struct{}, after func()) *thread {
	return rn.readerOf(rn.receiver, size, interval, stop, after)
}

// readerOf is reader for any socket.
func (rn *runner) readerOf(s *socket, size int, interval time.Duration, stop <-chan struct{}, after func()) *thread {
	buf := make([]byte, size)
	return rn.spawn(func() error {
		for {
			n, errno := s.recv(buf)
			switch {
			case errno == unix.EINTR:
				continue
			case errno != 0:
				return fmt.Errorf("recv: %w", errno)
			case n == 0:
				return nil
			}
			if after != nil {
				after()
			}
			select {
			case <-stop:
				return nil
			case <-time.After(interval):
			}
		}
	})
}

// readAll waits until the receiver's program has read everything that was accepted.
func (rn *runner) readAll(limit time.Duration) error {
	return rn.await("everything was read", limit, func() bool {
		return rn.receiver.recvs.bytes.Load() == rn.sender.sends.bytes.Load()
	})
}

// closeOrderly takes the last readings, ends both directions with FIN, the sender's
// first, and waits until the connection is gone.
func (rn *runner) closeOrderly(threads ...*thread) error {
	rn.rest()
	rn.sender.shutdown(unix.SHUT_WR)
	for _, t := range threads {
		if err := rn.join(t, "recv() returned 0", connectTimeout); err != nil {
			return err
		}
	}
	rn.receiver.shutdown(unix.SHUT_WR)
	err := rn.await("the connection was closed", connectTimeout, func() bool {
		return rn.client.state().State == "CLOSED" && rn.server.state().State == "CLOSED"
	})
	if err != nil {
		return err
	}
	return rn.quiet()
}

// findAllRead checks that every accepted byte reached the program.
func (rn *runner) findAllRead() {
	end, ok := rn.w.At(kernel.MomentEnd)
	if !ok {
		return
	}
	rn.find(end.AcceptedBytes == end.ReadBytes && end.Receiver.BytesReceived == end.ReadBytes && end.Sender.SendQueueBytes == 0,
		"what send() accepted is what recv() gives, to the byte",
		"accepted %d, received by the kernel %d, read %d, left in the send queue %d",
		end.AcceptedBytes, end.Receiver.BytesReceived, end.ReadBytes, end.Sender.SendQueueBytes)
}
