package report

// braille is a canvas of dots, two across and four down in each character.
type braille struct {
	cols, rows int // in characters
	cells      []uint8
}

func newBraille(cols, rows int) *braille {
	return &braille{cols: cols, rows: rows, cells: make([]uint8, cols*rows)}
}

// dots are the bits of U+2800 by column and row.
var dots = [2][4]uint8{{0x01, 0x02, 0x04, 0x40}, {0x08, 0x10, 0x20, 0x80}}

// column sets the dots of dot column x from row y0 to y1, words.Counted from the
// bottom, both included.
func (b *braille) column(x, y0, y1 int) {
	if y0 > y1 {
		y0, y1 = y1, y0
	}
	for y := y0; y <= y1; y++ {
		down := b.rows*4 - 1 - y
		b.cells[down/4*b.cols+x/2] |= dots[x%2][down%4]
	}
}

// at returns the character of a cell, row 0 on top, or 0 if it is empty.
func (b *braille) at(col, row int) rune {
	if c := b.cells[row*b.cols+col]; c != 0 {
		return 0x2800 + rune(c)
	}
	return 0
}
