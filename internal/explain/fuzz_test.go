package explain_test

import (
	"bytes"
	"encoding/json"
	"errors"
	"strings"
	"testing"
	"time"
	"unicode/utf8"

	"homeward/internal/explain"
	"homeward/policy"
)

// Whatever bytes come in, they are read or refused, each refusal with its field
// on one line; and every pack makes duties of what is read, which both forms of
// the answer can show.
func FuzzRead(f *testing.F) {
	for _, name := range []string{"testdata/washington.json", "testdata/illinois.json"} {
		f.Add([]byte(contents(f, name)))
	}
	f.Add([]byte(issue))
	library, err := policy.Load()
	if err != nil {
		f.Fatal(err)
	}
	f.Fuzz(func(t *testing.T, data []byte) {
		in, err := explain.Read(bytes.NewReader(data))
		if err != nil {
			refusable(t, err)
			return
		}
		for _, asOf := range []time.Time{time.Date(1900, 1, 1, 0, 0, 0, 0, time.UTC), time.Date(2026, 2, 28, 23, 0, 0, 0, time.UTC)} {
			for _, pack := range library.Packs() {
				showable(t, explain.Explain(pack, in, asOf))
			}
		}
	})
}

func refusable(t *testing.T, err error) {
	t.Helper()
	refusals, ok := errors.AsType[explain.Refusals](err)
	if !ok || len(refusals) == 0 {
		t.Fatalf("bytes in memory can always be read: %v", err)
	}
	for _, r := range refusals {
		if r.Field == "" || r.Reason == "" || strings.ContainsAny(r.Field, "\n\x00 ") {
			t.Fatalf("a refusal that nobody understands: %q: %q", r.Field, r.Reason)
		}
	}
	if lines := strings.Count(err.Error(), "\n") + 1; lines != len(refusals) || !utf8.ValidString(err.Error()) {
		t.Fatalf("%d refusals on %d lines: %q", len(refusals), lines, err)
	}
}

func showable(t *testing.T, a explain.Answer) {
	t.Helper()
	var out, page bytes.Buffer
	if err := errors.Join(a.WriteJSON(&out), a.WriteText(&page)); err != nil {
		t.Fatal(err)
	}
	if !json.Valid(out.Bytes()) {
		t.Fatalf("not JSON: %s", out.Bytes())
	}
	for line := range strings.Lines(page.String()) {
		if utf8.RuneCountInString(line) > 101 {
			t.Fatalf("a line does not fit the page: %q", line)
		}
	}
	for i, d := range a.Duties {
		if len(d.Why) == 0 || d.Citation == "" || d.DueAt.Location() != time.UTC {
			t.Fatalf("a duty without its reason: %+v", d)
		}
		if i > 0 && d.DueAt.Before(a.Duties[i-1].DueAt) {
			t.Fatal("the duties are not sorted")
		}
	}
}
