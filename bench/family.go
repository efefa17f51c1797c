package main

import (
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"strconv"
	"time"

	"go.temporal.io/sdk/client"
	"go.temporal.io/sdk/temporal"

	"homeward/casework"
	"homeward/internal/fault"
	"homeward/workflows"
)

// The staff, by opaque ID, and the law that they work under.
const (
	hotline    = "w-hotline"
	caseworker = "w-caseworker"
	supervisor = "w-supervisor"
	// successor takes a case over.
	successor = "w-successor"

	pack     = "washington@2025.1"
	timezone = "America/Los_Angeles"
)

// The children of each family.
const (
	elder   = "p-1"
	younger = "p-2"
)

func children() []casework.Subject {
	return []casework.Subject{
		{ID: elder, Born: casework.NewDate(2018, time.March, 3)}, {ID: younger, Born: casework.NewDate(2021, time.July, 9)},
	}
}

// step is a command under a key of its own.
func step(id string, role casework.Role, name string, body casework.Body) casework.Command {
	key := rand.Text()
	return casework.Command{
		ID: key, Fingerprint: key, Name: name, Actor: casework.Actor{ID: id, Role: role}, Body: body,
	}
}

func works(name string, body casework.Body) casework.Command {
	return step(caseworker, casework.RoleCaseworker, name, body)
}

func supervises(name string, body casework.Body) casework.Command {
	return step(supervisor, casework.RoleSupervisor, name, body)
}

// openCase opens the case of a family with two children and returns its ID.
func (s *stage) openCase(ctx context.Context) (string, error) {
	number := strconv.FormatInt(s.cases.Add(1), 10)
	id := casework.AggregateID(casework.KindCase, number)
	return id, s.open(ctx, id, step(supervisor, casework.RoleSystem, casework.StepOpen, &casework.Opening{
		Number: number, Report: "1", On: casework.DateOf(time.Now().UTC().Add(-24 * time.Hour)), Timezone: timezone,
		Office: "north", Jurisdiction: "US-WA", Pack: pack, Worker: caseworker, Supervisor: supervisor, Risk: "high",
		Children: children(),
	}))
}

// openReport takes a report whose call came at an instant, and returns its ID.
func (s *stage) openReport(ctx context.Context, received time.Time) (string, error) {
	number := strconv.FormatInt(s.reports.Add(1), 10)
	id := casework.AggregateID(casework.KindReport, number)
	return id, s.open(ctx, id, step(hotline, casework.RoleHotline, casework.StepReceive, &casework.Receipt{
		Number: number, ReceivedAt: received, Timezone: timezone, Office: "north", Jurisdiction: "US-WA", Pack: pack,
		ReporterCategory: "mandated", Narrative: "t-1", Children: children(), Supervisor: supervisor,
		Allegations: []casework.Allegation{{ID: "a-1", Victim: elder, Type: "neglect"}},
	}))
}

// open starts a record with the command that opens it.
func (s *stage) open(ctx context.Context, id string, c casework.Command) error {
	update, err := s.client.UpdateWithStartWorkflow(ctx, workflows.OpenOptions(s.client, id, s.taskQueue, c))
	return answered(ctx, update, err)
}

// send sends a command until the record takes or refuses it: one that is just
// moving to a fresh run asks to be sent it again.
func (s *stage) send(ctx context.Context, id string, c casework.Command) error {
	for {
		update, err := s.client.UpdateWorkflow(ctx, workflows.UpdateOptions(id, c))
		err = answered(ctx, update, err)
		if casework.KindOf(err) != casework.Unavailable || ctx.Err() != nil {
			return err
		}
	}
}

func answered(ctx context.Context, update client.WorkflowUpdateHandle, err error) error {
	if err == nil {
		err = update.Get(ctx, new(casework.Answer))
	}
	return fault.Decode(err)
}

// openInCare opens a case and records that both children were removed an hour ago.
func (s *stage) openInCare(ctx context.Context) (string, error) {
	id, err := s.openCase(ctx)
	if err != nil {
		return id, err
	}
	return id, s.send(ctx, id, works("child.remove", removal(time.Now().Add(-time.Hour))))
}

func removal(at time.Time) *casework.Removal {
	return &casework.Removal{
		Children: []string{elder, younger}, At: at, Authority: "court-order", Danger: "t-2", Efforts: "t-3",
		ICWAInquiry: "no-reason-to-know", RelativesAsked: true, Setting: "foster-home",
	}
}

// visit records a visit with children just now.
func visit(at time.Time, children ...string) casework.Command {
	return works("visit.record", &casework.Visit{Children: children, At: at, InResidence: true, Notes: "t-4"})
}

// visitBoth records a visit with both children of a case just now.
func (s *stage) visitBoth(ctx context.Context, id string) error {
	return s.send(ctx, id, visit(time.Now(), elder, younger))
}

// notifyRelatives records that the relatives of both children were told today.
func (s *stage) notifyRelatives(ctx context.Context, id string) error {
	today := casework.DateOf(time.Now().In(s.zone))
	return s.send(ctx, id, works("relatives.notify", &casework.RelativeNotice{Children: []string{elder, younger}, On: today}))
}

// refusedClosing asks for a case to be closed while the children are in care,
// and returns an error if that is not refused.
func (s *stage) refusedClosing(ctx context.Context, id string) error {
	err := s.send(ctx, id, works("closing.request", &casework.ClosingRequest{Risk: "low", Reason: "t-5"}))
	if casework.KindOf(err) == casework.Blocked {
		return nil
	}
	return notRefused(err)
}

func isRefusal(err error) bool {
	refusal, ok := errors.AsType[*temporal.ApplicationError](err)
	return ok && refusal.Type() == "refused"
}

func notRefused(err error) error { return fmt.Errorf("not refused as it should be: %w", err) }
