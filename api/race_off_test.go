//go:build !race

package api_test

// raced says whether the race detector watches.
const raced = false
