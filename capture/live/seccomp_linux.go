package live

import (
	"fmt"
	"runtime"
	"unsafe"

	"golang.org/x/sys/unix"
)

// denied are the system calls that an open capture does not need.
var denied = []uint32{
	unix.SYS_EXECVE, unix.SYS_EXECVEAT,
	unix.SYS_PTRACE, unix.SYS_PROCESS_VM_READV, unix.SYS_PROCESS_VM_WRITEV, unix.SYS_PERF_EVENT_OPEN,
	unix.SYS_PIDFD_OPEN, unix.SYS_PIDFD_GETFD,
	unix.SYS_SETNS, unix.SYS_UNSHARE, unix.SYS_CHROOT, unix.SYS_PIVOT_ROOT,
	unix.SYS_MOUNT, unix.SYS_UMOUNT2, unix.SYS_OPEN_BY_HANDLE_AT,
	unix.SYS_INIT_MODULE, unix.SYS_FINIT_MODULE, unix.SYS_DELETE_MODULE, unix.SYS_KEXEC_LOAD,
	unix.SYS_BPF, unix.SYS_IO_URING_SETUP, unix.SYS_USERFAULTFD,
	unix.SYS_ADD_KEY, unix.SYS_REQUEST_KEY, unix.SYS_KEYCTL,
	unix.SYS_REBOOT, unix.SYS_SWAPON, unix.SYS_SWAPOFF, unix.SYS_ACCT,
}

// auditArch holds the kernel's ids of the architectures whose calls are filtered.
// On others the filter allows everything and only spreads no_new_privs.
var auditArch = map[string]uint32{"amd64": unix.AUDIT_ARCH_X86_64, "arm64": unix.AUDIT_ARCH_AARCH64}

// Offsets in struct seccomp_data, and the answers of a filter.
const (
	offsetNumber = 0
	offsetArch   = 4
	offsetArg0   = 16 // the lower half, little-endian
	offsetArg1   = 24

	allow = unix.SECCOMP_RET_ALLOW
	deny  = unix.SECCOMP_RET_ERRNO | uint32(unix.EPERM)
	// absent makes the C library fall back to the older call.
	absent = unix.SECCOMP_RET_ERRNO | uint32(unix.ENOSYS)

	x32Bit         = 0x40000000 // marks calls of amd64's third ABI
	socketTypeMask = 0xf        // SOCK_TYPE_MASK
)

// program is a filter: a sequence of tests, each of which either answers or falls
// through to the next.
type program []unix.SockFilter

func (p *program) op(code uint16, k uint32, jt, jf uint8) {
	*p = append(*p, unix.SockFilter{Code: code, K: k, Jt: jt, Jf: jf})
}

func (p *program) load(offset uint32) { p.op(unix.BPF_LD|unix.BPF_W|unix.BPF_ABS, offset, 0, 0) }
func (p *program) answer(a uint32)    { p.op(unix.BPF_RET|unix.BPF_K, a, 0, 0) }

// ifEqual answers if the loaded word is k.
func (p *program) ifEqual(k, a uint32) {
	p.op(unix.BPF_JMP|unix.BPF_JEQ|unix.BPF_K, k, 0, 1)
	p.answer(a)
}

// ifBits answers if the loaded word has any bit of k set.
func (p *program) ifBits(k, a uint32) {
	p.op(unix.BPF_JMP|unix.BPF_JSET|unix.BPF_K, k, 0, 1)
	p.answer(a)
}

// ifCall runs the tests in body if the loaded word, the system call's number, is
// nr. If body falls through, it must load the number again first.
func (p *program) ifCall(nr uint32, body program) {
	p.op(unix.BPF_JMP|unix.BPF_JEQ|unix.BPF_K, nr, 0, uint8(len(body)))
	*p = append(*p, body...)
}

// begin denies calls of other ABIs, which number their calls differently, and
// loads the call's number. It returns false if this architecture's numbers are
// unknown.
func (p *program) begin() bool {
	arch, known := auditArch[runtime.GOARCH]
	if !known {
		return false
	}
	p.load(offsetArch)
	p.op(unix.BPF_JMP|unix.BPF_JEQ|unix.BPF_K, arch, 1, 0)
	p.answer(deny)
	p.load(offsetNumber)
	if runtime.GOARCH == "amd64" {
		p.ifBits(x32Bit, deny)
	}
	return true
}

// noSockets returns a filter that denies sockets of every kind.
func noSockets() (p program) {
	if p.begin() {
		p.ifEqual(unix.SYS_SOCKET, deny)
	}
	p.answer(allow)
	return p
}

// denials returns the filter of DropPrivileges.
func denials() (p program) {
	if !p.begin() {
		p.answer(allow)
		return p
	}
	for _, nr := range denied {
		p.ifEqual(nr, deny)
	}
	p.ifEqual(unix.SYS_CLONE3, absent) // its flags are in memory, which filters can't read

	var clone program
	clone.load(offsetArg0)
	clone.ifBits(unix.CLONE_NEWUSER, deny)
	clone.answer(allow)
	p.ifCall(unix.SYS_CLONE, clone)

	var socket program
	socket.load(offsetArg0)
	socket.ifEqual(unix.AF_PACKET, deny)
	socket.load(offsetArg1)
	socket.op(unix.BPF_ALU|unix.BPF_AND|unix.BPF_K, socketTypeMask, 0, 0)
	socket.ifEqual(unix.SOCK_RAW, deny)
	socket.answer(allow)
	p.ifCall(unix.SYS_SOCKET, socket)

	p.answer(allow)
	return p
}

// filterFlags sets SPEC_ALLOW because kernels before 5.16 otherwise slow down
// filtered processes, to keep untrusted code in them from reading secrets through
// speculation; this process runs no such code.
const filterFlags = unix.SECCOMP_FILTER_FLAG_TSYNC | unix.SECCOMP_FILTER_FLAG_SPEC_ALLOW

// installFilter installs the filter on all threads of the process, along with
// no_new_privs, which the calling thread must have set. It does nothing if the
// kernel has no seccomp filters or is older than 4.17.
func installFilter(p program) error {
	prog := unix.SockFprog{Len: uint16(len(p)), Filter: &p[0]}
	r, _, errno := unix.Syscall(unix.SYS_SECCOMP, unix.SECCOMP_SET_MODE_FILTER, filterFlags,
		uintptr(unsafe.Pointer(&prog)))
	switch {
	case errno == unix.ENOSYS, errno == unix.EINVAL:
		return nil
	case errno != 0:
		return fmt.Errorf("install seccomp filter: %w", errno)
	case r != 0:
		return fmt.Errorf("install seccomp filter: thread %d has a different one", r)
	}
	return nil
}
