package e2e

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"slices"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"golang.org/x/sync/errgroup"

	"homeward/casework"
)

// clients is how many work at once.
const clients = 4

// deed is a step that the API has acknowledged.
type deed struct {
	step  step
	reply reply
	// aggregate is the record on which the step left an event of this type, and
	// revision where it left the record.
	aggregate string
	event     casework.EventType
	revision  int
}

// span is the time in which a family was worked on.
type span struct {
	aggregate  string
	began, end time.Time
}

// crowd is several people's programs that work on one family after another, and
// send a step again until they know what became of it.
type crowd struct {
	caller *caller
	group  *errgroup.Group
	// over is closed when no further family is to be begun.
	over chan struct{}

	mu    sync.Mutex
	deeds []deed
	// doubts are the tries that did not end with a definite answer.
	doubts []error
	spans  []span
	err    error
}

// newCrowd sets the clients to work.
func newCrowd(t testing.TB, c *caller) *crowd {
	t.Helper()
	crowd := &crowd{caller: c, over: make(chan struct{})}
	group, ctx := errgroup.WithContext(t.Context())
	crowd.group = group
	for range clients {
		group.Go(func() error {
			for !crowd.called() {
				if err := crowd.family(ctx); err != nil {
					crowd.fail(err)
					return err
				}
			}
			return nil
		})
	}
	return crowd
}

func (c *crowd) called() bool {
	select {
	case <-c.over:
		return true
	default:
		return false
	}
}

func (c *crowd) fail(err error) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.err = errors.Join(c.err, err)
}

// more waits until so many more steps have been acknowledged.
func (c *crowd) more(t testing.TB, n int) {
	t.Helper()
	goal := -1
	eventually(t, "steps to be acknowledged", func(context.Context) error {
		c.mu.Lock()
		defer c.mu.Unlock()
		require.NoError(t, c.err)
		if goal < 0 {
			goal = len(c.deeds) + n
		}
		if len(c.deeds) < goal {
			return fmt.Errorf("%d of %d", len(c.deeds), goal)
		}
		return nil
	})
}

// tried returns the number of tries so far that ended without a definite answer.
func (c *crowd) tried() int {
	c.mu.Lock()
	defer c.mu.Unlock()
	return len(c.doubts)
}

// felt waits until a try has ended without a definite answer since there were
// so many of them.
func (c *crowd) felt(t testing.TB, before int) {
	t.Helper()
	eventually(t, "clients to feel the outage", func(context.Context) error {
		if c.tried() == before {
			return errors.New("every try got its answer")
		}
		return nil
	})
}

// during returns the cases of the families that were worked on at an instant.
func (c *crowd) during(at time.Time) []string {
	c.mu.Lock()
	defer c.mu.Unlock()
	var cases []string
	for _, s := range c.spans {
		if s.began.Before(at) && s.end.After(at) {
			cases = append(cases, s.aggregate)
		}
	}
	return cases
}

// finish lets every client end the family that it works on.
func (c *crowd) finish(t testing.TB) []deed {
	t.Helper()
	close(c.over)
	require.NoError(t, c.group.Wait())
	t.Logf("%d steps were acknowledged, %d tries were in doubt", len(c.deeds), len(c.doubts))
	return c.deeds
}

// family is one family: a report, its investigation, its case, a removal and visits.
type family struct {
	*crowd

	//nolint:containedctx // a family lives as long as one call
	ctx    context.Context
	record string // path of the report, then of the case
	err    error
}

// family takes one family through its steps.
func (c *crowd) family(ctx context.Context) error {
	f := &family{crowd: c, ctx: ctx}
	began := time.Now()
	f.report()
	f.investigate(f.children())
	f.openCase()
	f.care(f.children())
	c.mu.Lock()
	defer c.mu.Unlock()
	c.spans = append(c.spans, span{aggregateOf(f.record), began, time.Now()})
	return f.err
}

func (f *family) report() {
	got := f.take(receive(time.Now().Add(-time.Hour)), "report.received")
	f.record = got.Location
	f.take(screenIn(f.record), "report.screened-in")
}

func (f *family) investigate(victims []string) {
	investigator := casework.RoleInvestigator
	for _, victim := range victims {
		f.take(newStep(investigator, f.record+"/contacts", fields{
			"victim": victim, "at": time.Now().Add(-time.Minute), "place": "home", "notes": "Seen alone.",
		}), "victim.contacted")
	}
	f.take(newStep(investigator, f.record+"/safety-assessments", fields{
		"at": time.Now().Add(-time.Second), "decision": "unsafe", "notes": "Nobody at home protects them.",
	}), "safety.assessed")
	for i := range victims {
		f.take(newStep(investigator, f.record+"/findings", fields{
			"allegation": fmt.Sprintf("a%d", i+1), "result": "substantiated", "on": today(), "evidence": "An examination.",
		}), "finding.made")
	}
}

func (f *family) openCase() {
	report := f.record
	got := f.take(newStep(casework.RoleSupervisor, report+"/case", fields{
		"caseworker": worker(casework.RoleCaseworker), "supervisor": worker(casework.RoleSupervisor), "risk": "high",
	}), "case.opened")
	if f.err == nil {
		f.keep(deed{aggregate: aggregateOf(report), event: "report.case-opened"})
	}
	f.record = got.Location
}

func (f *family) care(children []string) {
	f.take(newStep(casework.RoleCaseworker, f.record+"/removals", fields{
		"children": children, "at": time.Now().Add(-time.Minute), "authority": "court-order", "setting": "foster-home",
		"danger": "Injuries.", "efforts": "Services were refused.", "icwa_inquiry": "no-reason-to-know", "relatives_asked": true,
		"provider": "provider-1", "cleared_until": "2099-01-01", "siblings": "together", "school": "same-school",
		"icwa_preference": "not-applicable",
	}), "child.removed")
	for range 3 {
		f.take(newStep(casework.RoleCaseworker, f.record+"/visits", fields{
			"children": children, "at": time.Now(), "in_residence": true, "notes": "All is well.",
		}), "visit.recorded")
	}
}

// take sends a step until it is known what became of it, and notes the deed.
func (f *family) take(s step, event casework.EventType) reply {
	if f.err != nil {
		return reply{}
	}
	var got reply
	got, f.err = f.caller.insist(f.ctx, s, f.doubt)
	if f.err != nil {
		return reply{}
	}
	var a answer
	f.err = json.Unmarshal([]byte(got.Body), &a)
	if got.Status != http.StatusOK && got.Status != http.StatusCreated {
		f.err = fmt.Errorf("%s of %s was refused: %d %s", event, s.path, got.Status, got.Body)
	}
	f.keep(deed{step: s, reply: got, aggregate: a.Aggregate, event: event, revision: a.Revision})
	return got
}

func (c *crowd) doubt(err error) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.doubts = append(c.doubts, err)
}

func (c *crowd) keep(d deed) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.deeds = append(c.deeds, d)
}

// childList is the answer of a record's children.
type childList struct {
	Items []casework.ChildSummary `json:"items"`
}

// children asks for the IDs of the record's children.
func (f *family) children() []string {
	var list childList
	if f.err == nil {
		f.err = insist(f.ctx, "the children of "+f.record, func(ctx context.Context) error {
			return f.caller.read(ctx, casework.RoleSupervisor, f.record+"/children", &list)
		})
	}
	var ids []string
	for _, child := range list.Items {
		ids = append(ids, child.Child)
	}
	slices.Sort(ids)
	return ids
}

// today is the date in the office.
func today() casework.Date {
	office, err := time.LoadLocation(zone)
	if err != nil {
		panic(err) // the zone is a constant
	}
	return casework.DateOf(time.Now().In(office))
}

// aggregateOf turns a record's path into its ID: /v1/cases/1002 is case-1002.
func aggregateOf(path string) string {
	var number string
	for _, kind := range []casework.AggregateKind{casework.KindReport, casework.KindCase} {
		if _, err := fmt.Sscanf(path, "/v1/"+string(kind)+"s/%s", &number); err == nil {
			return casework.AggregateID(kind, number)
		}
	}
	return path
}
