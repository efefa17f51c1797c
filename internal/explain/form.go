package explain

import "homeward/casework"

// form is what a fact of one type says.
type form struct {
	fact casework.FactType
	// usual is "at" for what usually has an hour and "on" for what usually has
	// a day. Either is accepted.
	usual string
	// may and must name the attributes of the type besides the common ones.
	may, must []string
}

// common are the attributes that a fact of any type may have.
func common() []string {
	return []string{"type", "on", "at", "id", "subject", "recorded", "corrects", "withdrawn"}
}

// onDay is the form of a fact that usually has a day.
func onDay(t casework.FactType, may ...string) form { return form{fact: t, usual: "on", may: may} }

// atHour is the form of a fact that usually has an hour.
func atHour(t casework.FactType, may ...string) form { return form{fact: t, usual: "at", may: may} }

// forms lists every type of fact with its attributes. docs/explain.md shows it.
func forms() []form {
	return append([]form{
		atHour(casework.FactReportReceived, "priority"),
		atHour(casework.FactReportScreened, "priority", "reason"),
		atHour(casework.FactReportInitiated, "worker", "by"),
		atHour(casework.FactVictimContacted, "worker"),
		atHour(casework.FactPerpetratorContacted, "worker"),
		onDay(casework.FactInvestigationCompleted),
		onDay(casework.FactDeterminationMade, "reason"),
		onDay(casework.FactDeterminationExtended, "days", "reason", "by"),
		atHour(casework.FactSafetyUnsafe),
		atHour(casework.FactSafetyResolved, "by"),
		atHour(casework.FactChildRemoved, "reason"),
		atHour(casework.FactCustodyPetitionFiled, "ref"),
		atHour(casework.FactCustodyHearingHeld),
		onDay(casework.FactCourtOrder, "contrary_to_welfare", "efforts_to_prevent", "efforts_to_finalize", "allows_removal"),
		onDay(casework.FactMaltreatmentFound),
		onDay(casework.FactEffortsNotRequired),
		onDay(casework.FactDisposition),
		onDay(casework.FactTemporaryCustody),
		onDay(casework.FactDismissalExtended, "until", "days", "reason"),
		onDay(casework.FactDismissalNotified),
		onDay(casework.FactRelativesNotified),
		atHour(casework.FactCasePlanSubmitted),
		atHour(casework.FactCasePlanReturned),
		onDay(casework.FactCasePlanCompleted),
		onDay(casework.FactServicePlanFiled),
		onDay(casework.FactReviewHeld, "by"),
		onDay(casework.FactPermanencyHearingHeld, "by"),
		onDay(casework.FactStatusHearingHeld, "by"),
		onDay(casework.FactTPRPetitionFiled, "ref"),
		onDay(casework.FactTPRDecided, "ref", "reason"),
		onDay(casework.FactTPRException, "reason"),
		atHour(casework.FactVisitMade, "in_residence", "worker"),
		{fact: casework.FactPlacementStarted, usual: "on", must: []string{"setting"}, may: []string{"reason", "provider"}},
		onDay(casework.FactPlacementEnded, "reason"),
		onDay(casework.FactTrialHomeVisitStarted, "until", "court_ordered"),
		onDay(casework.FactTrialHomeVisitEnded, "reason"),
		atHour(casework.FactChildMissing, "reason"),
		atHour(casework.FactChildFound),
		{fact: casework.FactMissingReported, usual: "at", must: []string{"to"}},
		atHour(casework.FactTraffickingSuspected),
		onDay(casework.FactVoluntaryAgreement),
		onDay(casework.FactICWANoticeReceived, "by"),
		onDay(casework.FactICWAExtension, "by", "days"),
		onDay(casework.FactQRTPNeedAssessed),
		onDay(casework.FactQRTPCourtDecided, "reason"),
		onDay(casework.FactTransitionPlan),
		onDay(casework.FactCreditReport),
		onDay(casework.FactExitDocuments),
		onDay(casework.FactExtendedCareStarted, "until"),
		onDay(casework.FactEpisodeEnded, "reason"),
		onDay(casework.FactAftercareStarted),
		onDay(casework.FactAftercareEnded, "reason"),
		onDay(casework.FactCaseOpened),
		atHour(casework.FactClosingRequested),
		atHour(casework.FactClosingDecided, "reason"),
		atHour(casework.FactRecordClosed, "reason"),
		onDay(casework.FactHealthRecordGiven),
		onDay(casework.FactProviderCleared),
		onDay(casework.FactProviderCheckOwed, "until"),
		onDay(casework.FactVoluntaryEnded, "reason"),
		atHour(casework.FactMissingDebriefed),
	}, itemForms()...)
}

// itemForms lists the types of fact that name an item of the record.
func itemForms() []form {
	return []form{
		onDay(casework.FactOrderMade, "ref", "until"),
		onDay(casework.FactOrderComplied, "ref"),
		onDay(casework.FactOrderVacated, "ref"),
		onDay(casework.FactHearingScheduled, "ref", "until", "days"),
		onDay(casework.FactHearingSettled, "ref", "reason"),
		onDay(casework.FactCourtReportFiled, "ref"),
		onDay(casework.FactPlanStepAgreed, "ref", "until"),
		onDay(casework.FactPlanStepDone, "ref"),
		onDay(casework.FactPlanStepDropped, "ref", "reason"),
		onDay(casework.FactReferralMade, "ref", "until"),
		onDay(casework.FactReferralFollowedUp, "ref", "until"),
		onDay(casework.FactReferralEnded, "ref", "reason"),
		onDay(casework.FactAppealFiled, "ref", "until"),
		onDay(casework.FactAppealDecided, "ref", "reason"),
		onDay(casework.FactGrievanceFiled, "ref", "until"),
		onDay(casework.FactGrievanceAnswered, "ref"),
		onDay(casework.FactRightsNoticeOwed, "ref", "until"),
		onDay(casework.FactRightsNoticeGiven, "ref"),
		atHour(casework.FactCrossReportOwed, "ref"),
		atHour(casework.FactCrossReportMade, "ref", "worker"),
		atHour(casework.FactCrossReportOverruled, "ref", "reason", "by"),
		atHour(casework.FactWorkerAssigned, "ref", "worker"),
		atHour(casework.FactWorkerAccepted, "ref", "worker"),
		atHour(casework.FactWorkerDeclined, "ref", "worker", "reason"),
		atHour(casework.FactRecordUnassigned, "ref", "reason"),
		atHour(casework.FactRecordAssigned, "ref", "worker"),
		onDay(casework.FactContactPlanSet, "ref", "until", "days", "by"),
		onDay(casework.FactContactPlanEnded, "ref", "by", "reason"),
		atHour(casework.FactFamilyContactMade, "ref"),
		atHour(casework.FactTrackSwitched, "to", "by"),
		atHour(casework.FactContactExcepted, "reason", "by"),
		{fact: casework.FactFindingNotified, usual: "on", must: []string{"ref", "until"}, may: []string{"by"}},
		{fact: casework.FactSafetyPlanAgreed, usual: "at", must: []string{"ref", "until"}},
		{fact: casework.FactSafetyPlanReviewed, usual: "at", must: []string{"ref"}},
		{fact: casework.FactPerpetratorMet, usual: "at", must: []string{"ref"}, may: []string{"worker"}},
		{fact: casework.FactSharingAgreed, usual: "at", must: []string{"ref", "until"}},
		{fact: casework.FactSharingEnded, usual: "at", must: []string{"ref"}},
	}
}

// target returns where the attribute called name of f is kept, nil where there
// is no such attribute. What it points to says how the attribute is read.
func target(f *casework.Fact, name string) any {
	switch name {
	case "type":
		return &f.Type
	case "on":
		return &f.On
	case "at":
		return &f.At
	case "until":
		return &f.Until
	case "ref":
		return &f.Ref
	case "recorded":
		return &f.Recorded
	case "withdrawn":
		return &f.Withdrawn
	case "court_ordered":
		return &f.CourtOrdered
	case "contrary_to_welfare":
		return &f.ContraryToWelfare
	case "efforts_to_prevent":
		return &f.EffortsToPrevent
	case "efforts_to_finalize":
		return &f.EffortsToFinalize
	case "allows_removal":
		return &f.AllowsRemoval
	case "in_residence":
		return &f.InResidence
	case "days":
		return &f.Days
	case "id":
		return &f.ID
	case "subject":
		return &f.Subject
	case "corrects":
		return &f.Corrects
	case "priority":
		return &f.Priority
	case "worker":
		return &f.Worker
	case "setting":
		return &f.Setting
	case "provider":
		return &f.Provider
	case "reason":
		return &f.Reason
	case "by":
		return &f.By
	case "to":
		return &f.To
	}
	return nil
}
