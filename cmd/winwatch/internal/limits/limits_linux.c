//go:build linux && cgo && !race

#define _GNU_SOURCE
#include <errno.h>
#ifdef __GLIBC__
#include <malloc.h>
#endif
#include <pthread.h>
#include <sched.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <unistd.h>

// What captures that are not made to do harm need with all outputs, as measured on two
// processors: 1450 MiB of addresses, 1170 of which Go's runtime only reserves, and 345 MiB
// of data. The worst capture known takes 2150 and 830, but to ask everybody for that would
// refuse much that works. Each thread adds a stack.
#define ADDRESSES_MIB 1472
#define ADDRESSES_PER_CPU_MIB 16
#define DATA_MIB 384
#define DATA_PER_CPU_MIB 8

// The most threads that block in system calls at once, besides one for each processor.
#define THREADS 12
#define MOST_THREADS 256

static void refuse(const char *what, unsigned long long have, unsigned long long want, const char *unit, const char *hint) {
	fprintf(stderr, "winwatch: cannot start: %s: %llu%s, and it may need %llu%s\n  raise the limit: %s\n", what, have, unit, want, unit, hint);
	_exit(1);
}

static void check_memory(int limit, unsigned long long want_mib, const char *what, const char *hint) {
	struct rlimit l;
	if (getrlimit(limit, &l) == 0 && l.rlim_cur != RLIM_INFINITY && l.rlim_cur >> 20 < want_mib)
		refuse(what, (unsigned long long)(l.rlim_cur >> 20), want_mib, " MiB", hint);
}

// Some files may be inherited. The runtime opens two of its own with the first of the
// program, and aborts if it can't; it raises the limit to the hard one itself.
#define FILES 16

static void check_files(void) {
	struct rlimit l;
	if (getrlimit(RLIMIT_NOFILE, &l) == 0 && l.rlim_max < FILES)
		refuse("too few files may be open", l.rlim_max, FILES, "", "ulimit -n");
}

static pthread_mutex_t gate = PTHREAD_MUTEX_INITIALIZER;

static void *wait_at_gate(void *unused) {
	pthread_mutex_lock(&gate);
	pthread_mutex_unlock(&gate);
	return unused;
}

// check_threads starts as many threads as the program may need at once, and ends them.
// There is no other way to learn how many more a user may have, a container's limit
// included.
static void check_threads(int want) {
	pthread_t threads[MOST_THREADS];
	pthread_attr_t attr;
	int n = 0, err = 0;
	pthread_attr_init(&attr);
	pthread_attr_setstacksize(&attr, 64 << 10);
	pthread_mutex_lock(&gate);
	while (n < want && (err = pthread_create(&threads[n], &attr, wait_at_gate, NULL)) == 0)
		n++;
	pthread_mutex_unlock(&gate);
	for (int i = 0; i < n; i++)
		pthread_join(threads[i], NULL);
	pthread_attr_destroy(&attr);
	if (err != 0)
		refuse("too few threads are allowed to this user or container", n, want, "", "ulimit -u, or the number of tasks (pids.max)");
}

__attribute__((constructor)) static void check_limits(void) {
#ifdef __GLIBC__
	// Else each thread that allocates may reserve 64 MiB. Go does not allocate here, and
	// what libpcap takes is little.
	mallopt(M_ARENA_MAX, 1);
#endif
	cpu_set_t set;
	int cpus = 1;
	if (sched_getaffinity(0, sizeof set, &set) == 0)
		cpus = CPU_COUNT(&set);
	check_memory(RLIMIT_AS, ADDRESSES_MIB + (unsigned long long)ADDRESSES_PER_CPU_MIB * cpus, "too little memory may be addressed", "ulimit -v");
	check_memory(RLIMIT_DATA, DATA_MIB + (unsigned long long)DATA_PER_CPU_MIB * cpus, "too little data is allowed", "ulimit -d");
	check_files();
	int want = cpus + THREADS;
	check_threads(want < MOST_THREADS ? want : MOST_THREADS);
}
