// Command bench compares Homeward with a bare SDK workflow on the same Temporal
// server, in turns, and writes what it finds to docs/benchmarks.md. Run it
// through `make bench`; it needs the throw-away servers of homeward-dev exec.
//
//	go run ./bench           about eight minutes
//	go run ./bench -short    about one minute, to see that it works; writes nothing
//
// Interrupted, it prints what it has measured so far.
package main

import (
	"context"
	"flag"
	"fmt"
	"io"
	"os"
	"os/signal"
	"runtime/pprof"
	"syscall"
	"time"
)

// options are the command line.
type options struct {
	short   bool
	out     string
	only    string
	profile string
}

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	context.AfterFunc(ctx, stop) // a second Ctrl-C ends the program at once
	if err := execute(ctx, os.Args[1:], os.Stdout, os.Stderr); err != nil {
		_, _ = fmt.Fprintln(os.Stderr, "bench:", err)
		os.Exit(1)
	}
}

// execute parses args, measures and reports: the figures to out, progress to
// progress, and after a complete run the document to its file.
func execute(ctx context.Context, args []string, out, progress io.Writer) (err error) {
	var o options
	flags := flag.NewFlagSet("bench", flag.ContinueOnError)
	flags.SetOutput(progress)
	flags.BoolVar(&o.short, "short", false, "measure little, to see that it works; writes no document")
	flags.StringVar(&o.out, "out", "docs/benchmarks.md", "where a complete run writes its document")
	flags.StringVar(&o.only, "only", "", "measure only what has this in its title; writes no document")
	flags.StringVar(&o.profile, "cpuprofile", "", "write a CPU profile of client, workers and activities to this file")
	if err := flags.Parse(args); err != nil {
		return err
	}
	if o.profile != "" {
		stop, err := profile(o.profile)
		if err != nil {
			return err
		}
		defer stop()
	}
	size := full()
	if o.short {
		size = short()
	}
	began := time.Now()
	s, err := openStage(ctx)
	if err != nil {
		return err
	}
	defer s.close(context.WithoutCancel(ctx))
	groups, err := measure(ctx, &bench{stage: s, scale: size, progress: progress}, measurements(), o.only)
	if printed := writeGroups(out, groups); err == nil {
		err = printed
	}
	if err != nil || o.short || o.only != "" {
		return err
	}
	return writeDocument(ctx, o.out, s, groups, began)
}

func profile(path string) (stop func(), err error) {
	file, err := os.Create(path)
	if err != nil {
		return nil, err
	}
	if err := pprof.StartCPUProfile(file); err != nil {
		return nil, err
	}
	return func() {
		pprof.StopCPUProfile()
		_ = file.Close() // A profile is looked at, not relied on.
	}, nil
}
