//go:build linux

package main

import (
	"bufio"
	"encoding/binary"
	"encoding/json"
	"fmt"
	"io"
	"os"
	"os/exec"
	"regexp"
	"strconv"
	"syscall"
	"testing"
	"time"

	"winwatch/capture/capturetest"
)

// An attack is traffic made to exhaust a program that tracks connections. set changes
// the i-th packet, an IPv4 TCP packet from 10.0.0.0:1024 to 192.0.2.2:80.
type attack struct {
	name string
	set  func(i uint32, p *attackPacket)
}

type attackPacket struct {
	host     uint32 // of 10.0.0.0/8
	port     uint16
	seq, ack uint32
	flags    byte
	window   uint16
	reply    bool
}

const (
	flagSYN, flagACK = 2, 16
)

var attacks = []attack{
	{"SYN flood, each packet a stream", func(i uint32, p *attackPacket) { p.host, p.port, p.flags, p.seq = i, uint16(i), flagSYN, i }},
	{"65,536 streams half open", func(i uint32, p *attackPacket) {
		p.host, p.flags, p.reply = i/2%65_536, flagSYN, i%2 == 1
		if p.reply {
			p.flags, p.ack = flagSYN|flagACK, 1
		}
	}},
	{"one stream, in order", func(i uint32, p *attackPacket) { p.seq, p.ack, p.flags = 1+i, 1, flagACK }},
	{"one stream, each segment a hole", func(i uint32, p *attackPacket) { p.seq, p.ack, p.flags = 1+3*i, 1, flagACK }},
	{"one stream, random numbers", func(i uint32, p *attackPacket) {
		h := i * 2654435761 // Knuth's multiplicative hash
		p.seq, p.ack, p.window, p.flags, p.reply = h, ^h, uint16(h>>7), flagACK, h>>31 == 1
	}},
	{"one stream, its window opens and closes", func(i uint32, p *attackPacket) {
		p.seq, p.ack, p.flags, p.window = 1+i/2, 1, flagACK, 1000
		if p.reply = i%2 == 1; p.reply {
			p.seq, p.ack, p.window = 1, 2+i/2, uint16(i/2%2)*1000
		}
	}},
	{"each stream waits once", func(i uint32, p *attackPacket) {
		p.host = i / 6
		p.stall(i%6, 0)
	}},
	{"20,000 streams, each waits again and again", func(i uint32, p *attackPacket) {
		p.host = i % 20_000
		step := i / 20_000
		if step >= 2 {
			p.stall(2+(step-2)%4, (step-2)/4)
		} else {
			p.stall(step, 0)
		}
	}},
	{"1,000 streams, each new on the same ports", func(i uint32, p *attackPacket) { p.host, p.flags, p.seq = i%1000, flagSYN, i*100_000 }},
}

// stall sets one of six packets: a handshake, followed by a window that closes, is
// probed and opens. Later rounds repeat the steps from 2 on.
func (p *attackPacket) stall(step, round uint32) {
	p.flags, p.seq, p.ack = flagACK, 1+round, 1
	if p.reply = step%2 == 1; p.reply {
		p.seq, p.ack = 1, 2+round
	}
	switch step {
	case 0:
		p.flags, p.seq, p.ack = flagSYN, 0, 0
	case 1:
		p.flags, p.seq, p.ack = flagSYN|flagACK, 0, 1
	case 3:
		p.window = 0
	}
}

func TestAttacks(t *testing.T) {
	program := buildProgram(t)
	t.Run("cost", func(t *testing.T) { attackCosts(newTorture(t, program)) })
	t.Run("reported", func(t *testing.T) { attackIsReported(newTorture(t, program)) })
}

// attackCosts analyzes each attack and prints its cost in time and memory.
// WINWATCH_ATTACK_PACKETS is the number of packets; a tenth of it is measured first,
// to show that the time per packet stays flat. The test fails only on memory.
func attackCosts(t *torture) {
	n, args := uint64(50_000), []string{"--max-streams=20000"}
	if capturetest.Full() {
		n = 200_000
	}
	if s := os.Getenv("WINWATCH_ATTACK_PACKETS"); s != "" {
		var err error
		if n, err = strconv.ParseUint(s, 10, 32); err != nil {
			t.Fatalf("WINWATCH_ATTACK_PACKETS: %v", err)
		}
		args = nil
	}
	fmt.Printf("| attack | packets | ns per packet | peak memory, MiB | streams evicted |\n|---|---:|---:|---:|---:|\n")
	for _, a := range attacks {
		for _, packets := range []uint64{n / 10, n} {
			out, usage := t.attack(a, packets, args...)
			cpu := time.Duration(usage.Utime.Nano() + usage.Stime.Nano())
			evicted := "0"
			if m := streamsEvicted.FindSubmatch(out); m != nil {
				evicted = string(m[1])
			}
			fmt.Printf("| %s | %d | %d | %d | %s |\n", a.name, packets, cpu/time.Duration(packets), usage.Maxrss>>10, evicted)
			if usage.Maxrss > max(tortureRSS, peak(t.T)) {
				t.Errorf("%s: %d packets took %d MiB", a.name, packets, usage.Maxrss>>10)
			}
		}
	}
}

var streamsEvicted = regexp.MustCompile(`([0-9,]+)\s+streams\s+were\s+(?:evicted|let\s+go)`)

// attackIsReported: every stream is in the report or counted as evicted.
func attackIsReported(t *torture) {
	const packets, most = 5000, 100
	out, _ := t.attack(attacks[0], packets, "--format=json", "--max-streams="+strconv.Itoa(most))
	var r struct {
		Input   struct{ Frames, Segments int }
		Summary struct{ Streams, Segments int }
		Retired struct{ Streams, Segments int }
		Streams []struct{}
	}
	if err := json.Unmarshal(out, &r); err != nil {
		t.Fatal(err)
	}
	if r.Input.Frames != packets || r.Input.Segments != packets || r.Summary.Segments != packets || r.Summary.Streams != packets {
		t.Errorf("%d packets: %+v, %+v", packets, r.Input, r.Summary)
	}
	if want := packets - most; r.Retired.Streams != want || r.Retired.Segments != want || len(r.Streams) != most {
		t.Errorf("evicted: %+v, want %d; %d streams in the report, want %d", r.Retired, want, len(r.Streams), most)
	}
}

// attack runs winwatch on an attack. It returns the output and the resources used.
func (t *torture) attack(a attack, packets uint64, args ...string) ([]byte, *syscall.Rusage) {
	t.Helper()
	cmd := exec.Command(t.program, append([]string{"analyze", "-"}, args...)...)
	in, err := cmd.StdinPipe()
	if err != nil {
		t.Fatal(err)
	}
	var out, errs keep
	cmd.Stdout, cmd.Stderr = &out, &errs
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	writeErr := a.write(in, uint32(packets))
	if err := cmd.Wait(); err != nil || writeErr != nil {
		t.Fatalf("%s: %v, %v\n%s", a.name, err, writeErr, errs)
	}
	return out, cmd.ProcessState.SysUsage().(*syscall.Rusage)
}

// write writes the attack as a pcap, with one packet per microsecond, and closes w.
func (a attack) write(w io.WriteCloser, packets uint32) error {
	defer w.Close()
	b := bufio.NewWriterSize(w, 1<<16)
	le, be := binary.LittleEndian, binary.BigEndian
	header := make([]byte, 24)
	for i, v := range []uint32{0xa1b2c3d4, 4<<16 | 2, 0, 0, 65535, 101} {
		le.PutUint32(header[4*i:], v)
	}
	b.Write(header)
	var rec [16 + 40]byte
	le.PutUint32(rec[8:], 40)
	le.PutUint32(rec[12:], 41)
	for i := range packets {
		p := attackPacket{window: 1000}
		a.set(i, &p)
		le.PutUint32(rec[0:], 1_700_000_000+i/1_000_000)
		le.PutUint32(rec[4:], i%1_000_000)
		ip := rec[16:]
		ip[0], ip[3], ip[8], ip[9] = 0x45, 41, 64, 6
		if p.flags&flagSYN != 0 || p.reply {
			ip[3] = 40
		}
		src, dst := ip[12:16], ip[16:20]
		srcPort, dstPort := ip[20:22], ip[22:24]
		if p.reply {
			src, dst, srcPort, dstPort = dst, src, dstPort, srcPort
		}
		be.PutUint32(src, 10<<24|p.host&0xffffff)
		be.PutUint32(dst, 0xc0000202)
		be.PutUint16(srcPort, 1024+p.port)
		be.PutUint16(dstPort, 80)
		be.PutUint32(ip[24:], p.seq)
		be.PutUint32(ip[28:], p.ack)
		ip[32], ip[33] = 5<<4, p.flags
		be.PutUint16(ip[34:], p.window)
		if _, err := b.Write(rec[:]); err != nil {
			return err
		}
	}
	return b.Flush()
}
