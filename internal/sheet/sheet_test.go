package sheet_test

import (
	"archive/zip"
	"bytes"
	"encoding/csv"
	"io"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"homeward/internal/sheet"
)

func TestCell_MakesTextOfWhatBeginsLikeAFormula(t *testing.T) {
	t.Parallel()
	for text, want := range map[string]string{
		"":                       "",
		"w-17":                   "w-17",
		"2026-06-01":             "2026-06-01",
		"a=b":                    "a=b",
		`=HYPERLINK("http://x")`: `'=HYPERLINK("http://x")`,
		"+1":                     "'+1",
		"-1":                     "'-1",
		"@SUM(A1)":               "'@SUM(A1)",
		"\t=1":                   "'\t=1",
		"\rplain":                "'\rplain",
		"\nplain":                "'\nplain",
		"  =1":                   "'  =1",
		"\ufeff=1":               "'\ufeff=1",
		"\u00a0\u200b-1":         "'\u00a0\u200b-1",
		"＝1":                     "'＝1",
		"\x00=1":                 "'=1",
		"'=1":                    "'=1",
	} {
		require.Equal(t, want, sheet.Cell(text), "%q", text)
	}
}

func TestCSV_WritesATable(t *testing.T) {
	t.Parallel()
	var out strings.Builder
	require.NoError(t, sheet.CSV(&out, []string{"who", "says"}, [][]string{{"w-17", `read "case 1002", twice`}, {"=1", ""}}))
	require.Equal(t, "who,says\r\nw-17,\"read \"\"case 1002\"\", twice\"\r\n'=1,\r\n", out.String())
}

// Whatever a cell says: it is one cell, it says the same, and it is no formula.
func FuzzCSV(f *testing.F) {
	for _, text := range []string{"w-17", "=1+1", "\t=1", "-2+3", "a\"b,c\r\nd", "\x00@x", "\ufeff+1", "＝1", "\r", `";=1`} {
		f.Add(text)
	}
	f.Fuzz(func(t *testing.T, text string) {
		var out strings.Builder
		require.NoError(t, sheet.CSV(&out, []string{"text", "end"}, [][]string{{text, "end"}}))
		rows, err := csv.NewReader(strings.NewReader(out.String())).ReadAll()
		require.NoError(t, err)
		require.Len(t, rows, 2)
		require.Len(t, rows[1], 2)
		cell := rows[1][0]
		require.NotRegexp(t, `^[\s\x{feff}\x{200b}]*[=+@＝＋－＠-]`, cell)
		plain := func(s string) string { // a reader makes one kind of line end of all
			s = strings.ToValidUTF8(strings.ReplaceAll(s, "\x00", ""), "\ufffd")
			return strings.NewReplacer("\r", "", "\n", "").Replace(strings.TrimPrefix(s, "'"))
		}
		require.Equal(t, plain(text), plain(cell))
	})
}

func TestArchive_IsOpenedByOthers(t *testing.T) {
	t.Parallel()
	var out bytes.Buffer
	at := time.Date(2026, time.June, 1, 8, 0, 0, 0, time.UTC)
	packed := sheet.NewArchive(&out, at)
	require.NoError(t, packed.Add("a.csv", []byte("a\r\n")))
	require.NoError(t, packed.Add("README.txt", nil))
	require.NoError(t, packed.Close())
	read, err := zip.NewReader(bytes.NewReader(out.Bytes()), int64(out.Len()))
	require.NoError(t, err)
	require.Len(t, read.File, 2)
	require.Equal(t, "a.csv", read.File[0].Name)
	require.True(t, at.Equal(read.File[0].Modified))
	content, err := read.File[0].Open()
	require.NoError(t, err)
	data, err := io.ReadAll(content)
	require.NoError(t, err)
	require.Equal(t, "a\r\n", string(data))
}
