package main

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"os"
	"time"

	"homeward/casework"
	"homeward/internal/app"
	"homeward/internal/config"
	"homeward/internal/explain"
	"homeward/policy"
)

// explainCommand says what the law asks for, given facts, and why.
type explainCommand struct {
	Facts  string `required:"" xor:"from" placeholder:"FILE" help:"JSON file with the facts, - for standard input. docs/explain.md describes it."`
	Case   string `required:"" xor:"from" placeholder:"NUMBER" help:"Number of a stored case to explain instead."`
	Report string `required:"" xor:"from" placeholder:"NUMBER" help:"Number of a stored report to explain instead."`
	Pack   string `placeholder:"PACK[@VERSION]" help:"Policy pack; its latest version without one. A stored record has its own; with this, see what another would ask."`
	Packs  string `aliases:"pack-folder" env:"HOMEWARD_PACK_FOLDER" type:"existingdir" placeholder:"DIR" help:"Folder with an agency's own policy packs, besides the released ones."`
	AsOf   string `name:"as-of" placeholder:"DATE" help:"Day as whose end the duties stand, or an RFC 3339 time. Without it, today where the facts are."`
	Format string `enum:"json,text" default:"json" help:"Form of the answer: json, or text as a calendar to pin up."`

	Database storedRecords `embed:"" group:"Database"`
}

// storedRecords are the settings of the database, which only a stored record
// needs: without the methods of their group, they may be missing.
type storedRecords config.Database

// Validate refuses facts without a pack, before any file is read.
func (e *explainCommand) Validate() error {
	if e.Facts != "" && e.Pack == "" {
		return errors.New("--pack is missing: say which law, as in --pack us-federal")
	}
	return nil
}

// Run prints the answer.
func (e *explainCommand) Run(ctx context.Context, c console) error {
	law, err := app.Law(config.Packs{Folder: e.Packs})
	if err != nil {
		return misuse{err}
	}
	q, err := e.question(ctx, c)
	if err != nil {
		return err
	}
	pack, err := law.Library.Pack(cmp.Or(e.Pack, q.pack))
	if err != nil {
		return misuse{errors.New(public(err))}
	}
	asOf := explain.Today(q.now, q.Zone)
	if e.AsOf != "" {
		if asOf, err = explain.AsOf(e.AsOf, q.Zone); err != nil {
			return misuse{fmt.Errorf("--as-of: %w", err)}
		}
	}
	answer := explain.Explain(pack, q.Input, asOf)
	if e.Format == "text" {
		return answer.WriteText(c)
	}
	return answer.WriteJSON(c)
}

// question is what is asked about, and what is not said about how.
type question struct {
	policy.Input

	// pack is the one that a stored record is pinned to.
	pack string
	// now is the time that counts as today.
	now time.Time
}

// question reads the facts, from wherever they come.
func (e *explainCommand) question(ctx context.Context, c console) (question, error) {
	switch {
	case e.Case != "":
		return e.stored(ctx, c, casework.KindCase, e.Case)
	case e.Report != "":
		return e.stored(ctx, c, casework.KindReport, e.Report)
	}
	in, err := e.read(c)
	return question{Input: in, now: c.now()}, err
}

// read reads the facts from the file or from standard input.
func (e *explainCommand) read(c console) (policy.Input, error) {
	input := c.in
	if e.Facts != "-" {
		file, err := os.Open(e.Facts)
		if err != nil {
			return policy.Input{}, misuse{fmt.Errorf("--facts: %w", err)}
		}
		defer func() { _ = file.Close() }() // It was only read.
		input = file
	}
	in, err := explain.Read(input)
	if refusals, ok := errors.AsType[explain.Refusals](err); ok {
		return in, misuse{refusals}
	}
	return in, err
}

// stored reads a record from its log.
func (e *explainCommand) stored(ctx context.Context, c console, kind casework.AggregateKind, number string) (_ question, err error) {
	settings := config.Database(e.Database)
	if err := errors.Join(settings.AfterApply(), settings.Validate()); err != nil {
		return question{}, misuse{err}
	}
	db, err := app.Database(ctx, settings, "explain")
	if err != nil {
		return question{}, err
	}
	defer func() { err = errors.Join(err, db.Close()) }()
	events, err := db.Events(ctx, casework.AggregateID(kind, number), 1)
	if err != nil {
		return question{}, err
	}
	if len(events) == 0 {
		return question{}, casework.NewError(casework.NotFound, fmt.Sprintf("There is no %s %q.", kind, number))
	}
	if kind == casework.KindReport {
		report := casework.FoldReport(events)
		return about(&report.Record, report.Subjects(), c.now()), nil
	}
	family := casework.FoldCase(events)
	return about(&family.Record, family.Subjects(), c.now()), nil
}

// about asks about a stored record. Its own clock may be ahead of ours, on a
// stack that was moved forward; its today is the later one.
func about(r *casework.Record, subjects []casework.Subject, now time.Time) question {
	if r.Now.After(now) {
		now = r.Now
	}
	return question{Input: explain.Stored(r, subjects), pack: r.Pack, now: now}
}
