//go:build linux && cgo

package experiment

import (
	"errors"
	"io"
	"testing"
	"time"

	"winwatch/capture"
	"winwatch/capture/kernel"
	"winwatch/capture/live"
)

// TestCaptured captures a flood as root, as an ordinary user, and as root that drops
// all privileges once the capture is open. It checks that the capture ends at the
// last kernel reading: the acknowledged bytes match the receive queue, the probes
// match the kernel's count, and the closing is not captured.
func TestCaptured(t *testing.T) {
	plain := func(t *testing.T, name string) { captureFlood(t, name, func() error { return nil }) }
	t.Run("root", func(t *testing.T) { inIsolation(t, false, []string{DefaultScenario}, plain) })
	t.Run("nobody", func(t *testing.T) { inIsolation(t, true, []string{DefaultScenario}, plain) })
	t.Run("dropped", func(t *testing.T) {
		inIsolation(t, false, []string{DefaultScenario}, func(t *testing.T, name string) {
			captureFlood(t, name, func() error {
				uid, gid, err := live.Invoker()
				return errors.Join(err, live.DropPrivileges(uid, gid))
			})
		})
	})
}

func captureFlood(t *testing.T, name string, opened func() error) {
	var src *live.Source
	segments := make(chan []capture.Segment, 1)
	w, err := find(t, name).Run(t.Context(), Config{Hold: 1500 * time.Millisecond}, Hooks{
		Listening: func(places []Place) (err error) {
			src, err = live.Open(live.Config{Interface: "lo", Filter: places[0].Filter})
			if err == nil {
				err = opened()
			}
			if err == nil {
				go collect(t, src, segments)
			}
			return err
		},
		Quiet: func() { src.Stop() },
	})
	if err != nil {
		t.Fatal(err)
	}
	defer src.Close()
	if w.Blocked == nil || w.Blocked.Syscall != "sendto" || w.Blocked.Number == kernel.Unknown {
		t.Errorf("the proof is %+v", w.Blocked)
	}
	all := <-segments
	end, _ := w.At(kernel.MomentEnd)
	var acked, isn, lastAck uint32
	var probes int64
	for i := range all {
		s := &all[i]
		switch fromClient := s.SrcEndpoint() == w.Client; {
		case s.Flags.Has(capture.RST) || s.Flags.Has(capture.FIN):
			t.Errorf("the closing was captured: %v", s)
		case s.Flags.Has(capture.SYN):
			if fromClient {
				isn = s.Seq
			}
		case fromClient && s.Len == 0 && s.Seq == lastAck-1:
			probes++
		case !fromClient:
			lastAck = s.Ack
			acked = s.Ack - isn - 1
		}
	}
	if int64(acked) != end.Receiver.UnreadBytes {
		t.Errorf("%d bytes acknowledged, %d unread", acked, end.Receiver.UnreadBytes)
	}
	if probes != w.Probes || probes == 0 {
		t.Errorf("%d probes captured, the kernel counted %d", probes, w.Probes)
	}
	if st := src.Stats(); st.Dropped != 0 || st.Received < len(all) {
		t.Errorf("%d segments captured, but the kernel counted %+v", len(all), st)
	}
}

// collect reads a capture to its end.
func collect(t *testing.T, src *live.Source, to chan<- []capture.Segment) {
	var all []capture.Segment
	for {
		var s capture.Segment
		if err := src.Next(&s); err != nil {
			if err != io.EOF {
				t.Error(err)
			}
			to <- all
			return
		}
		all = append(all, s)
	}
}
