package repo_test

import (
	"go/ast"
	"path"
	"regexp"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

func TestPackageComment_IsOneAndInTheEponymousFile(t *testing.T) {
	t.Parallel()
	packages, documented := map[string]string{}, map[string][]string{}
	for _, source := range sources(t) {
		if source.isTest() {
			continue
		}
		packages[source.dir()] = source.file.Name.Name
		if source.file.Doc == nil {
			continue
		}
		documented[source.dir()] = append(documented[source.dir()], path.Base(source.path))
		if name := source.file.Name.Name; name != "main" && !strings.HasPrefix(source.file.Doc.Text(), "Package "+name+" ") {
			t.Errorf("%s: the package comment starts with %q", source.path, "Package "+name)
		}
	}
	for dir, name := range packages {
		if found := documented[dir]; len(found) != 1 || found[0] != name+".go" {
			t.Errorf("package %s in %s: one package comment belongs in %s.go; found in %v", name, dir, name, found)
		}
	}
}

func TestFunctions_AreShort(t *testing.T) {
	t.Parallel()
	const most = 80
	for _, source := range sources(t) {
		if source.isTest() {
			continue
		}
		for _, declaration := range source.file.Decls {
			if function, ok := declaration.(*ast.FuncDecl); ok && source.lines(function) > most {
				t.Errorf("%s: %s has %d lines, more than %d", source.path, function.Name.Name, source.lines(function), most)
			}
		}
	}
}

func TestFiles_AreShort(t *testing.T) {
	t.Parallel()
	const most = 500
	for _, source := range sources(t) {
		if lines := strings.Count(read(t, source.path), "\n"); lines > most && !source.isTest() {
			t.Errorf("%s has %d lines, more than %d", source.path, lines, most)
		}
	}
}

func TestOpenEnds_CarryAnIssueNumber(t *testing.T) {
	t.Parallel()
	mark := regexp.MustCompile(`\b(TO` + `DO|FIX` + `ME|XX` + `X)\b(\(#\d+\))?`)
	for _, name := range files(t) {
		switch path.Ext(name) {
		case ".go", ".sh", ".sql", ".yaml", ".yml":
		default:
			continue
		}
		for _, found := range mark.FindAllStringSubmatch(read(t, name), -1) {
			if found[2] == "" {
				t.Errorf("%s: %s needs its issue: %s(#12)", name, found[1], found[1])
			}
		}
	}
}

func TestMigrations_AreNumberedOnceWithoutGap(t *testing.T) {
	t.Parallel()
	shape := regexp.MustCompile(`^(\d{5})_[a-z0-9_]+\.sql$`)
	next := 1
	for _, name := range files(t) { // in lexical order
		if path.Dir(name) != "postgres/migrations" || path.Ext(name) != ".sql" {
			continue
		}
		found := shape.FindStringSubmatch(path.Base(name))
		require.NotNil(t, found, "%s: a migration is called 00001_what_it_does.sql", name)
		require.Equal(t, next, number(t, found[1]), "%s: the next migration is number %d", name, next)
		next++
	}
}
