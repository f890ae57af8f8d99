//go:build linux

package buffers

import (
	"slices"
	"strings"
	"testing"

	"winwatch/capture/kernel"
	"winwatch/cmd/winwatch/internal/term/termtest"
)

// TestScreen: the steps and what was said stay on the terminal, the picture does not.
func TestScreen(t *testing.T) {
	terminal := termtest.Open(t, 80, 24)
	terminal.File.WriteString("$ winwatch run\r\n")
	s := Start(terminal.File, Look{Unicode: true, Colour: true}, kernel.ClientEnd)
	sample := quietSample()
	s.Sample(sample)
	s.Step("the client floods")
	terminal.Await(t, "nothing was sent yet")
	fill(&sample, 10, 0, 0)
	arrive(&sample, 10)
	sample.Time = ms(10)
	s.Sample(sample)
	terminal.Await(t, "send() accepts data")
	fill(&sample, 4221*kib, 4096*kib, 0)
	arrive(&sample, 125*kib)
	window(&sample, 0)
	sample.Send.Pending, sample.Time = ms(400), ms(500)
	s.Sample(sample)
	s.Step("send() blocked")
	s.Stop()
	s.Stop()
	terminal.File.WriteString("the report\r\n")

	output := terminal.Output()
	got := termtest.Screen(t, output)
	want := []string{
		"$ winwatch run",
		"  the client floods",
		"  0.0 s  send() accepts data: it moves through the send buffer into the",
		"         server's receive buffer",
		"  0.5 s  send() has just blocked: both buffers are full",
		"  send() blocked",
		"the report",
		"",
	}
	if !slices.Equal(got, want) {
		t.Errorf("the terminal shows\n%s\nwant\n%s", strings.Join(got, "\n"), strings.Join(want, "\n"))
	}
	if !strings.Contains(output, "receive buffer") || !strings.Contains(output, "unread") {
		t.Errorf("no picture was drawn: %q", output)
	}
}

// TestResized: the picture changes with the size of the terminal.
func TestResized(t *testing.T) {
	terminal := termtest.Open(t, 120, 24)
	s := Start(terminal.File, Look{}, kernel.ClientEnd)
	s.Sample(quietSample())
	terminal.Await(t, "> |")
	terminal.Resize(t, 60, 24)
	terminal.Await(t, "v send buffer")
	s.Stop()
}

func TestRows(t *testing.T) {
	picture := []string{"", strings.Repeat("x", 60), "\x1b[1m" + strings.Repeat("█", 61) + "\x1b[m", strings.Repeat("x", 121)}
	if got := rows(picture, 60); got != 1+1+2+3 {
		t.Errorf("%d rows, want 7", got)
	}
}

func TestUTF8(t *testing.T) {
	for _, tt := range []struct {
		env  map[string]string
		want bool
	}{
		{nil, false},
		{map[string]string{"LANG": "C.UTF-8"}, true},
		{map[string]string{"LANG": "de_DE.utf8"}, true},
		{map[string]string{"LANG": "C.UTF-8", "LC_ALL": "C"}, false},
		{map[string]string{"LANG": "C", "LC_CTYPE": "en_US.UTF-8"}, true},
		{map[string]string{"LANG": "C.UTF-8", "LC_CTYPE": "de_DE@euro"}, false},
	} {
		if got := UTF8(func(name string) string { return tt.env[name] }); got != tt.want {
			t.Errorf("%v: %v", tt.env, got)
		}
	}
}
