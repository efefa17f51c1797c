package bounded

import (
	"archive/zip"
	"bytes"
	"errors"
	"io"
	"io/fs"
	"path"
	"slices"
	"strings"
	"unicode/utf8"
)

// ZipLimits bound an archive. A limit of 0 is the default beside it.
type ZipLimits struct {
	// Packed is the largest archive in bytes: 32 MiB. It is held in memory.
	Packed int64
	// Entries is how many entries there may be, folders included: 1,000.
	Entries int
	// Entry and Total are how many bytes may come out of one entry and of all of
	// them: 16 MiB and 64 MiB.
	Entry, Total int64
	// Ratio is how many bytes may come out of each packed one, of an entry that is
	// larger than a kilobyte: 100. Texts reach 20.
	Ratio int64
}

func (l ZipLimits) withDefaults() ZipLimits {
	set := func(limit *int64, value int64) {
		if *limit <= 0 {
			*limit = value
		}
	}
	set(&l.Packed, 32<<20)
	set(&l.Entry, 16<<20)
	set(&l.Total, 64<<20)
	set(&l.Ratio, 100)
	if l.Entries <= 0 {
		l.Entries = 1000
	}
	return l
}

// ratioFrom is the size below which no ratio is looked at.
const ratioFrom = 1 << 10

// listed begins each entry of an archive's list.
const listed = "PK\x01\x02"

// Entry is one file of an archive. Its name is a clean, relative path with slashes,
// and unique in the archive, letters' case aside.
type Entry struct {
	Name string
	Data []byte
}

// Unzip returns the files of an archive, in its order. Folders are left out. A
// single bad entry refuses the whole archive.
func Unzip(r io.Reader, limits ZipLimits) ([]Entry, error) {
	limits = limits.withDefaults()
	packed, err := io.ReadAll(Reader(r, limits.Packed))
	if err != nil {
		return nil, err
	}
	// The reader makes its list before anybody can count it, and what the end of the
	// archive says of its length need not be true.
	if bytes.Count(packed, []byte(listed)) > limits.Entries {
		return nil, &Error{Reason: TooMany, Limit: int64(limits.Entries)}
	}
	archive, err := zip.NewReader(bytes.NewReader(packed), int64(len(packed)))
	if err != nil && !errors.Is(err, zip.ErrInsecurePath) {
		return nil, &Error{Reason: Broken}
	}
	if len(archive.File) > limits.Entries {
		return nil, &Error{Reason: TooMany, Limit: int64(limits.Entries)}
	}
	u := unzipping{limits: limits, left: limits.Total, names: make(map[string]bool)}
	for i, file := range archive.File {
		u.where = int64(i) + 1
		if err := u.take(file); err != nil {
			return nil, err
		}
	}
	return u.entries, nil
}

// unzipping is what has come out so far.
type unzipping struct {
	limits  ZipLimits
	left    int64
	where   int64
	names   map[string]bool
	entries []Entry
}

func (u *unzipping) refuse(reason Reason, limit int64) error {
	return &Error{Reason: reason, Where: u.where, Limit: limit}
}

func (u *unzipping) take(file *zip.File) error {
	name, ok := clean(file.Name)
	folder := strings.HasSuffix(file.Name, "/")
	mode := file.Mode()
	switch {
	case !ok:
		return u.refuse(Elsewhere, 0)
	case folder && file.UncompressedSize64 == 0 && mode&fs.ModeType&^fs.ModeDir == 0:
		return nil
	case !mode.IsRegular() || folder || u.names[strings.ToLower(name)]:
		return u.refuse(NotAFile, 0)
	case file.Flags&0x1 != 0:
		return u.refuse(Encrypted, 0)
	case isArchive(name, nil):
		return u.refuse(Nested, 0)
	}
	u.names[strings.ToLower(name)] = true
	data, err := u.read(file)
	if err != nil {
		return err
	}
	if isArchive("", data) {
		return u.refuse(Nested, 0)
	}
	u.entries = append(u.entries, Entry{name, data})
	return nil
}

// read unpacks one entry within the limits of the entry, of the whole, and of what
// its packed size lets expect.
func (u *unzipping) read(file *zip.File) ([]byte, error) {
	dense := max(ratioFrom, saturated(file.CompressedSize64, u.limits.Ratio))
	limit := min(u.limits.Entry, u.left, dense)
	opened, err := file.Open()
	if err != nil {
		return nil, u.refuse(Broken, 0)
	}
	defer opened.Close()
	data, err := io.ReadAll(Reader(opened, limit))
	if over, ok := errors.AsType[*Error](err); ok {
		if over.Limit == dense && dense < min(u.limits.Entry, u.left) {
			return nil, u.refuse(TooDense, u.limits.Ratio)
		}
		return nil, u.refuse(TooLarge, limit)
	}
	if err != nil {
		return nil, u.refuse(Broken, 0) // also a wrong checksum
	}
	u.left -= int64(len(data))
	return data, nil
}

// saturated multiplies without overflow.
func saturated(packed uint64, ratio int64) int64 {
	const most = 1 << 62
	if packed > most || int64(packed) > most/ratio {
		return most
	}
	return int64(packed) * ratio
}

// clean returns a name as a path inside a folder, and whether it is one, on every
// kind of machine.
func clean(name string) (string, bool) {
	bad := func(r rune) bool { return r < ' ' || r == 0x7f || strings.ContainsRune(`\:*?"<>|`, r) }
	if name == "" || len(name) > 255 || !utf8.ValidString(name) || strings.ContainsFunc(name, bad) || strings.HasPrefix(name, "/") {
		return "", false
	}
	parts := strings.Split(strings.TrimSuffix(name, "/"), "/")
	if slices.ContainsFunc(parts, func(p string) bool { return p == "" || p == "." || p == ".." }) {
		return "", false
	}
	return path.Join(parts...), true
}

// isArchive knows archives by their names and their first bytes.
func isArchive(name string, data []byte) bool {
	for _, end := range []string{".zip", ".gz", ".tgz", ".bz2", ".xz", ".zst", ".7z", ".rar", ".tar", ".jar"} {
		if strings.HasSuffix(strings.ToLower(name), end) {
			return true
		}
	}
	for _, begin := range []string{"PK\x03\x04", "PK\x05\x06", "\x1f\x8b", "BZh", "\xfd7zXZ\x00", "\x28\xb5\x2f\xfd", "7z\xbc\xaf\x27\x1c", "Rar!\x1a\x07"} {
		if bytes.HasPrefix(data, []byte(begin)) {
			return true
		}
	}
	return len(data) > 262 && bytes.Equal(data[257:262], []byte("ustar"))
}
