package repo_test

import (
	"go/ast"
	"go/token"
	"maps"
	"os"
	"path"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

// What is packed or marked up can be far larger than it looks, so one package
// opens it; another writes tables and reads none. .golangci.yml says the same to depguard.
func TestImports_OfArchivesAndXMLGoThroughOnePackage(t *testing.T) {
	t.Parallel()
	for importer, imports := range importsByPackage(t) {
		for _, imported := range imports {
			for _, folder := range []string{"archive", "compress", "encoding/csv", "encoding/gob", "encoding/xml"} {
				writes := importer == module+"/internal/sheet" && (imported == "encoding/csv" || imported == "archive/zip")
				if within(imported, folder) && importer != module+"/internal/bounded" && !writes {
					t.Errorf("%s imports %s: internal/bounded opens what comes from outside", importer, imported)
				}
			}
		}
	}
}

// decoders names the fuzz targets of each file that reads what others have written.
// A file without any says why.
func decoders() map[string][]string {
	return map[string][]string{
		"api/codec.go":              {"api.FuzzPayloads"},
		"api/decode.go":             {"api.FuzzDecode"},
		"api/directory.go":          {"api.FuzzQuery"},
		"api/keyset.go":             {"api.FuzzKeySet", "api.FuzzToken"},
		"api/limit.go":              {"api.FuzzForwardedFor"},
		"api/query.go":              {"api.FuzzQuery"},
		"api/key.go":                {"api.FuzzHeaders"},
		"api/worker.go":             {"api.FuzzAddress", "api.FuzzDecode"},
		"casework/command.go":       {"casework.FuzzCommand"},
		"casework/date.go":          {"casework.FuzzParseDate"},
		"casework/event.go":         {"casework.FuzzEvent"},
		"internal/bounded/csv.go":   {"internal/bounded.FuzzCSV"},
		"internal/bounded/xml.go":   {"internal/bounded.FuzzXML"},
		"internal/bounded/zip.go":   {"internal/bounded.FuzzUnzip"},
		"internal/codec/form.go":    {"internal/codec.FuzzDecode", "internal/codec.FuzzRoundTrip"},
		"internal/keyring/parse.go": {"internal/codec.FuzzKeyFile"},
		"internal/vault/vault.go":   {"internal/vault.FuzzOpen", "internal/vault.FuzzRoundTrip"},
		"internal/devtoken/key.go":  {"internal/devtoken.FuzzLoad"},
		"internal/explain/fact.go":  {"internal/explain.FuzzRead"},
		"internal/explain/read.go":  {"internal/explain.FuzzRead"},
		"internal/explain/value.go": {
			"internal/explain.FuzzRead", "internal/explain.FuzzStory",
		},
		"internal/hsds/document.go": {"internal/hsds.FuzzRead"},
		"internal/hsds/schedule.go": {"internal/hsds.FuzzRead"},
		"internal/hsds/sheets.go":   {"internal/hsds.FuzzRead"},
		"internal/fault/fault.go":   {"internal/fault.FuzzDecode"},
		"notify/guard.go":           {"notify.FuzzGuard"},
		"notify/signature.go":       {"notify.FuzzVerify"},
		"notify/webhook.go":         {"notify.FuzzRetryAfter", "api.FuzzAddress"},
		"policy/folder.go":          {"policy.FuzzLoad"},
		"postgres/page.go":          {"postgres.FuzzPosition"},
	}
}

// trusted are files that read what Homeward itself has written, or its operator.
func trusted() map[string]string {
	return map[string]string{
		"casework/ledger.go":           "a date that the ledger wrote",
		"internal/explain/text.go":     "dates of an answer that explain wrote",
		"api/compartment.go":           "entries that the API has sealed, authenticated before they are read",
		"api/consent.go":               "consents that the API has sealed, authenticated before they are read",
		"cmd/homeward/audit.go":        "heads that the program has printed, kept by its operator",
		"cmd/homeward/demo.go":         "the file in which the embedded stack says where it is",
		"internal/app/erasure.go":      "a payload that a purge has kept to show that it opens no more",
		"internal/app/health.go":       "the process's own address",
		"internal/config/api.go":       "an operator's setting",
		"internal/config/local.go":     "an operator's setting",
		"postgres/chain.go":            "events of our own database, hashed",
		"postgres/verifychain.go":      "audit lines of our own database, hashed",
		"postgres/scan.go":             "columns of our own database",
		"postgres/directory_search.go": "rows of the directory that an import has judged and written",
		"postgres/secure.go":           "an operator's setting",
		"workflows/input.go":           "the state that a run hands to the next one, authenticated before it is read",
	}
}

func TestDecoders_EachHaveAFuzzTargetWithACorpus(t *testing.T) {
	t.Parallel()
	reads := regexp.MustCompile(`\b(json\.(Unmarshal|NewDecoder)|protojson\.Unmarshal|proto\.Unmarshal|yaml\.(Unmarshal|NewDecoder)|xml\.NewDecoder|` +
		`csv\.NewReader|zip\.NewReader|pem\.Decode|jose\.Parse\w+|jwt\.Parse\w+|url\.Parse\w*|mail\.ParseAddress\w*|netip\.Parse\w+|time\.Parse)\(|` +
		`\bEncoding(\.Strict\(\))?\.DecodeString\(|hex\.DecodeString\(`)
	known := maps.Clone(decoders())
	for name := range trusted() {
		require.NotContains(t, known, name)
		known[name] = nil
	}
	for _, source := range sources(t) {
		if source.isTest() || source.isNested() || forTests(source) || strings.HasPrefix(source.path, "bench/") {
			continue
		}
		if found := reads.FindString(read(t, source.path)); found != "" {
			_, listed := known[source.path]
			require.True(t, listed, "%s calls %s...): give it a fuzz target and list it here", source.path, found)
		}
	}
	for file, targets := range decoders() {
		require.NotEmpty(t, read(t, file), "%s is gone", file)
		for _, target := range targets {
			folder, name := path.Dir(target), path.Base(target)
			if at := strings.LastIndex(target, "."); at >= 0 {
				folder, name = target[:at], target[at+1:]
			}
			requireTarget(t, folder, name)
		}
	}
}

// forTests says whether a file serves tests alone.
func forTests(s source) bool {
	return slices.ContainsFunc(s.imports(), func(name string) bool { return name == "testing" }) ||
		within(s.path, "internal/story") || within(s.path, "internal/courtdays/print")
}

func requireTarget(t *testing.T, folder, name string) {
	t.Helper()
	tests, err := filepath.Glob(filepath.Join(root, folder, "*_test.go"))
	require.NoError(t, err)
	require.True(t, slices.ContainsFunc(tests, func(file string) bool {
		text, err := os.ReadFile(file)
		require.NoError(t, err)
		return strings.Contains(string(text), "func "+name+"(f *testing.F)")
	}), "%s has no %s", folder, name)
	corpus, err := os.ReadDir(filepath.Join(root, folder, "testdata", "fuzz", name))
	require.NoError(t, err, "the corpus of %s.%s is checked in", folder, name)
	require.NotEmpty(t, corpus)
}

// secretName is what a value is called that must not be guessed byte by byte.
var secretName = regexp.MustCompile(`(?i)(secret|token|signature|password|mac|digest|apikey|hmac)s?$`)

// A comparison that stops at the first wrong byte tells how many were right. Values
// with such names are compared by hmac.Equal or subtle alone; "" and nil ask only
// whether there is one.
func TestSecrets_AreComparedInConstantTime(t *testing.T) {
	t.Parallel()
	compared := 0
	for _, source := range sources(t) {
		if source.isTest() || source.isNested() || forTests(source) {
			continue
		}
		ast.Inspect(source.file, func(node ast.Node) bool {
			switch n := node.(type) {
			case *ast.BinaryExpr:
				if (n.Op == token.EQL || n.Op == token.NEQ) && !constant(n.X) && !constant(n.Y) {
					require.False(t, secret(n.X) || secret(n.Y), "%s: compares a secret with %s", source.set.Position(n.Pos()), n.Op)
				}
			case *ast.CallExpr:
				switch called(n) {
				case "bytes.Equal", "slices.Equal", "strings.EqualFold", "bytes.Compare", "strings.Compare", "bytes.HasPrefix", "reflect.DeepEqual":
					require.False(t, slices.ContainsFunc(n.Args, secret), "%s: compares a secret with %s", source.set.Position(n.Pos()), called(n))
				case "hmac.Equal", "subtle.ConstantTimeCompare":
					compared++
				}
			}
			return true
		})
	}
	require.Positive(t, compared)
}

func called(call *ast.CallExpr) string {
	selector, ok := call.Fun.(*ast.SelectorExpr)
	if !ok {
		return ""
	}
	from, ok := selector.X.(*ast.Ident)
	if !ok {
		return ""
	}
	return from.Name + "." + selector.Sel.Name
}

// secret says whether an expression is a value with the name of a secret.
func secret(expression ast.Expr) bool {
	switch e := expression.(type) {
	case *ast.Ident:
		return secretName.MatchString(e.Name) && !strings.HasPrefix(e.Name, "Missing") // a code that says so
	case *ast.SelectorExpr:
		return secretName.MatchString(e.Sel.Name)
	case *ast.CallExpr:
		name, _ := e.Fun.(*ast.Ident)
		return len(e.Args) == 1 && secret(e.Args[0]) && (name == nil || name.Name != "len") // a conversion
	case *ast.SliceExpr:
		return secret(e.X)
	}
	return false
}

// constant says whether an expression is written in the code.
func constant(expression ast.Expr) bool {
	switch e := expression.(type) {
	case *ast.BasicLit:
		return true
	case *ast.Ident:
		return e.Name == "nil"
	case *ast.CallExpr:
		return len(e.Args) == 1 && constant(e.Args[0]) // a conversion
	}
	return false
}
