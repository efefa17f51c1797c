package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"strings"
	"text/tabwriter"
	"time"

	"homeward/casework"
	"homeward/internal/access"
	"homeward/internal/app"
	"homeward/internal/audit"
	"homeward/internal/config"
	"homeward/internal/hsds"
	"homeward/postgres"
)

// directoryCommand looks after the directory of services. docs/directory.md tells
// how to use it.
type directoryCommand struct {
	Import directoryImportCommand `cmd:"" help:"Replace a source's services by those of a file or folder in the form of Open Referral HSDS. Safe to run again."`
}

type directoryImportCommand struct {
	Database config.Database `embed:"" group:"Database"`

	Path    string `arg:"" type:"path" help:"A zip archive or folder with the tables, or a file of JSON."`
	Source  string `required:"" help:"Name of whoever keeps this directory, like county-211. Its rows are replaced, those of other sources stay."`
	By      string `required:"" placeholder:"ID" help:"ID of the administrator who imports, for the audit."`
	Check   bool   `help:"Read the files, tell what is wrong with them, and store nothing."`
	Partial bool   `help:"Import the rest where rows cannot be used. Without it a bad row stops everything."`
	Shrink  bool   `help:"Go on although more than half of the source's services are not there any more."`
}

// check refuses names that could not stand in an ID or in the audit.
func (d directoryImportCommand) check() error {
	small := strings.Trim(d.Source, "abcdefghijklmnopqrstuvwxyz0123456789-") == ""
	switch {
	case d.Source == "" || !small || len(d.Source) > postgres.MaxSource:
		return misuse{fmt.Errorf("--source: up to %d small letters, digits and - are expected", postgres.MaxSource)}
	case d.By == "" || !casework.IsOpaque(d.By):
		return misuse{errors.New("--by: the ID of a person is expected, no name")}
	}
	return nil
}

// Run tells each bad row on a line of its own, says how far it is, and prints what
// the import did. Interrupted, it leaves everything as it was.
func (d directoryImportCommand) Run(ctx context.Context, c console) (err error) {
	if err := d.check(); err != nil {
		return err
	}
	told := c.now()
	say := func(format string, args ...any) {
		if now := c.now(); now.Sub(told) >= quiet {
			told = now
			_, _ = fmt.Fprintf(c, format, args...) // The last line tells.
		}
	}
	read, err := hsds.Open(ctx, d.Path, func(file string, rows int) { say("... read %d rows of %s\n", rows, file) })
	if err != nil {
		if _, missing := os.Stat(d.Path); missing != nil {
			return misuse{err}
		}
		return err
	}
	for _, p := range read.Problems {
		if _, err := fmt.Fprintln(c, p); err != nil {
			return err
		}
	}
	dropped := read.Dropped()
	_, err = fmt.Fprintf(c, "%s: %s read, %s cannot be used, %s told of.\n",
		read.Format, counted(read.Rows, "row"), counted(dropped, "row"), counted(len(read.Problems)-dropped, "other thing"))
	switch {
	case err != nil || d.Check:
		return err
	case dropped > 0 && !d.Partial:
		return errors.New("nothing was imported. Mend the rows above, or import the rest with --partial")
	}
	return d.store(ctx, c, read, say)
}

func (d directoryImportCommand) store(ctx context.Context, c console, read *hsds.Directory, say func(string, ...any)) (err error) {
	db, err := app.Database(ctx, d.Database, "directory")
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, db.Close()) }()
	begun := c.now()
	changes, err := db.ImportDirectory(ctx, postgres.DirectoryImport{
		Source: d.Source, Directory: read, Shrinks: d.Shrink, At: begun,
		Told: func(stored, all int) { say("... stored %d of %d rows\n", stored, all) },
	}, audit.Entry{
		Actor: casework.Actor{ID: d.By, Role: casework.RoleAdministrator}, Action: access.ImportDirectory, Outcome: audit.Done,
		Part: d.Source, Count: read.Rows,
	})
	if err != nil {
		return err
	}
	table := tabwriter.NewWriter(c, 0, 0, 2, ' ', tabwriter.AlignRight)
	_, _ = fmt.Fprintln(table, "table\tnew\tchanged\tgone\tas before\t") // Flush tells.
	for _, t := range changes {
		_, _ = fmt.Fprintf(table, "%s\t%d\t%d\t%d\t%d\t\n", t.Table, t.Added, t.Changed, t.Gone, t.Unchanged)
	}
	if err := table.Flush(); err != nil {
		return err
	}
	_, err = fmt.Fprintf(c, "Imported in %s.\n", c.now().Sub(begun).Round(time.Millisecond))
	return err
}
