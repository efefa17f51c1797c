//go:build !race

package workflows_test

// raced says whether the race detector watches.
const raced = false
