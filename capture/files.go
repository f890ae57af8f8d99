package capture

import (
	"cmp"
	"errors"
	"fmt"
	"io"
	"math"
	"slices"
	"sync/atomic"
)

// maxStreams bounds the inputs that must stay open because they can be read only
// once: standard input and pipes.
const maxStreams = 64

// Files reads several captures, such as a rotated one, as a single capture:
// ordered by their first frames, with continuous frame numbers. It keeps one
// regular file open at a time. Only Offset is safe for concurrent use.
type Files struct {
	todo   []input
	cur    atomic.Pointer[Reader]
	done   Counters // of the files before cur
	read   atomic.Int64
	size   int64
	unread []Unread
	filter Filter
	from   *Preopened
}

// Unread is a file that was left out although it is or may be a capture, and the
// reason.
type Unread struct {
	Name string
	Err  error
}

// input is a capture that has not been read yet.
type input struct {
	name   string
	first  int64   // time of its first frame
	reader *Reader // set if it can't be reopened
}

func (f *Files) addAll(names []string) error {
	for _, name := range names {
		if err := f.add(name); err != nil {
			return err
		}
	}
	slices.SortStableFunc(f.todo, func(a, b input) int { return cmp.Compare(a.first, b.first) })
	var errs []error
	if len(f.todo) == 0 {
		for _, u := range f.unread {
			errs = append(errs, u.Err)
		}
	}
	return errors.Join(errs...)
}

// add adds the file or directory that a command-line argument names.
func (f *Files) add(name string) error {
	if err := f.from.interrupted(); err != nil {
		return fmt.Errorf("%s: %w", name, err)
	}
	if !f.from.IsDir(name) {
		err := f.addFile(name, false)
		if errors.Is(err, ErrInterrupted) {
			err = fmt.Errorf("%s: %w before its first packet", name, ErrInterrupted)
			f.unread = append(f.unread, Unread{name, err})
			return nil
		}
		if _, damaged := errors.AsType[*DamageError](err); damaged {
			f.unread = append(f.unread, Unread{name, err})
			return nil
		}
		return err
	}
	return f.addDirectory(name)
}

// addDirectory adds the captures in a directory and ignores other files. A file
// that can't be read may be a capture, so it is recorded as unread.
func (f *Files) addDirectory(name string) error {
	paths, err := f.from.list(name)
	if err != nil {
		return err
	}
	before := len(f.todo) + len(f.unread)
	for _, path := range paths {
		if err := f.from.interrupted(); err != nil {
			return fmt.Errorf("%s: %w", name, err)
		}
		err := f.addFile(path, true)
		if err != nil && !errors.Is(err, ErrNotCapture) && !errors.Is(err, ErrEmpty) {
			f.unread = append(f.unread, Unread{path, err})
		}
	}
	if len(f.todo)+len(f.unread) == before {
		return fmt.Errorf("%s: %w: no capture in the directory", name, ErrNotCapture)
	}
	return nil
}

// addFile reads when a capture begins and adds it. With inDirectory it rejects
// text: a README that shows a packet is not a capture.
func (f *Files) addFile(name string, inDirectory bool) error {
	r, err := f.from.reader(name)
	if err != nil {
		return err
	}
	if _, text := r.format.(*textReader); text && inDirectory {
		r.Close()
		return fmt.Errorf("%s: %w: text files in a directory are not read", name, ErrNotCapture)
	}
	in := input{name: name, first: math.MaxInt64}
	if t, ok := r.format.firstTime(); ok {
		in.first = t
	}
	if r.size > 0 {
		f.size += r.size
		err = r.Close()
	} else if in.reader = r; f.streams() >= maxStreams {
		r.Close()
		err = fmt.Errorf("%s: more than %d pipes or other non-regular files", name, maxStreams)
	}
	f.todo = append(f.todo, in)
	return err
}

// streams returns how many inputs are kept open.
func (f *Files) streams() (n int) {
	for _, in := range f.todo {
		if in.reader != nil {
			n++
		}
	}
	return n
}

// Next reads the next TCP segment into s; see NextBatch for errors.
func (f *Files) Next(s *Segment) error {
	for {
		r, err := f.current()
		if err != nil {
			return err
		}
		if err = r.Next(s); err == io.EOF {
			f.leave()
			continue
		}
		s.Frame += f.done.Frames
		return err
	}
}

// NextBatch works like Reader.NextBatch. A *DamageError ends only the file it
// names: reading continues with the next file. io.EOF follows the last file.
func (f *Files) NextBatch(dst []Segment) (int, error) {
	for {
		r, err := f.current()
		if err != nil {
			return 0, err
		}
		n, err := r.NextBatch(dst)
		if before := f.done.Frames; before > 0 {
			for i := range dst[:n] {
				dst[i].Frame += before
			}
		}
		if err == io.EOF {
			f.leave()
			err = nil
		}
		if n > 0 || err != nil || len(dst) == 0 {
			return n, err
		}
	}
}

// current returns the file being read, opening it if necessary.
func (f *Files) current() (*Reader, error) {
	if r := f.cur.Load(); r != nil {
		return r, nil
	}
	if len(f.todo) == 0 {
		return nil, io.EOF
	}
	in := f.todo[0]
	f.todo = f.todo[1:]
	r := in.reader
	if r == nil {
		var err error
		if r, err = f.from.reader(in.name); err != nil { // it was readable during OpenAll
			if d := (*DamageError)(nil); errors.As(err, &d) {
				return nil, d
			}
			return nil, &DamageError{Name: in.name, Err: err}
		}
	}
	if f.filter != nil {
		if err := r.SetFilter(f.filter); err != nil {
			r.Close()
			return nil, err
		}
	}
	f.cur.Store(r)
	return r, nil
}

// leave closes the current file and adds its counts to the total.
func (f *Files) leave() {
	r := f.cur.Load()
	f.done.Add(r.Counters())
	f.read.Add(r.Offset())
	f.cur.Store(nil)
	r.Close()
}

// Counters returns the counters of all files read so far.
func (f *Files) Counters() Counters {
	c := f.done
	if r := f.cur.Load(); r != nil {
		c.Add(r.Counters())
	}
	return c
}

// Names returns the files that are not opened yet, in reading order.
func (f *Files) Names() []string {
	var names []string
	for _, in := range f.todo {
		names = append(names, in.name)
	}
	return names
}

// Unread returns the files that were left out, in the order of the arguments and
// of the directory listings.
func (f *Files) Unread() []Unread { return f.unread }

// Offset returns the number of bytes read so far from the files, before
// decompression. It may be called from any goroutine.
func (f *Files) Offset() int64 {
	n := f.read.Load()
	if r := f.cur.Load(); r != nil {
		n += r.Offset()
	}
	return n
}

// Once reports whether any input can be read only once. Call it before the first
// Next.
func (f *Files) Once() bool { return f.streams() > 0 }

// Size returns the total size of the files in bytes, not counting pipes.
func (f *Files) Size() int64 { return f.size }

// Close closes all open inputs.
func (f *Files) Close() error {
	var errs []error
	if r := f.cur.Load(); r != nil {
		errs = append(errs, r.Close())
	}
	for _, in := range f.todo {
		if in.reader != nil {
			errs = append(errs, in.reader.Close())
		}
	}
	f.todo = nil
	f.cur.Store(nil)
	return errors.Join(errs...)
}
