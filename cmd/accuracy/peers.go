package main

import (
	"encoding/json"
	"fmt"
	"net/netip"
	"os"
	"os/exec"
	"regexp"
)

// A peer is another program that counts some of the same things.
type peer struct {
	name, versionFlag string
	count             func(file string) ([]toolStream, error)
}

var peers = []peer{
	{"tshark", "--version", tsharkCounts},
	{"tcptrace", "-version", tcptraceCounts},
}

// A toolStream is a connection as a peer sees it; a is one end, b the other.
type toolStream struct {
	a, b   netip.AddrPort
	counts toolCounts
}

// toolCounts are a peer's counts of one connection; nil is what it does not count.
// Retransmissions are of data, by the direction.
type toolCounts struct {
	ZeroWindows     *int64            `json:"zero_windows"`
	Probes          *int64            `json:"probes"`
	KeepAlives      *int64            `json:"keep_alives"`
	Retransmissions map[string]*int64 `json:"retransmissions"`
}

// peerAnswers are what a peer says of the cases.
type peerAnswers struct {
	Version string                `json:"version"`
	Cases   map[string]toolCounts `json:"cases"`
}

// askPeers runs the peers that are installed on all labelled captures. Answers of a
// peer that is not installed stay those that were committed.
func askPeers(labels []label, file string) (map[string]peerAnswers, []string, error) {
	answers := map[string]peerAnswers{}
	if data, err := os.ReadFile(file); err == nil {
		if err := json.Unmarshal(data, &answers); err != nil {
			return nil, nil, fmt.Errorf("%s: %w", file, err)
		}
	}
	var missing []string
	for _, p := range peers {
		if _, err := exec.LookPath(p.name); err != nil {
			missing = append(missing, p.name)
			continue
		}
		answers[p.name] = p.ask(labels)
	}
	data, err := json.MarshalIndent(answers, "", "\t")
	if err != nil {
		return nil, nil, err
	}
	return answers, missing, os.WriteFile(file, append(data, '\n'), 0o644)
}

// ask runs the peer on all labelled captures. Cases that it can't read have no answer.
func (p *peer) ask(labels []label) peerAnswers {
	out, _ := exec.Command(p.name, p.versionFlag).CombinedOutput() // tcptrace prints its version and fails
	a := peerAnswers{Version: string(regexp.MustCompile(`\d+\.\d+[.\d]*\d`).Find(out)), Cases: map[string]toolCounts{}}
	for _, l := range labels {
		if len(l.Captures) != 1 {
			continue // neither reads two files as one
		}
		streams, err := p.count(l.Captures[0])
		if err != nil {
			continue
		}
		for i := range l.Streams {
			if s := findToolStream(streams, &l.Streams[i]); s != nil {
				a.Cases[l.caseName(i)] = *s
			}
		}
	}
	return a
}

// findToolStream returns the counts of a labelled stream, or nil, with directions
// called as in labels instead of "ab" and "ba".
func findToolStream(streams []toolStream, l *labelledStream) *toolCounts {
	client, server := netip.MustParseAddrPort(l.Client), netip.MustParseAddrPort(l.Server)
	n := max(l.Occurrence, 1)
	for _, s := range streams {
		forward := s.a == client && s.b == server
		if !forward && (s.a != server || s.b != client) {
			continue
		}
		if n--; n > 0 {
			continue
		}
		c, r := s.counts, s.counts.Retransmissions
		c.Retransmissions = map[string]*int64{"client-to-server": r["ab"], "server-to-client": r["ba"]}
		if !forward {
			c.Retransmissions = map[string]*int64{"client-to-server": r["ba"], "server-to-client": r["ab"]}
		}
		return &c
	}
	return nil
}
