package main

import (
	"bufio"
	"bytes"
	"context"
	"errors"
	"fmt"
	"os/exec"
	"strconv"
	"strings"
)

// functions runs the Go benchmarks of single functions.
func functions() measurement {
	return measurement{
		title: "Single functions",
		method: func(scale) string {
			return "The Go benchmarks of `policy` and `postgres`, run by `go test -bench`: every duty of a child with five " +
				"years of facts, and one transition with two events, a duty and a notice, written in the one statement " +
				"that Homeward uses and in three."
		},
		run: func(ctx context.Context, b *bench) ([]figure, error) {
			evaluate, err := goBench(ctx, b, "./policy", "BenchmarkEvaluate_FiveYearsOfOneChild")
			if err != nil {
				return nil, err
			}
			figures := []figure{
				found("duties of five years", microseconds, nil, evaluate["BenchmarkEvaluate_FiveYearsOfOneChild"]).with(atMost(200)),
			}
			record, err := goBench(ctx, b, "./postgres", "BenchmarkRecord")
			return append(figures,
				found("record a transition, three statements", microseconds, nil, record["BenchmarkRecord/three_statements"]),
				found("record a transition, one statement", microseconds, nil, record["BenchmarkRecord/one_statement"]),
			), err
		},
	}
}

// goBench runs benchmarks of a package and returns the microseconds of an
// operation by name, one for each repeat.
func goBench(ctx context.Context, b *bench, pkg, name string) (map[string]series, error) {
	command := exec.CommandContext(ctx, "go", "test", "-run", "^$", "-bench", "^"+name+"$", //nolint:gosec // fixed arguments
		"-benchtime", "300ms", "-count", strconv.Itoa(b.repeats), pkg)
	output, err := command.CombinedOutput()
	if err != nil {
		return nil, fmt.Errorf("go test %s: %w\n%s", pkg, err, output)
	}
	found := parseBench(output)
	if len(found) == 0 {
		return nil, errors.New("go test " + pkg + " has no " + name)
	}
	return found, nil
}

// parseBench reads lines like "BenchmarkRecord/one_statement-2  100  123456 ns/op".
func parseBench(output []byte) map[string]series {
	found := make(map[string]series)
	lines := bufio.NewScanner(bytes.NewReader(output))
	for lines.Scan() {
		fields := strings.Fields(lines.Text())
		if len(fields) < 4 || fields[3] != "ns/op" {
			continue
		}
		name := fields[0]
		if i := strings.LastIndex(name, "-"); i > 0 { // the number of CPUs
			name = name[:i]
		}
		if ns, err := strconv.ParseFloat(fields[2], 64); err == nil {
			found[name] = append(found[name], ns/1000)
		}
	}
	return found
}
