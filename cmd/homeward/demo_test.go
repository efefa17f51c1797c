package main

import (
	"bytes"
	"path/filepath"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"homeward/internal/story"
)

func runDemo(t *testing.T, args ...string) (status int, said string) {
	t.Helper()
	var out, stderr bytes.Buffer
	nowhere := filepath.Join(t.TempDir(), "stack.json")
	c := console{Writer: &out, in: &bytes.Buffer{}, now: time.Now}
	status = execute(t.Context(), append([]string{"demo", "--stack", nowhere}, args...), c, &stderr)
	return status, stderr.String()
}

func TestDemo_NamesTheStoriesWhereOneIsUnknown(t *testing.T) {
	t.Parallel()
	status, said := runDemo(t, "reunion")
	require.Equal(t, statusMisused, status)
	for _, st := range story.All() {
		require.Contains(t, said, st.Name)
	}
}

func TestDemo_SaysHowToStartTheStackWhereNoneRuns(t *testing.T) {
	t.Parallel()
	for _, chosen := range [][]string{nil, {"guardianship"}, {"guardianship", "reunification"}} {
		status, said := runDemo(t, chosen...)
		require.Equal(t, statusFailed, status, said)
		require.Contains(t, said, "make run")
	}
}

func TestChosenStories_AreAllByDefaultAndElseInTheGivenOrder(t *testing.T) {
	t.Parallel()
	names := func(chosenNames ...string) []string {
		stories, err := chosen(chosenNames)
		require.NoError(t, err)
		var names []string
		for _, st := range stories {
			require.NotEmpty(t, st.Title)
			names = append(names, st.Name)
		}
		return names
	}
	require.Len(t, names(), len(story.All()))
	require.Equal(t, []string{"guardianship", "reunification"}, names("guardianship", "reunification"))
}
