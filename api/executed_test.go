package api_test

import (
	"flag"
	"fmt"
	"net/http"
	"os"
	"slices"
	"strconv"
	"strings"
	"sync"
	"testing"

	"homeward/casework"
)

// executed are the answers that the API under test has given, each held to the
// specification: "GET /v1/cases 200".
type executed struct {
	mu    sync.Mutex
	given map[string]bool
}

// everyAnswer is what [TestMain] looks at when the tests are over.
var everyAnswer = sync.OnceValue(func() *executed { return &executed{given: map[string]bool{}} })

func (e *executed) note(method, path string, status int) {
	e.mu.Lock()
	defer e.mu.Unlock()
	e.given[operationOf(method, path)+" "+strconv.Itoa(status)] = true
}

// operationOf names an operation by what carries it out.
func operationOf(method, path string) string {
	path = strings.NewReplacer("/v1/reports/{report}", "/v1/record", "/v1/cases/{case}", "/v1/record").Replace(path)
	if method == http.MethodPost && stepPaths()[path] {
		return "POST a step"
	}
	return method + " " + path
}

// stepPaths are the last parts of the steps' routes, below those of the record.
var stepPaths = sync.OnceValue(func() map[string]bool {
	paths := map[string]bool{}
	for _, step := range slices.Concat(casework.Steps(casework.KindReport), casework.Steps(casework.KindCase)) {
		paths["/v1/record/"+step.Path] = step.Path != ""
	}
	return paths
})

// TestMain fails the package when the specification promises an answer that no test got
// from a running API: each success of each operation, and each refusal of any. Steps are
// one operation, since one handler takes them all, and so is what there is of both kinds
// of record. It asks when all tests have run, so not with -run and the like.
func TestMain(m *testing.M) {
	flag.Parse()
	code := m.Run()
	if code == 0 && !selective() {
		code = everyAnswer().missing()
	}
	os.Exit(code)
}

func selective() bool {
	return slices.ContainsFunc([]string{"run", "skip", "list", "bench", "fuzz"}, func(name string) bool {
		f := flag.Lookup("test." + name)
		return f != nil && f.Value.String() != ""
	})
}

func (e *executed) missing() int {
	statuses := map[string]bool{}
	for answer := range e.given {
		statuses[answer[len(answer)-len("200"):]] = true
	}
	promised := map[string]bool{}
	for path, item := range specification().parsed.Paths.Map() {
		for method, operation := range item.Operations() {
			for status := range operation.Responses.Map() {
				success := status < "202"
				promised[operationOf(method, path)+" "+status] = success || !statuses[status]
			}
		}
	}
	var missing []string
	for answer, wanted := range promised {
		if wanted && !e.given[answer] {
			missing = append(missing, answer)
		}
	}
	if len(missing) == 0 {
		return 0
	}
	slices.Sort(missing)
	fmt.Fprintf(os.Stderr, "FAIL: the specification has %d answers that no test got from the API:\n%s\n", len(missing),
		strings.Join(missing, "\n"))
	return 1
}
