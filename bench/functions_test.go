package main

import (
	"testing"

	"github.com/stretchr/testify/require"
)

func TestGoBenchmarks_AreReadByNameOncePerRepeat(t *testing.T) {
	t.Parallel()
	found := parseBench([]byte(`goos: linux
BenchmarkRecord/one_statement-2   	     300	   1137000 ns/op
BenchmarkRecord/three-statements-2	     100	   3242000 ns/op	  12 B/op
BenchmarkRecord/one_statement-2   	     300	   1200500 ns/op
PASS
`))
	require.Equal(t, map[string]series{
		"BenchmarkRecord/one_statement": {1137, 1200.5}, "BenchmarkRecord/three-statements": {3242},
	}, found)
}
