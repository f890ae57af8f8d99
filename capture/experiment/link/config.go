// Package link makes two hosts out of private network namespaces, with a link between
// them that delays, limits the rate, queues, loses, reorders, duplicates and rewrites
// packets. It needs no netem, no tc and no root: only the right to make namespaces.
package link

import (
	"time"

	"winwatch/capture/kernel"
)

// Config describes a link.
type Config struct {
	// Ways are the two directions, indexed by the kernel.End that sends.
	Ways [2]Way
	// MTU of both hosts' interfaces, in bytes. 0: 1500.
	MTU int
	// Seed makes what happens by chance repeatable.
	Seed uint64
}

// Way describes one direction of a link. The zero value passes everything on at once.
type Way struct {
	// Delay is the propagation delay: how long a packet travels after it left the queue.
	Delay time.Duration
	// Rate is the rate in bit/s, counted on IP packets. 0: no limit.
	Rate int64
	// Queue is the size of the queue in front of the rate limit, in bytes of IP packets.
	Queue int64
	// Loss, Reorder and Duplicate are the shares of packets (0 to 1) lost, held back
	// behind later ones, and delivered twice.
	Loss, Reorder, Duplicate float64
	// Strip lists the TCP options removed from SYN and SYN-ACK.
	Strip []string
}

// RTT returns the round-trip time of an empty link.
func (c *Config) RTT() time.Duration {
	return c.Ways[kernel.ClientEnd].Delay + c.Ways[kernel.ServerEnd].Delay
}
