package capturetest

import "os"

// Full reports whether long tests run in full, as in CI, instead of on a small
// sample: whether WINWATCH_FULL is set in the environment.
func Full() bool { return os.Getenv("WINWATCH_FULL") != "" }

// Sample returns all in a full run, else every n-th element, starting with the
// first.
func Sample[T any](all []T, n int) []T {
	if Full() {
		return all
	}
	var some []T
	for i := 0; i < len(all); i += n {
		some = append(some, all[i])
	}
	return some
}
