package text

import "strings"

// wrap breaks text at spaces into lines of at most width characters. A longer word gets a
// line of its own. A number stays with its unit.
func wrap(text string, width int) []string {
	var words, lines []string
	for word := range strings.FieldsSeq(text) {
		if n := len(words); n > 0 && isUnit(word) && endsInDigit(words[n-1]) {
			words[n-1] += " " + word
			continue
		}
		words = append(words, word)
	}
	line, used := "", 0
	for _, word := range words {
		n := columns(word)
		if used > 0 && used+1+n > width {
			lines = append(lines, line)
			line, used = "", 0
		}
		if used > 0 {
			line, used = line+" ", used+1
		}
		line, used = line+word, used+n
	}
	if used > 0 {
		lines = append(lines, line)
	}
	return lines
}

func isUnit(word string) bool {
	switch strings.TrimRight(word, ".,;:)") {
	case "s", "ms", "µs", "ns", "h", "days", "bytes", "byte", "times", "probes":
		return true
	}
	return false
}

func endsInDigit(word string) bool {
	last := word[len(word)-1]
	return last >= '0' && last <= '9'
}
