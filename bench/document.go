package main

import (
	"context"
	"fmt"
	"os"
	"os/exec"
	"runtime"
	"strconv"
	"strings"
	"time"
)

// introduction is the head of the document; the blanks are the machine and the date.
const introduction = `# Benchmarks

Written by ` + "`make bench`" + `; not edited by hand. What Homeward costs over the least that a long-lived workflow can be:
an entity loop of the Temporal SDK with one update that does nothing and stores nothing. Both run on one server, in one
worker process, with the same poller settings, and take turns. Ratios travel between machines; milliseconds do not.

%s

## Figures

Each line shows the median over the repeats, and for ratios the least and the greatest of them. A ratio is taken within
a repeat, so that what slows the machine for a while slows both sides. The goals are those of the design; a time is
reported here and never asserted in a test.

`

// machine describes where it ran, without its name.
type machine struct {
	cores    int
	memory   string
	system   string
	goes     string
	postgres string
	server   string
	durable  string
}

// lines are the machine in Markdown.
func (m machine) lines(began time.Time, took time.Duration) string {
	return fmt.Sprintf("Measured on %s in %s: %d cores, %s of memory, %s, %s, PostgreSQL %s (%s), Temporal server %s, all on "+
		"one machine with the clients.", began.UTC().Format(time.DateOnly), took.Round(time.Second),
		m.cores, m.memory, m.system, m.goes, m.postgres, m.durable, m.server)
}

// look asks the machine and the servers what they are.
func look(ctx context.Context, s *stage) (machine, error) {
	m := machine{
		cores: runtime.NumCPU(), memory: memory(), system: runtime.GOOS + "/" + runtime.GOARCH, goes: runtime.Version(),
		durable: "fsync off: a throw-away cluster",
	}
	var fsync string
	err := s.pool.QueryRowContext(ctx,
		`SELECT current_setting('server_version_num')::int / 10000, current_setting('fsync')`).Scan(&m.postgres, &fsync)
	if err != nil {
		return m, err
	}
	if fsync == "on" {
		m.durable = "fsync on"
	}
	info, err := s.client.WorkflowService().GetSystemInfo(ctx, nil)
	if err != nil {
		return m, err
	}
	m.server = info.GetServerVersion()
	return m, nil
}

// memory reads the size of the machine's memory where the system says it.
func memory() string {
	content, err := os.ReadFile("/proc/meminfo")
	if err != nil {
		return "unknown size"
	}
	fields := strings.Fields(string(content)) // MemTotal: 24576000 kB
	if len(fields) < 2 {
		return "unknown size"
	}
	kilobytes, err := strconv.ParseFloat(fields[1], 64)
	if err != nil {
		return "unknown size"
	}
	return fmt.Sprintf("%.0f GiB", kilobytes/(1<<20))
}

// writeDocument writes the whole document to path.
func writeDocument(ctx context.Context, path string, s *stage, groups []group, began time.Time) error {
	m, err := look(ctx, s)
	if err != nil {
		return fmt.Errorf("describe the machine: %w", err)
	}
	settings, err := settings(ctx)
	if err != nil {
		return err
	}
	text := fmt.Sprintf(introduction, m.lines(began, time.Since(began))) + tables(groups) + settings
	return os.WriteFile(path, []byte(text), 0o644) //nolint:gosec // a document is for everybody
}

// tables are the groups in Markdown.
func tables(groups []group) string {
	var b strings.Builder
	for _, g := range groups {
		fmt.Fprintf(&b, "### %s\n\n%s\n\n%s|---|--:|--:|--:|--:|---|\n", g.title, g.method, row(header()))
		for _, f := range g.figures {
			b.WriteString(row(f.cells()))
		}
		b.WriteString("\n")
	}
	return b.String()
}

func row(cells []string) string { return "| " + strings.Join(cells, " | ") + " |\n" }

// settings is the document's last part: how both sides are set up, and how to
// measure again. The server's settings come from the stack that ran it.
func settings(ctx context.Context) (string, error) {
	stack := os.Getenv(stackVariable)
	if stack == "" {
		return "", fmt.Errorf("%s is not set, so the server's settings are not known", stackVariable)
	}
	servers, err := exec.CommandContext(ctx, stack, "settings").Output() //nolint:gosec // the program that has started this one
	if err != nil {
		return "", fmt.Errorf("the server's settings: %w", err)
	}
	return fmt.Sprintf(settingsText, servers), nil
}

const settingsText = `## Settings

Workers: poller autoscaling (10 at first, 5 to 50) for workflow and activity tasks on both sides, everything else as the
SDK has it. Homeward's database pool has 16 connections. Its staff have e-mail addresses, and the mail server takes every
notice at once. Homeward's payloads are encrypted, those of the bare workflow are not. The policy pack is washington@2025.1.

%s
## Measuring again

` + "`make bench`" + ` starts servers of its own, takes about eight minutes and writes this page. Close everything else
first: with two cores, whatever else runs is in the figures. ` + "`bin/homeward-dev exec -- go run ./bench -short`" + ` takes a
minute, shows that it works, and writes nothing; ` + "`-only \"One command\"`" + ` picks a part, and ` + "`-cpuprofile FILE`" + ` shows where
the time goes.
`
