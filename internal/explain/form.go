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

// forms lists every type of fact with its attributes. docs/explain.md shows it.
func forms() []form {
	day := func(t casework.FactType, may ...string) form { return form{fact: t, usual: "on", may: may} }
	hour := func(t casework.FactType, may ...string) form { return form{fact: t, usual: "at", may: may} }
	return []form{
		hour(casework.FactReportReceived, "priority"),
		hour(casework.FactReportScreened, "priority", "reason"),
		hour(casework.FactReportInitiated, "worker"),
		hour(casework.FactVictimContacted, "worker"),
		hour(casework.FactPerpetratorContacted, "worker"),
		day(casework.FactInvestigationCompleted),
		day(casework.FactDeterminationMade),
		day(casework.FactDeterminationExtended, "days", "reason", "by"),
		hour(casework.FactSafetyUnsafe),
		hour(casework.FactSafetyResolved),
		hour(casework.FactChildRemoved),
		hour(casework.FactCustodyPetitionFiled, "ref"),
		hour(casework.FactChildRemoved, "reason"),
		hour(casework.FactCustodyPetitionFiled),
		hour(casework.FactCustodyHearingHeld),
		day(casework.FactCourtOrder, "contrary_to_welfare", "efforts_to_prevent", "efforts_to_finalize"),
		day(casework.FactMaltreatmentFound),
		day(casework.FactEffortsNotRequired),
		day(casework.FactDisposition),
		day(casework.FactTemporaryCustody),
		day(casework.FactDismissalExtended, "until", "days", "reason"),
		day(casework.FactDismissalNotified),
		day(casework.FactRelativesNotified),
		hour(casework.FactCasePlanSubmitted),
		hour(casework.FactCasePlanReturned),
		day(casework.FactCasePlanCompleted),
		day(casework.FactServicePlanFiled),
		day(casework.FactReviewHeld, "by"),
		day(casework.FactPermanencyHearingHeld, "by"),
		day(casework.FactStatusHearingHeld, "by"),
		day(casework.FactTPRPetitionFiled, "ref"),
		day(casework.FactTPRException, "reason"),
		hour(casework.FactVisitMade, "in_residence", "worker"),
		{fact: casework.FactPlacementStarted, usual: "on", must: []string{"setting"}, may: []string{"reason", "provider"}},
		day(casework.FactPlacementEnded, "reason"),
		day(casework.FactTrialHomeVisitStarted, "until", "court_ordered"),
		day(casework.FactTrialHomeVisitEnded, "reason"),
		hour(casework.FactChildMissing, "reason"),
		hour(casework.FactChildFound),
		{fact: casework.FactMissingReported, usual: "at", must: []string{"to"}},
		hour(casework.FactTraffickingSuspected),
		day(casework.FactVoluntaryAgreement),
		day(casework.FactICWANoticeReceived, "by"),
		day(casework.FactICWAExtension, "by", "days"),
		day(casework.FactQRTPNeedAssessed),
		day(casework.FactQRTPCourtDecided, "reason"),
		day(casework.FactTransitionPlan),
		day(casework.FactCreditReport),
		day(casework.FactExitDocuments),
		day(casework.FactExtendedCareStarted, "until"),
		day(casework.FactEpisodeEnded, "reason"),
		day(casework.FactAftercareStarted),
		day(casework.FactAftercareEnded, "reason"),
		day(casework.FactCaseOpened),
		hour(casework.FactClosingRequested),
		hour(casework.FactClosingDecided, "reason"),
		hour(casework.FactRecordClosed, "reason"),

		day(casework.FactOrderMade, "ref", "until"),
		day(casework.FactOrderComplied, "ref"),
		day(casework.FactOrderVacated, "ref"),
		day(casework.FactHearingScheduled, "ref", "until", "days"),
		day(casework.FactHearingSettled, "ref", "reason"),
		day(casework.FactCourtReportFiled, "ref"),
		day(casework.FactPlanStepAgreed, "ref", "until"),
		day(casework.FactPlanStepDone, "ref"),
		day(casework.FactPlanStepDropped, "ref", "reason"),
		day(casework.FactReferralMade, "ref", "until"),
		day(casework.FactReferralFollowedUp, "ref", "until"),
		day(casework.FactReferralEnded, "ref", "reason"),
		day(casework.FactAppealFiled, "ref", "until"),
		day(casework.FactAppealDecided, "ref", "reason"),
		day(casework.FactGrievanceFiled, "ref", "until"),
		day(casework.FactGrievanceAnswered, "ref"),
		day(casework.FactRightsNoticeOwed, "ref", "until"),
		day(casework.FactRightsNoticeGiven, "ref"),
		hour(casework.FactCrossReportOwed, "ref"),
		hour(casework.FactCrossReportMade, "ref"),
		hour(casework.FactCrossReportOverruled, "ref", "reason"),
		hour(casework.FactWorkerAssigned, "ref", "worker"),
		hour(casework.FactWorkerAccepted, "ref", "worker"),
		hour(casework.FactWorkerDeclined, "ref", "worker", "reason"),
		hour(casework.FactRecordUnassigned, "ref", "reason"),
		hour(casework.FactRecordAssigned, "ref", "worker"),
		day(casework.FactContactPlanSet, "ref", "until", "days", "by"),
		day(casework.FactContactPlanEnded, "ref", "by", "reason"),
		hour(casework.FactFamilyContactMade, "ref"),

		hour(casework.FactMissingDebriefed),
		day(casework.FactVoluntaryEnded, "reason"),
		day(casework.FactProviderCheckOwed, "until"),
		day(casework.FactProviderCleared),
		day(casework.FactHealthRecordGiven),
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
