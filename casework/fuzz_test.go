package casework_test

import (
	"encoding/json"
	"testing"
	"time"

	"homeward/casework"
)

// Whatever bytes come in, a command is read or refused; one that is read is
// written and read again the same, and decided without a panic.
func FuzzCommand(f *testing.F) {
	for _, step := range allSteps() {
		data, err := json.Marshal(casework.Command{ID: "c", Name: step.Name, Actor: supervisor(), Body: filled(f, step.New())})
		if err != nil {
			f.Fatal(err)
		}
		f.Add(data)
	}
	report, family := contacted(f), onTrial(f, elder)
	lawful(f, report, newWalk(1).reportBody)
	lawful(f, family, newWalk(1).caseBody)
	f.Fuzz(func(t *testing.T, data []byte) {
		var c casework.Command
		if err := json.Unmarshal(data, &c); err != nil {
			return
		}
		again, err := json.Marshal(c)
		if err != nil {
			t.Skip("a year that no JSON can hold")
		}
		var back casework.Command
		if err := json.Unmarshal(again, &back); err != nil {
			t.Fatalf("what was written cannot be read: %v\n%s", err, again)
		}
		decide(t, report.state, c, report.now)
		decide(t, family.state, c, family.now)
		decide(t, &casework.Report{}, c, report.now)
		decide(t, &casework.Case{}, c, family.now)
	})
}

// lawful adds a command for each step that a record is ready for.
func lawful[S any, P state[S]](f *testing.F, c *clerk[S, P], write func(P, time.Time, casework.NextStep) casework.Body) {
	f.Helper()
	for _, next := range c.state.Next() {
		if !next.Ready {
			continue
		}
		data, err := json.Marshal(c.command(f, stranger(next.Roles), write(c.state, c.now, next)))
		if err != nil {
			f.Fatal(err)
		}
		f.Add(data)
	}
}

// decide decides a command and carries it out where it is lawful.
func decide[S any, P state[S]](t *testing.T, s P, c casework.Command, now time.Time) {
	t.Helper()
	c.Now = now
	e, err := s.Decide(c)
	if err != nil {
		if casework.KindOf(err) == casework.Internal {
			t.Fatalf("an internal error is our mistake: %v", err)
		}
		return
	}
	if e.Body.Says() == "" {
		t.Fatalf("%s says nothing", e.Type)
	}
	after := P(s.Fork())
	if err := e.Seal(after.Base().Head); err != nil {
		t.Fatalf("a lawful event cannot be sealed: %v", err)
	}
	after.Apply(e)
	if after.Base().Revision != e.Seq {
		t.Fatal("the event was not applied")
	}
	after.NoticesFor(e)
	after.Next()
}

// A date that is read is written the same, and its arithmetic holds.
func FuzzParseDate(f *testing.F) {
	for _, s := range []string{"2025-01-31", "2024-02-29", "2025-02-29", "0001-01-01", "0000-12-31", "9999-12-31", "1969-12-31", "2025-1-1", ""} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		d, err := casework.ParseDate(s)
		if err != nil {
			if !d.IsZero() {
				t.Fatalf("%q is refused and still %s", s, d)
			}
			return
		}
		if d.String() != s || d.IsZero() {
			t.Fatalf("%q became %q", s, d)
		}
		if d.MonthStart().After(d) || d.MonthEnd().Before(d) || d.AddDays(1).DaysUntil(d) != -1 {
			t.Fatalf("%s does not lie in its month", d)
		}
		if casework.DateOf(d.Start(time.UTC)) != d || casework.DateOf(d.End(time.UTC)) != d {
			t.Fatalf("%s does not hold its own bounds", d)
		}
	})
}
