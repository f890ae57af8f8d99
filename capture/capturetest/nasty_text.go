package capturetest

import (
	"bytes"
	"fmt"
	"strings"
)

const textLine = "12:00:00.000001 IP 192.0.2.1.1000 > 192.0.2.2.2000: Flags [.], seq 1:11, ack 1, win 1000, length 10\n"

// nastyText are texts that tcpdump would never print.
var nastyText = []nastyFile{
	{"line-of-10MB.txt", func() []byte { return []byte(textLine + strings.Repeat("A", 10*mib) + "\n" + textLine) }},
	{"line-of-10MB-with-flags.txt", func() []byte {
		return []byte(textLine + strings.Replace(textLine, "Flags", strings.Repeat("IP ", 3*mib)+"Flags", 1) + textLine)
	}},
	{"lines-without-end.txt", func() []byte { return []byte(textLine + strings.Repeat("\t0x0000:  4500 0028\n", mib/2)) }},
	{"lines-of-nothing.txt", func() []byte { return append([]byte(textLine), bytes.Repeat([]byte("\n"), 10*mib)...) }},
	{"binary-behind.txt", func() []byte { return append([]byte(textLine), noise(11, mib)...) }},
	{"zero-bytes-behind.txt", func() []byte { return append([]byte(textLine), make([]byte, mib)...) }},
	{"lines-cut-anywhere.txt", func() []byte {
		var b []byte
		for n := range textLine {
			b = append(append(b, textLine[:n]...), '\n')
		}
		return append([]byte(textLine), b...)
	}},
	{"numbers-absurd.txt", func() []byte {
		var b strings.Builder
		b.WriteString(textLine)
		for _, n := range []string{"-1", "4294967296", "99999999999999999999999999", "0x10", "1e9", "", " ", "٣", "1:0", "1:", ":1"} {
			for _, field := range []string{"seq", "ack", "win", "length"} {
				fmt.Fprintf(&b, "12:00:00.000001 IP 192.0.2.1.1000 > 192.0.2.2.2000: Flags [P.], %s %s, length 10\n", field, n)
			}
			fmt.Fprintf(&b, "12:00:00.000001 IP 192.0.2.1.%s > 192.0.2.2.2000: Flags [.], ack 1, win 1, options [mss %s,wscale %s,sack 1 {%s:%s}], length %s\n", n, n, n, n, n, n)
		}
		return []byte(b.String())
	}},
	{"times-absurd.txt", func() []byte {
		var b strings.Builder
		for _, t := range []string{"25:61:61.999999", "99999999999999999999.1", "-1.5", "0000-00-00 00:00:00.0", "9999-99-99 99:99:99.999999999999",
			"1969-12-31 23:59:59.0", "292277026596-12-04 15:30:08.0", "00:00:00.99999999999999999999", " 00:00:00.000001", "1e300.0", "NaN.0"} {
			b.WriteString(textLine + strings.Replace(textLine, "12:00:00.000001", t, 1))
		}
		return []byte(b.String())
	}},
	{"addresses-absurd.txt", func() []byte {
		var b strings.Builder
		for _, a := range []string{"999.1.1.1.1", "192.0.2.1", "192.0.2.1.99999", "::1.1", "fe80::1%eth0.1", strings.Repeat("1.", 10_000) + "1", strings.Repeat(":", 10_000) + ".1", "a.b"} {
			b.WriteString(textLine + strings.Replace(textLine, "192.0.2.1.1000", a, 1))
		}
		return []byte(b.String())
	}},
	{"flags-absurd.txt", func() []byte {
		var b strings.Builder
		for _, f := range []string{"", "[", "none", "SFRPUEWe.", strings.Repeat("S", 60_000), "ß", "\x1b[2J", hostile} {
			b.WriteString(textLine + strings.Replace(textLine, "[.]", "["+f+"]", 1))
		}
		return []byte(b.String())
	}},
	{"connections-30000.txt", func() []byte {
		var b bytes.Buffer
		for i := range 30_000 {
			fmt.Fprintf(&b, "12:00:00.%06d IP 10.%d.%d.%d.%d > 192.0.2.2.80: Flags [S], seq %d, win 1, length 0\n", i, i>>16, i>>8&255, i&255, 1024+i%60000, i)
		}
		return b.Bytes()
	}},
	{"every-line-a-midnight.txt", func() []byte {
		return []byte(strings.Repeat(textLine+strings.Replace(textLine, "12:", "23:", 1)+strings.Replace(textLine, "12:", "00:", 1), 5000))
	}},
}
