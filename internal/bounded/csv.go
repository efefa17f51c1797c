package bounded

import (
	"bufio"
	"bytes"
	"encoding/csv"
	"errors"
	"io"
	"iter"
	"unicode/utf8"
)

// CSVLimits bound a table. A limit of 0 is the default beside it.
type CSVLimits struct {
	// Size is the largest table in bytes: 16 MiB.
	Size int64
	// Rows is how many rows there may be: 100,000.
	Rows int
	// Row is the largest row in bytes, Field the largest field: 64 KiB and 8 KiB.
	Row, Field int
	// Fields is how many fields one row may have: 100.
	Fields int
}

func (l CSVLimits) withDefaults() CSVLimits {
	set := func(limit *int, value int) {
		if *limit <= 0 {
			*limit = value
		}
	}
	if l.Size <= 0 {
		l.Size = 16 << 20
	}
	set(&l.Rows, 100_000)
	set(&l.Row, 64<<10)
	set(&l.Field, 8<<10)
	set(&l.Fields, 100)
	return l
}

// Row is one row of a table.
type Row struct {
	// Line is the line of the table on which the row begins, from 1.
	Line   int
	Fields []string
}

// Rows yields what [CSV] does, each row with its line, and goes on after a row that
// is broken or has a field that is too large: the error's Where is the line. It ends
// where the table or a row is larger than its limits say.
func Rows(r io.Reader, limits CSVLimits) iter.Seq2[Row, error] {
	limits = limits.withDefaults()
	return func(yield func(Row, error) bool) {
		lines := &rows{limit: limits.Row, from: bufio.NewReader(Reader(r, limits.Size))}
		reader := csv.NewReader(lines)
		for n := 1; ; n++ {
			fields, err := reader.Read()
			if errors.Is(err, io.EOF) {
				return
			}
			lines.read = 0
			row, goesOn := Row{Line: n, Fields: fields}, true
			if broken, ok := errors.AsType[*csv.ParseError](err); ok {
				row.Line = broken.StartLine
			} else if err != nil {
				goesOn = false
			} else {
				row.Line, _ = reader.FieldPos(0)
				err = limits.check(n, fields)
				goesOn = n <= limits.Rows
			}
			if err != nil {
				err, row.Fields = refusalOf(err, row.Line), nil
			}
			if !yield(row, err) || !goesOn {
				return
			}
		}
	}
}

// CSV yields the rows of a table in UTF-8 as RFC 4180 has it, each with as many
// fields as the first. A byte order mark at its beginning is left out. After an
// error it ends.
func CSV(r io.Reader, limits CSVLimits) iter.Seq2[[]string, error] {
	limits = limits.withDefaults()
	return func(yield func([]string, error) bool) {
		lines := &rows{limit: limits.Row, from: bufio.NewReader(Reader(r, limits.Size))}
		reader := csv.NewReader(lines)
		for row := 1; ; row++ {
			fields, err := reader.Read()
			if errors.Is(err, io.EOF) {
				return
			}
			lines.read = 0
			if err == nil {
				err = limits.check(row, fields)
			}
			if err != nil {
				yield(nil, refusalOf(err, row))
				return
			}
			if !yield(fields, nil) {
				return
			}
		}
	}
}

func (l CSVLimits) check(row int, fields []string) error {
	if row > l.Rows {
		return &Error{Reason: TooMany, Limit: int64(l.Rows)}
	}
	if len(fields) > l.Fields {
		return &Error{Reason: TooMany, Limit: int64(l.Fields)}
	}
	for _, field := range fields {
		if len(field) > l.Field {
			return &Error{Reason: TooLarge, Limit: int64(l.Field)}
		}
		if !utf8.ValidString(field) {
			return &Error{Reason: Broken}
		}
	}
	return nil
}

// refusalOf says in which row, and nothing of what stands there.
func refusalOf(err error, row int) error {
	refusal := Error{Reason: Broken}
	if known, ok := errors.AsType[*Error](err); ok {
		refusal = *known
	}
	refusal.Where = int64(row)
	return &refusal
}

// rows hands a table over line by line, and counts what one row has taken: a quote
// that is never closed would otherwise make the whole table one field.
type rows struct {
	from  *bufio.Reader
	limit int
	read  int
	rest  []byte
	begun bool
}

// Read implements [io.Reader].
func (r *rows) Read(p []byte) (int, error) {
	if !r.begun {
		r.begun = true
		if mark, err := r.from.Peek(3); err == nil && bytes.Equal(mark, []byte("\xef\xbb\xbf")) {
			_, _ = r.from.Discard(3) // It has just been seen.
		}
	}
	if len(r.rest) == 0 {
		line, err := r.from.ReadSlice('\n')
		if r.read += len(line); r.read > r.limit {
			return 0, &Error{Reason: TooLarge, Limit: int64(r.limit)}
		}
		if len(line) == 0 || err != nil && !errors.Is(err, bufio.ErrBufferFull) && !errors.Is(err, io.EOF) {
			return 0, err
		}
		r.rest = line
	}
	n := copy(p, r.rest)
	r.rest = r.rest[n:]
	return n, nil
}
