package outfile

import "sync"

// unfinished holds the files that are neither committed nor discarded yet.
var unfinished fileSet

type fileSet struct {
	mu    sync.Mutex
	files map[*File]bool
}

func (s *fileSet) add(f *File) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.files == nil {
		s.files = map[*File]bool{}
	}
	s.files[f] = true
}

// named gives a file its name, unless remove was called: the program that exits then
// must not leave a temporary name.
func (s *fileSet) named(f *File) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	return f.renamer.Rename(f.temp, f.name)
}

func (s *fileSet) done(f *File) {
	s.mu.Lock()
	defer s.mu.Unlock()
	delete(s.files, f)
}

// remove removes the files and leaves the set locked.
func (s *fileSet) remove() {
	s.mu.Lock()
	for f := range s.files {
		f.renamer.Remove(f.temp)
	}
}

// UseRenamer makes r rename or remove the file, for a process that drops the
// right to do so itself.
func (f *File) UseRenamer(r Renamer) {
	unfinished.mu.Lock() // RemoveUnfinished may run in another goroutine
	defer unfinished.mu.Unlock()
	f.renamer = r
}

// RemoveUnfinished removes all temporary files, for a program that must exit at
// once. Afterwards, Create, Commit and Discard block.
func RemoveUnfinished() { unfinished.remove() }
