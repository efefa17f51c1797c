package explain_test

import (
	"encoding/json"
	"fmt"
	"math/rand/v2"
	"strings"
	"testing"
	"time"

	"homeward/internal/explain"
	"homeward/policy"
)

// FuzzStory makes up stories, a few of which are lawful: facts of every type
// close together in time, with and without hours, about one child or two, with
// corrections. Every pack makes duties of each that is read.
func FuzzStory(f *testing.F) {
	for seed := range uint64(100) {
		f.Add(seed, uint8(3+seed%20))
	}
	library, err := policy.Load()
	if err != nil {
		f.Fatal(err)
	}
	f.Fuzz(func(t *testing.T, seed uint64, length uint8) {
		in, err := explain.Read(strings.NewReader(madeUp(t, seed, int(length))))
		if err != nil {
			refusable(t, err)
			return
		}
		for _, pack := range library.Packs() {
			showable(t, explain.Explain(pack, in, time.Date(2026, 2, 28, 23, 0, 0, 0, time.UTC)))
		}
	})
}

// madeUp writes a story. The types that move a child come up most, because
// their order matters.
func madeUp(t *testing.T, seed uint64, length int) string {
	t.Helper()
	r := rand.New(rand.NewPCG(seed, seed))
	types := explain.Types()
	moves := []string{
		"child.removed", "episode.ended", "trial-home-visit.started", "trial-home-visit.ended", "child.missing", "child.found",
		"placement.started", "placement.ended",
	}
	facts := []map[string]any{}
	for i := range length {
		kind := types[r.IntN(len(types))]
		if r.IntN(2) == 0 {
			kind = moves[r.IntN(len(moves))]
		}
		fact := map[string]any{"type": kind, "id": fmt.Sprint(i)}
		on := time.Date(2024, 1, 1+r.IntN(5)+r.IntN(3)*200, r.IntN(24), 0, 0, 0, time.UTC)
		if r.IntN(2) == 0 {
			fact["on"] = on.Format(time.DateOnly)
		} else {
			fact["at"] = on.Format(time.RFC3339)
		}
		for _, name := range explain.Attributes(kind) {
			fact[name] = json.RawMessage(filled(name))
			if name == "setting" {
				fact[name] = []string{"hospital", "qrtp", "out-of-state", "relative"}[r.IntN(4)]
			}
		}
		if r.IntN(3) == 0 {
			fact["subject"] = []string{"A", "B"}[r.IntN(2)]
		}
		if i > 0 && r.IntN(8) == 0 {
			fact["corrects"] = fmt.Sprint(r.IntN(i))
			fact["withdrawn"] = r.IntN(2) == 0
		}
		facts = append(facts, fact)
	}
	r.Shuffle(len(facts), func(i, j int) { facts[i], facts[j] = facts[j], facts[i] })
	story, err := json.Marshal(map[string]any{
		"timezone": "America/Chicago", "facts": facts,
		"children": []map[string]any{{"id": "A", "born": "2010-02-28"}, {"id": "B"}},
	})
	if err != nil {
		t.Fatal(err)
	}
	return string(story)
}
