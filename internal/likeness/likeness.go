// Package likeness says how much two descriptions of a person look like the same
// person, and why, in plain words. It is pure: names, dates and marks come in as
// values. It helps people to find somebody before they add them, and supervisors to
// find who was entered twice; it decides nothing by itself.
package likeness

import (
	"slices"
	"strings"

	"homeward/casework"
)

// Description is what is known of a person. Everything may be unknown.
type Description struct {
	Name string
	Born casework.Date
	// Identifiers are marks of identifiers by their kind, and never the identifiers.
	Identifiers map[string][]string
}

// The scores from which a likeness is worth showing, and from which it is likely the
// same person.
const (
	Possible = 30
	Likely   = 60
)

// Likeness is how much two descriptions look like one person: 0 to 100, and why.
type Likeness struct {
	Score int
	// Reasons are in plain words, what speaks for it first, and repeat nothing of
	// what was compared.
	Reasons []string
}

// Beside says that two people stand side by side in one record, as siblings do: whoever
// took it down told them apart.
func (l Likeness) Beside() Likeness {
	l.Score = max(l.Score-25, 0)
	l.Reasons = append(slices.Clone(l.Reasons), "They stand side by side in one record.")
	return l
}

// Compare returns the likeness of two descriptions. It is the same both ways. What is
// unknown speaks neither for nor against it.
func Compare(a, b Description) Likeness {
	var found, against []ground
	for _, g := range append(identified(a, b), named(a.Name, b.Name), dated(a.Born, b.Born)) {
		switch {
		case g.score > 0:
			found = append(found, g)
		case g.score < 0:
			against = append(against, g)
		}
	}
	slices.SortStableFunc(found, func(a, b ground) int { return b.score - a.score })
	var l Likeness
	for _, g := range append(found, against...) {
		l.Score += g.score
		l.Reasons = append(l.Reasons, g.says)
	}
	l.Score = min(max(l.Score, 0), 100)
	return l
}

// ground is something that speaks for one person, or against it.
type ground struct {
	score int
	says  string
}

// named compares names.
func named(a, b string) ground {
	left, right := Parts(a), Parts(b)
	if len(left) == 0 || len(right) == 0 {
		return ground{}
	}
	if slices.Equal(left, right) {
		return ground{40, "The same name."}
	}
	if slices.Equal(slices.Sorted(slices.Values(left)), slices.Sorted(slices.Values(right))) {
		return ground{37, "The same names in another order."}
	}
	if len(left) > len(right) {
		left, right = right, left
	}
	equal, near := pairs(left, right)
	whole := equal+near == len(left)
	switch {
	case whole && len(left) == len(right):
		return ground{32, "The name sounds the same, or differs by a letter."}
	case whole && near == 0 && len(left) > 1:
		return ground{30, "One name is a part of the other."}
	case whole && len(left) > 1:
		return ground{20, "One name sounds like a part of the other."}
	case equal > 0:
		return ground{12, "A part of the name is the same."}
	case near > 0:
		return ground{8, "A part of the name sounds the same."}
	}
	return ground{-10, "The names differ."}
}

// pairs counts the parts of a name that have one of their own in another that is
// equal, and those that have one that is close.
func pairs(short, long []string) (equal, near int) {
	left := slices.Clone(long)
	take := func(fits func(string) bool) bool {
		i := slices.IndexFunc(left, fits)
		if i >= 0 {
			left = slices.Delete(left, i, i+1)
		}
		return i >= 0
	}
	var open []string
	for _, p := range short {
		if take(func(o string) bool { return o == p }) {
			equal++
		} else {
			open = append(open, p)
		}
	}
	for _, p := range open {
		if take(func(o string) bool { return alike(p, o) || slipped(p, o) }) {
			near++
		}
	}
	return equal, near
}

// alike says whether two parts may sound the same.
func alike(a, b string) bool {
	sounds := Sounds(b)
	return slices.ContainsFunc(Sounds(a), func(s string) bool { return slices.Contains(sounds, s) })
}

// slipped says whether one letter is wrong, missing or too many, or two have changed
// places, in a part that is long enough to tell.
func slipped(a, b string) bool {
	x, y := []rune(a), []rune(b)
	if len(x) > len(y) {
		x, y = y, x
	}
	if len(x) < 4 || len(y)-len(x) > 1 {
		return false
	}
	i := 0
	for i < len(x) && x[i] == y[i] {
		i++
	}
	if len(y) > len(x) {
		return slices.Equal(x[i:], y[i+1:])
	}
	swapped := i+1 < len(x) && x[i] == y[i+1] && x[i+1] == y[i] && slices.Equal(x[i+2:], y[i+2:])
	return swapped || i < len(x) && slices.Equal(x[i+1:], y[i+1:])
}

// month is how many days two dates of birth may lie apart that are close.
const month = 31

// dated compares dates of birth.
func dated(a, b casework.Date) ground {
	if a.IsZero() || b.IsZero() {
		return ground{}
	}
	aYear, aMonth, aDay := a.Civil()
	bYear, bMonth, bDay := b.Civil()
	switch {
	case a == b:
		return ground{35, "The same date of birth."}
	case aYear == bYear && int(aMonth) == bDay && int(bMonth) == aDay:
		return ground{28, "The same date of birth with day and month exchanged."}
	case aMonth == bMonth && aDay == bDay && max(aYear, bYear)-min(aYear, bYear) <= 10:
		return ground{20, "Born on the same day in another year."}
	case max(a.DaysUntil(b), b.DaysUntil(a)) <= month:
		return ground{20, "Born within a month of each other."}
	}
	return ground{-20, "The dates of birth differ."}
}

// identified compares identifiers of each kind that both have.
func identified(a, b Description) []ground {
	var grounds []ground
	for _, kind := range Kinds() {
		mine, theirs := a.Identifiers[kind], b.Identifiers[kind]
		switch {
		case len(mine) == 0 || len(theirs) == 0:
		case slices.ContainsFunc(mine, func(m string) bool { return slices.Contains(theirs, m) }):
			grounds = append(grounds, ground{60, "The same " + Title(kind) + "."})
		default:
			grounds = append(grounds, ground{-15, "Another " + Title(kind) + "."})
		}
	}
	return grounds
}

// Kinds are the codes for kinds of identifiers.
func Kinds() []string {
	return []string{"ssn", "state-id", "medicaid", "school", "tribal", "immigration", "court", "legacy"}
}

// Title is what people call a kind of identifier.
func Title(kind string) string {
	switch kind {
	case "ssn":
		return "Social Security number"
	case "state-id":
		return "number of the state"
	case "medicaid":
		return "Medicaid number"
	case "school":
		return "school number"
	case "tribal":
		return "tribal enrollment number"
	case "immigration":
		return "immigration number"
	case "court":
		return "court number"
	case "legacy":
		return "number in the old system"
	}
	return kind
}

// maxIdentifier is the longest identifier that is compared, without spaces.
const maxIdentifier = 40

// Identifier returns an identifier as it is compared: letters and digits alone, in
// upper case; empty for one that cannot be of the kind.
func Identifier(kind, written string) string {
	kept := strings.Map(func(r rune) rune {
		switch {
		case r >= '0' && r <= '9', r >= 'A' && r <= 'Z':
			return r
		case r == ' ', r == '-', r == '.', r == '/':
			return -1
		}
		return 0
	}, strings.ToUpper(written))
	if strings.ContainsRune(kept, 0) || len(kept) < 3 || len(kept) > maxIdentifier || !slices.Contains(Kinds(), kind) {
		return ""
	}
	if kind == "ssn" && (len(kept) != 9 || strings.Trim(kept, "0123456789") != "" || kept[:3] == "000" || kept[:3] == "666" ||
		kept[3:5] == "00" || kept[5:] == "0000") {
		return ""
	}
	return kept
}
