package capturetest

import "os"

// Full reports whether long tests run whole, as they do in CI, rather than on a
// small sample: the environment has WINWATCH_FULL set.
func Full() bool { return os.Getenv("WINWATCH_FULL") != "" }

// Sample returns all in a full run, else one in n of them: always the same ones,
// spread evenly and beginning with the first.
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
