package text

// braille is a canvas of dots, two across and four down per character.
type braille struct {
	cols, rows int // in characters
	cells      []uint8
}

func newBraille(cols, rows int) *braille {
	return &braille{cols: cols, rows: rows, cells: make([]uint8, cols*rows)}
}

// dots are the bits of U+2800 by column and row.
var dots = [2][4]uint8{{0x01, 0x02, 0x04, 0x40}, {0x08, 0x10, 0x20, 0x80}}

// column sets the dots of dot column x in the rows from y0 to y1, both included, counted
// from the bottom.
func (b *braille) column(x, y0, y1 int) {
	if y0 > y1 {
		y0, y1 = y1, y0
	}
	for y := y0; y <= y1; y++ {
		down := b.rows*4 - 1 - y
		b.cells[down/4*b.cols+x/2] |= dots[x%2][down%4]
	}
}

// at returns the character of a cell, or 0 if the cell is empty. Row 0 is the top.
func (b *braille) at(col, row int) rune {
	if c := b.cells[row*b.cols+col]; c != 0 {
		return 0x2800 + rune(c)
	}
	return 0
}
