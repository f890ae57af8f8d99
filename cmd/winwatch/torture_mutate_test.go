//go:build linux

package main

import (
	"encoding/binary"
	"fmt"
	"io/fs"
	"math/rand/v2"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
)

// original is a real capture, or the beginning of one.
type original struct {
	name string
	data []byte
}

// maxOriginal keeps the analysis of a mutant short. Damage far into a file is no
// different from damage near its beginning.
const maxOriginal = 64 << 10

// readOriginals reads the captures in the testdata directories of the packages.
func readOriginals(t *testing.T) (all []original) {
	t.Helper()
	for _, dir := range []string{"../../analyze/testdata", "../../capture/testdata"} {
		err := filepath.WalkDir(dir, func(path string, d fs.DirEntry, err error) error {
			if err != nil || !d.Type().IsRegular() || strings.Contains(path, "/fuzz/") || !isCapture(path) {
				return err
			}
			b, err := os.ReadFile(path)
			all = append(all, original{filepath.Base(path), b[:min(len(b), maxOriginal)]})
			return err
		})
		if err != nil {
			t.Fatal(err)
		}
	}
	if len(all) < 10 {
		t.Fatalf("%d captures to damage, want at least 10", len(all))
	}
	return all
}

func isCapture(path string) bool {
	return slices.ContainsFunc([]string{"cap", "pcapng", "txt", "gz", "zst"}, func(end string) bool { return strings.HasSuffix(path, end) })
}

// interesting holds numbers that break careless handling of lengths and counts.
var interesting = []uint32{0, 1, 2, 3, 4, 11, 12, 13, 15, 16, 19, 20, 28, 32, 0x7f, 0x80, 0xff, 0x100, 0x7fff, 0x8000, 0xffff, 0x10000,
	1 << 18, 1 << 20, 1<<20 + 1, 0x7fffffff, 0x80000000, 0xfffffff0, 0xfffffffc, 0xffffffff, 0x0a0d0d0a, 0x1a2b3c4d, 0xa1b2c3d4}

// mutant damages one of the originals. The seed decides which, and how.
func mutant(originals []original, seed uint64) (name string, data []byte) {
	rng := rand.New(rand.NewPCG(seed, 0))
	o := originals[rng.IntN(len(originals))]
	data = slices.Clone(o.data)
	for range 1 + rng.IntN(6) {
		if len(data) < 8 {
			break
		}
		data = damage(rng, data, originals)
	}
	return fmt.Sprintf("mutant-%d-of-%s", seed, o.name), data
}

// damage makes one change to b: it flips a few bits, writes a number, truncates,
// removes a piece, duplicates it, or inserts a piece of another capture.
func damage(rng *rand.Rand, b []byte, originals []original) []byte {
	at := somewhere(rng, len(b))
	n := 1 + rng.IntN(min(len(b)-at, 1+rng.IntN(2000)))
	switch rng.IntN(8) {
	case 0, 1:
		for range 1 + rng.IntN(20) {
			b[somewhere(rng, len(b))] ^= 1 << rng.IntN(8)
		}
	case 2, 3, 4:
		writeNumber(rng, b, at, interesting[rng.IntN(len(interesting))])
	case 5:
		return b[:at+1]
	case 6:
		return slices.Delete(b, at, at+n)
	case 7:
		piece := slices.Clone(b[at : at+n])
		if other := originals[rng.IntN(len(originals))].data; rng.IntN(2) == 0 {
			from := rng.IntN(len(other))
			piece = other[from:min(from+n, len(other))]
		}
		return slices.Insert(b, at, piece...)
	}
	return b
}

// somewhere returns an offset in a file, more likely one near the beginning.
func somewhere(rng *rand.Rand, size int) int {
	switch rng.IntN(3) {
	case 0:
		return rng.IntN(min(size, 256))
	case 1:
		return rng.IntN(min(size, 4096))
	}
	return rng.IntN(size)
}

// writeNumber writes 1, 2 or 4 bytes of v in either byte order, mostly at an aligned
// offset.
func writeNumber(rng *rand.Rand, b []byte, at int, v uint32) {
	var n [4]byte
	if rng.IntN(2) == 0 {
		binary.LittleEndian.PutUint32(n[:], v)
	} else {
		binary.BigEndian.PutUint32(n[:], v)
	}
	if rng.IntN(4) > 0 {
		at &^= 3
	}
	copy(b[at:], n[:1<<rng.IntN(3)])
}
