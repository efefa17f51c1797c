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

// Load reads the released packs and every *.yaml file of the given folders,
// which may extend them. Broken packs are refused: the error joins a
// [PackError] for each reason. A pack that is given twice is broken, because a
// version never changes.
func Load(folders ...fs.FS) (*Library, error) {
	packs, err := fs.Sub(released, "packs")
	if err != nil {
		return nil, fmt.Errorf("open the released packs: %w", err)
	}
	return load(append([]fs.FS{packs}, folders...)...)
}

func load(folders ...fs.FS) (*Library, error) {
	var sources []*source
	for _, folder := range folders {
		read, err := readFolder(folder)
		if err != nil {
			return nil, err
		}
		sources = append(sources, read...)
	}
	return assemble(sources)
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

// source is a pack file before it is understood.
type source struct {
	file, id, version, extends string
	extendsAt                  *yaml.Node
	root                       *yaml.Node
	// pack is set once loaded; loading guards against a circle.
	pack    *Pack
	loading bool
}

func (s *source) ref() string { return s.id + "@" + s.version }

func readFolder(folder fs.FS) ([]*source, error) {
	files, err := fs.Glob(folder, "*.yaml")
	if err != nil {
		return nil, fmt.Errorf("list the policy packs: %w", err)
	}
	var sources []*source
	var broken []error
	for _, file := range files {
		s, err := readSource(folder, file)
		if err != nil {
			broken = append(broken, err)
			continue
		}
		sources = append(sources, s)
	}
	return sources, errors.Join(broken...)
}

func readSource(folder fs.FS, file string) (*source, error) {
	text, err := fs.ReadFile(folder, file)
	if err != nil {
		return nil, &PackError{File: file, Reason: "cannot be read: " + err.Error()}
	}
	var doc yaml.Node
	if err := yaml.Unmarshal(text, &doc); err != nil {
		return nil, syntaxError(file, err)
	}
	if len(doc.Content) == 0 {
		return nil, &PackError{File: file, Reason: "the file is empty"}
	}
	s := &source{file: file, root: doc.Content[0]}
	s.id, _ = scalarAt(s.root, "id")
	s.version, _ = scalarAt(s.root, "version")
	s.extends, s.extendsAt = scalarAt(s.root, "extends")
	return s, nil
}

// syntaxError takes the line out of the parser's "yaml: line 3: reason".
func syntaxError(file string, err error) error {
	reason := strings.TrimPrefix(err.Error(), "yaml: ")
	line := 0
	if rest, ok := strings.CutPrefix(reason, "line "); ok {
		if number, why, ok := strings.Cut(rest, ": "); ok {
			if n, err := strconv.Atoi(number); err == nil {
				line, reason = n, why
			}
		}
	}
	return &PackError{File: file, Line: line, Reason: "not YAML: " + reason}
}

// assemble loads each pack after the one it extends.
func assemble(sources []*source) (*Library, error) {
	l := &Library{}
	var broken []error
	for i, s := range sources {
		if twin := slices.IndexFunc(sources[:i], func(t *source) bool { return t.ref() == s.ref() }); twin >= 0 {
			broken = append(broken, &PackError{File: s.file, Line: 1, Reason: fmt.Sprintf(
				"%s is already defined by %s; a released version never changes", s.ref(), sources[twin].file)})
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

func (s *source) load(all []*source) error {
	if s.pack != nil {
		return nil
	}
	if s.loading {
		return s.refuse("extends itself, by way of " + s.extends)
	}
	s.loading = true
	defer func() { s.loading = false }()
	var base *Pack
	if s.extendsAt != nil {
		i := slices.IndexFunc(all, func(t *source) bool { return t.ref() == s.extends })
		if i < 0 {
			return s.refuse(fmt.Sprintf("extends %q, which is not there; a pack is named with its version", s.extends))
		}
		if err := all[i].load(all); err != nil {
			return s.refuse(fmt.Sprintf("extends %s, which is refused: %s", s.extends, err))
		}
		base = all[i].pack
	}
	pack, err := readPack(s.file, s.root, base)
	if err != nil {
		return err
	}
	s.pack = pack
	return nil
}

func (s *source) refuse(reason string) error {
	return &PackError{File: s.file, Line: s.extendsAt.Line, Reason: reason}
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
