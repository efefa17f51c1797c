package workflows

import (
	"context"
	"errors"
	"fmt"
	"time"

	enumspb "go.temporal.io/api/enums/v1"
	"go.temporal.io/api/operatorservice/v1"
	"go.temporal.io/api/serviceerror"
	"go.temporal.io/sdk/client"
	"go.temporal.io/sdk/temporal"
	"go.temporal.io/sdk/workflow"

	"homeward/casework"
)

// The search attributes, by which supervisors find records in the Temporal UI.
// They are stored as plain text and hold nothing personal.
func attrStage() temporal.SearchAttributeKeyKeyword {
	return temporal.NewSearchAttributeKeyKeyword("CaseStage")
}

func attrOffice() temporal.SearchAttributeKeyKeyword {
	return temporal.NewSearchAttributeKeyKeyword("Office")
}

func attrCaseworker() temporal.SearchAttributeKeyKeyword {
	return temporal.NewSearchAttributeKeyKeyword("Caseworker")
}

func attrSupervisor() temporal.SearchAttributeKeyKeyword {
	return temporal.NewSearchAttributeKeyKeyword("Supervisor")
}

func attrJurisdiction() temporal.SearchAttributeKeyKeyword {
	return temporal.NewSearchAttributeKeyKeyword("Jurisdiction")
}

func attrRisk() temporal.SearchAttributeKeyKeyword {
	return temporal.NewSearchAttributeKeyKeyword("RiskLevel")
}

func attrNextDue() temporal.SearchAttributeKeyTime {
	return temporal.NewSearchAttributeKeyTime("NextDue")
}

func attrOverdue() temporal.SearchAttributeKeyInt64 {
	return temporal.NewSearchAttributeKeyInt64("OverdueDuties")
}

func attrRestricted() temporal.SearchAttributeKeyBool {
	return temporal.NewSearchAttributeKeyBool("Restricted")
}

// SearchAttributes lists the attributes with their types, for registration.
func SearchAttributes() map[string]enumspb.IndexedValueType {
	types := make(map[string]enumspb.IndexedValueType)
	for _, key := range []temporal.SearchAttributeKey{
		attrStage(), attrOffice(), attrCaseworker(), attrSupervisor(), attrJurisdiction(), attrRisk(),
		attrNextDue(), attrOverdue(), attrRestricted(),
	} {
		types[key.GetName()] = key.GetValueType()
	}
	return types
}

// RegisterSearchAttributes adds the search attributes that a namespace does not
// have yet. It can be run again at any time, by several processes at once.
func RegisterSearchAttributes(ctx context.Context, c client.Client, namespace string) error {
	operator := c.OperatorService()
	known, err := operator.ListSearchAttributes(ctx, &operatorservice.ListSearchAttributesRequest{Namespace: namespace})
	if err != nil {
		return fmt.Errorf("list search attributes: %w", err)
	}
	missing := make(map[string]enumspb.IndexedValueType)
	for name, kind := range SearchAttributes() {
		if _, ok := known.GetCustomAttributes()[name]; !ok {
			missing[name] = kind
		}
	}
	if len(missing) == 0 {
		return nil
	}
	_, err = operator.AddSearchAttributes(ctx, &operatorservice.AddSearchAttributesRequest{
		Namespace: namespace, SearchAttributes: missing,
	})
	if _, exists := errors.AsType[*serviceerror.AlreadyExists](err); err != nil && !exists {
		return fmt.Errorf("add search attributes: %w", err)
	}
	return nil
}

// attributes are the values that the UI shows now.
type attributes struct {
	revision                                              int
	stage, office, worker, supervisor, jurisdiction, risk string
	nextDue                                               time.Time
	overdue                                               int64
	restricted                                            bool
}

// attributesOf reads the values off a record.
func attributesOf(s casework.Summary) attributes {
	return attributes{
		revision: s.Revision, stage: string(s.Stage), office: s.Office, worker: s.Worker, supervisor: s.Supervisor,
		jurisdiction: s.Jurisdiction, risk: s.Risk, nextDue: s.NextDue, overdue: int64(s.Overdue), restricted: s.Restricted,
	}
}

// changes lists the updates that lead from shown to a, none where they agree.
func (a attributes) changes(shown attributes) []temporal.SearchAttributeUpdate {
	var updates []temporal.SearchAttributeUpdate
	keyword := func(key temporal.SearchAttributeKeyKeyword, value, before string) {
		switch value {
		case before:
		case "":
			updates = append(updates, key.ValueUnset())
		default:
			updates = append(updates, key.ValueSet(value))
		}
	}
	keyword(attrStage(), a.stage, shown.stage)
	keyword(attrOffice(), a.office, shown.office)
	keyword(attrCaseworker(), a.worker, shown.worker)
	keyword(attrSupervisor(), a.supervisor, shown.supervisor)
	keyword(attrJurisdiction(), a.jurisdiction, shown.jurisdiction)
	keyword(attrRisk(), a.risk, shown.risk)
	switch {
	case a.nextDue.Equal(shown.nextDue):
	case a.nextDue.IsZero():
		updates = append(updates, attrNextDue().ValueUnset())
	default:
		updates = append(updates, attrNextDue().ValueSet(a.nextDue))
	}
	if a.overdue != shown.overdue || shown.revision == 0 {
		updates = append(updates, attrOverdue().ValueSet(a.overdue))
	}
	if a.restricted != shown.restricted || shown.revision == 0 {
		updates = append(updates, attrRestricted().ValueSet(a.restricted))
	}
	return updates
}

// inherited reads the values that the run before this one has left.
func inherited(ctx workflow.Context) attributes {
	held := workflow.GetTypedSearchAttributes(ctx)
	var a attributes
	a.stage, _ = held.GetKeyword(attrStage())
	a.office, _ = held.GetKeyword(attrOffice())
	a.worker, _ = held.GetKeyword(attrCaseworker())
	a.supervisor, _ = held.GetKeyword(attrSupervisor())
	a.jurisdiction, _ = held.GetKeyword(attrJurisdiction())
	a.risk, _ = held.GetKeyword(attrRisk())
	a.nextDue, _ = held.GetTime(attrNextDue())
	var carried bool
	a.overdue, carried = held.GetInt64(attrOverdue())
	a.restricted, _ = held.GetBool(attrRestricted())
	if carried {
		a.revision = -1
	}
	return a
}
