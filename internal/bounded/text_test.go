package bounded_test

import (
	"encoding/xml"
	"errors"
	"fmt"
	"io"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"homeward/internal/bounded"
)

// home is something to decode into.
type home struct {
	Name  string `xml:"name"`
	Inner []home `xml:"home"`
}

func TestXML_ReadsADocument(t *testing.T) {
	t.Parallel()
	var read home
	text := "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<!-- homes -->\n<home><name>Ä &amp; &#233;</name><home><name>B</name></home></home>\n"
	require.NoError(t, bounded.XML(strings.NewReader(text), bounded.XMLLimits{}).Decode(&read))
	require.Equal(t, home{Name: "Ä & é", Inner: []home{{Name: "B"}}}, read)
}

// drain reads a document to its end and returns why it could not.
func drain(d *xml.Decoder) error {
	for {
		if _, err := d.Token(); errors.Is(err, io.EOF) {
			return nil
		} else if err != nil {
			return err
		}
	}
}

func TestXML_RefusesBombs(t *testing.T) {
	t.Parallel()
	var laughs strings.Builder
	laughs.WriteString(`<!DOCTYPE lolz [<!ENTITY l0 "lol">`)
	for i := 1; i < 10; i++ {
		fmt.Fprintf(&laughs, `<!ENTITY l%d "%s">`, i, strings.Repeat(fmt.Sprintf("&l%d;", i-1), 10))
	}
	laughs.WriteString(`]><home>&l9;</home>`)
	limits := bounded.XMLLimits{Size: 1 << 20, Depth: 10, Tokens: 1000, Attributes: 5}
	for name, test := range map[string]struct {
		text string
		want bounded.Reason
	}{
		"a billion laughs":    {laughs.String(), bounded.Declared},
		"a file":              {`<!DOCTYPE x [<!ENTITY e SYSTEM "file:///etc/passwd">]><home>&e;</home>`, bounded.Declared},
		"an address":          {`<!DOCTYPE home SYSTEM "http://169.254.169.254/x.dtd"><home/>`, bounded.Declared},
		"a late declaration":  {`<home><!ENTITY e "x"></home>`, bounded.Declared},
		"an unknown entity":   {`<home>&e;</home>`, bounded.Broken},
		"deep":                {strings.Repeat("<home>", 11) + strings.Repeat("</home>", 11), bounded.TooDeep},
		"deeper than a stack": {strings.Repeat("<a>", 300_000), bounded.TooDeep},
		"many":                {"<home>" + strings.Repeat("<a/>", 1000) + "</home>", bounded.TooMany},
		"many attributes":     {`<home a="" b="" c="" d="" e="" f=""/>`, bounded.TooMany},
		"large":               {"<home>" + strings.Repeat("x", 2<<20) + "</home>", bounded.TooLarge},
		"not closed":          {"<home>", bounded.Broken},
		"not UTF-8":           {"<home>\xff</home>", bounded.Broken},
		"another encoding":    {`<?xml version="1.0" encoding="UTF-7"?><home/>`, bounded.Broken},
		"another version":     {`<?xml version="9"?><home/>`, bounded.Broken},
	} {
		err := drain(bounded.XML(strings.NewReader(test.text), limits))
		require.Equal(t, test.want, reason(t, err), name)
		require.Equal(t, test.want, reason(t, bounded.XML(strings.NewReader(test.text), limits).Decode(new(home))), name)
		require.NotContains(t, err.Error(), "passwd")
	}
}

func table(text string, limits bounded.CSVLimits) (rows [][]string, err error) {
	for row, failed := range bounded.CSV(strings.NewReader(text), limits) {
		if failed != nil {
			return rows, failed
		}
		rows = append(rows, row)
	}
	return rows, nil
}

func TestCSV_ReadsATable(t *testing.T) {
	t.Parallel()
	rows, err := table("\xef\xbb\xbfid,name\r\n1,\"Ä, \"\"B\"\"\"\n2,\"two\nlines\"\n", bounded.CSVLimits{})
	require.NoError(t, err)
	require.Equal(t, [][]string{{"id", "name"}, {"1", `Ä, "B"`}, {"2", "two\nlines"}}, rows)
	rows, err = table(strings.Repeat("a,b\n", 10_000)+"c,d", bounded.CSVLimits{Row: 10})
	require.NoError(t, err, "each row has its own limit")
	require.Len(t, rows, 10_001)
	for _, err := range bounded.CSV(strings.NewReader("a\nb\n"), bounded.CSVLimits{}) {
		require.NoError(t, err)
		break // and nothing more is asked of us
	}
}

func TestCSV_RefusesWhatIsTooMuch(t *testing.T) {
	t.Parallel()
	limits := bounded.CSVLimits{Size: 1 << 20, Rows: 10, Row: 10_000, Field: 1000, Fields: 5}
	for name, test := range map[string]struct {
		text string
		want bounded.Reason
		row  int64
	}{
		"rows":               {strings.Repeat("a\n", 11), bounded.TooMany, 11},
		"fields":             {"a,b,c,d,e,f\n", bounded.TooMany, 1},
		"a field":            {"a\n" + strings.Repeat("x", 1001) + "\n", bounded.TooLarge, 2},
		"a row":              {strings.Repeat("x", 100_000), bounded.TooLarge, 1},
		"a quote never ends": {"a\n\"" + strings.Repeat("x\n", 100_000), bounded.TooLarge, 2},
		"the whole":          {strings.Repeat(strings.Repeat("x", 900)+"\n", 2000), bounded.TooMany, 11},
		"other fields":       {"a,b\nc\n", bounded.Broken, 2},
		"a bare quote":       {"a\"b\n", bounded.Broken, 1},
		"not UTF-8":          {"\xff\n", bounded.Broken, 1},
	} {
		_, err := table(test.text, limits)
		refused, ok := errors.AsType[*bounded.Error](err)
		require.True(t, ok, "%s: %v", name, err)
		require.Equal(t, test.want, refused.Reason, name)
		require.Equal(t, test.row, refused.Where, name)
	}
	_, err := table(strings.Repeat("x\n", 100), bounded.CSVLimits{Size: 100})
	require.Equal(t, bounded.TooLarge, reason(t, err))
}

func TestRows_GoesOnAfterABrokenRowAndSaysOnWhichLine(t *testing.T) {
	t.Parallel()
	text := "id,name\n1,\"two\nlines\"\n2,b,c\n3,a\"b\n4,\xff\n5,fine\n"
	var lines []int
	var wrong []int64
	for row, err := range bounded.Rows(strings.NewReader(text), bounded.CSVLimits{}) {
		if err == nil {
			lines = append(lines, row.Line)
			require.Len(t, row.Fields, 2)
			continue
		}
		refused, ok := errors.AsType[*bounded.Error](err)
		require.True(t, ok, "%v", err)
		require.Equal(t, bounded.Broken, refused.Reason)
		wrong = append(wrong, refused.Where)
	}
	require.Equal(t, []int{1, 2, 7}, lines)
	require.Equal(t, []int64{4, 5, 6}, wrong)
}

func TestRows_EndsWhereTheTableIsTooMuch(t *testing.T) {
	t.Parallel()
	limits := bounded.CSVLimits{Size: 1000, Rows: 10, Row: 100}
	for name, test := range map[string]struct {
		text string
		want bounded.Reason
	}{
		"rows":  {strings.Repeat("a\n", 50), bounded.TooMany},
		"size":  {strings.Repeat(strings.Repeat("x", 99)+"\n", 50), bounded.TooLarge},
		"a row": {"a\n\"" + strings.Repeat("x\n", 200), bounded.TooLarge},
	} {
		var last error
		n := 0
		for _, err := range bounded.Rows(strings.NewReader(test.text), limits) {
			last = err
			n++
		}
		require.LessOrEqual(t, n, 11, name)
		require.Equal(t, test.want, reason(t, last), name)
	}
}

func TestReader_TellsTheEndFromAnOverrun(t *testing.T) {
	t.Parallel()
	for size, fits := range map[int]bool{0: true, 9: true, 10: true, 11: false, 100: false} {
		read, err := io.ReadAll(bounded.Reader(strings.NewReader(strings.Repeat("x", size)), 10))
		require.Len(t, read, min(size, 10))
		if fits {
			require.NoError(t, err)
			continue
		}
		require.EqualError(t, err, "too-large (limit 10)")
	}
}

// Whatever document comes in, it is read within its limits or refused.
func FuzzXML(f *testing.F) {
	for _, text := range []string{
		`<home><name>A</name></home>`, `<!DOCTYPE x>`, `<a b="c">&lt;</a>`, "<?xml version=\"1.0\"?><a/>", "<a><![CDATA[x]]></a>", "<a xmlns:b='c'><b:d/></a>", strings.Repeat("<a>", 20),
	} {
		f.Add(text)
	}
	limits := bounded.XMLLimits{Size: 4096, Depth: 10, Tokens: 100, Attributes: 5}
	f.Fuzz(func(t *testing.T, text string) {
		d := bounded.XML(strings.NewReader(text), limits)
		depth, tokens := 0, 0
		for {
			token, err := d.Token()
			if err != nil {
				return
			}
			switch token.(type) {
			case xml.StartElement:
				depth++
			case xml.EndElement:
				depth--
			case xml.Directive:
				t.Fatal("a declaration came through")
			}
			if tokens++; depth > limits.Depth || tokens > 2*limits.Tokens || len(text) > 2*int(limits.Size) {
				t.Fatalf("%d tokens at depth %d came through", tokens, depth)
			}
		}
	})
}

// Whatever table comes in, it is read within its limits or refused.
func FuzzCSV(f *testing.F) {
	for _, text := range []string{"a,b\n1,2\n", "\"a\nb\",c\n", "\xef\xbb\xbfa\n", "a\r\n\r\nb\r\n", "\"", "a,\"b", strings.Repeat("x", 200)} {
		f.Add(text)
	}
	limits := bounded.CSVLimits{Size: 4096, Rows: 10, Row: 100, Field: 20, Fields: 5}
	f.Fuzz(func(t *testing.T, text string) {
		rows, err := table(text, limits)
		if err != nil {
			reason(t, err)
		}
		if len(rows) > limits.Rows {
			t.Fatalf("%d rows came through", len(rows))
		}
		for _, row := range rows {
			if len(row) > limits.Fields || len(strings.Join(row, "")) > limits.Row {
				t.Fatalf("row %q came through", row)
			}
			for _, field := range row {
				if len(field) > limits.Field {
					t.Fatalf("field %q came through", field)
				}
			}
		}
	})
}
