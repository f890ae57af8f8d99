package capturetest_test

import (
	"slices"
	"testing"

	"winwatch/capture/capturetest"
)

func TestSample(t *testing.T) {
	all := []int{0, 1, 2, 3, 4, 5, 6}
	t.Setenv("WINWATCH_FULL", "")
	if got, want := capturetest.Sample(all, 3), []int{0, 3, 6}; !slices.Equal(got, want) {
		t.Errorf("one in three: %v, want %v", got, want)
	}
	t.Setenv("WINWATCH_FULL", "1")
	if got := capturetest.Sample(all, 3); !slices.Equal(got, all) {
		t.Errorf("in a full run: %v, want all", got)
	}
}
