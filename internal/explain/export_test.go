package explain

import (
	"slices"

	"homeward/casework"
)

// Types lists the types of facts that are read.
func Types() []string {
	var types []string
	for _, f := range forms() {
		types = append(types, string(f.fact))
	}
	return types
}

// Attributes lists what facts of a type may say besides what all may.
func Attributes(kind string) []string {
	f := formOf(kind)
	return slices.Concat(f.must, f.may)
}

// Common lists what facts of any type may say.
func Common() []string { return common() }

// Required counts the attributes that facts of a type must have: the first ones.
func Required(kind string) int { return len(formOf(kind).must) }

// Usual says whether facts of a type usually have on or at.
func Usual(kind string) string { return formOf(kind).usual }

func formOf(kind string) form {
	for _, f := range forms() {
		if f.fact == casework.FactType(kind) {
			return f
		}
	}
	return form{}
}
