package casework_test

import (
	"encoding/json"
	"testing"

	"homeward/casework"
)

// Whatever a line of the log holds, it is read or refused; one that is read is
// written and read again the same, and its seal fits it and no other.
func FuzzEvent(f *testing.F) {
	report, family := contacted(f), onTrial(f, elder)
	for _, events := range [][]casework.Event{report.events, family.events} {
		for _, event := range events {
			data, err := json.Marshal(event)
			if err != nil {
				f.Fatal(err)
			}
			f.Add(data)
		}
	}
	for _, text := range []string{"", "null", "{}", `{"type":"report-received","body":null}`, `{"type":"?","body":{}}`, `{"seq":-1,"hash":"x"}`} {
		f.Add([]byte(text))
	}
	f.Fuzz(func(t *testing.T, data []byte) {
		var event casework.Event
		if json.Unmarshal(data, &event) != nil {
			return
		}
		if event.Seal("before") != nil {
			t.Skip("a year that no JSON can hold")
		}
		if err := event.Verify("before"); err != nil {
			t.Fatal(err)
		}
		if event.Verify("after") == nil {
			t.Fatal("a seal fits another chain")
		}
		written, err := json.Marshal(event)
		if err != nil {
			t.Fatal(err)
		}
		var back casework.Event
		if err := json.Unmarshal(written, &back); err != nil {
			t.Fatalf("what was written cannot be read: %v\n%s", err, written)
		}
		if err := back.Verify("before"); err != nil {
			t.Fatalf("what was read again is not the same: %v\n%s", err, written)
		}
	})
}
