package api

import (
	"context"
	"encoding/json"
	"fmt"
	"net/http"
	"os"
	"reflect"
	"slices"
	"strconv"
	"strings"
	"sync"
	"testing"

	"github.com/getkin/kin-openapi/openapi3"
	"github.com/gorilla/mux"
	"github.com/stretchr/testify/require"

	"homeward/casework"
	"homeward/internal/likeness"
)

// loadSpec returns the document that the API serves, validated with its examples.
// Nobody changes it.
func loadSpec(tb testing.TB) *openapi3.T {
	tb.Helper()
	document, err := checkedSpec()
	require.NoError(tb, err)
	return document
}

// checkedSpec reads it once: under the race detector, that takes seconds.
var checkedSpec = sync.OnceValues(func() (*openapi3.T, error) {
	document, err := openapi3.NewLoader().LoadFromData(openapi)
	if err != nil {
		return nil, err
	}
	return document, document.Validate(context.Background(), openapi3.EnableExamplesValidation(),
		openapi3.EnableSchemaFormatValidation())
})

func TestOpenAPI_AndRoutesAreTheSame(t *testing.T) {
	t.Parallel()
	var served []string
	routes := new(API).routes()
	require.NoError(t, routes.Walk(func(route *mux.Route, _ *mux.Router, _ []*mux.Route) error {
		template, err := route.GetPathTemplate()
		require.NoError(t, err)
		methods, err := route.GetMethods()
		require.NoError(t, err)
		for _, method := range methods {
			served = append(served, method+" "+strings.ReplaceAll(template, ":.+}", "}"))
		}
		return nil
	}))
	var written []string
	for path, item := range loadSpec(t).Paths.Map() {
		for method := range item.Operations() {
			written = append(written, method+" "+path)
		}
	}
	slices.Sort(served)
	slices.Sort(written)
	require.Equal(t, served, written)
}

// requests are the bodies that routes read, by method and path.
func requests() map[string]any {
	bodies := map[string]any{
		"/v1/reports":                                               &receipt{},
		"/v1/reports/{report}/case":                                 &opening{},
		"/v1/reports/{report}/policy":                               &policyRequest{},
		"/v1/reports/{report}/allegations":                          &allegationRequest{},
		"/v1/reports/{report}/adults":                               &reportedAdult{},
		"/v1/cases/{case}/adults":                                   &reportedAdult{},
		"/v1/reports/{report}/case-link":                            &linkRequest{},
		"/v1/cases/{case}/policy":                                   &policyRequest{},
		"/v1/workers/{worker}":                                      &workerRequest{},
		"/v1/reports/{report}/allegations/{allegation}/expungement": &expungementRequest{},
		"/v1/services/{service}":                                    &serviceRequest{},
		"/v1/workers/{worker}/covers":                               &coverRequest{},
		"/v1/workers/{worker}/covers/{cover}/end":                   &coverEnd{},
		"/v1/transfers":                                             &transferRequest{},
		"/v1/cases/{case}/split":                                    &splitRequest{},
		"/v1/transfers/{transfer}/undo":                             &transferStep{},
		"/v1/transfers/{transfer}/retry":                            &transferStep{},
		"/v1/notices/acknowledgements":                              &acknowledging{},
		"/v1/persons/search":                                        &personSearch{},
		"/v1/persons/{person}/identifiers":                          &identification{},
		"/v1/persons/{person}/merge":                                &mergeRequest{},
		"/v1/persons/{person}/apart":                                &apartRequest{},
		"/v1/persons/{person}/apart/undo":                           &apartRequest{},
		"/v1/persons/{person}/unmerge":                              &unmergeRequest{},
	}
	for _, kind := range []casework.AggregateKind{casework.KindReport, casework.KindCase} {
		one := "/v1/" + string(kind) + "s/{" + string(kind) + "}/"
		bodies[one+"grants"], bodies[one+"conflicts"], bodies[one+"seals"] = &grantRequest{}, &conflictRequest{}, &sealRequest{}
		bodies[one+"consents"], bodies[one+"consents/{consent}/revocation"] = &consentRequest{}, &revocationRequest{}
		bodies[one+"break-glass"], bodies[one+"glass/{glass}/review"] = &breaking{}, &reviewRequest{}
		bodies[one+"purge-requests"], bodies[one+"holds"] = &erasureRequest{}, &erasureRequest{}
		bodies[one+"drafts/{step}/newest"] = &restoration{}
		for _, step := range casework.Steps(kind) {
			path := "/v1/" + string(kind) + "s/{" + string(kind) + "}/" + step.Path
			if _, own := bodies[path]; step.Path != "" && !own {
				bodies[path] = step.New()
			}
		}
	}
	return bodies
}

func bodyOf(tb testing.TB, document *openapi3.T, path string) *openapi3.MediaType {
	tb.Helper()
	item := document.Paths.Value(path)
	require.NotNil(tb, item, path)
	operation := item.Post
	if operation == nil {
		operation = item.Put
	}
	return operation.RequestBody.Value.Content["application/json"]
}

func TestOpenAPI_BodiesHaveTheFieldsThatAreRead(t *testing.T) {
	t.Parallel()
	document := loadSpec(t)
	for path, body := range requests() {
		requireSameFields(t, path, bodyOf(t, document, path).Schema.Value, reflect.TypeOf(body).Elem())
	}
}

func requireSameFields(t *testing.T, path string, schema *openapi3.Schema, body reflect.Type) {
	t.Helper()
	if body.Kind() == reflect.Pointer {
		body = body.Elem()
	}
	switch {
	case schema.Type.Is("array"):
		require.Equal(t, reflect.Slice, body.Kind(), path)
		requireSameFields(t, path+"[]", schema.Items.Value, body.Elem())
	case schema.Type.Is("object"):
		require.NotNil(t, schema.AdditionalProperties.Has, path)
		require.False(t, *schema.AdditionalProperties.Has, path)
		var written, read []string
		for name, property := range schema.Properties {
			written = append(written, name)
			field, ok := fieldsOf(body)[name]
			require.True(t, ok, "%s.%s is written and not read", path, name)
			requireSameFields(t, path+"."+name, property.Value, field)
		}
		for name := range fieldsOf(body) {
			read = append(read, name)
		}
		require.ElementsMatch(t, written, read, path)
	}
}

func TestOpenAPI_ExamplesOfBodiesAreRead(t *testing.T) {
	t.Parallel()
	document := loadSpec(t)
	for path, body := range requests() {
		example := bodyOf(t, document, path).Example
		require.NotNil(t, example, "%s has no example", path)
		data, err := json.Marshal(example)
		require.NoError(t, err)
		require.NoError(t, decode(data, body), path)
	}
}

func TestOpenAPI_CodesAreThoseOfCasework(t *testing.T) {
	t.Parallel()
	schemas := loadSpec(t).Components.Schemas
	stages := make([]string, len(casework.Stages()))
	for i, s := range casework.Stages() {
		stages[i] = string(s)
	}
	property := func(schema, name string) *openapi3.Schema { return schemas[schema].Value.Properties[name].Value }
	for name, codes := range map[*openapi3.Schema][]string{
		schemas["Role"].Value:                                                   texts(casework.Roles()),
		schemas["Stage"].Value:                                                  stages,
		schemas["RiskLevel"].Value:                                              casework.RiskLevels(),
		schemas["Setting"].Value:                                                casework.Settings(),
		schemas["PermanencyGoal"].Value:                                         casework.PermanencyGoals(),
		schemas["IdentifierKind"].Value:                                         likeness.Kinds(),
		property("PersonMerge", "reason"):                                       mergeReasons(),
		property("ReferralHandOver", "to"):                                      casework.HandOverReceivers(),
		property("ReferralHandOver", "reason"):                                  casework.HandOverReasons(),
		property("PersonApart", "reason"):                                       apartReasons(),
		property("PersonApartUndo", "reason"):                                   apartUndoReasons(),
		property("PersonUnmerge", "reason"):                                     unmergeReasons(),
		property("Grant", "purpose"):                                            grantPurposes(),
		property("Receipt", "reporter_category"):                                casework.ReporterCategories(),
		schemas["AdultRole"].Value:                                              casework.AdultRoles(),
		property("ScreeningIn", "priority"):                                     casework.Priorities(),
		property("ScreeningIn", "track"):                                        casework.Tracks(),
		schemas["Disposition"].Value:                                            casework.Dispositions(),
		property("ContactAttempt", "method"):                                    casework.AttemptMethods(),
		property("ContactAttempt", "place"):                                     casework.AttemptPlaces(),
		property("ContactException", "ground"):                                  casework.ExceptionGrounds(),
		property("TrackSwitch", "priority"):                                     casework.Priorities(),
		property("Finding", "standard"):                                         casework.EvidenceStandards(),
		property("FindingNotice", "means"):                                      casework.NoticeMeans(),
		property("ScreeningOut", "reason"):                                      casework.ScreenOutReasons(),
		property("Contact", "place"):                                            casework.ContactPlaces(),
		property("Receipt", "call"):                                             casework.CallTypes(),
		property("CrossReport", "to"):                                           casework.Authorities(),
		property("CrossReport", "means"):                                        casework.CrossReportMeans(),
		property("CrossReportOverruling", "to"):                                 casework.Authorities(),
		property("CrossReportOverruling", "reason"):                             casework.OverrulingReasons(),
		property("Initiation", "how"):                                           casework.InitiationWays(),
		property("Extension", "cause"):                                          casework.ExtensionCauses(),
		property("Protection", "measure"):                                       casework.ProtectionMeasures(),
		property("Correction", "priority"):                                      casework.Priorities(),
		property("Finding", "result"):                                           casework.Findings(),
		property("ReportClosing", "reason"):                                     casework.ReportClosingReasons(),
		property("Decline", "reason"):                                           casework.DeclineReasons(),
		schemas["TransferReason"].Value:                                         casework.TransferReasons(),
		schemas["SplitReason"].Value:                                            casework.SplitReasons(),
		property("Unassignment", "reason"):                                      casework.UnassignReasons(),
		schemas["AttemptOutcome"].Value:                                         casework.AttemptOutcomes(),
		schemas["Relationship"].Value:                                           casework.Relationships(),
		schemas["MissedContactOutcome"].Value:                                   casework.MissedContactOutcomes(),
		property("ContactPlan", "by"):                                           casework.ContactPlanSources(),
		property("ContactPlanEnd", "reason"):                                    casework.ContactPlanEnds(),
		schemas["RightSubject"].Value:                                           casework.RightSubjects(),
		property("RightsNotice", "how"):                                         casework.NoticeWays(),
		property("AppealDecision", "result"):                                    casework.AppealResults(),
		property("GrievanceAnswer", "result"):                                   casework.GrievanceResults(),
		schemas["MeetingType"].Value:                                            casework.MeetingTypes(),
		schemas["DecisionResult"].Value:                                         casework.DecisionResults(),
		schemas["ProfessionalKind"].Value:                                       casework.ProfessionalKinds(),
		schemas["ShareMatter"].Value:                                            casework.ShareMatters(),
		schemas["ShareBasis"].Value:                                             casework.ShareBases(),
		schemas["ShareLapse"].Value:                                             casework.ShareLapses(),
		schemas["ProfessionalEndReason"].Value:                                  casework.ProfessionalEnds(),
		schemas["VisitPlace"].Value:                                             casework.VisitPlaces(),
		schemas["VisitTopic"].Value:                                             casework.VisitTopics(),
		schemas["Medium"].Value:                                                 casework.Media(),
		schemas["ParticipantRole"].Value:                                        casework.ParticipantRoles(),
		property("Removal", "authority"):                                        casework.RemovalAuthorities(),
		property("Removal", "icwa_inquiry"):                                     casework.ICWAInquiries(),
		schemas["HearingType"].Value:                                            casework.HearingTypes(),
		schemas["MatterKind"].Value:                                             casework.MatterKinds(),
		property("Continuance", "reason"):                                       casework.ContinuanceReasons(),
		schemas["OrderCode"].Value:                                              casework.OrderCodes(),
		property("Party", "role"):                                               casework.PartyRoles(),
		property("OrderCompliance", "kind"):                                     casework.EvidenceKinds(),
		property("TPRDecision", "status"):                                       casework.TPROutcomes(),
		property("TPRException", "ground"):                                      casework.TPRExceptions(),
		schemas["SiblingReason"].Value:                                          casework.SiblingReasons(),
		schemas["SchoolReason"].Value:                                           casework.SchoolReasons(),
		schemas["ICWAPreference"].Value:                                         casework.ICWAPreferences(),
		property("Exit", "reason"):                                              casework.ExitReasons(),
		property("Arrangement", "setting"):                                      casework.Arrangements(),
		property("VoluntaryPlacement", "icwa_inquiry"):                          casework.ICWAInquiries(),
		property("VoluntaryEnd", "outcome"):                                     casework.VoluntaryOutcomes(),
		property("QRTPAssessment", "result"):                                    casework.QRTPResults(),
		property("QRTPDecision", "result"):                                      casework.QRTPDecisions(),
		property("ICWANotice", "by"):                                            casework.ICWAParties(),
		property("ExitDocuments", "given").Items.Value:                          casework.Documents(),
		property("ExtendedCare", "condition"):                                   casework.CareConditions(),
		property("PlacementMove", "reason"):                                     casework.MoveReasons(),
		property("Missing", "kind"):                                             casework.MissingKinds(),
		property("MissingReport", "to"):                                         casework.MissingAuthorities(),
		property("Debrief", "screen"):                                           casework.TraffickingScreens(),
		property("Hearing", "type"):                                             casework.HearingTypes(),
		property("PlanNeed", "area"):                                            casework.NeedAreas(),
		property("PlanGoal", "serves"):                                          casework.GoalServices(),
		property("PlanStep", "role"):                                            texts(casework.StepRoles()),
		property("PlanAmendment", "reason"):                                     casework.AmendmentReasons(),
		property("PlanSignature", "decision"):                                   {casework.Signed, casework.Refused},
		property("PlanSignature", "reason"):                                     casework.RefusalReasons(),
		property("PlanStepCompletion", "late_because"):                          casework.LateReasons(),
		property("PlanStepDrop", "reason"):                                      casework.StepDropReasons(),
		schemas["PlanParticipants"].Value.Items.Value.Properties["as"].Value:    casework.PlanParts(),
		property("SafetyAssessment", "decision"):                                {casework.Safe, casework.SafeWithPlan, casework.Unsafe},
		property("Receipt", "allegations").Items.Value.Properties["type"].Value: casework.AllegationTypes(),
	} {
		var written []string
		for _, code := range name.Enum {
			written = append(written, code.(string))
		}
		require.ElementsMatch(t, codes, written)
	}
}

func TestOpenAPI_ListsEveryKindOfProblem(t *testing.T) {
	t.Parallel()
	page, err := os.ReadFile("../docs/api.md")
	require.NoError(t, err)
	kinds := loadSpec(t).Components.Schemas["Problem"].Value.Properties["kind"].Value.Enum
	for _, kind := range kinds {
		status, title := statusOf(casework.Kind(kind.(string)))
		if kind != string(casework.Internal) {
			require.NotEqual(t, http.StatusInternalServerError, status, "%s is not in the table", kind)
		}
		require.Contains(t, string(page), fmt.Sprintf("| `%s` | %d | %s |", kind, status, title))
	}
	require.Len(t, kinds, 16)
}

// Each refusal of the specification has an example, and each example is what the API
// makes of that refusal.
func TestOpenAPI_ExamplesOfRefusalsAreThoseOfTheAPI(t *testing.T) {
	t.Parallel()
	for path, item := range loadSpec(t).Paths.Map() {
		for method, operation := range item.Operations() {
			for code, response := range operation.Responses.Map() {
				refusal := response.Value.Content["application/problem+json"]
				if refusal == nil {
					continue
				}
				examples := []any{refusal.Example}
				for _, more := range refusal.Examples {
					examples = append(examples, more.Value.Value)
				}
				for _, example := range slices.DeleteFunc(examples, func(e any) bool { return e == nil }) {
					requireProblem(t, code, example)
				}
				require.False(t, refusal.Example == nil && len(refusal.Examples) == 0, "%s %s %s has no example", method, path, code)
			}
		}
	}
}

func requireProblem(t *testing.T, code string, example any) {
	t.Helper()
	data, err := json.Marshal(example)
	require.NoError(t, err)
	var written problem
	require.NoError(t, json.Unmarshal(data, &written))
	made := problemOf(&refusal{
		cause: &casework.Error{Kind: written.Kind, Detail: written.Detail, Field: written.Field, Missing: written.Missing},
		next:  written.Next, record: written.Record, statusURL: written.StatusURL, draft: written.Draft,
	}, strings.TrimPrefix(written.Instance, "/requests/"))
	again, err := json.Marshal(made)
	require.NoError(t, err)
	require.JSONEq(t, string(again), string(data))
	require.Equal(t, code, strconv.Itoa(made.Status))
}

// Every answer has an example, which is valid by its schema; see [checkedSpec]. What
// has no words, a packed file, has none.
func TestOpenAPI_EveryAnswerHasAnExample(t *testing.T) {
	t.Parallel()
	for path, item := range loadSpec(t).Paths.Map() {
		for method, operation := range item.Operations() {
			for code, response := range operation.Responses.Map() {
				for media, content := range response.Value.Content {
					packed := content.Schema.Value.Format == "binary"
					require.True(t, packed || content.Example != nil || len(content.Examples) > 0, "%s %s %s %s", method, path, code, media)
				}
			}
		}
	}
}
