package analyze

import (
	"syscall"
	"unsafe"
)

const hugePage = 2 << 20

// preferHuge asks the kernel for huge pages for values without pointers. Memory touched
// for the first time then costs one page fault per 2 MiB, not 512, and later fewer
// misses of the TLB. It is a hint: an error changes nothing.
//
// The range is extended to whole huge pages, so that blocks side by side leave no gap
// between them. What else is there belongs to the heap as well, whose arenas are
// multiples of a huge page.
func preferHuge[T any](v []T) {
	var zero T
	from := uintptr(unsafe.Pointer(unsafe.SliceData(v)))
	to := from + uintptr(len(v))*unsafe.Sizeof(zero)
	from, to = from&^(hugePage-1), (to+hugePage-1)&^(hugePage-1)
	syscall.Syscall(syscall.SYS_MADVISE, from, to-from, syscall.MADV_HUGEPAGE)
}
