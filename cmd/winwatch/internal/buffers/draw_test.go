package buffers

import (
	"fmt"
	"io"
	"maps"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/charmbracelet/x/ansi"

	"winwatch/capture/kernel"
	"winwatch/report/reporttest"
)

// filling is in the middle of a flood on a path, blockedView at its end, and waiting is
// the other way around.
var (
	filling = View{
		Elapsed: 1234 * time.Millisecond,
		Now:     Sentence{Text: "send() is blocked: as much is in flight as the window allows, and the rest waits in the send buffer"},
		From:    Program{End: kernel.ClientEnd, Bytes: 3_910_656, Waits: true}, To: Program{End: kernel.ServerEnd, Bytes: 500_000},
		SendBuffer:    Tank{Data: 1_900_000, Rest: 1_850_000, Memory: 2_600_000, Size: 4_194_304},
		ReceiveBuffer: Tank{Data: 30_000, Rest: 30_000, Memory: 101_000, Size: 131_072},
		Window:        Window{Offered: 60_000, Largest: 94_208, InFlight: 31_000},
	}
	blockedView = View{
		Elapsed: 12 * time.Second,
		Now:     Sentence{Text: "send() has just blocked: both buffers are full"},
		From:    Program{End: kernel.ClientEnd, Bytes: 4_026_320, Waits: true}, To: Program{End: kernel.ServerEnd},
		SendBuffer:    Tank{Data: 3_898_368, Rest: 3_898_368, Memory: 3_966_592, Size: 3_939_840},
		ReceiveBuffer: Tank{Data: 127_954, Rest: 127_954, Memory: 131_000, Size: 131_072},
		Window:        Window{Largest: 94_208},
	}
	waiting = View{
		Now:  Sentence{Text: "recv() waits: the receive buffer is empty"},
		From: Program{End: kernel.ServerEnd}, To: Program{End: kernel.ClientEnd, Bytes: 10, Waits: true},
		SendBuffer: Tank{Size: 3_939_840}, ReceiveBuffer: Tank{Data: 1, Rest: 1, Memory: 832, Size: 131_072},
		Window: Window{Offered: 65_536, Largest: 65_536, InFlight: 10},
	}
	unknown = View{
		Now:  Sentence{Text: "the connection is closed"},
		From: Program{End: kernel.ClientEnd, Bytes: 10}, To: Program{End: kernel.ServerEnd, Bytes: 10},
		SendBuffer: Tank{-1, -1, -1, -1}, ReceiveBuffer: Tank{-1, -1, -1, -1}, Window: Window{-1, 65_536, -1},
	}
)

// TestGoldens draws pictures on terminals of several kinds.
func TestGoldens(t *testing.T) {
	goldens := map[string]func(io.Writer) error{}
	picture := func(v View, look Look, width, height int) func(io.Writer) error {
		return func(w io.Writer) error {
			_, err := fmt.Fprintln(w, strings.Join(Draw(&v, look, width, height), "\n"))
			return err
		}
	}
	for name, v := range map[string]View{"filling": filling, "blocked": blockedView, "waiting": waiting, "unknown": unknown} {
		for _, width := range []int{60, 80, 120} {
			plain := ansiFree(picture(v, Look{Unicode: true}, width, 24))
			goldens[fmt.Sprintf("%s.%d.txt", name, width)] = plain
		}
	}
	goldens["filling.ascii.txt"] = ansiFree(picture(filling, Look{}, 80, 24))
	goldens["filling.colour.txt"] = picture(filling, Look{Unicode: true, Colour: true}, 80, 24)
	goldens["filling.low.txt"] = ansiFree(picture(filling, Look{Unicode: true}, 80, 8))
	goldens["filling.narrow.txt"] = ansiFree(picture(filling, Look{Unicode: true}, 40, 24))
	for name, draw := range goldens {
		t.Run(name, func(t *testing.T) { reporttest.Golden(t, name, draw) })
	}
	reporttest.OnlyGoldens(t, slices.Collect(maps.Keys(goldens))...)
}

// ansiFree returns draw without styles.
func ansiFree(draw func(io.Writer) error) func(io.Writer) error {
	return func(w io.Writer) error {
		var b strings.Builder
		if err := draw(&b); err != nil {
			return err
		}
		_, err := io.WriteString(w, ansi.Strip(b.String()))
		return err
	}
}

// TestFits: no picture is larger than its terminal, which would scroll, and all pictures
// of one terminal are equally high, so that nothing jumps.
func TestFits(t *testing.T) {
	for _, width := range []int{20, 40, 59, 60, 61, 69, 75, 76, 79, 80, 81, 97, 120, 132, 133, 200} {
		for _, height := range []int{2, 3, 4, 6, 8, 9, 11, 14, 24, 60} {
			high := 0
			for _, v := range []View{filling, blockedView, waiting, unknown} {
				lines := Draw(&v, Look{Unicode: true, Colour: true}, width, height)
				if high == 0 {
					high = len(lines)
				}
				if len(lines) != high || len(lines) >= height {
					t.Fatalf("%d×%d: %d lines, the picture before had %d", width, height, len(lines), high)
				}
				for _, line := range lines {
					if n := ansi.StringWidth(line); n >= width {
						t.Fatalf("%d×%d: %d columns: %q", width, height, n, line)
					}
					if strings.Contains(ansi.Strip(line), "-1") {
						t.Fatalf("an unknown number is shown: %q", line)
					}
				}
			}
		}
	}
}

// TestLooks: without colours there are none, and without Unicode only ASCII.
func TestLooks(t *testing.T) {
	for _, width := range []int{60, 80} {
		mono := strings.Join(Draw(&filling, Look{}, width, 24), "\n")
		if strings.Contains(mono, "\x1b[3") {
			t.Errorf("colours in %q", mono)
		}
		if i := strings.IndexFunc(mono, func(r rune) bool { return r > '~' }); i >= 0 {
			t.Errorf("not ASCII: %q", mono[i:])
		}
	}
}

func TestSize(t *testing.T) {
	for n, want := range map[int64]string{
		kernel.Unknown: "", 0: "0 B", 999: "999 B", 1000: "1.0 KiB", 10_180: "9.9 KiB", 10_200: "10 KiB",
		999 << 10: "999 KiB", 1000 << 10: "1.0 MiB", 4 << 20: "4.0 MiB", 5 << 30: "5.0 GiB",
	} {
		if got := size(n); got != want {
			t.Errorf("size(%d) = %q, want %q", n, got, want)
		}
	}
}
