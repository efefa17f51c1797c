package repo_test

import (
	"go/ast"
	"go/parser"
	"go/token"
	"io/fs"
	"os"
	"path"
	"path/filepath"
	"strconv"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

const (
	root   = "../.."
	module = "homeward"
	nested = "deploy/dev" // the embedded stack, a module of its own
)

// source is one Go file. Its path is relative to the root, with slashes.
type source struct {
	path string
	set  *token.FileSet
	file *ast.File
}

func (s source) dir() string    { return path.Dir(s.path) }
func (s source) isTest() bool   { return strings.HasSuffix(s.path, "_test.go") }
func (s source) isNested() bool { return within(s.path, nested) }

// lines returns how many lines node covers.
func (s source) lines(node ast.Node) int {
	return s.set.Position(node.End()).Line - s.set.Position(node.Pos()).Line + 1
}

// imports returns the imported paths.
func (s source) imports() []string {
	var paths []string
	for _, spec := range s.file.Imports {
		if unquoted, err := strconv.Unquote(spec.Path.Value); err == nil {
			paths = append(paths, unquoted)
		}
	}
	return paths
}

// files returns the paths of all files of the repository, relative to its root. What is
// hidden, built or recorded is left out.
func files(t *testing.T) []string {
	t.Helper()
	var all []string
	require.NoError(t, filepath.WalkDir(root, func(name string, entry fs.DirEntry, err error) error {
		relative, _ := filepath.Rel(root, name)
		relative = filepath.ToSlash(relative)
		switch {
		case entry != nil && entry.IsDir() && skipped(relative):
			return fs.SkipDir
		case err != nil:
			return err
		case entry.Type().IsRegular():
			all = append(all, relative)
		}
		return nil
	}))
	require.NotEmpty(t, all)
	return all
}

func skipped(dir string) bool {
	base := path.Base(dir)
	return dir != "." && (strings.HasPrefix(base, ".") && base != ".ci" || base == "testdata" || dir == "bin" || base == "node_modules")
}

// sources parses every Go file of both modules, without those a generator wrote.
func sources(t *testing.T) []source {
	t.Helper()
	var all []source
	for _, name := range files(t) {
		if !strings.HasSuffix(name, ".go") {
			continue
		}
		set := token.NewFileSet()
		file, err := parser.ParseFile(set, filepath.Join(root, name), nil, parser.ParseComments|parser.SkipObjectResolution)
		require.NoError(t, err)
		if !ast.IsGenerated(file) {
			all = append(all, source{name, set, file})
		}
	}
	require.NotEmpty(t, all)
	return all
}

// read returns a file's text, "" when there is none.
func read(t *testing.T, name string) string {
	t.Helper()
	content, err := os.ReadFile(filepath.Join(root, name))
	if !os.IsNotExist(err) {
		require.NoError(t, err)
	}
	return string(content)
}

// within reports whether path is folder or lies below it.
func within(path, folder string) bool {
	return path == folder || strings.HasPrefix(path, folder+"/")
}
