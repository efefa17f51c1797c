package explain

import (
	"fmt"
	"io"
	"strings"
	"time"

	"homeward/casework"
	"homeward/policy"
)

const (
	// pageWidth is the widest line, in characters.
	pageWidth = 100
	// gutter is the width of the column with the dates.
	gutter = 20
)

// WriteText writes the answer as a calendar that a caseworker can pin up: what
// is overdue first, then what is to come by month, what is paused or waived,
// and what is done.
func (a Answer) WriteText(w io.Writer) error {
	p := &page{Answer: a}
	p.head()
	p.block("OVERDUE", casework.DutyOverdue)
	p.block("MISSED, AND CANNOT BE MADE UP FOR", casework.DutyIncurable)
	p.months()
	p.block("PAUSED: NOT OWED FOR NOW", casework.DutyPaused)
	p.block("WAIVED: NOT OWED", casework.DutyWaived)
	p.block("DONE, BESIDE THE DATE ON WHICH IT WAS DUE", casework.DutyMet, casework.DutyMetLate)
	p.foot()
	_, err := io.WriteString(w, p.text.String())
	return err
}

// page is the text as far as it is written.
type page struct {
	Answer

	text strings.Builder
	// unconfirmed says that a clock on the page was not checked.
	unconfirmed bool
}

// head says for whom, under which law, as of when, and since when in care.
func (p *page) head() {
	names := make([]string, len(p.about))
	for i, child := range p.about {
		names[i] = nameOf(child.ID)
	}
	p.line("What the law asks for " + strings.Join(names, ", "))
	p.line(p.Pack + ", as of " + p.now() + ", " + p.zone.String())
	for _, child := range p.about {
		entry := child.EnteredCare
		if entry == nil {
			continue
		}
		p.text.WriteByte('\n')
		said := " entered care on "
		if entry.On.After(casework.DateOf(p.at.In(p.zone))) {
			said = " will have entered care on "
		}
		name := nameOf(child.ID)
		p.line(strings.ToUpper(name[:1]) + name[1:] + said + long(entry.On) + ":")
		p.reasons(2, entry.Why)
	}
	if len(p.Duties) == 0 {
		p.text.WriteByte('\n')
		p.line("Nothing is owed.")
	}
}

// now writes the time that the page looks from.
func (p *page) now() string {
	local := p.at.In(p.zone)
	if !strings.Contains(p.AsOf, "T") {
		return local.Format("Monday 2 January 2006")
	}
	return local.Format("Monday 2 January 2006, 15:04 MST")
}

// block writes the duties of some statuses under a heading, none without any.
func (p *page) block(heading string, statuses ...casework.DutyStatus) {
	written := false
	for _, d := range p.Duties {
		for _, s := range statuses {
			if d.Status != s {
				continue
			}
			if !written {
				p.heading(heading)
			}
			if !written || !isDone(d) {
				p.text.WriteByte('\n')
			}
			written = true
			p.duty(d)
		}
	}
}

// months writes what is still to come, each month under its name.
func (p *page) months() {
	last := ""
	for _, d := range p.Duties {
		if d.Status != casework.DutyOpen && d.Status != casework.DutyAtRisk {
			continue
		}
		if month := strings.ToUpper(d.DueAt.In(p.zone).Format("January 2006")); month != last {
			p.heading(month)
			last = month
		}
		p.text.WriteByte('\n')
		p.duty(d)
	}
}

func (p *page) heading(text string) {
	p.text.WriteString("\n" + text + "\n")
}

// duty writes one entry: the date beside what to do, the law, and the reasons.
func (p *page) duty(d Duty) {
	due := d.DueAt.In(p.zone)
	lines := p.sentences(d)
	for i, line := range lines {
		switch {
		case i == 0:
			line = fmt.Sprintf("  %-*s%s", gutter-2, due.Format("Mon _2 Jan 2006"), line)
		case i == 1 && isHour(d):
			line = fmt.Sprintf("  %-*s%s", gutter-2, due.Format("    15:04 MST"), line)
		default:
			line = strings.Repeat(" ", gutter) + line
		}
		p.text.WriteString(line + "\n")
	}
	if isDone(d) {
		return
	}
	p.reasons(gutter+2, d.Why)
}

// sentences are the lines beside the date.
func (p *page) sentences(d Duty) []string {
	title := d.Title
	if d.Subject != "" && len(p.about) > 1 {
		title += " (" + d.Subject + ")"
	}
	if d.Ref != "" {
		title += " (" + d.Ref + ")"
	}
	lines := wrap(title, pageWidth-gutter)
	said := []string{p.law(d), p.standing(d), p.besides(d)}
	if isDone(d) {
		said = []string{p.standing(d) + " " + p.besides(d) + " " + p.law(d)}
	}
	for _, sentence := range said {
		lines = append(lines, wrap(sentence, pageWidth-gutter)...)
	}
	return lines
}

// law says what the duty rests on and who owes it.
func (p *page) law(d Duty) string {
	law := d.Citation
	var marks []string
	if d.Source == policy.SourcePractice {
		marks = append(marks, "agency practice")
	}
	if !d.Confirmed {
		marks = append(marks, "unconfirmed")
		p.unconfirmed = true
	}
	if len(marks) > 0 {
		law += " (" + strings.Join(marks, ", ") + ")"
	}
	if isDone(d) {
		return law
	}
	return law + "; owed by the " + string(d.Owner)
}

// standing says where the duty stands, beyond the heading that it is under.
func (p *page) standing(d Duty) string {
	days := casework.DateOf(p.at.In(p.zone)).DaysUntil(casework.DateOf(d.DueAt.In(p.zone)))
	switch d.Status {
	case casework.DutyAtRisk:
		return "At risk: due " + inDays(days) + "."
	case casework.DutyOverdue:
		return "Overdue " + ago(-days) + "."
	case casework.DutyMet:
		return "Done in time, on " + p.when(d.MetOn) + "."
	case casework.DutyMetLate:
		return "Done late, on " + p.when(d.MetOn) + "."
	case casework.DutyPaused:
		if !d.ResumesAt.IsZero() {
			return "Owed again from " + d.ResumesAt.In(p.zone).Format("Monday 2 January 2006") + "."
		}
		return "Owed again when the pause ends; no end is planned."
	case casework.DutyOpen, casework.DutyWaived, casework.DutySuperseded, casework.DutyIncurable:
	}
	return ""
}

// besides says what else the date needs to be understood.
func (p *page) besides(d Duty) string {
	var said []string
	if d.OriginalDue != "" {
		said = append(said, "First due "+p.when(d.OriginalDue)+", and extended.")
	}
	if !d.NotBefore.IsZero() && !isDone(d) {
		said = append(said, "Not before "+long(d.NotBefore)+": what is done earlier does not count.")
	}
	if c := d.DayCount; c != nil && !isDone(d) {
		said = append(said, fmt.Sprintf("So far %d of %d days counted, %d left out, between %s and %s.",
			c.Counted, c.Needed, c.Excluded, c.From, c.To))
	}
	if d.Consequence != "" && !isDone(d) && d.Status != casework.DutyWaived {
		said = append(said, "Consequence: "+strings.TrimSuffix(d.Consequence, ".")+".")
	}
	return strings.Join(said, " ")
}

// when writes the day, or the local RFC 3339 instant, of a duty as people do.
func (p *page) when(written string) string {
	if at, err := time.Parse(time.RFC3339, written); err == nil {
		return at.In(p.zone).Format("2 January 2006 at 15:04 MST")
	}
	if day, err := casework.ParseDate(written); err == nil {
		return day.Long()
	}
	return written
}

func (p *page) reasons(indent int, why []string) {
	for _, step := range why {
		for i, line := range wrap(step, pageWidth-indent-2) {
			if i > 0 {
				line = "  " + line
			}
			p.text.WriteString(strings.Repeat(" ", indent) + line + "\n")
		}
	}
}

func (p *page) foot() {
	p.text.WriteByte('\n')
	if p.unconfirmed {
		p.line("Unconfirmed: not yet checked against its source. Check it before you rely on the date.")
	}
	p.line("A tool for keeping dates, not legal advice.")
}

// line writes a text, wrapped to the page.
func (p *page) line(text string) {
	for _, line := range wrap(text, pageWidth) {
		p.text.WriteString(line + "\n")
	}
}

func isDone(d Duty) bool {
	return d.Status == casework.DutyMet || d.Status == casework.DutyMetLate
}

// isHour says whether the duty is due at an hour and not with a day.
func isHour(d Duty) bool { return strings.Contains(d.Due, "T") }

func nameOf(id string) string {
	if id == onlyChild {
		return "the child"
	}
	return id
}

// long writes a date with its weekday.
func long(d casework.Date) string { return d.Weekday().String() + " " + d.Long() }

func inDays(n int) string {
	switch n {
	case 0:
		return "today"
	case 1:
		return "tomorrow"
	}
	return fmt.Sprintf("in %d days", n)
}

func ago(n int) string {
	switch n {
	case 0:
		return "since today"
	case 1:
		return "since yesterday"
	}
	return fmt.Sprintf("for %d days", n)
}

// wrap breaks a text into lines of at most width characters, at spaces where
// there are any.
func wrap(text string, width int) []string {
	var lines []string
	line := ""
	for word := range strings.FieldsSeq(text) {
		for runes := []rune(word); len(runes) > width; runes = []rune(word) {
			if line != "" {
				lines = append(lines, line)
				line = ""
			}
			lines = append(lines, string(runes[:width]))
			word = string(runes[width:])
		}
		switch {
		case line == "":
			line = word
		case len([]rune(line))+1+len([]rune(word)) > width:
			lines = append(lines, line)
			line = word
		default:
			line += " " + word
		}
	}
	if line != "" {
		lines = append(lines, line)
	}
	return lines
}
