package main

import (
	"fmt"
	"io"
	"math"
	"slices"
	"strings"
)

// unit writes a value.
type unit func(float64) string

func milliseconds(v float64) string { return fmt.Sprintf("%.1f ms", v) }
func microseconds(v float64) string { return fmt.Sprintf("%.0f µs", v) }
func perSecond(v float64) string    { return fmt.Sprintf("%.0f/s", v) }
func times(v float64) string        { return fmt.Sprintf("%.2fx", v) }
func number(v float64) string       { return strings.TrimSuffix(fmt.Sprintf("%.1f", v), ".0") }

// goal is what the design asks for. The zero value asks for nothing.
type goal struct {
	asked bool
	limit float64
	// least says that the value must reach the limit rather than keep below it.
	least bool
	// relative says that the ratio to the bare workflow is meant.
	relative bool
}

func atMost(limit float64) goal { return goal{asked: true, limit: limit} }

func ratioAtMost(limit float64) goal { return goal{asked: true, limit: limit, relative: true} }

func ratioAtLeast(limit float64) goal { //nolint:unparam // reads like its siblings
	return goal{asked: true, limit: limit, least: true, relative: true}
}

// figure is one line of the result: one value a repeat on each side.
type figure struct {
	what           string
	unit           unit
	bare, homeward series
	goal           goal
}

// found is a figure that nothing is asked of; bare is nil where a bare workflow
// has no such thing.
func found(what string, u unit, bare, homeward series) figure {
	return figure{what: what, unit: u, bare: bare, homeward: homeward}
}

// with asks a figure to meet a goal.
func (f figure) with(g goal) figure {
	f.goal = g
	return f
}

// ratios are Homeward's values over those of the bare workflow.
func (f figure) ratios() series { return f.homeward.over(f.bare) }

// met says whether the median meets the goal.
func (f figure) met() bool {
	value := f.homeward.median()
	if f.goal.relative {
		value = f.ratios().median()
	}
	if f.goal.least {
		return value >= f.goal.limit
	}
	return value <= f.goal.limit
}

// cells are the columns of the figure's line.
func (f figure) cells() []string {
	cells := []string{f.what, shown(f.bare, f.unit, false), shown(f.homeward, f.unit, len(f.bare) == 0), shown(f.ratios(), times, true)}
	if !f.goal.asked {
		return append(cells, "", "")
	}
	sign, u, verdict := "≤ ", f.unit, "met"
	if f.goal.least {
		sign = "≥ "
	}
	if f.goal.relative {
		u = times
	}
	if !f.met() {
		verdict = "**missed**"
	}
	return append(cells, sign+u(f.goal.limit), verdict)
}

// shown writes the median, and the least and the greatest value where asked for.
func shown(s series, u unit, spread bool) string {
	if len(s) == 0 || math.IsNaN(s.median()) {
		return ""
	}
	if !spread || len(s) == 1 {
		return u(s.median())
	}
	return fmt.Sprintf("%s (%s to %s)", u(s.median()), u(slices.Min(s)), u(slices.Max(s)))
}

// header names the columns.
func header() []string { return []string{"", "Bare", "Homeward", "Ratio", "Goal", ""} }

// writeGroups prints the figures as aligned text.
func writeGroups(w io.Writer, groups []group) error {
	rows := [][]string{header()}
	for _, g := range groups {
		rows = append(rows, nil, []string{g.title})
		for _, f := range g.figures {
			rows = append(rows, f.cells())
		}
	}
	var widths [6]int
	for _, row := range rows {
		for i, cell := range row {
			if len(row) > 1 {
				widths[i] = max(widths[i], len([]rune(cell)))
			}
		}
	}
	for _, row := range rows {
		var line strings.Builder
		for i, cell := range row {
			fmt.Fprintf(&line, "%-*s  ", widths[i], cell)
		}
		if _, err := fmt.Fprintln(w, strings.TrimRight(line.String(), " ")); err != nil {
			return err
		}
	}
	return nil
}
