package link

import (
	"math"
	"slices"
	"strconv"
	"strings"
	"time"
)

// maxDelay bounds a delay: more is a slip of the pen, and the packets on their way
// must fit the memory.
const maxDelay = time.Minute

func parseDelay(w *Way, text string) string {
	d, err := time.ParseDuration(text)
	if err != nil || d < 0 || d > maxDelay {
		return "a time from 0s to 1m, such as 20ms"
	}
	w.Delay = d
	return ""
}

func formatDelay(d time.Duration) string {
	if d == 0 {
		return ""
	}
	return d.String()
}

// rateUnits are the units of rates, the longest names first.
var rateUnits = []struct {
	name string
	bits int64
}{{"gbit", 1e9}, {"mbit", 1e6}, {"kbit", 1e3}, {"bit", 1}}

// maxRate is far beyond what the relay can carry.
const maxRate = 1e12

func parseRate(w *Way, text string) string {
	const wanted = "a rate such as 100mbit (bit, kbit, mbit, gbit; 0: no limit), at most 1000gbit"
	if text == "0" {
		w.Rate = 0
		return ""
	}
	for _, u := range rateUnits {
		digits, ok := strings.CutSuffix(text, u.name)
		if !ok {
			continue
		}
		n, ok := decimal(digits)
		bits := math.Round(n * float64(u.bits))
		if !ok || bits < 1 || bits > maxRate {
			return wanted
		}
		w.Rate = int64(bits)
		return ""
	}
	return wanted
}

func formatRate(rate int64) string {
	if rate == 0 {
		return ""
	}
	for _, u := range rateUnits {
		if rate%u.bits == 0 {
			return strconv.FormatInt(rate/u.bits, 10) + u.name
		}
	}
	panic("unreachable: every rate is a number of bits")
}

// decimal parses digits with or without a point, and nothing else that ParseFloat
// takes: no sign, exponent, infinity or hexadecimal number.
func decimal(text string) (float64, bool) {
	if strings.Trim(text, "0123456789.") != "" {
		return 0, false
	}
	n, err := strconv.ParseFloat(text, 64)
	return n, err == nil
}

// sizeUnits are the letters of sizes, the largest first.
var sizeUnits = []struct {
	letter string
	bytes  int64
}{{"M", 1 << 20}, {"k", 1 << 10}, {"", 1}}

// maxQueue is more than the relay should hold in memory.
const maxQueue = 1 << 30

func parseQueue(w *Way, text string) string {
	const wanted = "a size in bytes such as 4096, 64k or 1M, at most 1024M"
	digits, unit := text, int64(1)
	for _, u := range sizeUnits {
		for _, letter := range []string{u.letter, strings.ToLower(u.letter), strings.ToUpper(u.letter)} {
			if d, ok := strings.CutSuffix(text, letter); ok && letter != "" {
				digits, unit = d, u.bytes
			}
		}
	}
	n, err := strconv.ParseUint(digits, 10, 31)
	if err != nil || n == 0 && text != "0" || int64(n) > maxQueue/unit {
		return wanted
	}
	w.Queue = int64(n) * unit
	return ""
}

func formatSize(bytes int64) string {
	if bytes == 0 {
		return ""
	}
	for _, u := range sizeUnits {
		if bytes%u.bytes == 0 {
			return strconv.FormatInt(bytes/u.bytes, 10) + u.letter
		}
	}
	panic("unreachable: every size is a number of bytes")
}

// perPercent is the resolution of shares: a millionth of a percent. It makes the
// decimal text and the share convert into each other without loss.
const perPercent = 1e6

func shareField(key string, of func(*Way) *float64) field {
	return field{key,
		func(w *Way, text string) string {
			digits, ok := strings.CutSuffix(text, "%")
			n, isDecimal := decimal(digits)
			if zero := text == "0"; !zero && (!ok || !isDecimal || n > 100) {
				return "a share of the packets from 0% to 100%, such as 1%"
			}
			*of(w) = math.Round(n*perPercent) / (100 * perPercent)
			return ""
		},
		func(w *Way) string {
			n := math.Round(*of(w) * 100 * perPercent)
			if n == 0 {
				return ""
			}
			return strconv.FormatFloat(n/perPercent, 'f', -1, 64) + "%"
		}}
}

// StripNames are the names of the TCP options that Way.Strip may list: the maximum
// segment size, the window scale, SACK permitted, the time stamps and Fast Open.
func StripNames() []string {
	var names []string
	for _, o := range tcpOptions {
		names = append(names, o.name)
	}
	return names
}

func parseStrip(w *Way, text string) string {
	if text == "0" {
		w.Strip = nil
		return ""
	}
	given := strings.Split(text, "+")
	var strip []string
	for _, name := range StripNames() {
		if i := slices.Index(given, name); i >= 0 {
			strip = append(strip, name)
			given = slices.Delete(given, i, i+1)
		}
	}
	if len(given) > 0 {
		return "some of the TCP options " + strings.Join(StripNames(), ", ") + ", joined by +"
	}
	w.Strip = strip
	return ""
}
