package policy

import (
	"strconv"
	"strings"
	"time"

	"homeward/casework"
)

// reason collects the steps of one duty. All texts of an evaluation share a
// growing buffer, because a child's five years hold hundreds of them.
type reason struct {
	text  strings.Builder
	steps []string
	// taken marks the steps that already belong to a duty.
	taken int
	start int
}

// grow makes room for the reasons of some duties.
func (r *reason) grow(duties int) {
	r.text.Grow(duties * 150)
	r.steps = make([]string, 0, duties*3)
}

// begin opens a step; words are added to it until done.
func (r *reason) begin() *reason {
	r.start = r.text.Len()
	return r
}

func (r *reason) word(s string) *reason {
	r.text.WriteString(s)
	return r
}

func (r *reason) number(n int) *reason {
	var digits [20]byte
	r.text.Write(strconv.AppendInt(digits[:0], int64(n), 10))
	return r
}

func (r *reason) date(d casework.Date) *reason {
	y, m, day := d.Civil()
	b := [...]byte{
		digit(y / 1000), digit(y / 100), digit(y / 10), digit(y), '-',
		digit(int(m) / 10), digit(int(m)), '-',
		digit(day / 10), digit(day),
	}
	r.text.Write(b[:])
	return r
}

func digit(n int) byte { return "0123456789"[n%10] }

// instant writes the hour as people read it: 2026-01-31 20:30 PST.
func (r *reason) instant(t time.Time, loc *time.Location) {
	var b [40]byte
	r.text.Write(t.In(loc).AppendFormat(b[:0], "2006-01-02 15:04 MST"))
}

// string ends a piece of text that is no step.
func (r *reason) string() string { return r.text.String()[r.start:] }

// done ends the step.
func (r *reason) done() { r.steps = append(r.steps, r.string()) }

// take returns the steps since the last take.
func (r *reason) take() []string {
	steps := r.steps[r.taken:len(r.steps):len(r.steps)]
	r.taken = len(r.steps)
	return steps
}
