package bounded_test

import (
	"archive/zip"
	"bytes"
	"compress/flate"
	"encoding/binary"
	"errors"
	"fmt"
	"hash/crc32"
	"io"
	"io/fs"
	"runtime"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"homeward/internal/bounded"
)

// part is one entry of an archive that a test makes.
type part struct {
	name string
	data string
	mode fs.FileMode
}

func archive(tb testing.TB, parts ...part) []byte {
	tb.Helper()
	var out bytes.Buffer
	w := zip.NewWriter(&out)
	for _, p := range parts {
		header := &zip.FileHeader{Name: p.name, Method: zip.Deflate}
		header.SetMode(p.mode | 0o644)
		entry, err := w.CreateHeader(header)
		require.NoError(tb, err)
		_, err = io.WriteString(entry, p.data)
		require.NoError(tb, err)
	}
	require.NoError(tb, w.Close())
	return out.Bytes()
}

func small() bounded.ZipLimits {
	return bounded.ZipLimits{Packed: 1 << 20, Entries: 10, Entry: 1 << 16, Total: 1 << 17, Ratio: 50}
}

func reason(tb testing.TB, err error) bounded.Reason {
	tb.Helper()
	refused, ok := errors.AsType[*bounded.Error](err)
	require.True(tb, ok, "%v", err)
	return refused.Reason
}

func TestUnzip_ReturnsWhatIsInOrder(t *testing.T) {
	t.Parallel()
	entries, err := bounded.Unzip(bytes.NewReader(archive(t,
		part{name: "north/", mode: fs.ModeDir}, part{name: "north/homes.csv", data: "id,name\n1,Ä\n"}, part{name: "empty.txt"})), small())
	require.NoError(t, err)
	require.Equal(t, []bounded.Entry{{Name: "north/homes.csv", Data: []byte("id,name\n1,Ä\n")}, {Name: "empty.txt", Data: []byte{}}}, entries)
}

func TestUnzip_RefusesTheWholeForOneBadEntry(t *testing.T) {
	t.Parallel()
	inner := string(archive(t, part{name: "x", data: "x"}))
	many := make([]part, 11)
	for i := range many {
		many[i].name = fmt.Sprint(i)
	}
	noise := strings.Repeat("0123456789abcdefghijklmnopqrstuvwxyz", 1800) // 64,800 bytes
	for name, test := range map[string]struct {
		parts []part
		want  bounded.Reason
	}{
		"up":                   {[]part{{name: "../x"}}, bounded.Elsewhere},
		"up in the middle":     {[]part{{name: "a/../../x"}}, bounded.Elsewhere},
		"absolute":             {[]part{{name: "/etc/passwd"}}, bounded.Elsewhere},
		"up on Windows":        {[]part{{name: `..\x`}}, bounded.Elsewhere},
		"a drive":              {[]part{{name: `C:x`}}, bounded.Elsewhere},
		"a stream":             {[]part{{name: `x:y`}}, bounded.Elsewhere},
		"NUL":                  {[]part{{name: "x\x00.csv"}}, bounded.Elsewhere},
		"dot":                  {[]part{{name: "./x"}}, bounded.Elsewhere},
		"no name":              {[]part{{name: ""}}, bounded.Elsewhere},
		"empty part":           {[]part{{name: "a//x"}}, bounded.Elsewhere},
		"not UTF-8":            {[]part{{name: "\xff"}}, bounded.Elsewhere},
		"long name":            {[]part{{name: strings.Repeat("x", 300)}}, bounded.Elsewhere},
		"symbolic link":        {[]part{{name: "x", data: "/etc/passwd", mode: fs.ModeSymlink}}, bounded.NotAFile},
		"device":               {[]part{{name: "x", mode: fs.ModeDevice}}, bounded.NotAFile},
		"pipe":                 {[]part{{name: "x", mode: fs.ModeNamedPipe}}, bounded.NotAFile},
		"twice":                {[]part{{name: "x"}, {name: "X"}}, bounded.NotAFile},
		"archive by name":      {[]part{{name: "x.ZIP"}}, bounded.Nested},
		"archive by content":   {[]part{{name: "x.csv", data: inner}}, bounded.Nested},
		"many":                 {many, bounded.TooMany},
		"large":                {[]part{{name: "x", data: noise + noise}}, bounded.TooDense},
		"dense":                {[]part{{name: "x", data: strings.Repeat("0", 60_000)}}, bounded.TooDense},
		"large altogether":     {[]part{{name: "1", data: random(60_000)}, {name: "2", data: random(60_000)}, {name: "3", data: random(60_000)}}, bounded.TooLarge},
		"large by itself":      {[]part{{name: "1", data: random(70_000)}}, bounded.TooLarge},
		"a bad one among good": {[]part{{name: "1", data: "x"}, {name: "../2"}}, bounded.Elsewhere},
	} {
		entries, err := bounded.Unzip(bytes.NewReader(archive(t, test.parts...)), small())
		require.Equal(t, test.want, reason(t, err), name)
		require.Empty(t, entries, name)
	}
	for name, text := range map[string]string{"nothing": "", "text": "PK", "cut": inner[:len(inner)-5]} {
		_, err := bounded.Unzip(strings.NewReader(text), small())
		require.Equal(t, bounded.Broken, reason(t, err), name)
	}
	_, err := bounded.Unzip(bytes.NewReader(make([]byte, 2<<20)), small())
	require.Equal(t, bounded.TooLarge, reason(t, err))
}

// random is text that does not pack.
func random(n int) string {
	out := make([]byte, n)
	for i, x := 0, uint32(1); i < n; i++ {
		x = x*1664525 + 1013904223
		out[i] = byte(x >> 24)
	}
	return string(out)
}

// lying writes an archive by hand whose headers may say anything. All entries share
// one packed body: 10 MB of zeros from 10 kB, as often as there are entries.
func lying(tb testing.TB, entries int, size uint32, flags, announced uint16) []byte {
	tb.Helper()
	zeros := make([]byte, 10<<20)
	var packed bytes.Buffer
	w, err := flate.NewWriter(&packed, flate.BestCompression)
	require.NoError(tb, err)
	_, err = w.Write(zeros)
	require.NoError(tb, err)
	require.NoError(tb, w.Close())
	var out, list bytes.Buffer
	write := func(to *bytes.Buffer, values ...any) {
		for _, v := range values {
			require.NoError(tb, binary.Write(to, binary.LittleEndian, v))
		}
	}
	sum, length := crc32.ChecksumIEEE(zeros), uint32(packed.Len())
	write(&out, []byte("PK\x03\x04"), uint16(20), flags, uint16(8), uint32(0), sum, length, size, uint16(1), uint16(0), []byte("a"))
	out.Write(packed.Bytes())
	for i := range entries {
		name := fmt.Sprintf("%08d", i)
		write(&list, []byte("PK\x01\x02"), uint16(20), uint16(20), flags, uint16(8), uint32(0), sum, length, size,
			uint16(len(name)), uint16(0), uint16(0), uint16(0), uint16(0), uint32(0), uint32(0), []byte(name))
	}
	at := uint32(out.Len())
	out.Write(list.Bytes())
	write(&out, []byte("PK\x05\x06"), uint16(0), uint16(0), announced, announced, uint32(list.Len()), at, uint16(0))
	return out.Bytes()
}

// Overlapping entries make 28 MB of 46 kB, or petabytes of 10 MB; headers say what
// they like.
func TestUnzip_CountsWhatComesOutAndNotWhatIsPromised(t *testing.T) {
	t.Parallel()
	const zeros = 10 << 20
	generous := bounded.ZipLimits{Packed: 64 << 20, Entries: 100, Entry: 1 << 40, Total: 100 << 20, Ratio: 5000}
	entries, err := bounded.Unzip(bytes.NewReader(lying(t, 3, zeros, 0, 3)), generous)
	require.NoError(t, err, "the archive itself is well made")
	require.Len(t, entries, 3)

	for name, test := range map[string]struct {
		packed []byte
		want   []bounded.Reason
	}{
		"overlapping":         {lying(t, 50, zeros, 0, 50), []bounded.Reason{bounded.TooLarge}},
		"says it is small":    {lying(t, 1, 10, 0, 1), []bounded.Reason{bounded.Broken, bounded.TooDense}},
		"encrypted":           {lying(t, 1, zeros, 1, 1), []bounded.Reason{bounded.Encrypted}},
		"list longer than so": {lying(t, 20_000, zeros, 0, 1), []bounded.Reason{bounded.TooMany}},
		"many":                {lying(t, 5_000, zeros, 0, 5_000), []bounded.Reason{bounded.TooMany}},
	} {
		var before, after runtime.MemStats
		runtime.ReadMemStats(&before)
		_, err := bounded.Unzip(bytes.NewReader(test.packed), generous)
		runtime.ReadMemStats(&after)
		require.Contains(t, test.want, reason(t, err), name)
		require.Less(t, after.TotalAlloc-before.TotalAlloc, uint64(2<<30), name)
	}
	_, err = bounded.Unzip(bytes.NewReader(lying(t, 1, zeros, 0, 1)), bounded.ZipLimits{})
	require.Equal(t, bounded.TooDense, reason(t, err), "no limit set is the default, never none")
}

// Whatever bytes come in, what comes out keeps every limit.
func FuzzUnzip(f *testing.F) {
	f.Add(archive(f, part{name: "a/b.csv", data: "x,y\n"}, part{name: "c.txt", data: strings.Repeat("0", 3000)}))
	f.Add(archive(f, part{name: "../x"}))
	f.Add(archive(f, part{name: "x", data: "/etc/passwd", mode: fs.ModeSymlink}))
	f.Add([]byte("PK\x05\x06" + strings.Repeat("\x00", 18)))
	f.Fuzz(func(t *testing.T, data []byte) {
		limits := small()
		entries, err := bounded.Unzip(bytes.NewReader(data), limits)
		if err != nil {
			if reason(t, err); len(entries) > 0 {
				t.Fatal("entries of a refused archive")
			}
			return
		}
		var total int64
		seen := map[string]bool{}
		for _, e := range entries {
			total += int64(len(e.Data))
			if !fs.ValidPath(e.Name) || strings.ContainsAny(e.Name, "\\:\x00") || seen[strings.ToLower(e.Name)] || int64(len(e.Data)) > limits.Entry {
				t.Fatalf("%q came through", e.Name)
			}
			seen[strings.ToLower(e.Name)] = true
		}
		if total > limits.Total || len(entries) > limits.Entries {
			t.Fatalf("%d entries of %d bytes came through", len(entries), total)
		}
	})
}
