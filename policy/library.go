package policy

import (
	"cmp"
	"embed"
	"errors"
	"fmt"
	"io/fs"
	"slices"
	"strconv"
	"strings"

	"go.yaml.in/yaml/v3"

	"homeward/casework"
)

//go:embed packs/*.yaml
var released embed.FS

// Library holds every pack that a process knows.
type Library struct {
	packs []*Pack
}

// PackError says why a pack is refused, and where.
type PackError struct {
	// File is the path within its folder.
	File string
	// Line is 1 for the first line; zero when the file as a whole is meant.
	Line   int
	Reason string
}

// Error returns file, line and reason.
func (e *PackError) Error() string {
	if e.Line == 0 {
		return e.File + ": " + e.Reason
	}
	return fmt.Sprintf("%s:%d: %s", e.File, e.Line, e.Reason)
}

// Load reads the released packs and every *.yaml file of the given folders of an
// agency's own. Broken packs are refused: the error joins a [PackError] for each
// reason. A pack that is given twice is broken, because a version never changes.
// A pack of an agency's own extends another and cannot take the place of the
// federal law: what nobody extends has no floor. A folder that cannot be read, or
// holds no pack, is an error as well.
func Load(folders ...fs.FS) (*Library, error) {
	packs, err := fs.Sub(released, "packs")
	if err != nil {
		return nil, fmt.Errorf("open the released packs: %w", err)
	}
	sources, err := readFolder(packs, false)
	broken := []error{err}
	for _, folder := range folders {
		read, err := readFolder(folder, true)
		sources, broken = append(sources, read...), append(broken, err)
	}
	library, err := assemble(sources)
	if err := errors.Join(append(broken, err)...); err != nil {
		return nil, err
	}
	return library, nil
}

// Pack returns a pack by its reference, or the latest version by its ID alone.
// The error is of kind NotFound and lists what there is.
func (l *Library) Pack(ref string) (*Pack, error) {
	id, version, pinned := strings.Cut(ref, "@")
	// Packs are sorted, so the latest version comes first from behind.
	for _, p := range slices.Backward(l.packs) {
		if p.id == id && (!pinned || p.version == version) {
			return p, nil
		}
	}
	refs := make([]string, len(l.packs))
	for i, p := range l.packs {
		refs[i] = p.Ref()
	}
	return nil, casework.NewError(casework.NotFound,
		"There is no policy pack "+strconv.Quote(ref)+". There are: "+strings.Join(refs, ", ")+".")
}

// Packs lists all packs by ID and version.
func (l *Library) Packs() []*Pack { return slices.Clone(l.packs) }

// assemble loads each pack after the one it extends.
func assemble(sources []*source) (*Library, error) {
	l := &Library{}
	var broken []error
	for i, s := range sources {
		if twin := s.twin(sources[:i]); twin != nil {
			broken = append(broken, &PackError{File: s.file, Line: 1, Reason: fmt.Sprintf(
				"%s is already defined by %s; a released version never changes", s.ref(), twin.file)})
			continue
		}
		if err := s.load(sources); err != nil {
			broken = append(broken, err)
			continue
		}
		l.packs = append(l.packs, s.pack)
	}
	slices.SortFunc(l.packs, func(a, b *Pack) int {
		return cmp.Or(strings.Compare(a.id, b.id), compareVersions(a.version, b.version))
	})
	return l, errors.Join(broken...)
}

// twin returns the earlier source of the same pack, if there is one.
func (s *source) twin(earlier []*source) *source {
	i := slices.IndexFunc(earlier, func(t *source) bool { return t.root != nil && t.ref() == s.ref() })
	if i < 0 || s.root == nil || s.id == "" || s.version == "" {
		return nil
	}
	return earlier[i]
}

// load reads the pack, after the one it extends.
func (s *source) load(all []*source) error {
	if s.pack == nil && s.refused == nil {
		s.pack, s.refused = s.read(all)
	}
	return s.refused
}

func (s *source) read(all []*source) (*Pack, error) {
	if s.extendsAt == nil {
		pack, err := readPack(s.file, s.root, nil)
		return pack, errors.Join(s.checkFloor(all), err)
	}
	base := s.base(all)
	switch {
	case s.extends == "":
		return nil, s.refuse(s.extendsAt, "extends must be a text")
	case base == nil:
		return nil, s.refuse(s.extendsAt, fmt.Sprintf("extends %q, which is not there; a pack is named with its version", s.extends))
	case s.circular(all):
		return nil, s.refuse(s.extendsAt, "extends itself, by way of "+s.extends)
	case base.load(all) != nil:
		return nil, s.refuse(s.extendsAt, "extends "+s.extends+", which is refused")
	}
	pack, err := readPack(s.file, s.root, base.pack)
	return pack, errors.Join(s.checkFloor(all), err)
}

// checkFloor refuses a pack under which less would be owed than under the
// federal law: one that extends nothing, if it is of a state or of an agency's
// own, and one that would pass for a released pack that others extend.
func (s *source) checkFloor(all []*source) error {
	_, at := scalarAt(s.root, "id")
	if at == nil {
		at = s.root
	}
	taken := func(t *source) bool { return !t.own && t.extendsAt == nil && t.id == s.id && t.id != "" }
	jurisdiction, _ := scalarAt(s.root, "jurisdiction")
	switch {
	case s.own && slices.ContainsFunc(all, taken):
		return s.refuse(at, fmt.Sprintf("%q is the floor under every pack of this release; give the pack a name of its own", s.id))
	case s.extendsAt != nil:
		return nil
	case s.own, strings.HasPrefix(jurisdiction, "US-"):
		return s.refuse(at, "the pack extends none, so it has no floor; name the pack of the law above it, as in \"extends: us-federal@2025.1\"")
	}
	return nil
}

// base returns the source that s extends, or nil.
func (s *source) base(all []*source) *source {
	i := slices.IndexFunc(all, func(t *source) bool { return t.ref() == s.extends })
	if i < 0 || s.extends == "" {
		return nil
	}
	return all[i]
}

// circular says whether s comes back to itself by what it extends.
func (s *source) circular(all []*source) bool {
	at := s.base(all)
	for range all {
		if at == nil || at == s {
			break
		}
		at = at.base(all)
	}
	return at == s
}

func (s *source) refuse(at *yaml.Node, reason string) error {
	return &PackError{File: s.file, Line: at.Line, Reason: reason}
}

// compareVersions orders "2025.9" before "2025.10".
func compareVersions(a, b string) int {
	as, bs := strings.Split(a, "."), strings.Split(b, ".")
	return slices.CompareFunc(as, bs, func(x, y string) int {
		m, _ := strconv.Atoi(x)
		n, _ := strconv.Atoi(y)
		return cmp.Or(cmp.Compare(m, n), strings.Compare(x, y))
	})
}
