package policy

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"path"
	"strconv"
	"strings"

	"go.yaml.in/yaml/v3"
)

// source is a pack file before it is understood.
type source struct {
	file, id, version, extends string
	extendsAt                  *yaml.Node
	root                       *yaml.Node
	// own says that the file is an agency's, and none of this release.
	own bool
	// pack is set once loaded, refused once it cannot be.
	pack    *Pack
	refused error
}

func (s *source) ref() string { return s.id + "@" + s.version }

// readFolder reads the packs of a folder. What cannot be read as YAML is a
// source all the same, a refused one, so that it hides no fault of another file.
// The error says that files of the folder would be passed over, or that there
// is no pack at all: that is never "nothing wrong".
func readFolder(folder fs.FS, own bool) ([]*source, error) {
	files, err := fs.ReadDir(folder, ".")
	if err != nil {
		if at, ok := errors.AsType[*fs.PathError](err); ok {
			err = at.Err
		}
		return nil, fmt.Errorf("the folder of the packs cannot be read: %w", err)
	}
	var sources []*source
	var passed []error
	for _, entry := range files {
		name := entry.Name()
		switch suffix := path.Ext(name); {
		case suffix == ".yaml":
			sources = append(sources, readSource(folder, name, own))
		case strings.EqualFold(suffix, ".yml"), strings.EqualFold(suffix, ".yaml"):
			passed = append(passed, &PackError{File: name, Reason: "would be passed over; the name of a pack ends in .yaml"})
		}
	}
	if len(sources) == 0 && len(passed) == 0 {
		return nil, errors.New("there is no pack in the folder; a pack is a file whose name ends in .yaml")
	}
	return sources, errors.Join(passed...)
}

func readSource(folder fs.FS, file string, own bool) *source {
	s := &source{file: file, own: own}
	text, err := fs.ReadFile(folder, file)
	if err != nil {
		s.refused = &PackError{File: file, Reason: "cannot be read: " + err.Error()}
	} else if s.root, err = parse(file, text); err != nil {
		s.refused = err
	}
	if s.refused != nil {
		// Its name says what it would be, for the packs that extend it.
		name := strings.TrimSuffix(file, ".yaml")
		if at := strings.LastIndexByte(name, '-'); at >= 0 {
			s.id, s.version = name[:at], name[at+1:]
		}
		return s
	}
	s.id, _ = scalarAt(s.root, "id")
	s.version, _ = scalarAt(s.root, "version")
	s.extends, s.extendsAt = scalarAt(s.root, "extends")
	return s
}

// parse reads the one YAML document of a file.
func parse(file string, text []byte) (*yaml.Node, error) {
	decoder := yaml.NewDecoder(bytes.NewReader(text))
	var doc, next yaml.Node
	switch err := decoder.Decode(&doc); {
	case errors.Is(err, io.EOF):
		return nil, &PackError{File: file, Reason: "the file is empty"}
	case err != nil:
		return nil, syntaxError(file, text, err)
	}
	switch err := decoder.Decode(&next); {
	case err == nil:
		return nil, &PackError{File: file, Line: next.Line, Reason: "--- begins a second pack; a file holds one"}
	case !errors.Is(err, io.EOF):
		return nil, syntaxError(file, text, err)
	}
	return doc.Content[0], nil
}

// syntaxError turns the parser's "yaml: line 3: reason" into the line that is
// meant and words for people who write law. The parser leaves out the first
// line, counts lines of its "did not find" from zero, and names the line before
// a tab.
func syntaxError(file string, text []byte, err error) error {
	lines := strings.Split(strings.TrimRight(string(text), "\n"), "\n")
	line, reason := 1, strings.TrimPrefix(err.Error(), "yaml: ")
	if rest, ok := strings.CutPrefix(reason, "line "); ok {
		number, why, _ := strings.Cut(rest, ": ")
		if n, err := strconv.Atoi(number); err == nil {
			line, reason = n, why
			if strings.HasPrefix(why, "did not find") {
				line++
			}
		}
	}
	line = min(line, len(lines))
	said := plainly(reason)
	if strings.Contains(reason, "tab character") || strings.Contains(reason, "cannot start any token") {
		for i, indented := range lines[line-1:] {
			if indent := indented[:len(indented)-len(strings.TrimLeft(indented, " \t"))]; strings.Contains(indent, "\t") && i < 2 {
				line, said = line+i, "a tab; indent with spaces"
				break
			}
		}
	}
	return &PackError{File: file, Line: line, Reason: "not YAML: " + said}
}

// plainly says what the parser means.
func plainly(reason string) string {
	for _, known := range []struct{ parser, plain string }{
		{"mapping values are not allowed", "a colon inside a text, which must then be in quotes, or a line that is indented otherwise than those above it"},
		{"expected '-' indicator", "a line from here on is indented otherwise than those above it"},
		{"expected key", "a line from here on is indented otherwise than those above it"},
		{"<block end>", "a line from here on is indented otherwise than those above it"},
		{"expected ',' or ']'", "a comma is missing, or the ] that closes a ["},
		{"expected ',' or '}'", "a comma is missing, or the } that closes a {"},
		{"expected node content", "a value is missing"},
		{"unexpected end of stream", "a quotation mark is not closed"},
		{"could not find expected ':'", "a key without a colon"},
		{"cannot start any token", "a text that begins with a sign must be in quotes"},
		{"unknown anchor", "a text that begins with * must be in quotes"},
	} {
		if strings.Contains(reason, known.parser) {
			return known.plain
		}
	}
	return reason
}
