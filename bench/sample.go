package main

import (
	"math"
	"slices"
	"time"
)

// sample is what single operations took.
type sample []time.Duration

// quantile returns the duration that the share q of the operations did not
// exceed (nearest rank), in milliseconds, and NaN for an empty sample.
func (s sample) quantile(q float64) float64 {
	if len(s) == 0 {
		return math.NaN()
	}
	sorted := slices.Sorted(slices.Values(s))
	rank := int(math.Ceil(q*float64(len(sorted)))) - 1
	return float64(sorted[max(rank, 0)]) / float64(time.Millisecond)
}

// series is one value for each repeat.
type series []float64

// median returns the middle value, and NaN where there is none.
func (s series) median() float64 {
	if len(s) == 0 {
		return math.NaN()
	}
	sorted := slices.Sorted(slices.Values(s))
	middle := len(sorted) / 2
	if len(sorted)%2 == 0 {
		return (sorted[middle-1] + sorted[middle]) / 2
	}
	return sorted[middle]
}

// over divides repeat by repeat, so that what slowed a whole repeat down cancels out.
func (s series) over(other series) series {
	ratios := make(series, min(len(s), len(other)))
	for i := range ratios {
		ratios[i] = s[i] / other[i]
	}
	return ratios
}

// paired is what both sides took, repeat by repeat.
type paired struct{ bare, homeward []sample }

func (p *paired) add(bare, homeward sample) {
	p.bare, p.homeward = append(p.bare, bare), append(p.homeward, homeward)
}

// quantiles returns the quantile of each repeat.
func quantiles(samples []sample, q float64) series {
	values := make(series, len(samples))
	for i, s := range samples {
		values[i] = s.quantile(q)
	}
	return values
}

// tail returns the 99th percentile over all repeats: what is rare needs them all.
func tail(samples []sample) series {
	return series{slices.Concat(samples...).quantile(.99)}
}
