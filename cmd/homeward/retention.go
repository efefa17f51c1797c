package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"time"

	"homeward/internal/app"
	"homeward/internal/config"
	"homeward/internal/explain"
)

// retentionCommand applies the rules of retention of the packs. docs/erasure.md
// tells how to use it.
type retentionCommand struct {
	Due retentionDueCommand `cmd:"" help:"List the findings that are to be expunged and the closed records that are to be purged, and under which law."`
	Run retentionRunCommand `cmd:"" help:"Expunge the findings that are due, and ask for the purge of the records that are due. A person decides on each purge. Safe to run again."`

	Schedule retentionScheduleCommand `cmd:"" help:"Have the worker do this every night, or no more, or say whether it does."`
}

// retentionSettings are what both commands read.
type retentionSettings struct {
	Database config.Database `embed:"" group:"Database"`
	Packs    config.Packs    `embed:"" group:"Policy"`
}

// open returns the rules on the database; close gives it back.
func (s retentionSettings) open(ctx context.Context, c console) (r app.Retention, closing func() error, err error) {
	law, err := app.Law(s.Packs)
	if err != nil {
		return r, nil, misuse{err}
	}
	db, err := app.Database(ctx, s.Database, "retention")
	if err != nil {
		return r, nil, err
	}
	now := c.now()
	r = app.Retention{
		DB: db, Library: law.Library, Progress: func(int) {},
		AsOf: func(*time.Location) time.Time { return now },
	}
	return r, db.Close, nil
}

type retentionDueCommand struct {
	Settings retentionSettings `embed:""`

	AsOf   string `name:"as-of" placeholder:"DAY" help:"Day as which to look, at its end where each record is, like 2026-06-01. Without it, now."`
	Format string `enum:"json,text" default:"text" help:"Form of a line: text, or a JSON object."`
}

// Run prints one line for each finding and record.
func (d retentionDueCommand) Run(ctx context.Context, c console) (err error) {
	if d.AsOf != "" {
		if _, err := explain.AsOf(d.AsOf, time.UTC); err != nil {
			return misuse{fmt.Errorf("--as-of: %w", err)}
		}
	}
	r, closing, err := d.Settings.open(ctx, c)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, closing()) }()
	if d.AsOf != "" {
		r.AsOf = func(zone *time.Location) time.Time {
			at, _ := explain.AsOf(d.AsOf, zone) // It was read before.
			return at
		}
	}
	lines := json.NewEncoder(c)
	return r.Due(ctx, func(due app.Due) error {
		if d.Format == "json" {
			return lines.Encode(due)
		}
		_, err := fmt.Fprintln(c, retentionLine(due))
		return err
	})
}

// retentionLine says what, of what, since when, and under which law.
func retentionLine(d app.Due) string {
	line := fmt.Sprintf("%s  %-13s  %s", d.Due, d.Then, retentionMatter(d))
	line += "  " + d.Rule + "  " + d.Citation
	if !d.Confirmed {
		line += " (not confirmed)"
	}
	if d.Waits != "" {
		line += "  " + d.Waits
	}
	return line
}

func retentionMatter(d app.Due) string {
	if d.Allegation == "" {
		return d.Record
	}
	return d.Record + "/" + d.Allegation
}

type retentionRunCommand struct {
	Settings retentionSettings `embed:""`
}

// Run does what is due, names each on a line of its own and ends with a sentence.
func (d retentionRunCommand) Run(ctx context.Context, c console) (err error) {
	r, closing, err := d.Settings.open(ctx, c)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, closing()) }()
	told := c.now()
	r.Progress = func(looked int) {
		if now := c.now(); now.Sub(told) >= quiet {
			told = now
			_, _ = fmt.Fprintf(c, "... looked at %d findings and records so far\n", looked) // The last line tells.
		}
	}
	kept, err := r.Run(ctx, c.now, func(due app.Due) error {
		_, err := fmt.Fprintln(c, retentionLine(due))
		return err
	})
	_, last := fmt.Fprintf(c, "%s expunged, %s asked for, %s left as they are.\n",
		counted(kept.Expunged, "finding"), counted(kept.Asked, "purge"), counted(kept.Waiting, "record"))
	return errors.Join(err, last)
}
