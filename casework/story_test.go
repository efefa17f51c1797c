package casework_test

import (
	"bytes"
	"encoding/json"
	"flag"
	"os"
	"path/filepath"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/stretchr/testify/require"

	"homeward/casework"
)

var update = flag.Bool("update", false, "write golden files and the tables of docs/state-machine.md again")

// played is one record of the story: its log, its notices, and its state at
// moments worth keeping.
type played struct {
	name   string
	events []casework.Event
	// tell asks again for the notices of each event, in order.
	tell   []func() []casework.Notice
	states map[string]any
}

func (p *played) notices() []casework.Notice {
	var all []casework.Notice
	for _, tell := range p.tell {
		all = append(all, tell()...)
	}
	return all
}

// teller plays a record under the stand-in law and keeps what it says.
type teller[S any, P state[S]] struct {
	clerk[S, P]
	played
}

func (c *teller[S, P]) plays(t testing.TB, wall string, by casework.Actor, body casework.Body) {
	t.Helper()
	c.at(t, wall)
	e := c.does(t, by, body)
	after := P(c.state.Fork())
	c.tell = append(c.tell, func() []casework.Notice { return after.NoticesFor(e) })
	c.passes(t, wall)
}

// passes lets time alone work on the duties.
func (c *teller[S, P]) passes(t testing.TB, wall string) {
	t.Helper()
	c.at(t, wall)
	before := P(c.state.Fork())
	if c.owes(t, standIn(c.state.Base(), c.state.Subjects(), c.now)...) == nil {
		return
	}
	e := c.clerk.events[len(c.clerk.events)-1]
	c.tell = append(c.tell, func() []casework.Notice { return before.NoticesFor(e) })
}

func (c *teller[S, P]) keep(name string) { c.states[name] = P(c.state.Fork()) }

func (c *teller[S, P]) end() *played {
	c.played.events = c.clerk.events
	return &c.played
}

// wholeStory plays a family from the call to the closing of the case.
func wholeStory(t testing.TB) []*played {
	t.Helper()
	report, opening := storyOfTheReport(t)
	return []*played{report, storyOfTheCase(t, opening)}
}

func storyOfTheReport(t testing.TB) (*played, casework.Command) {
	t.Helper()
	c := &teller[casework.Report, *casework.Report]{
		clerk:  reportClerk{state: &casework.Report{}},
		played: played{name: "report", states: map[string]any{}},
	}
	c.plays(t, "2025-01-06 09:30", hotline(), aReceipt(t))
	c.plays(t, "2025-01-06 10:00", supervisor(), &casework.ScreeningIn{
		Priority: "emergent", Track: "investigation", Investigator: investigator().ID, Reason: "text-10",
	})
	c.plays(t, "2025-01-06 16:00", investigator(), &casework.ContactAttempt{
		Victim: elder, At: clock(t, "2025-01-06 15:00"), Outcome: "not-home", Notes: "text-11",
	})
	c.plays(t, "2025-01-06 19:00", investigator(), &casework.Contact{
		Victim: younger, At: clock(t, "2025-01-06 18:30"), Place: "relative", Notes: "text-12",
	})
	c.passes(t, "2025-01-08 08:00")
	c.keep("investigation")
	c.plays(t, "2025-01-08 12:00", investigator(), &casework.Contact{
		Victim: elder, At: clock(t, "2025-01-08 11:00"), Place: "school",
	})
	c.plays(t, "2025-01-08 13:00", investigator(), reportCorrects(c.factID(t, casework.FactVictimContacted, elder), clock(t, "2025-01-07 11:00")))
	c.plays(t, "2025-01-08 14:00", investigator(), &casework.SafetyAssessment{
		At: clock(t, "2025-01-08 13:30"), Decision: casework.Unsafe, Notes: "text-13",
	})
	for _, id := range []string{"A1", "A2"} {
		c.plays(t, "2025-01-20 09:00", investigator(), &casework.Finding{
			Allegation: id, Result: "substantiated", On: day(t, "2025-01-19"), Evidence: "text-14",
		})
	}
	c.plays(t, "2025-01-20 10:00", supervisor(), aCaseRequest())
	c.keep("closed")
	opening, asked := c.state.Opening(c.clerk.events[len(c.clerk.events)-1])
	require.True(t, asked)
	return c.end(), opening
}

func storyOfTheCase(t testing.TB, opening casework.Command) *played {
	t.Helper()
	c := &teller[casework.Case, *casework.Case]{
		clerk:  caseClerk{state: &casework.Case{}},
		played: played{name: "case", states: map[string]any{}},
	}
	both := []string{elder, younger}
	c.plays(t, "2025-01-20 10:00", opening.Actor, opening.Body)
	c.plays(t, "2025-01-20 11:00", supervisor(), &casework.Assignment{Worker: caseworker().ID, Supervisor: supervisor().ID})
	c.plays(t, "2025-01-22 12:00", caseworker(), aRemoval(t, both...))
	c.plays(t, "2025-01-23 12:00", caseworker(), &casework.Hearing{
		Children: both, Type: casework.ShelterCare, At: clock(t, "2025-01-23 10:00"), Body: "court", ContraryToWelfare: true,
		Result: "text-15",
	})
	c.plays(t, "2025-02-01 12:00", caseworker(), &casework.RelativeNotice{Children: both, On: day(t, "2025-01-31"), Notes: "text-16"})
	c.plays(t, "2025-02-12 12:00", caseworker(), aVisit(t, "2025-02-11 19:30", both...))
	c.plays(t, "2025-02-20 12:00", caseworker(), aPlan())
	c.plays(t, "2025-02-21 12:00", supervisor(), &casework.PlanReturn{Comments: "text-17"})
	c.plays(t, "2025-03-01 12:00", caseworker(), aPlan())
	c.plays(t, "2025-03-03 12:00", supervisor(), &casework.PlanApproval{Comments: "text-18"})
	c.passes(t, "2025-03-11 12:00")
	c.passes(t, "2025-03-14 12:00")
	c.keep("overdue")
	c.plays(t, "2025-03-20 12:00", caseworker(), aVisit(t, "2025-03-19 17:00", both...))
	for _, at := range []string{"2025-04-10 17:00", "2025-05-08 17:00", "2025-06-05 17:00", "2025-07-03 17:00"} {
		c.plays(t, at, caseworker(), aVisit(t, at, both...))
	}
	c.plays(t, "2025-07-18 12:00", caseworker(), &casework.Hearing{
		Children: both, Type: casework.Review, At: clock(t, "2025-07-18 10:00"), Body: "panel",
	})
	c.plays(t, "2025-08-01 12:00", caseworker(), &casework.TrialStart{
		Children: []string{elder}, On: day(t, "2025-08-01"), Until: day(t, "2026-01-31"), Safety: "text-19",
	})
	c.plays(t, "2025-08-01 17:00", caseworker(), aVisit(t, "2025-08-01 16:00", both...))
	c.plays(t, "2025-08-20 12:00", caseworker(), &casework.TrialEnd{
		Children: []string{elder}, On: day(t, "2025-08-19"), Setting: "relative", Reason: "text-20",
	})
	c.plays(t, "2025-08-21 12:00", caseworker(), correctsOn(c.factID(t, casework.FactTrialHomeVisitEnded, elder), day(t, "2025-08-18")))
	c.plays(t, "2025-08-29 17:00", caseworker(), aVisit(t, "2025-08-29 16:00", both...))
	c.plays(t, "2025-09-15 12:00", caseworker(), &casework.TrialStart{
		Children: []string{elder}, On: day(t, "2025-09-15"), Until: day(t, "2026-03-15"), CourtOrdered: true, Safety: "text-21",
	})
	c.keep("siblings-apart")
	c.plays(t, "2025-09-26 17:00", caseworker(), aVisit(t, "2025-09-26 16:00", both...))
	c.plays(t, "2025-10-20 12:00", caseworker(), &casework.Reunification{Children: []string{elder}, On: day(t, "2025-10-20")})
	c.plays(t, "2025-10-24 17:00", caseworker(), aVisit(t, "2025-10-24 16:00", both...))
	c.plays(t, "2025-11-20 12:00", caseworker(), &casework.Reunification{Children: []string{younger}, On: day(t, "2025-11-20")})
	c.plays(t, "2025-11-21 17:00", caseworker(), aVisit(t, "2025-11-21 16:00", both...))
	c.plays(t, "2025-12-10 12:00", caseworker(), aClosingRequest())
	c.plays(t, "2025-12-11 12:00", supervisor(), &casework.ClosingReturn{Comments: "text-22"})
	c.plays(t, "2025-12-12 12:00", caseworker(), aClosingRequest())
	c.state.Keep(casework.Answer{
		Aggregate: "case-2001", CommandID: "c-1", Fingerprint: "f", Revision: 1, Stage: casework.StagePlanning,
		RecordedAt: clock(t, "2025-01-20 10:00").UTC(),
	})
	c.plays(t, "2025-12-15 12:00", supervisor(), &casework.ClosingApproval{})
	c.keep("closed")
	return c.end()
}

func TestStory_EndsWithNothingOwed(t *testing.T) {
	t.Parallel()
	for _, record := range wholeStory(t) {
		last := record.states["closed"].(interface{ Base() *casework.Record }).Base()
		require.True(t, last.Closed())
		require.Empty(t, last.Pending())
		require.Len(t, record.events, last.Revision)
	}
}

// A log that a release has written stays readable and verifiable for ever: the
// golden files are read back, not only compared.
func TestReleasedLog_StaysVerifiable(t *testing.T) {
	t.Parallel()
	for _, record := range wholeStory(t) {
		path := filepath.Join("testdata", "log", "v1-"+record.name+".jsonl")
		golden(t, path, lines(t, record.events))
		require.Empty(t, cmp.Diff(record.states["closed"], fold(record.name, readBack(t, path)), asStored(), withoutAnswers()))
	}
}

// What came later has logs of its own: corrected details, and a move to another
// policy pack.
func TestReleasedLog_OfWhatCameLaterStaysVerifiable(t *testing.T) {
	t.Parallel()
	c := onTrial(t, elder)
	c.does(t, caseworker(), amends(c.factID(t, casework.FactTrialHomeVisitStarted, elder), func(b *casework.CaseCorrection) {
		b.Until, b.CourtOrdered = day(t, "2026-06-30"), new(true)
	}))
	c.owes(t, dueOnMarch(t, casework.DutyOpen))
	c.does(t, supervisor(), movesCase("washington@2025.1"))
	law := dueOnMarch(t, casework.DutyOpen)
	law.Citation = "Another law"
	c.owes(t, law)
	c.does(t, manager(), casework.NewRestriction(casework.KindCase, true, "text"))
	r := screened(t)
	b := &casework.ReportCorrection{}
	b.Fact, b.Priority, b.Reason = r.factID(t, casework.FactReportScreened, ""), "non-emergent", "text"
	r.does(t, supervisor(), b)
	r.does(t, supervisor(), casework.NewPolicyMove(casework.KindReport, "us-federal/1", "washington@2025.1", "text"))
	r.does(t, supervisor(), casework.NewRestriction(casework.KindReport, true, "text"))
	for name, record := range map[string]struct {
		events []casework.Event
		state  any
	}{"case": {c.events, c.state}, "report": {r.events, r.state}} {
		path := filepath.Join("testdata", "log", "v2-"+name+".jsonl")
		golden(t, path, lines(t, record.events))
		require.Empty(t, cmp.Diff(record.state, fold(name, readBack(t, path)), asStored(), withoutAnswers()))
	}
}

// readBack reads a stored log and verifies its chain.
func readBack(t testing.TB, path string) []casework.Event {
	t.Helper()
	data, err := os.ReadFile(path)
	require.NoError(t, err)
	var events []casework.Event
	head := ""
	for line := range bytes.Lines(data) {
		var e casework.Event
		require.NoError(t, json.Unmarshal(line, &e))
		require.NoError(t, e.Verify(head))
		head = e.Hash
		events = append(events, e)
	}
	return events
}

func fold(kind string, events []casework.Event) any {
	if kind == "report" {
		return casework.FoldReport(events)
	}
	return casework.FoldCase(events)
}

// A state that a release has stored stays readable, and says the same.
func TestReleasedState_StaysReadable(t *testing.T) {
	t.Parallel()
	for _, record := range wholeStory(t) {
		for name, want := range record.states {
			path := filepath.Join("testdata", "state", "v1-"+record.name+"-"+name+".json")
			data, err := json.MarshalIndent(want, "", "  ")
			require.NoError(t, err)
			golden(t, path, append(data, '\n'))
			data, err = os.ReadFile(path)
			require.NoError(t, err)
			var got any = &casework.Case{}
			if record.name == "report" {
				got = &casework.Report{}
			}
			require.NoError(t, json.Unmarshal(data, got))
			require.Empty(t, cmp.Diff(want, got, asStored()))
		}
	}
}

func lines(t testing.TB, events []casework.Event) []byte {
	t.Helper()
	var out bytes.Buffer
	for _, e := range events {
		line, err := json.Marshal(e)
		require.NoError(t, err)
		out.Write(append(line, '\n'))
	}
	return out.Bytes()
}

// golden compares with a file, or writes it with -update.
func golden(t testing.TB, path string, got []byte) {
	t.Helper()
	if *update {
		require.NoError(t, os.MkdirAll(filepath.Dir(path), 0o755))
		require.NoError(t, os.WriteFile(path, got, 0o644))
	}
	want, err := os.ReadFile(path)
	require.NoError(t, err)
	require.Equal(t, string(want), string(got), "%s: what a release has written keeps its form; see -update", path)
}

// withoutAnswers leaves out what is not in the log itself.
func withoutAnswers() cmp.Option {
	return cmp.FilterPath(func(p cmp.Path) bool {
		field, ok := p.Last().(cmp.StructField)
		return ok && field.Name() == "Answers"
	}, cmp.Ignore())
}
