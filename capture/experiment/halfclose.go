//go:build linux

package experiment

import (
	"fmt"
	"slices"
	"time"

	"golang.org/x/sys/unix"

	"winwatch/capture/kernel"
	"winwatch/capture/words"
)

var halfClose = Scenario{
	Name: "half-close", Brief: true, Chunk: 1000, Teaches: LessonEnds, sender: kernel.ServerEnd, run: runHalfClose,
	Summary: "the client sends a request and its FIN; the server still sends a long answer, which the client reads late",
	Expected: kernel.Expected{
		SetUp:  "the client, which has sent its FIN, does not read the answer for a while, and then reads it all",
		Causes: []string{"receiver-not-reading"}, Limit: kernel.LimitWindow,
	},
	Sensitive: slices.Concat(filling, reading, []Setting{SetHold}),
}

const (
	halfCloseRequest = 100
	// halfCloseProbes is how many probes the client's pause lasts: more than a second.
	halfCloseProbes = 3
	// halfCloseMore is how much the server sends after the pause.
	halfCloseMore = 2 << 20
)

// runHalfClose ends the client's direction after its request. The server's direction
// goes on for as long as it likes, under flow control as always.
func runHalfClose(rn *runner) error {
	if err := rn.connect(); err != nil {
		return err
	}
	if err := rn.halfClosedRequest(); err != nil {
		return err
	}
	rn.step("the server answers, %d bytes a call; the client does not read yet", rn.cfg.Chunk)
	f := rn.flood()
	if err := rn.stall(f, halfCloseProbes); err != nil {
		return err
	}
	rn.w.Blocked = f.proof(rn.sender.sends.entered.Load())
	stall, _ := rn.w.At(kernel.MomentStall)

	rn.step("the client reads everything")
	f.limit.Store(stall.AcceptedBytes + halfCloseMore)
	r := rn.reader(rn.readSize(), rn.cfg.ReadInterval, nil, nil)
	if err := rn.join(f.thread, "the server has sent its answer", rn.cfg.Timeout); err != nil {
		return err
	}
	if err := rn.readAll(rn.cfg.Timeout); err != nil {
		return err
	}
	if err := rn.closeOrderly(r); err != nil {
		return err
	}
	rn.findHalfClosed(&stall)
	rn.findAnswer()
	rn.findStalledHalfClosed(&stall)
	rn.findProbes()
	rn.findAllRead()
	return nil
}

// halfClosedRequest makes the client send a request and a FIN, and the server read both.
func (rn *runner) halfClosedRequest() error {
	rn.step("the client sends a request of %d bytes and calls shutdown(SHUT_WR)", halfCloseRequest)
	t := rn.readerOf(rn.server, halfCloseRequest, 0, nil, nil)
	if _, errno := rn.client.send(payload(halfCloseRequest)); errno != 0 {
		return fmt.Errorf("send: %w", errno)
	}
	rn.client.shutdown(unix.SHUT_WR)
	return rn.join(t, "the server's recv() returned 0", connectTimeout)
}

// findHalfClosed checks that the client's end of data reached the server's program, and
// closed one direction only.
func (rn *runner) findHalfClosed(stall *kernel.Reading) {
	got := rn.server.recvs.stats()
	rn.find(got.Bytes == halfCloseRequest && got.EOFs == 1,
		"shutdown(SHUT_WR) sends a FIN: the peer's recv() returns what came before it, then 0",
		"the server's recv() returned %d bytes in all, and 0 %s", got.Bytes, words.Times(got.EOFs))
	rn.find(stall.Receiver.State == "FIN-WAIT-2" && stall.Sender.State == "CLOSE-WAIT",
		"that 0 means that the peer sends nothing more, not that it has gone: the connection is half closed",
		"meanwhile the client was in %s, the server in %s", stall.Receiver.State, stall.Sender.State)
}

// findAnswer checks that the server could send its answer after the client's FIN.
func (rn *runner) findAnswer() {
	end, _ := rn.w.At(kernel.MomentEnd)
	rn.find(end.ReadBytes > 0 && end.BackReadBytes == halfCloseRequest,
		"the other direction stays open: all of the answer was sent after the FIN",
		"a request of %d bytes, an answer of %d bytes", end.BackReadBytes, end.ReadBytes)
}

// findStalledHalfClosed checks that the window still governs the open direction.
func (rn *runner) findStalledHalfClosed(stall *kernel.Reading) {
	end, _ := rn.w.At(kernel.MomentEnd)
	rn.find(stall.Sender.SndWnd == 0 && end.Sender.SndWnd > 0,
		"a client that has sent its FIN still has a window, and still holds the sender back if it does not read",
		"the server saw a window of %d for %v while %d bytes were unread, and of %d bytes after the client had read",
		stall.Sender.SndWnd, time.Duration(stall.Time-rn.w.Blocked.At), stall.Receiver.UnreadBytes, end.Sender.SndWnd)
}
