package api

import (
	"encoding/json"
	"fmt"
	"reflect"
	"testing"

	"github.com/getkin/kin-openapi/openapi3"
	"github.com/stretchr/testify/require"

	"homeward/casework"
	"homeward/internal/access"
)

// schemaOf is the schema of a compartment's entries.
func schemaOf(c access.Compartment) string {
	return map[access.Compartment]string{
		access.Reporter: "ReporterEntry", access.Treatment: "TreatmentEntry", access.Juvenile: "JuvenileEntry",
		access.Adoption: "AdoptionEntry",
	}[c]
}

func TestOpenAPI_EntriesHaveTheFieldsThatAreRead(t *testing.T) {
	t.Parallel()
	document := loadSpec(t)
	examples := document.Components.RequestBodies["Entry"].Value.Content["application/json"].Examples
	for _, c := range access.Compartments() {
		body := newEntry(c)
		requireSameFields(t, string(c), document.Components.Schemas[schemaOf(c)].Value, reflect.TypeOf(body).Elem())
		example, err := json.Marshal(examples[string(c)].Value.Value)
		require.NoError(t, err)
		require.NoError(t, decode(example, body), c)
		require.NoError(t, body.check(), c)
		require.Contains(t, c.Contents(), body.what())
	}
}

func TestOpenAPI_CodesAreThoseOfAccess(t *testing.T) {
	t.Parallel()
	schemas := loadSpec(t).Components.Schemas
	texts := func(codes any) []any {
		var all []any
		for i := range reflect.ValueOf(codes).Len() {
			all = append(all, reflect.ValueOf(codes).Index(i).String())
		}
		return all
	}
	var contents []string
	for _, c := range access.Compartments() {
		contents = append(contents, c.Contents()...)
	}
	property := func(schema, name string) *openapi3.Schema { return schemas[schema].Value.Properties[name].Value }
	require.Equal(t, texts(access.Compartments()), schemas["Compartment"].Value.Enum)
	require.Equal(t, texts(access.Purposes()), schemas["Purpose"].Value.Enum)
	require.Equal(t, texts(access.Treatment.Contents()), property("TreatmentEntry", "what").Enum)
	for _, schema := range []string{"NewConsent", "Consent"} {
		require.Equal(t, texts(access.Bases()), property(schema, "kind").Enum)
		require.Equal(t, texts(access.Signers()), property(schema, "signed_by").Enum)
		require.Equal(t, texts(contents), property(schema, "what").Items.Value.Enum)
	}
}

// The body of a report can be printed, encoded and hashed without a word about who
// made it.
func TestNamedReporter_ShowsNowhereByAccident(t *testing.T) {
	t.Parallel()
	var one, other receipt
	require.NoError(t, decode([]byte(`{"reporter": {"name": "Canary Neighbour", "phone": "555"}}`), &one))
	require.NoError(t, decode([]byte(`{"reporter": {"anonymous": true}}`), &other))
	require.Equal(t, "Canary Neighbour", one.Reporter.Name)

	encoded, err := json.Marshal(one)
	require.NoError(t, err)
	shown := fmt.Sprintf("%s %v %+v %#v %v", encoded, one.Reporter, *one.Reporter, one.Reporter, one)

	require.NotContains(t, shown, "Canary")
	require.NotContains(t, shown, "555")
	marks := make(map[string]bool)
	for _, body := range []receipt{one, other, {}} {
		mark, err := fingerprint(body)
		require.NoError(t, err)
		marks[mark] = true
	}
	require.Len(t, marks, 2, "it says whether there is a reporter, and not who")
}

func TestEntry_RefusesWhatSaysNothing(t *testing.T) {
	t.Parallel()
	for text, test := range map[string]struct {
		in    access.Compartment
		field string
	}{
		`{}`:                           {access.Reporter, "name"},
		`{"anonymous": false}`:         {access.Reporter, "name"},
		`{"name":"N","subject":"p-1"}`: {access.Reporter, "subject"},
		`{"subject":"p-1","what":"gossip","text":"T"}`:         {access.Treatment, "what"},
		`{"subject":"p-1","what":"progress","text":" \n"}`:     {access.Treatment, "text"},
		`{"what":"progress","text":"T"}`:                       {access.Treatment, "subject"},
		`{"subject":"Ana Lopez","what":"progress","text":"T"}`: {access.Treatment, "subject"},
		`{"subject":"p-1"}`:                                    {access.Juvenile, "text"},
		`{"text":"T"}`:                                         {access.Juvenile, "subject"},
		`{"subject":"p-1","court":"C"}`:                        {access.Adoption, "birth_name"},
		`{"birth_name":"B","subject":"*"}`:                     {access.Adoption, "subject"},
	} {
		body := newEntry(test.in)
		require.NoError(t, decode([]byte(text), body), text)
		err := body.check()
		require.Equal(t, casework.Invalid, casework.KindOf(err), text)
		require.ErrorContains(t, err, "invalid: "+test.field+": ", text)
	}
}
