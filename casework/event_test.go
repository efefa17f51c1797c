package casework_test

import (
	"encoding/json"
	"fmt"
	"reflect"
	"slices"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/stretchr/testify/require"

	"homeward/casework"
)

// filled sets every exported field of a body to something that is not zero.
func filled(t testing.TB, body casework.Body) casework.Body {
	t.Helper()
	n := 0
	fill(t, reflect.ValueOf(body).Elem(), &n)
	return body
}

func fill(t testing.TB, v reflect.Value, n *int) {
	t.Helper()
	*n++
	switch v.Interface().(type) {
	case time.Time:
		v.Set(reflect.ValueOf(time.Date(2025, 1, 6, 9, *n%60, 0, 123_000, time.FixedZone("", -8*60*60))))
		return
	case casework.Date:
		v.Set(reflect.ValueOf(casework.NewDate(2025, time.January, 1+*n%28)))
		return
	}
	switch v.Kind() { //nolint:exhaustive // a body with another kind of field fails below
	case reflect.Struct:
		for field, value := range v.Fields() {
			if field.IsExported() || (field.Anonymous && field.Type.NumField() > 0) {
				fillField(t, value, n)
			}
		}
	case reflect.Slice:
		v.Set(reflect.MakeSlice(v.Type(), 2, 2))
		for i := range 2 {
			fill(t, v.Index(i), n)
		}
	case reflect.Pointer:
		v.Set(reflect.New(v.Type().Elem()))
		fill(t, v.Elem(), n)
	case reflect.Map:
		key, value := reflect.New(v.Type().Key()).Elem(), reflect.New(v.Type().Elem()).Elem()
		fill(t, key, n)
		fill(t, value, n)
		v.Set(reflect.MakeMap(v.Type()))
		v.SetMapIndex(key, value)
	case reflect.String:
		v.SetString(fmt.Sprintf("v<%d>&é", *n))
	case reflect.Int:
		v.SetInt(int64(*n))
	case reflect.Bool:
		v.SetBool(true)
	default:
		t.Fatalf("a body holds a %s", v.Type())
	}
}

// fillField fills a field, or the exported fields of an embedded struct.
func fillField(t testing.TB, v reflect.Value, n *int) {
	t.Helper()
	if v.CanInterface() {
		fill(t, v, n)
		return
	}
	for _, value := range v.Fields() {
		fillField(t, value, n)
	}
}

func storedBodies(t testing.TB) map[casework.EventType]casework.Body {
	t.Helper()
	bodies := map[casework.EventType]casework.Body{
		casework.EventDutiesChanged: filled(t, &casework.DutiesChanged{}),
	}
	for _, step := range allSteps() {
		require.NotContains(t, bodies, step.Event, "an event type belongs to one step")
		bodies[step.Event] = filled(t, step.New())
	}
	return bodies
}

func TestEvent_KeepsEveryFieldOfEveryBody(t *testing.T) {
	t.Parallel()
	for kind, body := range storedBodies(t) {
		e := casework.Event{
			Aggregate: "case-1", Seq: 3, CommandID: "c", Type: kind, Actor: caseworker(),
			OccurredAt: time.Date(2025, 1, 6, 17, 0, 0, 1000, time.UTC), RecordedAt: time.Date(2025, 1, 6, 18, 0, 0, 1000, time.UTC),
			Body: body,
		}
		require.NoError(t, e.Seal("previous"))
		back := reread(t, e)
		require.Empty(t, cmp.Diff(e, back, asStored()), "%s", kind)
		require.NoError(t, back.Verify("previous"), "%s: the chain holds after a journey through the log", kind)
	}
}

func TestCommand_KeepsEveryFieldOfEveryBody(t *testing.T) {
	t.Parallel()
	for _, step := range allSteps() {
		c := casework.Command{
			ID: "c", Fingerprint: "f", Name: step.Name, Actor: supervisor(), Revision: 7, Body: filled(t, step.New()),
		}
		require.Empty(t, cmp.Diff(c, reread(t, c), asStored()), "%s", step.Name)
		c.Now = time.Date(2025, 1, 6, 9, 0, 0, 0, time.UTC)
		require.True(t, reread(t, c).Now.IsZero(), "%s: no caller sets the record's clock", step.Name)
	}
}

func TestCommand_RefusesWhatItCannotRead(t *testing.T) {
	t.Parallel()
	tests := map[string]struct{ data, field string }{
		"an unknown step":        {`{"name":"case.burn","body":{}}`, "name"},
		"no body":                {`{"name":"visit.record"}`, "body"},
		"a body of another form": {`{"name":"visit.record","body":[]}`, "body"},
		"a field of a wrong type": {
			`{"name":"visit.record","body":{"children":"P1"}}`, "body",
		},
		"a day that no calendar has": {
			`{"name":"child.reunify","body":{"children":["P1"],"on":"2025-02-30"}}`, "body",
		},
	}
	for name, test := range tests {
		var c casework.Command
		requireRefusal(t, json.Unmarshal([]byte(test.data), &c), casework.Invalid, test.field)
		require.Nil(t, c.Body, name)
	}
}

func TestEvent_OfAnUnknownTypeIsNotRead(t *testing.T) {
	t.Parallel()
	var e casework.Event
	require.ErrorContains(t, json.Unmarshal([]byte(`{"type":"case.burnt","body":{}}`), &e), "case.burnt")
	require.Error(t, json.Unmarshal([]byte(`{"type":"visit.recorded","body":{"at":"noon"}}`), &e))
	_, err := casework.DecodeBody("visit.recorded", []byte("not JSON"))
	require.Error(t, err)
}

func TestChain_ShowsTampering(t *testing.T) {
	t.Parallel()
	for _, record := range wholeStory(t) {
		require.NoError(t, verify("", record.events))
		for i, e := range record.events {
			for name, forge := range map[string]func(*casework.Event){
				"actor":         func(e *casework.Event) { e.Actor.ID = "w-other" },
				"role":          func(e *casework.Event) { e.Actor.Role = casework.RoleManager },
				"record":        func(e *casework.Event) { e.Aggregate = "case-7" },
				"number":        func(e *casework.Event) { e.Seq++ },
				"command":       func(e *casework.Event) { e.CommandID = "c-x" },
				"happened":      func(e *casework.Event) { e.OccurredAt = e.OccurredAt.Add(-time.Microsecond) },
				"recorded":      func(e *casework.Event) { e.RecordedAt = e.RecordedAt.Add(time.Microsecond) },
				"type":          func(e *casework.Event) { e.Type = "visit.made-up" },
				"body":          func(e *casework.Event) { e.Body = &casework.Visit{} },
				"previous hash": func(e *casework.Event) { e.PrevHash = "0" },
				"hash":          func(e *casework.Event) { e.Hash = "0" },
			} {
				forged := slices.Clone(record.events[i:min(i+2, len(record.events))])
				forge(&forged[0])
				require.Error(t, verify(e.PrevHash, forged), "%s/%d: another %s", e.Aggregate, e.Seq, name)
			}
		}
		missing := slices.Concat(record.events[:3], record.events[4:])
		require.Error(t, verify("", missing), "a line is missing")
		swapped := slices.Clone(record.events)
		swapped[3], swapped[4] = swapped[4], swapped[3]
		require.Error(t, verify("", swapped), "two lines have changed places")
	}
}

func TestChain_ShowsAForgedHistoryThatWasSealedAgain(t *testing.T) {
	t.Parallel()
	events := slices.Clone(wholeStory(t)[1].events)
	events[2].Actor.ID = "w-other"
	require.NoError(t, events[2].Seal(events[1].Hash))
	require.NoError(t, events[2].Verify(events[1].Hash))
	require.Error(t, events[3].Verify(events[2].Hash), "every later line would have to be forged too")
}

func TestSeal_IsOfTheContentAlone(t *testing.T) {
	t.Parallel()
	e := wholeStory(t)[1].events[4]
	again := e
	again.Hash, again.PrevHash = "something", "else"
	require.NoError(t, again.Seal(e.PrevHash))
	require.Equal(t, e.Hash, again.Hash)
	require.Len(t, e.Hash, 64)
}

// verify checks a stretch of a log that follows on a hash.
func verify(head string, events []casework.Event) error {
	for _, e := range events {
		if err := e.Verify(head); err != nil {
			return err
		}
		head = e.Hash
	}
	return nil
}
