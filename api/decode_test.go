package api

import (
	"bytes"
	"encoding/json"
	"errors"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"homeward/casework"
)

// requireField requires a refusal that names a field.
func requireField(t *testing.T, err error, kind casework.Kind, field string) {
	t.Helper()
	refused, ok := errors.AsType[*casework.Error](err)
	require.True(t, ok, "%v", err)
	require.Equal(t, kind, refused.Kind, err)
	require.Equal(t, field, refused.Field, err)
}

func TestDecode_NamesWhatIsWrong(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct {
		body  string
		into  any
		field string
	}{
		"empty":                 {"", &casework.Visit{}, ""},
		"blank":                 {" \n", &casework.Visit{}, ""},
		"no JSON":               {"children=1", &casework.Visit{}, ""},
		"broken off":            {`{"notes":"a"`, &casework.Visit{}, ""},
		"two values":            {`{"notes":"a"} {}`, &casework.Visit{}, ""},
		"a list":                {`[]`, &casework.Visit{}, ""},
		"null":                  {`null`, &casework.Visit{}, ""},
		"not UTF-8":             {"{\"notes\":\"\xff\"}", &casework.Visit{}, ""},
		"unknown":               {`{"note":"a"}`, &casework.Visit{}, "note"},
		"other case":            {`{"Notes":"a"}`, &casework.Visit{}, "Notes"},
		"odd name":              {`{"no te":"a"}`, &casework.Visit{}, "?"},
		"endless name":          {`{"` + strings.Repeat("n", 41) + `":1}`, &casework.Visit{}, "?"},
		"twice":                 {`{"notes":"a","notes":"b"}`, &casework.Visit{}, "notes"},
		"null field":            {`{"notes":null}`, &casework.Visit{}, "notes"},
		"number for text":       {`{"notes":1}`, &casework.Visit{}, "notes"},
		"text for list":         {`{"children":"p-1"}`, &casework.Visit{}, "children"},
		"number in list":        {`{"children":["p-1",2]}`, &casework.Visit{}, "children[1]"},
		"text for bool":         {`{"alone":"true"}`, &casework.Visit{}, "alone"},
		"no zone":               {`{"at":"2026-01-31T14:05:00"}`, &casework.Visit{}, "at"},
		"number for time":       {`{"at":1769868300}`, &casework.Visit{}, "at"},
		"no such day":           {`{"on":"2026-02-30"}`, &casework.Finding{}, "on"},
		"time for day":          {`{"on":"2026-02-03T00:00:00Z"}`, &casework.Finding{}, "on"},
		"nested":                {`{"goals":[{"child":"p-1"},{"chid":"p-2"}]}`, &casework.PlanSubmission{}, "goals[1].chid"},
		"nested wrong type":     {`{"goals":[{"child":{}}]}`, &casework.PlanSubmission{}, "goals[0].child"},
		"float":                 {`{"allegations":[{"child":1.5}]}`, &receipt{}, "allegations[0].child"},
		"control character":     {`{"notes":"a\u0000b"}`, &casework.Visit{}, "notes"},
		"line break in a code":  {`{"result":"a\nb"}`, &casework.Finding{}, "result"},
		"long code":             {`{"result":"` + strings.Repeat("ä", 201) + `"}`, &casework.Finding{}, "result"},
		"long list":             {`{"children":[` + strings.Repeat(`"p-1",`, 100) + `"p-1"]}`, &casework.Visit{}, "children"},
		"embedded is no field":  {`{"wholeRecord":{}}`, &casework.Finding{}, "wholeRecord"},
		"deep beyond the types": {`{"notes":` + strings.Repeat("[", 5000) + strings.Repeat("]", 5000) + `}`, &casework.Visit{}, "notes"},
		"deep beyond reason":    {strings.Repeat("[", 20000), &casework.Visit{}, ""},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			requireField(t, decode([]byte(test.body), test.into), malformed, test.field)
		})
	}
}

func TestDecode_ReadsWhatIsRight(t *testing.T) {
	t.Parallel()
	var correction casework.CaseCorrection
	require.NoError(t, decode([]byte(`{"fact":"12.1","on":"2026-01-31","reason":"Mistyped.\n\tSee the letter.","withdraw":false}`), &correction))
	require.Equal(t, "12.1", correction.Fact)
	require.Equal(t, "2026-01-31", correction.On.String())
	require.Equal(t, casework.Text("Mistyped.\n\tSee the letter."), correction.Reason)

	var taken receipt
	require.NoError(t, decode([]byte(` {"allegations": [{"child": 0}], "narrative": "`+strings.Repeat("ä", 5000)+`"} `), &taken))
	require.Zero(t, *taken.Allegations[0].Child)
}

// What decode lets through, encoding/json reads as well when it is told to
// refuse unknown fields, and both read the same; and no input makes decode fail
// other than by a refusal.
func FuzzDecode(f *testing.F) {
	bodies := func() []any {
		all := []any{&receipt{}, &opening{}, &workerRequest{}}
		for _, kind := range []casework.AggregateKind{casework.KindReport, casework.KindCase} {
			for _, step := range casework.Steps(kind) {
				all = append(all, step.New())
			}
		}
		return all
	}
	document := loadSpec(f)
	for path := range requests() {
		example, err := json.Marshal(bodyOf(f, document, path).Example)
		require.NoError(f, err)
		f.Add(example)
	}
	f.Add([]byte(`{"children":[{"born":"2020-02-29"}],"children":null}`))
	f.Add([]byte(`{"at":"2026-01-31T14:05:00-08:00","on":""}`))
	f.Fuzz(func(t *testing.T, data []byte) {
		ours, theirs := bodies(), bodies()
		for i := range ours {
			if err := decode(data, ours[i]); err != nil {
				requireMalformed(t, err)
				continue
			}
			lax := json.NewDecoder(bytes.NewReader(data))
			lax.DisallowUnknownFields()
			require.NoError(t, lax.Decode(theirs[i]))
			require.Equal(t, theirs[i], ours[i])
		}
	})
}

func requireMalformed(t *testing.T, err error) {
	t.Helper()
	require.Equal(t, malformed, casework.KindOf(err), err)
}
