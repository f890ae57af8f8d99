package buffers

import (
	"bytes"
	"os"
	"slices"
	"strings"
	"sync"
	"time"

	"github.com/charmbracelet/x/ansi"
	xterm "golang.org/x/term"

	"winwatch/capture/kernel"
	"winwatch/cmd/winwatch/internal/term"
)

// refresh is the time between two pictures: faster than the eye asks for, and a small
// load even over a slow line.
const refresh = 50 * time.Millisecond

// Screen draws views at the bottom of a terminal, one over the other. The cursor stays
// visible on the line below the picture: if the process dies, nothing is to be restored.
type Screen struct {
	terminal *os.File
	look     Look
	stop     chan struct{}
	done     chan struct{}
	once     sync.Once

	mu       sync.Mutex // never held while writing
	follower Follower
	view     *View        // nil before the first sample
	told     map[int]bool // the kinds of sentences in above
	above    []line       // not printed yet

	// drawn is the last picture. Only the drawing goroutine uses it.
	drawn []string
}

// line is a line of the story that scrolls above the picture.
type line struct {
	step string   // what the experiment does, or
	said Sentence // what happened
}

// Start begins to draw. The caller must call Stop.
func Start(terminal *os.File, look Look, sender kernel.End) *Screen {
	s := &Screen{terminal: terminal, look: look, follower: Follower{Sender: sender}, told: make(map[int]bool),
		stop: make(chan struct{}), done: make(chan struct{})}
	go s.loop()
	return s
}

// Step prints a step above the picture, where it stays.
func (s *Screen) Step(what string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.tell()
	s.above = append(s.above, line{step: what})
}

// Sample shows the sample. It does not wait for the terminal.
func (s *Screen) Sample(k kernel.Sample) {
	s.mu.Lock()
	defer s.mu.Unlock()
	v := s.follower.Add(k)
	if s.view != nil && s.view.Now.Kind != v.Now.Kind {
		s.tell()
	}
	s.view = &v
}

// tell puts the present sentence above the picture, if it is the first of its kind.
func (s *Screen) tell() {
	if s.view != nil && !s.view.Now.Dull && !s.told[s.view.Now.Kind] {
		s.told[s.view.Now.Kind] = true
		s.above = append(s.above, line{said: s.view.Now})
	}
}

// Stop removes the picture; what is above stays. It may be called twice, and nothing is
// shown after it.
func (s *Screen) Stop() {
	s.once.Do(func() { close(s.stop) })
	<-s.done
}

func (s *Screen) loop() {
	defer close(s.done)
	tick := time.NewTicker(refresh)
	defer tick.Stop()
	for {
		select {
		case <-s.stop:
			s.mu.Lock()
			s.tell()
			s.view = nil
			s.mu.Unlock()
			s.draw()
			return
		case <-tick.C:
			s.draw()
		}
	}
}

// draw shows the latest view, and what is to be above it. In the background it shows
// nothing; back in the foreground it begins anew below what the shell has written.
func (s *Screen) draw() {
	if !term.Foreground(s.terminal) {
		s.drawn = nil
		return
	}
	s.mu.Lock()
	view, above := s.view, s.above
	s.above = nil
	s.mu.Unlock()

	width, height, err := xterm.GetSize(int(s.terminal.Fd()))
	if err != nil || width == 0 || height == 0 {
		width, height = 80, 24
	}
	p := painter{look: s.look, width: min(width, maxWidth) - 1}
	var story, picture []string
	for _, l := range above {
		if l.step != "" {
			story = append(story, p.wrap("  ", l.step, bold)...)
		} else {
			story = append(story, p.said(l.said.At, l.said.First, "")...)
		}
	}
	if view != nil {
		picture = Draw(view, s.look, width, height)
	}
	if len(story) > 0 || !slices.Equal(picture, s.drawn) {
		s.write(story, picture, width)
	}
}

// write replaces the picture by one write, with the story above it.
func (s *Screen) write(story, picture []string, width int) {
	var b bytes.Buffer
	b.WriteString(ansi.SetModeSynchronizedOutput)
	if up := rows(s.drawn, width); up > 0 {
		b.WriteString(ansi.CursorUp(up))
	}
	b.WriteString("\r")
	for _, line := range slices.Concat(story, picture) {
		b.WriteString(line + ansi.EraseLineRight + "\r\n")
	}
	b.WriteString(ansi.EraseScreenBelow + ansi.ResetModeSynchronizedOutput)
	s.drawn = picture
	// A terminal that is gone ends the process by SIGHUP.
	_, _ = s.terminal.Write(b.Bytes())
}

// rows returns how many lines of a terminal a picture takes: more than it has if the
// terminal was made narrower and broke them.
func rows(picture []string, width int) (n int) {
	for _, line := range picture {
		n += max(1, (ansi.StringWidth(line)+width-1)/width)
	}
	return n
}

// UTF8 reports whether the locale's encoding is UTF-8 (locale(7)).
func UTF8(getenv func(string) string) bool {
	for _, name := range []string{"LC_ALL", "LC_CTYPE", "LANG"} {
		if locale := getenv(name); locale != "" {
			locale = strings.ToLower(locale)
			return strings.Contains(locale, "utf-8") || strings.Contains(locale, "utf8")
		}
	}
	return false
}
