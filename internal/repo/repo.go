// Package repo holds the tests of the repository's own rules: how packages are
// documented, which way imports run, how long a function may be, and whether the
// documents still say what is true.
package repo
