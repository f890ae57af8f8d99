package words

import (
	"fmt"
	"io"
	"time"
)

// Sprintf is fmt.Sprintf for people: whatever their verb, integers are written by Count
// and times by Duration.
func Sprintf(format string, args ...any) string {
	for i, arg := range args {
		switch v := arg.(type) {
		case int:
			args[i] = written(Count(v))
		case int64:
			args[i] = written(Count(v))
		case uint32:
			args[i] = written(Count(v))
		case uint64:
			args[i] = written(Count(v))
		case time.Duration:
			args[i] = written(Duration(v))
		}
	}
	return fmt.Sprintf(format, args...)
}

// written is a number as it must look. %d accepts it.
type written string

// Format implements fmt.Formatter.
func (w written) Format(f fmt.State, _ rune) { _, _ = io.WriteString(f, string(w)) }
