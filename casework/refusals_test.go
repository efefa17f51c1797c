package casework_test

import (
	"errors"
	"flag"
	"fmt"
	"go/types"
	"maps"
	"os"
	"regexp"
	"slices"
	"strings"
	"sync"
	"testing"

	"github.com/stretchr/testify/require"

	"homeward/casework"
)

// refusals are what the rows of all tables have seen, by step.
type refusals struct {
	mu   sync.Mutex
	seen map[string][]*casework.Error
}

// everyRefusal is what [TestMain] looks at when the tests are over.
var everyRefusal = sync.OnceValue(func() *refusals { return &refusals{seen: map[string][]*casework.Error{}} })

func (r *refusals) row(step string, err error) {
	if e, ok := errors.AsType[*casework.Error](err); ok {
		r.mu.Lock()
		defer r.mu.Unlock()
		r.seen[step] = append(r.seen[step], e)
	}
}

// TestMain fails the package when a step can refuse something that no row of its table
// shows: a refusal that nobody has read is one that a caseworker reads first. It asks
// when all tables have run, so not with -run and the like.
func TestMain(m *testing.M) {
	flag.Parse()
	code := m.Run()
	if code == 0 && !selective() {
		code = missingRows()
	}
	os.Exit(code)
}

func selective() bool {
	return slices.ContainsFunc([]string{"run", "skip", "list", "bench", "fuzz"}, func(name string) bool {
		f := flag.Lookup("test." + name)
		return f != nil && f.Value.String() != ""
	})
}

func missingRows() int {
	unread, err := unreadRefusals()
	if err != nil {
		fmt.Fprintln(os.Stderr, "reading the refusals of casework:", err)
		return 1
	}
	if len(unread) == 0 {
		return 0
	}
	fmt.Fprintf(os.Stderr, "FAIL: %d refusals have no row in a table (clerk.refuses):\n%s\n", len(unread), strings.Join(unread, "\n"))
	return 1
}

// unreadRefusals lists the sentences of the source that no row has seen: those of each
// step in the rows about that step, those that belong to none in any row.
func unreadRefusals() ([]string, error) {
	src, err := readSource()
	if err != nil {
		return nil, err
	}
	var unread []string
	reached := map[string]bool{}
	for _, step := range allSteps() {
		said, err := src.sentencesOf(step)
		if err != nil {
			return nil, err
		}
		for _, s := range said {
			reached[s.at] = true
			seen := slices.ContainsFunc(everyRefusal().seen[step.Name], s.says)
			if !seen && !slices.ContainsFunc(neverSaid()[step.Name], s.words.MatchString) {
				unread = append(unread, s.String())
			}
		}
	}
	rows := slices.Concat(slices.Collect(maps.Values(everyRefusal().seen))...)
	for f := range src.funcs {
		for _, s := range src.within(f, map[*types.Func]bool{}) {
			if !reached[s.at] && !slices.ContainsFunc(rows, s.says) {
				unread = append(unread, s.String())
			}
			reached[s.at] = true
		}
	}
	return unread, nil
}

// neverSaid lists what the source shares between steps and one of them never comes to.
func neverSaid() map[string][]string {
	return map[string][]string{
		// A report has no contact plans, rights or meetings, a case no call and no findings.
		"report.correct": {
			"This is kept with its number. Correct its day, or record how it ended.",
			"A decision that was carried out stays so. Hold another meeting to decide anew.",
		},
		"case.correct": {
			"A report that was received cannot be withdrawn. Screen it out, or close it.",
			"A safety assessment cannot be withdrawn. Record a new one.",
			"The findings stand. Correct the day on which the last one was made.",
		},
		// An amendment is a whole plan by its form.
		"plan.amend": {"The plan of a child in care is a whole plan. Give needs with goals and steps, when and with whom it was made, " +
			"and each child's health and education (42 USC 675(1))."},
		// A day may be left out of an answer, and all that is shared out of a change.
		"referral.answer":     {"Say on which day you will ask whether the family receives the service."},
		"professional.change": {`Say what may be shared, and on what basis; or "nothing".`},
	}
}

// A refusal is of use to a tired caseworker where it says what to do instead.
func TestRefusals_SayWhatWouldBeLawful(t *testing.T) {
	t.Parallel()
	src, err := readSource()
	require.NoError(t, err)
	instructs := regexp.MustCompile(`(?i)\b(add|amend|assess|answer|approve|ask|assign|call|change|choose|close|compare|correct|decline|fill|give|have|hold|` +
		`keep|leave|let|look|make|move|name|offer|open|plan|put|read|record|refer|reopen|return|say|schedule|screen|send|set|submit|take|talk|` +
		`tell|use|withdraw|write|another supervisor|can assign|must|is required)\b`)
	said := map[string]bool{}
	for f := range src.funcs {
		for _, s := range src.within(f, map[*types.Func]bool{}) {
			words := s.words.String()
			if s.form || said[s.at] || words == plain(".*") {
				continue
			}
			said[s.at] = true
			// What is not there and what nobody may see are answered alike.
			if words != plain(regexp.QuoteMeta("There is no such record.")) && !instructs.MatchString(words) {
				t.Errorf("this refusal names no lawful alternative: %s", s)
			}
		}
	}
	require.NotEmpty(t, said)
}
