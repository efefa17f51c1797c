package api

import (
	"encoding/json"
	"errors"
	"slices"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"homeward/casework"
)

// decider is a record of either kind.
type decider interface {
	Decide(c casework.Command) (casework.Event, error)
	Apply(e casework.Event)
}

func aDay(t *testing.T, text string) casework.Date {
	t.Helper()
	d, err := casework.ParseDate(text)
	require.NoError(t, err)
	return d
}

// exampleRecords are a report and a case about the children of the examples, p-12 and
// p-13, as they are on the day on which all of those have happened.
func exampleRecords(t *testing.T) map[casework.AggregateKind]decider {
	t.Helper()
	children := []casework.Subject{{ID: "p-12", Born: aDay(t, "2009-05-01")}, {ID: "p-13", Born: aDay(t, "2019-09-30")}}
	report, family := &casework.Report{}, &casework.Case{}
	take := func(d decider, at string, actor casework.Actor, name string, body casework.Body) {
		now, err := time.Parse(time.RFC3339, at)
		require.NoError(t, err)
		e, err := d.Decide(casework.Command{ID: name, Fingerprint: name, Name: name, Actor: actor, Now: now, Body: body})
		require.NoError(t, err, name)
		d.Apply(e)
	}
	call := time.Date(2026, 1, 2, 17, 0, 0, 0, time.UTC)
	take(report, "2026-01-02T18:00:00Z", casework.Actor{ID: "w-3", Role: casework.RoleHotline}, casework.StepReceive, &casework.Receipt{
		Number: "1001", ReceivedAt: call, Timezone: "America/Los_Angeles", Office: "north", Jurisdiction: "US-WA",
		Pack: "washington@2025.1", ReporterCategory: "mandated", Narrative: "t-1", Children: children, Supervisor: "w-9",
		Allegations: []casework.Allegation{{ID: "a-1", Victim: "p-12", Type: "neglect", Perpetrator: "p-7"}},
	})
	take(family, "2026-01-02T18:00:00Z", casework.System(), casework.StepOpen, &casework.Opening{
		Number: "1002", Report: "1001", On: aDay(t, "2026-01-02"), Children: children, Timezone: "America/Los_Angeles",
		Office: "north", Jurisdiction: "US-WA", Pack: "washington@2025.1", Worker: "w-17", Supervisor: "w-9", Risk: "high",
	})
	return map[casework.AggregateKind]decider{casework.KindReport: report, casework.KindCase: family}
}

// An example of a step is one that could be taken: it has the form that the step asks
// for, and is about children of the case. Where something must come first, such as the
// removal before the return, it says so; the rows of casework have the rest.
func TestOpenAPI_ExamplesOfStepsCouldBeTaken(t *testing.T) {
	t.Parallel()
	document, records, bodies := loadSpec(t), exampleRecords(t), requests()
	for kind, record := range records {
		for _, step := range casework.Steps(kind) {
			path := "/v1/" + string(kind) + "s/{" + string(kind) + "}/" + step.Path
			if _, same := bodies[path].(casework.Body); !same || step.Reopens {
				continue // The API makes these bodies of other ones.
			}
			data, err := json.Marshal(bodyOf(t, document, path).Example)
			require.NoError(t, err)
			body := step.New()
			require.NoError(t, json.Unmarshal(data, body), path)
			var refused string
			for _, day := range sendingDays() {
				_, err = record.Decide(casework.Command{
					ID: "example", Fingerprint: "example", Name: step.Name, Actor: casework.Actor{ID: "w-17", Role: step.Roles[0]},
					Now: day, Body: body,
				})
				refused = ""
				e, ok := errors.AsType[*casework.Error](err)
				if !ok || e.Kind == casework.Blocked || slices.Contains(ofOtherRecords(), e.Field) {
					break
				}
				refused = e.Error()
			}
			require.Empty(t, refused, path)
		}
	}
}

// sendingDays are days on one of which each example could be sent: it tells what has
// happened by then, or asks for what is still to come.
func sendingDays() []time.Time {
	days := []time.Time{time.Date(2026, 2, 2, 20, 0, 0, 0, time.UTC)}
	for range 3 * 52 {
		days = append(days, days[len(days)-1].AddDate(0, 0, 7))
	}
	return days
}

// ofOtherRecords are the fields that name something which the records of this test do
// not have: a fact, a referral, a notice, a step of the plan, whoever carried the
// record, another report.
func ofOtherRecords() []string {
	return []string{"fact", "referral", "notice", "plan_step", "from", "original"}
}
