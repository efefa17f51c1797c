package main

import (
	"math"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
)

func TestQuantile_IsTheNearestRank(t *testing.T) {
	t.Parallel()
	var hundred sample
	for i := range 100 {
		hundred = append(hundred, time.Duration(100-i)*time.Millisecond)
	}
	require.InDelta(t, 50, hundred.quantile(.5), 0)
	require.InDelta(t, 99, hundred.quantile(.99), 0)
	require.InDelta(t, 100, hundred.quantile(1), 0)
	require.InDelta(t, 1, hundred.quantile(0), 0)
	require.True(t, math.IsNaN(sample{}.quantile(.5)))
}

func TestMedian_OfAnEvenNumberIsBetweenTheTwoInTheMiddle(t *testing.T) {
	t.Parallel()
	require.InDelta(t, 2, series{9, 1, 2}.median(), 0)
	require.InDelta(t, 3, series{9, 1, 2, 4}.median(), 0)
	require.True(t, math.IsNaN(series{}.median()))
}

func TestRatio_IsTakenWithinARepeat(t *testing.T) {
	t.Parallel()
	slowRepeat := found("", times, series{10, 1000}, series{12, 1200})
	require.InDeltaSlice(t, []float64{1.2, 1.2}, []float64(slowRepeat.ratios()), 1e-9)
}

func TestTail_LooksAtAllRepeatsTogether(t *testing.T) {
	t.Parallel()
	slow := sample{time.Second}
	fast := make(sample, 99)
	require.InDelta(t, 0, tail([]sample{fast, slow}).median(), 0)
	require.InDelta(t, 1000, tail([]sample{fast[:98], slow, slow}).median(), 0)
}
