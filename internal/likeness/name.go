package likeness

import (
	"slices"
	"strings"
	"unicode"

	"golang.org/x/text/unicode/norm"
)

// maxParts is how many parts of a name count: no family's name has more.
const maxParts = 12

// Parts returns the parts of a name as they are compared: in lower case, without
// accents, punctuation, particles and what follows a name, in the order in which they
// are written. "Dr. José de la Cruz-Núñez Jr." has the parts jose, cruz, nunez.
func Parts(name string) []string {
	letters := strings.Map(letter, norm.NFKD.String(spelled().Replace(strings.ToLower(name))))
	parts := slices.DeleteFunc(strings.Fields(letters), func(p string) bool { return slices.Contains(particles(), p) })
	return parts[:min(len(parts), maxParts)]
}

// letter keeps letters, and drops accents and what stands within a word.
func letter(r rune) rune {
	switch {
	case unicode.IsLetter(r):
		return unicode.ToLower(r)
	case unicode.Is(unicode.Mn, r), r == '\'', r == '’', r == 'ʻ', r == '`':
		return -1
	}
	return ' '
}

// spelled writes letters that have no accent to drop as they are written without.
func spelled() *strings.Replacer {
	return strings.NewReplacer("ß", "ss", "æ", "ae", "œ", "oe", "ø", "o", "ł", "l", "đ", "d", "ð", "d", "þ", "th", "ı", "i")
}

// particles stand in many names and tell nobody apart.
func particles() []string {
	return []string{
		"de", "del", "la", "las", "los", "da", "das", "do", "dos", "di", "van", "von", "der", "den", "bin", "ibn", "al", "el",
		"y", "e", "jr", "sr", "ii", "iii", "iv", "dr", "mr", "mrs", "ms",
	}
}
