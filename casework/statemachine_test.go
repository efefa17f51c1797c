package casework_test

import (
	"fmt"
	"maps"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"homeward/casework"
)

const stateMachine = "../docs/state-machine.md"

// arrow is one step between two stages.
type arrow struct {
	step     string
	from, to casework.Stage
}

// drawing is what a walk through every reachable situation has seen.
type drawing struct {
	kind   casework.AggregateKind
	arrows map[arrow]bool
	// missing are the blockers of each step.
	missing map[string]map[string]bool
}

func newDrawing(kind casework.AggregateKind) *drawing {
	return &drawing{kind: kind, arrows: map[arrow]bool{}, missing: map[string]map[string]bool{}}
}

// begin stands for the time before a record is opened.
const begin casework.Stage = "[*]"

func (d *drawing) sees(next []casework.NextStep) {
	for _, n := range next {
		for _, b := range n.Missing {
			if d.missing[n.Step] == nil {
				d.missing[n.Step] = map[string]bool{}
			}
			d.missing[n.Step][b.Code] = true
		}
	}
}

// size counts what was seen.
func (d *drawing) size() int {
	n := len(d.arrows)
	for _, codes := range d.missing {
		n += len(codes)
	}
	return n
}

// situation is what decides which steps are lawful: records that agree in it
// go on in the same way.
func situation[S any, P state[S]](s P, ahead []casework.NextStep, children map[string]casework.Stage) string {
	var b strings.Builder
	fmt.Fprintln(&b, s.Stage(), children)
	for _, n := range ahead {
		if aside(n.Step) {
			continue
		}
		fmt.Fprint(&b, n.Step, n.Subject)
		for _, m := range n.Missing {
			fmt.Fprint(&b, m.Code, m.Subject)
		}
	}
	return b.String()
}

// openTo lists the steps that are ready for a child alone, beside those aside.
func openTo(ahead []casework.NextStep, child string) []string {
	var steps []string
	for _, n := range ahead {
		if n.Ready && n.Subject == child && !aside(n.Step) {
			steps = append(steps, n.Step)
		}
	}
	return steps
}

// aside says whether a step runs beside the way from opening to closing and moves
// nobody along it, as those of the court do. It is taken once for each set of stages
// and of what else is ready for the child, and what it alone makes lawful is taken
// after it, but the walk does not go on from there: every mixture of such things would
// be a situation of its own.
func aside(step string) bool {
	beside := func(prefix string) bool { return strings.HasPrefix(step, prefix) }
	return slices.ContainsFunc([]string{
		"hearing.", "matter.", "service-plan.", "court-report.", "dismissal.", "tpr.", "order.", "plan.amend",
		"plan.sign", "plan-step.", "placement.", "provider.", "health-record.", "missing.", "trafficking.", "qrtp.",
		"icwa.", "transition-plan.", "credit-report.", "exit-documents.", "extended-care.", "referral.", "need.",
		"contact.add", "contact-plan.", "family-contact.", "rights-notice.", "appeal.", "grievance.", "meeting.", "decision.",
		"professional.", casework.StepAddAllegations, casework.StepAddReportAdult, casework.StepAddCaseAdult, casework.StepSplit,
		casework.StepRejoin, casework.StepAttachReport, casework.StepSettleReport,
	}, beside)
}

// explore takes every step that is ready in every situation that can be
// reached. Corrections are left out: they can lead anywhere.
func explore[S any, P state[S]](
	t *testing.T, first []*clerk[S, P], d *drawing, children func(P) map[string]casework.Stage,
	write func(*walk) func(P, time.Time, casework.NextStep) casework.Body, each func(step string, before, after P, subject string),
) {
	t.Helper()
	const variants = 6 // a step's fields can matter: safe or unsafe
	const dull = 600   // more combinations of what several children are in show nothing new
	reached, tried := map[string]bool{}, map[string]bool{}
	queue := first
	for known, since := 0, 0; len(queue) > 0 && since < dull; since++ {
		if n := d.size(); n > known {
			known, since = n, 0
		}
		c := queue[0]
		queue = queue[1:]
		ahead := aheadOf(c.state)
		here := situation(c.state, ahead, children(c.state))
		if reached[here] {
			since--
			// What a closed record was, shows only when it is taken up again.
			if !c.state.Base().Closed() {
				continue
			}
		}
		reached[here] = true
		d.sees(ahead)
		late := c.fork()
		late.owes(t, aDuty("visit/P1/1", "2025-01-01", clock(t, "2025-01-01 23:59"), casework.DutyOverdue))
		d.sees(late.state.Next())
		for _, next := range ahead {
			once := fmt.Sprint(next.Step, next.Subject, c.state.Stage(), children(c.state), openTo(ahead, next.Subject))
			if aside(next.Step) && tried[once] {
				continue
			}
			for seed := range uint64(variants) {
				if !next.Ready || strings.HasSuffix(next.Step, ".correct") || aside(next.Step) && seed > 0 {
					continue
				}
				there := take(t, c, next, d, write(newWalk(seed)), each)
				switch {
				case there == nil:
				case aside(next.Step):
					tried[once] = true
					besides(t, ahead, there, d, write(newWalk(seed)), each, 4)
				case goesOn(next.Subject, c.state.Subjects(), children(c.state), children(there.state)):
					queue = append(queue, there)
				}
			}
		}
	}
}

// aheadOf lists the steps ahead with those that nobody is offered: on a record that is
// closed, and those that a report takes on the case of its family.
func aheadOf(state interface {
	Base() *casework.Record
	Next() []casework.NextStep
},
) []casework.NextStep {
	if state.Base().Closed() {
		return again(state)
	}
	ahead := state.Next()
	if state.Base().Kind == casework.KindReport {
		return ahead
	}
	for _, name := range []string{casework.StepAttachReport, casework.StepSettleReport, casework.StepRejoin} {
		step := stepNamed(name)
		left := len(state.(*casework.Case).Left)
		ready := name != casework.StepRejoin || left > 0
		next := casework.NextStep{Step: name, Title: step.Title, Roles: step.Roles, Ready: ready}
		if !ready {
			next.Missing = []casework.Blocker{{Code: "nobody-left"}}
		}
		ahead = append(ahead, next)
	}
	return ahead
}

// take takes a step that is ready, a day later. It returns nil where the step is not
// for this child: one can be too young for it. That each step is taken by somebody
// is held below.
func take[S any, P state[S]](
	t *testing.T, c *clerk[S, P], next casework.NextStep, d *drawing, write func(P, time.Time, casework.NextStep) casework.Body,
	each func(step string, before, after P, subject string),
) *clerk[S, P] {
	t.Helper()
	there := c.fork()
	there.now = there.now.Add(24 * time.Hour)
	e, err := there.state.Decide(there.command(t, stranger(next.Roles), write(there.state, there.now, next)))
	if casework.KindOf(err) == casework.Invalid {
		return nil
	}
	require.NoError(t, err)
	there.accept(t, &e)
	d.arrows[arrow{next.Step, c.state.Stage(), there.state.Stage()}] = true
	each(next.Step, c.state, there.state, next.Subject)
	return there
}

// besides takes the steps aside that a step aside has made lawful, and those that
// these do, to a depth.
func besides[S any, P state[S]](
	t *testing.T, before []casework.NextStep, after *clerk[S, P], d *drawing, write func(P, time.Time, casework.NextStep) casework.Body,
	each func(step string, before, after P, subject string), depth int,
) {
	t.Helper()
	ahead := aheadOf(after.state)
	d.sees(ahead)
	if depth == 0 {
		return
	}
	was := map[string]bool{}
	for _, n := range before {
		was[n.Step+n.Subject] = n.Ready
	}
	for _, n := range ahead {
		if aside(n.Step) && n.Ready && !was[n.Step+n.Subject] {
			if then := take(t, after, n, d, write, each); then != nil {
				besides(t, ahead, then, d, write, each, depth-1)
			}
		}
	}
}

// goesOn says whether a situation that a step led to is walked on from. What
// concerns one child alone and moves no stage is walked for the first child, while
// the others are where they began: they are children too, and all combinations of
// their stories would take for ever.
func goesOn(subject string, all []casework.Subject, was, is map[string]casework.Stage) bool {
	if is == nil || subject == "" || !maps.Equal(was, is) {
		return true
	}
	for _, child := range all[1:] {
		if is[child.ID] != casework.StageAtHome {
			return false
		}
	}
	return subject == all[0].ID
}

// stranger may take a step, and never approves their own work: each step gets
// another person.
func stranger(roles []casework.Role) casework.Actor {
	return casework.Actor{ID: fmt.Sprintf("w-%v-%d", roles[0], len(roles)), Role: roles[0]}
}

// drawings explores the report, the case and each child of it.
func drawings(t *testing.T) (report, family, child *drawing) {
	t.Helper()
	report, family, child = newDrawing(casework.KindReport), newDrawing(casework.KindCase), newDrawing(casework.KindCase)
	report.arrows[arrow{casework.StepReceive, begin, casework.StageIntake}] = true
	explore(
		t, []*reportClerk{accused(t), counselled(t), searched(t, elder, younger)}, report, func(*casework.Report) map[string]casework.Stage { return nil },
		func(w *walk) func(*casework.Report, time.Time, casework.NextStep) casework.Body { return w.reportBody },
		func(string, *casework.Report, *casework.Report, string) {},
	)
	family.arrows[arrow{casework.StepOpen, begin, casework.StagePlanning}] = true
	child.arrows[arrow{casework.StepOpen, begin, casework.StageAtHome}] = true
	family.arrows[arrow{casework.StepBranch, begin, casework.StagePlanning}] = true // and any other in which the children are
	child.arrows[arrow{casework.StepBranch, begin, casework.StageAtHome}] = true
	grown := opened(t)
	grown.at(t, "2027-02-11 10:00") // the elder is of age, the younger a child
	explore(
		t, []*caseClerk{grown, underOrders(t), withReferrals(t, opened(t)), withContacts(t)}, family, childStages,
		func(w *walk) func(*casework.Case, time.Time, casework.NextStep) casework.Body { return w.caseBody },
		func(step string, before, after *casework.Case, subject string) {
			was, is := childStages(before), childStages(after)
			for id := range was {
				if was[id] != is[id] || id == subject {
					child.arrows[arrow{step, was[id], is[id]}] = true
				}
				if was[id] != is[id] && subject != "" {
					require.Equal(t, subject, id, "%s moves the child that it names, and no sibling", step)
				}
			}
		},
	)
	for a := range child.arrows {
		child.missing[a.step] = family.missing[a.step]
	}
	return report, family, child
}

func childStages(c *casework.Case) map[string]casework.Stage {
	stages := map[string]casework.Stage{}
	for _, row := range c.ChildRows() {
		stages[row.Child] = row.Stage
	}
	return stages
}

// The drawings of docs/state-machine.md are those of the code. After a lawful
// change of the rules: go test ./casework -run StateMachine -update.
func TestStateMachine_IsDrawnAsItIs(t *testing.T) {
	t.Parallel()
	report, family, child := drawings(t)
	data, err := os.ReadFile(stateMachine)
	require.NoError(t, err)
	document := string(data)
	for name, d := range map[string]*drawing{"report": report, "case": family, "child": child} {
		document = between(t, document, name+" diagram", "```mermaid\n"+d.mermaid()+"```\n")
		document = between(t, document, name+" steps", d.table(name != "child"))
	}
	if *update {
		require.NoError(t, os.WriteFile(stateMachine, []byte(document), 0o644))
	}
	requireComplete(t, report, family)
	for _, found := range regexp.MustCompile("\\| `([a-z-]+\\.[a-z-]+)` \\|").FindAllStringSubmatch(document, -1) {
		_, known := casework.StepNamed(found[1])
		require.True(t, known, "%s is not a step", found[1])
	}
	data, err = os.ReadFile(stateMachine)
	require.NoError(t, err)
	require.Equal(t, document, string(data), "the drawing and the rules differ")
}

// requireComplete sees that the walk has met every step and every blocker.
func requireComplete(t *testing.T, drawn ...*drawing) {
	t.Helper()
	observed := map[string]bool{}
	for _, d := range drawn {
		for _, codes := range d.missing {
			maps.Copy(observed, codes)
		}
		for _, step := range casework.Steps(d.kind) {
			require.Contains(t, d.table(true), "| `"+step.Name+"` |", "every step has its line")
		}
	}
	require.ElementsMatch(t, codesOfTheSource(t), slices.Collect(maps.Keys(observed)), "every blocker can be met")
}

// between puts a text between the marks of a block.
func between(t *testing.T, document, name, text string) string {
	t.Helper()
	open, shut := "<!-- "+name+" -->\n", "<!-- end of "+name+" -->\n"
	head, rest, opens := strings.Cut(document, open)
	_, tail, shuts := strings.Cut(rest, shut)
	require.True(t, opens && shuts, "the document has no block %q", name)
	return head + open + text + shut + tail
}

// mermaid draws the steps that change the stage.
func (d *drawing) mermaid() string {
	var b strings.Builder
	b.WriteString("stateDiagram-v2\n")
	id := func(s casework.Stage) string { return strings.ReplaceAll(string(s), "-", "_") }
	for _, s := range d.stages() {
		fmt.Fprintf(&b, "    state \"%s\" as %s\n", s, id(s))
	}
	for _, a := range d.sorted() {
		if a.from != a.to {
			fmt.Fprintf(&b, "    %s --> %s: %s\n", id(a.from), id(a.to), a.step)
		}
	}
	for _, s := range d.stages() {
		if !slices.ContainsFunc(d.sorted(), func(a arrow) bool { return a.from == s }) {
			fmt.Fprintf(&b, "    %s --> [*]\n", id(s))
		}
	}
	return b.String()
}

// table gives each step its line.
func (d *drawing) table(all bool) string {
	var b strings.Builder
	b.WriteString("| From | Step | To | Who | Blocked by |\n| --- | --- | --- | --- | --- |\n")
	for _, step := range casework.Steps(d.kind) {
		from, to := make(map[casework.Stage]bool), make(map[casework.Stage]bool)
		moves := false
		for a := range d.arrows {
			if a.step == step.Name {
				from[a.from], to[a.to] = true, true
				moves = moves || a.from != a.to
			}
		}
		origin, goal := d.names(from), d.names(to)
		switch {
		case strings.HasSuffix(step.Name, ".correct") && all:
			origin, goal = "every open stage", "what the facts then say"
		case !moves && !all, len(from) == 0:
			continue
		case !moves:
			goal = "the same"
		}
		var roles []string
		for _, r := range step.Roles {
			roles = append(roles, string(r))
		}
		codes := slices.Sorted(maps.Keys(d.missing[step.Name]))
		fmt.Fprintf(&b, "| %s | `%s` | %s | %s | %s |\n", origin, step.Name, goal, strings.Join(roles, ", "), quoted(codes))
	}
	return b.String()
}

func quoted(codes []string) string {
	for i, code := range codes {
		codes[i] = "`" + code + "`"
	}
	return strings.Join(codes, ", ")
}

// names lists stages in their usual order.
func (d *drawing) names(set map[casework.Stage]bool) string {
	if set[begin] {
		return "nothing"
	}
	var names []string
	for _, s := range casework.Stages() {
		if set[s] {
			names = append(names, string(s))
		}
	}
	return strings.Join(names, ", ")
}

func (d *drawing) stages() []casework.Stage {
	seen := make(map[casework.Stage]bool)
	for a := range d.arrows {
		seen[a.from], seen[a.to] = true, true
	}
	return slices.DeleteFunc(casework.Stages(), func(s casework.Stage) bool { return !seen[s] })
}

// sorted lists the arrows by stage and then by step, in their usual order.
func (d *drawing) sorted() []arrow {
	steps := casework.Steps(d.kind)
	rank := func(a arrow) int {
		step := slices.IndexFunc(steps, func(s casework.Step) bool { return s.Name == a.step })
		from, to := slices.Index(casework.Stages(), a.from), slices.Index(casework.Stages(), a.to)
		return (from+1)*10_000 + step*100 + to
	}
	return slices.SortedFunc(maps.Keys(d.arrows), func(a, b arrow) int { return rank(a) - rank(b) })
}

func TestStateMachine_ExplainsEveryStageAndBlocker(t *testing.T) {
	t.Parallel()
	data, err := os.ReadFile(stateMachine)
	require.NoError(t, err)
	var stages []string
	for _, s := range casework.Stages() {
		stages = append(stages, string(s))
	}
	require.ElementsMatch(t, stages, firstColumn(t, string(data), "## Stages"))
	require.ElementsMatch(t, codesOfTheSource(t), firstColumn(t, string(data), "## Blockers"))
}

// firstColumn lists the codes of the table under a heading.
func firstColumn(t *testing.T, document, heading string) []string {
	t.Helper()
	_, section, found := strings.Cut(document, heading+"\n")
	require.True(t, found, heading)
	section, _, _ = strings.Cut(section, "\n## ")
	var codes []string
	for _, row := range regexp.MustCompile("(?m)^\\| `([a-z-]+)` \\|").FindAllStringSubmatch(section, -1) {
		codes = append(codes, row[1])
	}
	return codes
}

// codesOfTheSource finds every blocker code that the rules can give.
func codesOfTheSource(t *testing.T) []string {
	t.Helper()
	files, err := filepath.Glob("*.go")
	require.NoError(t, err)
	codes := map[string]bool{}
	for _, name := range files {
		if strings.HasSuffix(name, "_test.go") {
			continue
		}
		source, err := os.ReadFile(name)
		require.NoError(t, err)
		for _, found := range regexp.MustCompile(`Code:\s+"([^"]+)"`).FindAllStringSubmatch(string(source), -1) {
			codes[found[1]] = true
		}
	}
	return slices.Collect(maps.Keys(codes))
}
