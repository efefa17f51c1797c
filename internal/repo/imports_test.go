package repo_test

import (
	"maps"
	"slices"
	"strings"
	"testing"
)

// direction says what one part of the product must not import, itself (direct) or
// through other packages of the product (reach).
type direction struct {
	part   string
	direct []string
	reach  []string
}

// directions is the architecture:
//
//	casework <- policy <- workflows <- api, worker <- cmd
//	casework <- postgres, activities
//
// .golangci.yml says the same to depguard, which points at the line in an editor.
func directions() []direction {
	return []direction{
		{part: "casework", direct: []string{"database/sql", "log", "math/rand", "net", "os"}},
		{
			part:   "policy",
			direct: []string{"database/sql", "log", "math/rand", "net", "os", "go.temporal.io"},
			reach:  ours("activities", "api", "notify", "postgres", "worker", "workflows"),
		},
		{
			part:   "workflows",
			direct: []string{"crypto/rand", "database/sql", "homeward/notify", "log", "math/rand", "net/http", "os"},
			reach:  ours("api", "postgres", "worker"),
		},
		{part: "activities", direct: []string{"database/sql"}, reach: ours("api", "postgres", "worker", "workflows")},
		{part: "postgres", direct: []string{"go.temporal.io"}, reach: ours("activities", "api", "worker", "workflows")},
		{part: "notify", reach: ours("api", "postgres", "worker", "workflows")},
		{part: "api", direct: ours("activities"), reach: ours("worker")},
		{part: "worker", reach: ours("api")},
	}
}

func ours(parts ...string) []string {
	for i, part := range parts {
		parts[i] = module + "/" + part
	}
	return parts
}

func TestImports_RunOneWay(t *testing.T) {
	t.Parallel()
	direct := importsByPackage(t)
	for _, direction := range directions() {
		for _, importer := range slices.Sorted(maps.Keys(direct)) {
			if !within(importer, module+"/"+direction.part) {
				continue
			}
			for _, imported := range direct[importer] {
				if within(imported, module+"/"+direction.part) {
					continue
				}
				refuse(t, importer, []string{imported}, direction.direct)
			}
			refuse(t, importer, closure(direct, importer), direction.reach)
		}
	}
}

func TestCasework_ImportsTheStandardLibraryOnly(t *testing.T) {
	t.Parallel()
	for importer, imports := range importsByPackage(t) {
		for _, imported := range imports {
			if within(importer, module+"/casework") && !within(imported, module+"/casework") && !isStandard(imported) {
				t.Errorf("%s imports %s: the rules of a case rest on the standard library alone", importer, imported)
			}
		}
	}
}

func TestDriver_IsImportedByPostgresOnly(t *testing.T) {
	t.Parallel()
	for _, source := range sources(t) {
		if !source.isNested() && source.dir() != "postgres" && slices.Contains(source.imports(), "github.com/lib/pq") {
			t.Errorf("%s imports the PostgreSQL driver: only postgres may", source.path)
		}
	}
}

func TestServer_StaysOutOfTheProduct(t *testing.T) {
	t.Parallel()
	for _, source := range sources(t) {
		for _, imported := range source.imports() {
			if !source.isNested() && (within(imported, "go.temporal.io/server") || within(imported, "github.com/temporalio/ui-server")) {
				t.Errorf("%s imports %s: the server belongs to %s", source.path, imported, nested)
			}
		}
	}
}

// refuse reports each of found that is forbidden, or lies below what is.
func refuse(t *testing.T, importer string, found, forbidden []string) {
	t.Helper()
	for _, imported := range found {
		for _, folder := range forbidden {
			if within(imported, folder) {
				t.Errorf("%s must not reach %s", importer, imported)
			}
		}
	}
}

// importsByPackage returns what each package of the product imports, without its tests.
func importsByPackage(t *testing.T) map[string][]string {
	t.Helper()
	imports := map[string][]string{}
	for _, source := range sources(t) {
		if !source.isTest() && !source.isNested() {
			name := module + "/" + source.dir()
			imports[name] = append(imports[name], source.imports()...)
		}
	}
	return imports
}

// closure returns every package that importer reaches through packages of the product.
func closure(direct map[string][]string, importer string) []string {
	reached := map[string]bool{}
	for queue := []string{importer}; len(queue) > 0; queue = queue[1:] {
		for _, imported := range direct[queue[0]] {
			if !reached[imported] {
				reached[imported] = true
				queue = append(queue, imported)
			}
		}
	}
	return slices.Sorted(maps.Keys(reached))
}

func isStandard(imported string) bool {
	first, _, _ := strings.Cut(imported, "/")
	return first != module && !strings.Contains(first, ".")
}
