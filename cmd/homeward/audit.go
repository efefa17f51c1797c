package main

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"time"

	"homeward/casework"
	"homeward/internal/app"
	"homeward/internal/config"
	"homeward/postgres"
)

// auditCommand proves what is on record. docs/audit.md tells how to use it.
type auditCommand struct {
	Verify auditVerifyCommand `cmd:"" help:"Compute every hash of the audit again, and name each row that is not as it was written."`
	Head   auditHeadCommand   `cmd:"" help:"Print the head of the audit as one line, to be kept where the database's owner cannot write."`
}

type auditHeadCommand struct {
	Database config.Database `embed:"" group:"Database"`
}

// Run prints one line of JSON.
func (h auditHeadCommand) Run(ctx context.Context, c console) (err error) {
	db, err := app.Database(ctx, h.Database, "audit")
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, db.Close()) }()
	head, err := db.AuditHead(ctx)
	if err != nil {
		return err
	}
	return json.NewEncoder(c).Encode(head)
}

type auditVerifyCommand struct {
	Database config.Database `embed:"" group:"Database"`

	From   string   `placeholder:"DAY" help:"First day to look at, in UTC, like 2026-06-01. Without it, the first there is."`
	To     string   `placeholder:"DAY" help:"Last day to look at, in UTC. Without it, the last there is."`
	Anchor []string `placeholder:"FILE" help:"File with heads that were printed before, one on a line: each of them must be part of this audit."`
}

// quiet is how long a check says nothing about how far it is.
const quiet = 5 * time.Second

// Run names broken rows on lines of their own and ends with a sentence.
func (v auditVerifyCommand) Run(ctx context.Context, c console) (err error) {
	check, err := v.check()
	if err != nil {
		return misuse{err}
	}
	db, err := app.Database(ctx, v.Database, "audit")
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, db.Close()) }()
	check.Found = func(f postgres.AuditFault) { _, _ = fmt.Fprintln(c, f) } // The last line tells that it could not be written.
	told := c.now()
	check.Progress = func(day casework.Date, lines int) {
		if now := c.now(); now.Sub(told) >= quiet {
			told = now
			_, _ = fmt.Fprintf(c, "... %s, %d lines so far\n", day, lines)
		}
	}
	report, err := db.VerifyAudit(ctx, check)
	if err != nil {
		return err
	}
	covered := fmt.Sprintf("%s, %s, %s", counted(report.Lines, "line"), counted(report.Chains, "chain"), counted(report.Days, "day"))
	if report.Faults > 0 {
		return fmt.Errorf("the audit is not as it was written: %s named above (%s looked at)", counted(report.Faults, "place"), covered)
	}
	_, err = fmt.Fprintf(c, "The audit is as it was written: %s%s.\n", covered, against(check.Anchors))
	return err
}

// against says what the audit was compared with.
func against(anchors []postgres.AuditAnchor) string {
	switch len(anchors) {
	case 0:
		return ", and no head that was kept elsewhere to compare with"
	case 1:
		return ", and the head that was kept elsewhere is part of it"
	}
	return fmt.Sprintf(", and %d heads that were kept elsewhere are part of it", len(anchors))
}

func counted(n int, what string) string {
	if n == 1 {
		return "1 " + what
	}
	return fmt.Sprintf("%d %ss", n, what)
}

// check reads the days and the files. A head of a day that is not looked at would
// prove nothing, so it is refused.
func (v auditVerifyCommand) check() (check postgres.AuditCheck, err error) {
	for _, day := range []struct {
		flag, text string
		to         *casework.Date
	}{{"--from", v.From, &check.From}, {"--to", v.To, &check.To}} {
		if day.text == "" {
			continue
		}
		if *day.to, err = casework.ParseDate(day.text); err != nil {
			return check, fmt.Errorf("%s: want a day like 2026-06-01", day.flag)
		}
	}
	for _, file := range v.Anchor {
		anchors, err := readAnchors(file)
		if err != nil {
			return check, fmt.Errorf("--anchor: %w", err)
		}
		check.Anchors = append(check.Anchors, anchors...)
	}
	for _, a := range check.Anchors {
		if a.Day.Before(check.From) || (!check.To.IsZero() && a.Day.After(check.To)) {
			return check, fmt.Errorf("--anchor: the head of %s is not of the days that --from and --to name", a.Day)
		}
	}
	return check, nil
}

// readAnchors reads the lines that [auditHeadCommand] has printed.
func readAnchors(file string) ([]postgres.AuditAnchor, error) {
	data, err := os.ReadFile(file)
	if err != nil {
		return nil, err
	}
	var all []postgres.AuditAnchor
	decoder := json.NewDecoder(bytes.NewReader(data))
	decoder.DisallowUnknownFields()
	for {
		var a postgres.AuditAnchor
		err := decoder.Decode(&a)
		switch {
		case errors.Is(err, io.EOF) && len(all) > 0:
			return all, nil
		case err != nil || a.Hash == "" || a.Day.IsZero() || a.At.IsZero():
			return nil, fmt.Errorf("%s: head %d cannot be read: want lines that `homeward audit head` has printed", file, len(all)+1)
		}
		all = append(all, a)
	}
}
