package kernel

// BlockedCall proves that a thread was blocked in a system call, with the details
// that a debugger would show.
type BlockedCall struct {
	// At is when the call was made (Unix, ns).
	At int64
	// Seen is when the fields below were read (Unix, ns).
	Seen int64
	// TID is the thread.
	TID int
	// Syscall is the name, such as "sendto", Number its number and Args its
	// six arguments, from /proc/self/task/TID/syscall. Syscall is empty if the
	// kernel doesn't say.
	Syscall string
	Number  int64
	Args    [6]uint64
	// Wchan is the kernel function the thread sleeps in, State the letter of its
	// scheduler state: S for sleeping.
	Wchan string
	State string
	// Stack is the kernel stack, innermost frame first. Only root may read it.
	Stack []string
}
