package html

import (
	"bufio"
	"encoding/base64"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"
)

// chromium controls a headless Chromium through its debugging pipe: JSON messages that end
// in a NUL byte. That needs neither a port nor a WebSocket.
type chromium struct {
	tb      testing.TB
	in      io.Writer
	session string

	mu      sync.Mutex
	next    int
	waiting map[int]chan cdpMessage
	// requests and troubles list what the page did but should not have done.
	requests, troubles []string
}

type cdpMessage struct {
	ID        int                       `json:"id,omitempty"`
	SessionID string                    `json:"sessionId,omitempty"`
	Method    string                    `json:"method,omitempty"`
	Params    json.RawMessage           `json:"params,omitempty"`
	Result    json.RawMessage           `json:"result,omitempty"`
	Error     *struct{ Message string } `json:"error,omitempty"`
}

// patience is the time limit for one action of the browser.
const patience = 60 * time.Second

// startChromium starts a browser with one page, or skips the test if none is installed.
func startChromium(tb testing.TB) *chromium {
	tb.Helper()
	name := os.Getenv("WINWATCH_CHROMIUM")
	for _, try := range []string{"chromium", "chromium-browser", "google-chrome", "chrome"} {
		if path, err := exec.LookPath(try); err == nil && name == "" {
			name = path
		}
	}
	if name == "" {
		tb.Skip("no chromium is installed")
	}
	theirIn, in, err := os.Pipe()
	if err != nil {
		tb.Fatal(err)
	}
	out, theirOut, err := os.Pipe()
	if err != nil {
		tb.Fatal(err)
	}
	cmd := exec.Command(name, "--headless", "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run",
		"--disable-background-networking", "--disable-component-update", "--disable-sync", "--disable-dev-shm-usage",
		"--hide-scrollbars", "--remote-debugging-pipe", "--user-data-dir="+tb.TempDir(), "about:blank")
	cmd.ExtraFiles = []*os.File{theirIn, theirOut} // its descriptors 3 and 4
	cmd.SysProcAttr = &syscall.SysProcAttr{Setpgid: true}
	if err := cmd.Start(); err != nil {
		tb.Skipf("chromium does not start: %v", err)
	}
	theirIn.Close()
	theirOut.Close()
	c := &chromium{tb: tb, in: in, waiting: map[int]chan cdpMessage{}}
	done := make(chan struct{})
	go func() { defer close(done); c.listen(out) }()
	tb.Cleanup(func() {
		syscall.Kill(-cmd.Process.Pid, syscall.SIGKILL) // the process group started above
		cmd.Wait()
		in.Close()
		<-done
		out.Close()
	})
	c.open()
	return c
}

// open attaches to a page and subscribes to its events.
func (c *chromium) open() {
	c.tb.Helper()
	var target struct{ TargetID string }
	c.call("Target.createTarget", map[string]any{"url": "about:blank"}, &target)
	var session struct{ SessionID string }
	c.call("Target.attachToTarget", map[string]any{"targetId": target.TargetID, "flatten": true}, &session)
	c.session = session.SessionID
	for _, domain := range []string{"Page", "Runtime", "Log", "Network"} {
		c.call(domain+".enable", nil, nil)
	}
}

func (c *chromium) listen(r io.Reader) {
	br := bufio.NewReaderSize(r, 1<<20)
	for {
		raw, err := br.ReadBytes(0)
		if err != nil {
			return
		}
		var m cdpMessage
		if json.Unmarshal(raw[:len(raw)-1], &m) != nil {
			continue
		}
		c.mu.Lock()
		if ch := c.waiting[m.ID]; m.ID != 0 && ch != nil {
			delete(c.waiting, m.ID)
			ch <- m
		}
		c.note(&m)
		c.mu.Unlock()
	}
}

// note records what a page should not do: requests, errors, policy violations.
func (c *chromium) note(m *cdpMessage) {
	switch m.Method {
	case "Network.requestWillBeSent":
		var p struct{ Request struct{ URL string } }
		json.Unmarshal(m.Params, &p)
		if !strings.HasPrefix(p.Request.URL, "data:") {
			c.requests = append(c.requests, p.Request.URL)
		}
	case "Runtime.exceptionThrown", "Log.entryAdded":
		if !strings.Contains(string(m.Params), "willReadFrequently") { // caused by the tests, which read pixels
			c.troubles = append(c.troubles, string(m.Params))
		}
	case "Runtime.consoleAPICalled":
		var p struct{ Type string }
		json.Unmarshal(m.Params, &p)
		if p.Type == "error" || p.Type == "warning" || p.Type == "assert" {
			c.troubles = append(c.troubles, string(m.Params))
		}
	}
}

func (c *chromium) call(method string, params, result any) {
	c.tb.Helper()
	if err := c.try(method, params, result); err != nil {
		c.tb.Fatalf("chromium: %s: %v", method, err)
	}
}

func (c *chromium) try(method string, params, result any) error {
	raw, err := json.Marshal(params)
	if err != nil {
		return err
	}
	if params == nil {
		raw = []byte("{}")
	}
	answer := make(chan cdpMessage, 1)
	c.mu.Lock()
	c.next++
	m := cdpMessage{ID: c.next, SessionID: c.session, Method: method, Params: raw}
	c.waiting[c.next] = answer
	c.mu.Unlock()
	text, err := json.Marshal(m)
	if err != nil {
		return err
	}
	if _, err := c.in.Write(append(text, 0)); err != nil {
		return err
	}
	select {
	case a := <-answer:
		if a.Error != nil {
			return errors.New(a.Error.Message)
		}
		if result != nil {
			return json.Unmarshal(a.Result, result)
		}
		return nil
	case <-time.After(patience):
		return fmt.Errorf("no answer in %v", patience)
	}
}

// eval runs an expression in the page, awaits it, and stores its result.
func (c *chromium) eval(expression string, result any) {
	c.tb.Helper()
	var r struct {
		Result           struct{ Value json.RawMessage }
		ExceptionDetails *struct {
			Text      string
			Exception struct{ Description string }
		}
	}
	c.call("Runtime.evaluate", map[string]any{"expression": expression, "awaitPromise": true, "returnByValue": true}, &r)
	if r.ExceptionDetails != nil {
		c.tb.Fatalf("%s: %s %s", expression, r.ExceptionDetails.Text, r.ExceptionDetails.Exception.Description)
	}
	if result != nil {
		if err := json.Unmarshal(r.Result.Value, result); err != nil {
			c.tb.Fatalf("%s: %s: %v", expression, r.Result.Value, err)
		}
	}
}

// load opens a report from the file system with the given hash and waits until it is
// ready.
func (c *chromium) load(file, hash string) {
	c.tb.Helper()
	c.call("Page.navigate", map[string]any{"url": "about:blank"}, nil)
	c.call("Page.navigate", map[string]any{"url": "file://" + file + hash}, nil)
	c.until("document.documentElement?.dataset.ready === '1'")
}

// until waits until an expression in the page is true.
func (c *chromium) until(condition string) {
	c.tb.Helper()
	for end := time.Now().Add(patience); ; {
		var ok bool
		c.eval("Boolean("+condition+")", &ok)
		if ok {
			return
		}
		if time.Now().After(end) {
			c.tb.Fatalf("not true after %v: %s\n%s", patience, condition, strings.Join(c.troubles, "\n"))
		}
		time.Sleep(20 * time.Millisecond)
	}
}

// size sets the size of the window and the preferred colour scheme of the system.
func (c *chromium) size(width, height int, colours string) {
	c.tb.Helper()
	c.call("Emulation.setDeviceMetricsOverride", map[string]any{"width": width, "height": height, "deviceScaleFactor": 1, "mobile": false}, nil)
	c.call("Emulation.setEmulatedMedia", map[string]any{"features": []map[string]string{{"name": "prefers-color-scheme", "value": colours}}}, nil)
}

func (c *chromium) mouse(kind string, x, y float64, buttons int) {
	c.tb.Helper()
	button := "none"
	if kind != "mouseMoved" || buttons != 0 {
		button = "left"
	}
	c.call("Input.dispatchMouseEvent", map[string]any{"type": kind, "x": x, "y": y, "button": button, "buttons": buttons, "clickCount": 1}, nil)
}

func (c *chromium) click(selector string) {
	c.tb.Helper()
	var at [2]float64
	c.eval(fmt.Sprintf(`(() => { const e = document.querySelector(%q); e.scrollIntoView({block: "center"}); const r = e.getBoundingClientRect(); return [r.left + r.width / 2, r.top + r.height / 2]; })()`, selector), &at)
	c.mouse("mouseMoved", at[0], at[1], 0)
	c.mouse("mousePressed", at[0], at[1], 1)
	c.mouse("mouseReleased", at[0], at[1], 1)
}

func (c *chromium) key(key string) {
	c.tb.Helper()
	text := ""
	if len(key) == 1 {
		text = key
	}
	c.call("Input.dispatchKeyEvent", map[string]any{"type": "keyDown", "key": key, "text": text}, nil)
	c.call("Input.dispatchKeyEvent", map[string]any{"type": "keyUp", "key": key}, nil)
}

// shoot saves a screenshot of the whole page if WINWATCH_SCREENSHOTS names a directory.
func (c *chromium) shoot(name string) {
	c.tb.Helper()
	dir := os.Getenv("WINWATCH_SCREENSHOTS")
	if dir == "" {
		return
	}
	var shot struct{ Data string }
	c.call("Page.captureScreenshot", map[string]any{"format": "png", "captureBeyondViewport": true}, &shot)
	c.save(filepath.Join(dir, name+".png"), shot.Data)
}

// print saves the page as PDF if WINWATCH_SCREENSHOTS names a directory.
func (c *chromium) print(name string) {
	c.tb.Helper()
	dir := os.Getenv("WINWATCH_SCREENSHOTS")
	if dir == "" {
		return
	}
	var pdf struct{ Data string }
	c.call("Page.printToPDF", map[string]any{"printBackground": false, "paperWidth": 8.27, "paperHeight": 11.69}, &pdf)
	c.save(filepath.Join(dir, name+".pdf"), pdf.Data)
}

func (c *chromium) save(file, data string) {
	c.tb.Helper()
	raw, err := base64.StdEncoding.DecodeString(data)
	if err == nil {
		err = os.WriteFile(file, raw, 0o644)
	}
	if err != nil {
		c.tb.Fatal(err)
	}
}

// clean fails the test if a page requested anything but its file, or logged a problem.
func (c *chromium) clean() {
	c.tb.Helper()
	c.mu.Lock()
	defer c.mu.Unlock()
	for _, url := range c.requests {
		if !strings.HasPrefix(url, "file:") && url != "about:blank" {
			c.tb.Errorf("the page requested %s", url)
		}
	}
	for _, t := range c.troubles {
		c.tb.Errorf("the page logged: %s", t)
	}
}
