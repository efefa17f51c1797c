package main

import (
	"os"
	"testing"

	"github.com/stretchr/testify/require"
)

func TestPorts_AreGivenToOneStackAtATime(t *testing.T) {
	t.Parallel()
	given := make(map[int]bool)
	for range 10 {
		ports := make([]port, portBlock-1) // nobody listens on one of them yet
		release, err := choosePorts(pointers(ports)...)
		require.NoError(t, err)
		t.Cleanup(release)
		for _, p := range ports {
			require.False(t, given[p.number], "%d was given before", p.number)
			given[p.number] = true
		}
	}
}

func TestPorts_ReturnWithTheirStack(t *testing.T) {
	t.Parallel()
	first := firstFreePort + (os.Getpid()+portBlocks/2)%portBlocks*portBlock // far from what the other tests take
	guard, free := takeBlock(first)
	require.NotNil(t, guard)
	require.NotEmpty(t, free)
	none, _ := takeBlock(first)
	require.Nil(t, none)
	require.NoError(t, guard.Close())
	guard, _ = takeBlock(first)
	require.NotNil(t, guard)
	require.NoError(t, guard.Close())
}

func TestPorts_LeaveOutTheOnesThatAreNamed(t *testing.T) {
	t.Parallel()
	ports := make([]port, 3)
	release, err := choosePorts(pointers(ports[:2])...)
	require.NoError(t, err)
	release()
	ports[0].number, ports[1].number = ports[1].number, 0
	release, err = choosePorts(pointers(ports)...)
	require.NoError(t, err)
	t.Cleanup(release)
	require.NotEqual(t, ports[0].number, ports[1].number)
	require.NotEqual(t, ports[0].number, ports[2].number)
}

func pointers(ports []port) []*port {
	all := make([]*port, len(ports))
	for i := range ports {
		all[i] = &ports[i]
	}
	return all
}
