// Print writes the closed days of a jurisdiction as a policy pack wants them,
// a year a line:
//
//	go run ./internal/courtdays/print US-WA
package main

import (
	"fmt"
	"io"
	"os"
	"strings"

	"homeward/casework"
	"homeward/internal/courtdays"
)

func main() {
	if err := run(os.Args[1:], os.Stdout); err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}

func run(args []string, out io.Writer) error {
	if len(args) != 1 {
		return fmt.Errorf("usage: print JURISDICTION")
	}
	dates, err := courtdays.Closed(args[0])
	if err != nil {
		return err
	}
	for year := courtdays.FirstYear; year <= courtdays.LastYear; year++ {
		if _, err := fmt.Fprintf(out, "      - [%s]\n", strings.Join(of(year, dates), ", ")); err != nil {
			return err
		}
	}
	return nil
}

func of(year int, dates []casework.Date) []string {
	var list []string
	for _, d := range dates {
		if y, _, _ := d.Civil(); y == year {
			list = append(list, d.String())
		}
	}
	return list
}
