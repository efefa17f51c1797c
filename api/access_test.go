package api_test

import (
	"database/sql"
	"flag"
	"fmt"
	"maps"
	"net/http"
	"os"
	"slices"
	"strings"
	"sync"
	"testing"

	"github.com/stretchr/testify/require"

	"homeward/casework"
	"homeward/internal/testdb"
	"homeward/internal/teststack"
	"homeward/postgres"
)

var update = flag.Bool("update", false, "write docs/access-routes.md")

const routesPage = "../docs/access-routes.md"

// relation is a way in which somebody can stand to the records of this test.
type relation struct {
	letter string
	// report and family are the IDs of the person for a report and for a case.
	report, family string
	office         string
}

// relations are those of docs/access-routes.md. Whoever carries a record is of
// another office, so that nothing else lets them in.
func relations() []relation {
	return []relation{
		{"L", person(casework.RoleHotline), person(casework.RoleCaseworker), "south"},
		{"N", "w-named", "w-named", "south"},
		{"U", "w-unit", "w-unit", "north"},
		{"O", "w-office", "w-office", "north"},
		{"E", "w-elsewhere", "w-elsewhere", "south"},
		{"G", "w-glass", "w-glass", "south"},
		{"C", "w-conflict", "w-conflict", "north"},
	}
}

func (r relation) on(kind string) string {
	if kind == "report" {
		return r.report
	}
	return r.family
}

// yard is where every route is tried: a report and a case in each state, and
// people in each relation to all of them.
type yard struct {
	*service

	// numbers are those of the records, by kind and state.
	numbers map[string]string
}

const (
	ordinary   = "ordinary"
	restricted = "restricted"
	sealedUp   = "sealed"
)

func newYard(t *testing.T) yard {
	t.Helper()
	stack := teststack.New(t, teststack.Options{})
	y := yard{service: overStack(t, stack), numbers: map[string]string{}}
	place := func(id, office, unit string) postgres.Worker {
		return postgres.Worker{ID: id, Role: casework.RoleCaseworker, Office: office, Unit: unit, Name: id}
	}
	for _, state := range []string{ordinary, restricted, sealedUp} {
		change := body{"restricted": state == restricted}
		report := y.takeReport(t, change)
		y.numbers["report "+state] = report.number
		led := y.takeReport(t, change)
		led.investigate()
		y.numbers["case "+state] = led.post(casework.RoleSupervisor, led.path+"/case", caseOpening()).taken(http.StatusCreated).Number
	}
	raw, err := sql.Open("postgres", stack.DatabaseURL)
	require.NoError(t, err)
	t.Cleanup(func() { require.NoError(t, raw.Close()) })
	for name, number := range y.numbers {
		kind, state, _ := strings.Cut(name, " ")
		path := "/v1/" + kind + "s/" + number
		admin := func(part string, b body) {
			y.post(casework.RoleAdministrator, path+part, b).taken201(t)
		}
		admin("/grants", body{"worker": "w-named", "purpose": "cover"})
		admin("/conflicts", body{"worker": "w-conflict"})
		_, err := raw.ExecContext(t.Context(), `INSERT INTO glass
(id, aggregate, worker, role, purpose, reason, broken_at, expires_at, review_due, watched_at)
VALUES ($1, $2, 'w-glass', 'caseworker', 'missing-child', '', now(), now() + interval '1 hour', now(), now())`, "g-"+kind+number, kind+"-"+number)
		require.NoError(t, err)
		if state == sealedUp {
			admin("/seals", body{"order": "26-7-01234-8"})
		}
	}
	testdb.Hire(t, stack.DB,
		place(person(casework.RoleHotline), "south", "s-1"), place(person(casework.RoleCaseworker), "south", "s-1"),
		place("w-named", "south", "s-2"), place("w-unit", "north", "s-1"), place("w-office", "north", "n-2"),
		place("w-elsewhere", "south", "s-2"), place("w-glass", "south", "s-2"), place("w-conflict", "north", "s-1"))
	return y
}

func (s *service) takeReport(t *testing.T, change body) report {
	t.Helper()
	taken := s.post(casework.RoleHotline, "/v1/reports", receipt().with(change)).taken(http.StatusCreated)
	r := report{service: s, tb: t, number: taken.Number, path: "/v1/reports/" + taken.Number}
	for _, child := range r.listChildren(casework.RoleSupervisor) {
		r.children = append(r.children, child["child"].(string))
	}
	return r
}

func (r response) taken201(t *testing.T) {
	t.Helper()
	require.Equal(t, http.StatusCreated, r.status, r.text)
}

// route is one operation of the specification that needs a token.
type route struct{ method, path string }

func (s *service) routes() []route {
	var all []route
	for path, item := range s.spec.Paths.Map() {
		for method, operation := range item.Operations() {
			if operation.Security == nil {
				all = append(all, route{method, path})
			}
		}
	}
	slices.SortFunc(all, func(a, b route) int {
		return strings.Compare(a.path+" "+a.method, b.path+" "+b.method)
	})
	return all
}

// kind is what the route is about: a report, a case, or no single record.
func (r route) kind() string {
	for _, kind := range []string{"report", "case"} {
		if strings.Contains(r.path, "{"+kind+"}") || (r.path == "/v1/commands/{aggregate}/{command}" && kind == "case") {
			return kind
		}
	}
	return ""
}

// on is the address of the route for a record, and of parts that it does not have.
func (r route) on(number string) string {
	path := strings.NewReplacer("{report}", number, "{case}", number, "{aggregate}", "case-"+number,
		"{command}", strings.Repeat("a", 64), "{worker}", "w-another", "{compartment}", "treatment").Replace(r.path)
	for strings.Contains(path, "{") {
		before, rest, _ := strings.Cut(path, "{")
		_, after, _ := strings.Cut(rest, "}")
		path = before + "x" + after
	}
	return path
}

// cell is what somebody of a role and relation gets: their letter where the route
// lets them in, in lower case where they see the record and may not do this, a
// dash where the answer is that of a record which does not exist.
func (y yard) cell(t *testing.T, r route, kind, state string, role casework.Role, who relation, unknown string) string {
	t.Helper()
	answered := y.try(t, r, y.numbers[kind+" "+state], y.tokenAt(who.office, who.on(kind), role))
	switch answered.status {
	case http.StatusForbidden:
		return strings.ToLower(who.letter)
	case http.StatusNotFound:
		if strings.Contains(answered.text, "There is no such record.") {
			require.Equal(t, unknown, blank(answered), "%s %s: a hidden record answers as an unknown one", r.method, r.path)
			return "-"
		}
	case http.StatusInternalServerError, http.StatusServiceUnavailable, http.StatusUnauthorized:
		t.Errorf("%s %s: %s", r.method, r.path, answered.text)
	}
	return who.letter
}

// try asks with nothing that a route would act on: no key, and no fields.
func (y yard) try(t *testing.T, r route, number, token string) response {
	t.Helper()
	q := request{method: r.method, path: r.on(number), token: token, header: http.Header{"Idempotency-Key": nil}}
	if r.method != http.MethodGet {
		q.body = body{}
	}
	own := y.in(t)
	own.spec = nil // other tests hold answers to the specification; these are too many
	return own.ask(q)
}

// blank is an answer without what names the request.
func blank(r response) string {
	kept := maps.Clone(r.header)
	for _, own := range []string{"X-Request-Id", "Date"} {
		delete(kept, own)
	}
	text, _, _ := strings.Cut(r.text, `"instance"`)
	return fmt.Sprint(r.status, kept, text)
}

// row is the cells of a route for each role.
func (y yard) row(t *testing.T, r route, kind, state string) string {
	t.Helper()
	cells := make([]string, len(casework.Roles()))
	for i, role := range casework.Roles() {
		unknown := blank(y.try(t, r, "7", y.tokenAt("north", "w-unit", role)))
		for _, who := range relations() {
			cells[i] += y.cell(t, r, kind, state, role, who, unknown)
		}
		if cells[i] == strings.ToLower(cells[i]) && !strings.Contains(cells[i], "-") {
			cells[i] = "no"
		}
	}
	if slices.Max(cells) == slices.Min(cells) {
		return "| " + r.method + " " + r.path + " | all: " + cells[0] + strings.Repeat(" | ", len(cells)-1) + " |\n"
	}
	return "| " + r.method + " " + r.path + " | " + strings.Join(cells, " | ") + " |\n"
}

func TestRoutes_LetInWhomTheReviewedTableLetsIn(t *testing.T) {
	t.Parallel()
	if raced {
		t.Skip("make test asks these many thousand questions by themselves; the race detector sees each handler in the other tests")
	}
	y := newYard(t)
	var page strings.Builder
	page.WriteString(routesIntroduction)
	for _, state := range []string{ordinary, restricted, sealedUp} {
		for _, kind := range []string{"report", "case"} {
			fmt.Fprintf(&page, "\n## A %s that is %s\n\n%s", kind, state, heading())
			page.WriteString(y.section(t, kind, state))
		}
	}
	fmt.Fprintf(&page, "\n## About no single record\n\n%s", heading())
	page.WriteString(y.section(t, "", ordinary))
	if *update {
		require.NoError(t, os.WriteFile(routesPage, []byte(page.String()), 0o600))
		return
	}
	reviewed, err := os.ReadFile(routesPage)
	require.NoError(t, err)
	require.Equal(t, string(reviewed), page.String(), "review what has changed, then: go test ./api -run ReviewedTable -update")
}

// section asks every route of a kind, several at a time.
func (y yard) section(t *testing.T, kind, state string) string {
	t.Helper()
	var routes []route
	for _, r := range y.routes() {
		if r.kind() == kind {
			routes = append(routes, r)
		}
	}
	rows := make([]string, len(routes))
	var asking sync.WaitGroup
	next := make(chan int)
	for range 4 {
		asking.Go(func() {
			for i := range next {
				rows[i] = y.row(t, routes[i], kind, state)
			}
		})
	}
	for i := range routes {
		next <- i
	}
	close(next)
	asking.Wait()
	return strings.Join(rows, "")
}

func heading() string {
	names := make([]string, len(casework.Roles()))
	for i, role := range casework.Roles() {
		names[i] = string(role)
	}
	return "| route | " + strings.Join(names, " | ") + " |\n" + strings.Repeat("|---", len(names)+1) + "|\n"
}

const routesIntroduction = `# Every route, for every role and relation

Made by a test that asks each route as each role in each relation (` + "`go test ./api -run ReviewedTable -update`" + `), and
reviewed by hand; the rules behind it are in [access.md](access.md). A cell has a place for each relation to the record:
**L**ine, **N**amed, **U**nit, **O**ffice, **E**lsewhere, broken **G**lass, **C**onflict. The letter stands where the
route lets them in, in lower case where they see the record and get a 403, and a dash where the answer is a 404 in the
very words and headers of a record that does not exist. *no* is a 403 for everybody of the role, whatever the record.
`

func TestLists_HoldWhatEachCallerMayReadAndNothingElse(t *testing.T) {
	t.Parallel()
	y := newYard(t)
	for _, role := range casework.Roles() {
		for _, who := range relations() {
			for _, kind := range []string{"report", "case"} {
				token := y.tokenAt(who.office, who.on(kind), role)
				listed := y.ask(request{path: "/v1/" + kind + "s", token: token})
				if listed.status == http.StatusForbidden {
					continue
				}
				for _, state := range []string{ordinary, restricted, sealedUp} {
					number := y.numbers[kind+" "+state]
					one := y.ask(request{path: "/v1/" + kind + "s/" + number, token: token})
					require.Equal(t, one.status == http.StatusOK, strings.Contains(listed.text, `"number":"`+number+`"`),
						"%s %s %s %s", role, who.letter, kind, state)
				}
			}
		}
	}
}
