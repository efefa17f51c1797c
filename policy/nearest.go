package policy

import (
	"maps"
	"slices"
	"strings"
)

// meant adds to a message the known word that a misspelt one is nearest to, if
// one is near enough to be meant.
func meant(word string, known []string) string {
	best, near := "", max(2, len(word)/3)+1
	for _, k := range known {
		if d := distance(word, k); d < near {
			best, near = k, d
		}
	}
	if best == "" {
		return ""
	}
	return "; did you mean " + best + "?"
}

// distance is the number of letters to add, to drop or to change that make a
// into b.
func distance(a, b string) int {
	row := make([]int, len(b)+1)
	for j := range row {
		row[j] = j
	}
	for i := range len(a) {
		diagonal := row[0]
		row[0] = i + 1
		for j := range len(b) {
			changed := diagonal
			if a[i] != b[j] {
				changed++
			}
			diagonal = row[j+1]
			row[j+1] = min(changed, row[j]+1, diagonal+1)
		}
	}
	return row[len(b)]
}

// choice adds to a message what there is to choose from.
func choice[T any](list []T, id func(T) string) string {
	if len(list) == 0 {
		return "; there is none at all"
	}
	names := make([]string, len(list))
	for i, one := range list {
		names[i] = id(one)
	}
	return "; there are " + strings.Join(names, ", ")
}

// factTypes lists the types of fact that packs can name, by name.
func factTypes() []string {
	var list []string
	for _, t := range slices.Sorted(maps.Keys(phrases())) {
		list = append(list, string(t))
	}
	return list
}
