// Package link makes two hosts out of private network namespaces, with a link between
// them that delays, limits the rate, queues, loses, reorders, duplicates and rewrites
// packets. It needs no netem, no tc and no root: only the right to make namespaces.
//
// Each host is joined to the process's own network namespace by a pair of virtual
// Ethernet devices (veth). What one host sends is read there from a packet socket,
// treated as the Config says, and sent on to the other host.
package link

import (
	"time"

	"winwatch/capture/kernel"
)

// Config describes a link.
type Config struct {
	// Ways are the two directions, indexed by the kernel.End that sends.
	Ways [2]Way
	// MTU of both hosts' interfaces, in bytes. 0: DefaultMTU.
	MTU int
	// Seed makes what happens by chance repeatable.
	Seed uint64
}

// DefaultMTU is Ethernet's, in bytes.
const DefaultMTU = 1500

// Way describes one direction of a link. The zero value passes everything on at once.
//
// A packet meets what is described here in this order: chance may lose it, its TCP
// options are stripped, it waits in the queue and is sent at the rate, chance may
// duplicate it or hold it back, and it travels for the delay.
type Way struct {
	// Delay is the propagation delay of this way alone: how long a packet travels
	// after it left the queue.
	Delay time.Duration
	// Rate is the rate in bit/s, counted on IP packets. 0: no limit.
	Rate int64
	// Queue is the size of the queue in front of the rate limit, in bytes of IP
	// packets, without the packet that is being sent. A packet that finds no room is
	// dropped. 0: Config.DefaultQueue. It means nothing without a Rate.
	Queue int64
	// Loss, Reorder and Duplicate are the shares of packets (0 to 1) lost, held back
	// behind later ones, and delivered twice. A packet is held back until three later
	// ones have passed it, the number of duplicate ACKs that make a sender retransmit
	// (RFC 5681 3.2); but at most a quarter of the delay and 1 ms, and the time in
	// which the rate lets three packets of its size pass.
	Loss, Reorder, Duplicate float64
	// Strip lists the TCP options that are overwritten with no-operations in SYN and
	// SYN-ACK: some of StripNames.
	Strip []string
}

// RTT returns the round-trip time of an empty link, without the time that sending at
// the rate takes.
func (c *Config) RTT() time.Duration {
	return c.Ways[kernel.ClientEnd].Delay + c.Ways[kernel.ServerEnd].Delay
}

// minDefaultQueue has room for the 42 full packets of four initial congestion windows
// (RFC 6928), so that a short link does not drop the first burst.
const minDefaultQueue = 64 << 10

// DefaultQueue returns the size in bytes of the queue of a way that has a rate but no
// size. It is what the rate sends in one round trip: with a smaller queue, a sender
// that halves its window after a loss leaves the link idle. It is from 64 KiB to 1 GiB,
// and a whole number of KiB.
func (c *Config) DefaultQueue(w Way) int64 {
	bdp := int64(float64(w.Rate) / 8 * c.RTT().Seconds())
	return min(max((bdp+1023)/1024*1024, minDefaultQueue), maxQueue)
}

// withDefaults returns the Config with the sizes that are left to the package.
func (c Config) withDefaults() Config {
	for i := range c.Ways {
		w := &c.Ways[i]
		switch {
		case w.Rate == 0:
			w.Queue = 0
		case w.Queue == 0:
			w.Queue = c.DefaultQueue(*w)
		}
	}
	if c.MTU == 0 {
		c.MTU = DefaultMTU
	}
	return c
}
