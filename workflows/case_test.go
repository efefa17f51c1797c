package workflows_test

import (
	"testing"

	"github.com/stretchr/testify/require"

	"homeward/casework"
	"homeward/internal/teststack"
)

func TestRemoval_StartsTheClocksOfEachChild(t *testing.T) {
	t.Parallel()
	c := openCase(t, teststack.New(t, teststack.Options{}))
	answer := c.remove()
	require.Equal(t, casework.StageOutOfHomeCare, answer.Stage)
	clocks := make(map[string]int)
	for _, d := range answer.Duties {
		t.Log(d.ID, d.Due, d.Status)
		clocks[d.ID]++
	}
	require.Contains(t, clocks, "case-plan/p-1/1")
	require.Contains(t, clocks, "case-plan/p-2/1")
}
