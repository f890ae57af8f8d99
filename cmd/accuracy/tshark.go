package main

import (
	"bufio"
	"bytes"
	"net/netip"
	"os/exec"
	"strconv"
	"strings"
)

// tsharkFields are the columns that tsharkCounts asks for; the last three are set on
// the packets that Wireshark takes for retransmissions.
var tsharkFields = []string{
	"tcp.stream", "ip.src", "ipv6.src", "ip.dst", "ipv6.dst", "tcp.srcport", "tcp.dstport", "tcp.len",
	"tcp.analysis.zero_window", "tcp.analysis.zero_window_probe", "tcp.analysis.keep_alive",
	"tcp.analysis.retransmission", "tcp.analysis.fast_retransmission", "tcp.analysis.spurious_retransmission",
}

// tsharkCounts counts what Wireshark's expert information says.
func tsharkCounts(file string) ([]toolStream, error) {
	args := []string{"-r", file, "-T", "fields", "-E", "occurrence=l"}
	for _, f := range tsharkFields {
		args = append(args, "-e", f)
	}
	out, err := exec.Command("tshark", args...).Output()
	if err != nil {
		return nil, err
	}
	var streams []toolStream
	lines := bufio.NewScanner(bytes.NewReader(out))
	for lines.Scan() {
		f := strings.Split(lines.Text(), "\t")
		n, err := strconv.Atoi(f[0])
		if err != nil || n > len(streams) {
			continue // no TCP segment
		}
		src, dst := tsharkEnd(f[1], f[2], f[5]), tsharkEnd(f[3], f[4], f[6])
		if n == len(streams) {
			c := toolCounts{new(int64), new(int64), new(int64), map[string]*int64{"ab": new(int64), "ba": new(int64)}}
			streams = append(streams, toolStream{src, dst, c})
		}
		streams[n].add(f, src)
	}
	return streams, lines.Err()
}

func tsharkEnd(v4, v6, port string) netip.AddrPort {
	end, _ := netip.ParseAddrPort("[" + v4 + v6 + "]:" + port)
	if v4 != "" {
		end, _ = netip.ParseAddrPort(v4 + ":" + port)
	}
	return end
}

// add counts one segment.
func (s *toolStream) add(f []string, src netip.AddrPort) {
	for i, n := range []*int64{s.counts.ZeroWindows, s.counts.Probes, s.counts.KeepAlives} {
		if f[8+i] != "" {
			*n++
		}
	}
	if f[7] != "0" && strings.Join(f[11:14], "") != "" {
		dir := "ab"
		if src != s.a {
			dir = "ba"
		}
		*s.counts.Retransmissions[dir]++
	}
}
