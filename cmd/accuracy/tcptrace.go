package main

import (
	"bytes"
	"net/netip"
	"os/exec"
	"slices"
	"strconv"
	"strings"
)

// tcptraceCounts counts what tcptrace's long output says. It knows no keep-alives.
func tcptraceCounts(file string) ([]toolStream, error) {
	out, err := exec.Command("tcptrace", "-l", "-n", "--csv", file).Output()
	if err != nil {
		return nil, err
	}
	var streams []toolStream
	var header []string
	for line := range bytes.Lines(out) {
		fields := strings.Split(string(line), ",")
		for i := range fields {
			fields[i] = strings.TrimSpace(fields[i])
		}
		if fields[0] == "conn_#" {
			header = fields
		} else if header != nil && len(fields) == len(header) {
			streams = append(streams, tcptraceStream(header, fields))
		}
	}
	return streams, nil
}

// tcptraceStream reads one row.
func tcptraceStream(header, fields []string) toolStream {
	text := func(name string) string {
		if i := slices.Index(header, name); i >= 0 {
			return fields[i]
		}
		return ""
	}
	end := func(side string) netip.AddrPort {
		a, _ := netip.ParseAddr(text("host_" + side))
		port, _ := strconv.ParseUint(text("port_"+side), 10, 16)
		return netip.AddrPortFrom(a, uint16(port))
	}
	number := func(names ...string) *int64 {
		sum := int64(0)
		for _, name := range names {
			n, err := strconv.ParseInt(text(name), 10, 64)
			if err != nil {
				return nil
			}
			sum += n
		}
		return &sum
	}
	return toolStream{end("a"), end("b"), toolCounts{
		ZeroWindows:     number("zero_win_adv_a2b", "zero_win_adv_b2a"),
		Probes:          number("zwnd_probe_pkts_a2b", "zwnd_probe_pkts_b2a"),
		Retransmissions: map[string]*int64{"ab": number("rexmt_data_pkts_a2b"), "ba": number("rexmt_data_pkts_b2a")},
	}}
}
