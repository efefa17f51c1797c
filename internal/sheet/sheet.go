// Package sheet writes tables that people open in a spreadsheet. What others have
// written into a cell must not be carried out there as a formula.
package sheet

import (
	"encoding/csv"
	"io"
	"strings"
	"unicode"
)

// CSV writes a table with its heading as RFC 4180 has it, each text made safe by
// [Cell]. Lines end in CRLF, because that is what spreadsheets write themselves.
func CSV(w io.Writer, heading []string, rows [][]string) error {
	lines := csv.NewWriter(w)
	lines.UseCRLF = true
	for _, row := range append([][]string{heading}, rows...) {
		safe := make([]string, len(row))
		for i, text := range row {
			safe[i] = Cell(text)
		}
		if err := lines.Write(safe); err != nil {
			return err
		}
	}
	lines.Flush()
	return lines.Error()
}

// Cell returns the text such that a spreadsheet shows it and does not carry it
// out: what begins like a formula gets an apostrophe before it, which
// spreadsheets take for "this is text". Blanks before the sign count as nothing,
// because some programs cut them off, and so do the wide forms of the signs, which
// some take for the signs themselves. A NUL ends a cell in some programs and is
// left out; bytes that are no UTF-8 are replaced, since halves of a character
// could become a whole one when a line end between them is left out.
func Cell(text string) string {
	text = strings.ToValidUTF8(strings.ReplaceAll(text, "\x00", ""), "\ufffd")
	begins := strings.TrimLeftFunc(text, func(r rune) bool {
		return unicode.IsSpace(r) || unicode.IsControl(r) || unicode.Is(unicode.Cf, r) // Cf is not seen: a byte order mark
	})
	if strings.IndexAny(text, "\t\r\n") == 0 || strings.IndexAny(begins, "=+-@＝＋－＠") == 0 {
		return "'" + text
	}
	return text
}
