package main

import (
	"cmp"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"text/tabwriter"

	"homeward/policy"
)

// packsCommand is about policy packs themselves.
type packsCommand struct {
	Schema packsSchemaCommand `cmd:"" help:"Print the JSON Schema of a policy pack, for the editor in which packs are written."`
	List   packsListCommand   `cmd:"" help:"List the policy packs, with the number of their clocks."`
	Check  packsCheckCommand  `cmd:"" help:"Load a folder of packs on top of the released ones, and name everything that is wrong with them."`
}

type packsSchemaCommand struct{}

// Run prints the schema.
func (packsSchemaCommand) Run(c console) error {
	_, err := io.WriteString(c, policy.Schema())
	return err
}

type packsListCommand struct{}

// Run lists the released packs.
func (packsListCommand) Run(c console) error {
	library, err := policy.Load()
	if err != nil {
		return err
	}
	return listPacks(c, library.Packs())
}

type packsCheckCommand struct {
	Folder string `arg:"" help:"Folder with the packs, *.yaml."`
}

// Run lists the packs of the folder, or says what is wrong with them.
func (p packsCheckCommand) Run(c console) error {
	released, err := policy.Load()
	if err != nil {
		return err
	}
	library, err := policy.Load(os.DirFS(p.Folder))
	if err != nil {
		return misuse{errors.New(strings.Join(p.problems(err), "\n"))}
	}
	return listPacks(c, slices.DeleteFunc(library.Packs(), func(pack *policy.Pack) bool {
		return slices.ContainsFunc(released.Packs(), func(r *policy.Pack) bool { return r.Ref() == pack.Ref() })
	}))
}

// problems lists why packs of the folder are refused, as file:line: reason, in
// the order of the files.
func (p packsCheckCommand) problems(err error) []string {
	all := packErrors(err)
	if len(all) == 0 {
		return []string{p.Folder + ": " + err.Error()}
	}
	slices.SortStableFunc(all, func(a, b *policy.PackError) int {
		return cmp.Or(strings.Compare(a.File, b.File), cmp.Compare(a.Line, b.Line))
	})
	lines := make([]string, len(all))
	for i, one := range all {
		located := *one
		located.File = filepath.Join(p.Folder, one.File)
		lines[i] = located.Error()
	}
	return slices.Compact(lines)
}

// packErrors takes the joined error of loading apart.
func packErrors(err error) []*policy.PackError {
	if joined, ok := errors.AsType[interface {
		error
		Unwrap() []error
	}](err); ok {
		var all []*policy.PackError
		for _, one := range joined.Unwrap() {
			all = append(all, packErrors(one)...)
		}
		return all
	}
	if one, ok := errors.AsType[*policy.PackError](err); ok {
		return []*policy.PackError{one}
	}
	return nil
}

// listPacks writes a table, a pack a line. Clocks that a pack takes over count.
func listPacks(w io.Writer, packs []*policy.Pack) error {
	table := tabwriter.NewWriter(w, 0, 0, 2, ' ', 0)
	// A tabwriter keeps the first error for Flush.
	_, _ = fmt.Fprintln(table, "PACK\tVERSION\tTITLE\tJURISDICTION\tCLOCKS\tUNCONFIRMED")
	for _, pack := range packs {
		clocks := pack.Clocks()
		unconfirmed := 0
		for _, clock := range clocks {
			if !clock.Confirmed {
				unconfirmed++
			}
		}
		_, _ = fmt.Fprintf(table, "%s\t%s\t%s\t%s\t%d\t%d\n",
			pack.ID(), pack.Version(), pack.Title(), pack.Jurisdiction(), len(clocks), unconfirmed)
	}
	return table.Flush()
}
