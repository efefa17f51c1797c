package e2e

import (
	stdcmp "cmp"
	"context"
	"errors"
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"
	"github.com/stretchr/testify/require"
	"golang.org/x/sync/errgroup"

	"homeward/casework"
	"homeward/postgres"
	"homeward/workflows"
)

// state is what a report and a case can both tell about themselves.
type state interface {
	Base() *casework.Record
	Summary() casework.Summary
	ChildRows() []casework.ChildSummary
}

// audit holds everything that the product keeps to what its callers were told:
// each acknowledged step is in the log exactly once and nothing else is, the
// running workflows and the read models are where the log is, and each step
// sent again gets the answer that it got before.
func (s *site) audit(deeds []deed) {
	s.t.Helper()
	byRecord := make(map[string][]deed)
	for _, d := range deeds {
		byRecord[d.aggregate] = append(byRecord[d.aggregate], d)
	}
	var known []string
	for aggregate, err := range s.db.Aggregates(s.t.Context()) {
		require.NoError(s.t, err)
		known = append(known, aggregate)
	}
	require.ElementsMatch(s.t, slices.Collect(maps.Keys(byRecord)), known, "no record is missing and none was made twice")
	group, ctx := errgroup.WithContext(s.t.Context())
	group.SetLimit(2 * clients)
	for aggregate, deeds := range byRecord {
		group.Go(func() error {
			if err := s.auditRecord(ctx, aggregate, deeds); err != nil {
				return fmt.Errorf("%s: %w", aggregate, err)
			}
			return nil
		})
	}
	require.NoError(s.t, group.Wait())
	s.repeat(deeds)
}

func (s *site) auditRecord(ctx context.Context, aggregate string, deeds []deed) error {
	events, err := s.db.Events(ctx, aggregate, 1)
	if err != nil {
		return err
	}
	if err := once(events, deeds); err != nil {
		return err
	}
	chain, err := s.db.VerifyChain(ctx, aggregate)
	if err != nil || !chain.Intact() || chain.Events != len(events) {
		return fmt.Errorf("%d events, chain %+v: %w", len(events), chain, err)
	}
	logged := fold(aggregate, events)
	if err := s.auditReadModels(ctx, aggregate, logged); err != nil {
		return err
	}
	ctx, cancel := context.WithTimeout(ctx, patience)
	defer cancel()
	// A worker that is asked about a record for the first time plays its history
	// first, and a question to one that has died is asked again elsewhere.
	return insist(ctx, "the workflow to be where the log is", func(ctx context.Context) error {
		running := empty(aggregate)
		value, err := s.temporal.QueryWorkflow(ctx, aggregate, "", workflows.QueryState)
		if err == nil {
			err = value.Get(running)
		}
		if err == nil {
			err = different(logged, running)
		}
		return err
	})
}

// once compares a record's log with the steps that were acknowledged: each is
// there, at the revision that its answer told, and there is no other.
func once(events []casework.Event, deeds []deed) error {
	var happened, wanted []casework.EventType
	steps := make(map[string]bool)           // by command
	ends := make(map[int]casework.EventType) // the step that left the record at a revision
	for i, e := range events {
		switch {
		case e.Seq != i+1:
			return fmt.Errorf("event %d has number %d", i+1, e.Seq)
		case e.Type == casework.EventDutiesChanged && e.Actor.Role == casework.RoleSystem:
		case e.Type == casework.EventDutiesChanged: // what the step before it made of the duties
			ends[e.Seq] = ends[e.Seq-1]
		case steps[e.CommandID]:
			return fmt.Errorf("%s was done twice", e.Type)
		default:
			steps[e.CommandID], ends[e.Seq] = true, e.Type
			happened = append(happened, e.Type)
		}
	}
	for _, d := range deeds {
		wanted = append(wanted, d.event)
		if d.revision > 0 && ends[d.revision] != d.event {
			return fmt.Errorf("%s was answered as revision %d, which is %s", d.event, d.revision, ends[d.revision])
		}
	}
	return different(wanted, happened, cmpopts.SortSlices(stdcmp.Less[casework.EventType]))
}

// auditReadModels holds what lists show to the log.
func (s *site) auditReadModels(ctx context.Context, aggregate string, logged state) error {
	summary, err := s.db.Summary(ctx, aggregate)
	if err != nil {
		return err
	}
	children, err := s.db.Children(ctx, aggregate)
	if err != nil {
		return err
	}
	page, err := s.db.Duties(ctx, postgres.DutyFilter{Aggregate: aggregate, Limit: 500})
	if err != nil {
		return err
	}
	wanted, shown := logged.Base().Ledger, make([]casework.Duty, len(page.Items))
	for i, row := range page.Items {
		shown[i] = row.Duty
	}
	byID := cmpopts.SortSlices(func(a, b casework.Duty) bool { return a.ID < b.ID })
	byChild := cmp.Options{
		cmpopts.SortSlices(func(a, b casework.ChildSummary) bool { return a.Child < b.Child }),
		cmpopts.IgnoreFields(casework.ChildSummary{}, "EnteredCare"), // the log alone cannot tell it: it takes the law
	}
	return errors.Join(
		different(logged.Summary(), summary),
		different(logged.ChildRows(), children, byChild),
		different(short(wanted), short(shown), byID),
	)
}

// short keeps of duties what a record carries along of settled ones, too.
func short(duties []casework.Duty) []casework.Duty {
	kept := make([]casework.Duty, len(duties))
	for i, d := range duties {
		kept[i] = casework.Duty{
			ID: d.ID, Clock: d.Clock, Subject: d.Subject, Occurrence: d.Occurrence,
			Due: d.Due, DueAt: d.DueAt, Status: d.Status, MetBy: d.MetBy, Told: d.Told,
		}
	}
	return kept
}

// repeat sends every step again, as a caller does who has lost the answer.
func (s *site) repeat(deeds []deed) {
	s.t.Helper()
	caller := s.caller()
	group, ctx := errgroup.WithContext(s.t.Context())
	group.SetLimit(clients)
	for _, d := range deeds {
		if d.step.key == "" {
			continue
		}
		group.Go(func() error {
			again, err := caller.post(ctx, d.step)
			if err == nil && again != d.reply {
				err = fmt.Errorf("%s, sent again: %s", d.step.path, cmp.Diff(d.reply, again))
			}
			return err
		})
	}
	require.NoError(s.t, group.Wait())
}

func isReport(aggregate string) bool {
	return strings.HasPrefix(aggregate, string(casework.KindReport))
}

func fold(aggregate string, events []casework.Event) state {
	if isReport(aggregate) {
		return casework.FoldReport(events)
	}
	return casework.FoldCase(events)
}

func empty(aggregate string) state {
	if isReport(aggregate) {
		return new(casework.Report)
	}
	return new(casework.Case)
}

// different says where two values differ. The answers that a workflow carries
// along are not part of the log.
func different(want, got any, options ...cmp.Option) error {
	options = append(options, cmpopts.IgnoreUnexported(casework.Record{}), cmpopts.IgnoreFields(casework.Record{}, "Answers"),
		cmpopts.EquateEmpty(), cmp.AllowUnexported(casework.Date{}))
	if diff := cmp.Diff(want, got, options...); diff != "" {
		return fmt.Errorf("want -, got +:\n%s", diff)
	}
	return nil
}
