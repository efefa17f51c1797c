package policy

import (
	"maps"

	"homeward/casework"
)

// phrases say in a few words what each type of fact is, as a reason shows it.
// A type that is not here does not exist for packs.
func phrases() map[casework.FactType]string {
	all := map[casework.FactType]string{ //nolint:exhaustive // those of items are below
		casework.FactReportReceived:         "report received",
		casework.FactReportScreened:         "report screened",
		casework.FactReportInitiated:        "response to the report begun",
		casework.FactVictimContacted:        "victim seen",
		casework.FactPerpetratorContacted:   "alleged perpetrator seen",
		casework.FactInvestigationCompleted: "investigation completed",
		casework.FactDeterminationMade:      "determination made",
		casework.FactDeterminationExtended:  "determination extended",
		casework.FactSafetyUnsafe:           "child found unsafe",
		casework.FactSafetyResolved:         "safety threat resolved",
		casework.FactChildRemoved:           "child removed",
		casework.FactCustodyPetitionFiled:   "custody petition filed",
		casework.FactCustodyHearingHeld:     "custody hearing held",
		casework.FactCourtOrder:             "court order made",
		casework.FactMaltreatmentFound:      "abuse or neglect found",
		casework.FactEffortsNotRequired:     "reasonable efforts found not required",
		casework.FactDisposition:            "disposition ordered",
		casework.FactTemporaryCustody:       "temporary custody ordered",
		casework.FactDismissalExtended:      "dismissal date extended",
		casework.FactRelativesNotified:      "relatives notified",
		casework.FactCasePlanSubmitted:      "case plan submitted",
		casework.FactCasePlanReturned:       "case plan returned",
		casework.FactCasePlanCompleted:      "case plan completed",
		casework.FactServicePlanFiled:       "service plan filed",
		casework.FactReviewHeld:             "review held",
		casework.FactPermanencyHearingHeld:  "permanency hearing held",
		casework.FactStatusHearingHeld:      "status hearing held",
		casework.FactTPRPetitionFiled:       "petition to terminate parental rights filed",
		casework.FactTPRException:           "exception to the petition documented",
		casework.FactVisitMade:              "visit made",
		casework.FactPlacementStarted:       "placement started",
		casework.FactPlacementEnded:         "placement ended",
		casework.FactTrialHomeVisitStarted:  "trial home visit started",
		casework.FactTrialHomeVisitEnded:    "trial home visit ended",
		casework.FactChildMissing:           "child missing",
		casework.FactChildFound:             "child found",
		casework.FactMissingReported:        "absence reported",
		casework.FactTraffickingSuspected:   "trafficking suspected",
		casework.FactVoluntaryAgreement:     "voluntary placement agreement signed",
		casework.FactICWANoticeReceived:     "notice under the Indian Child Welfare Act received",
		casework.FactICWAExtension:          "more time asked under the Indian Child Welfare Act",
		casework.FactQRTPNeedAssessed:       "need of residential treatment assessed",
		casework.FactQRTPCourtDecided:       "court decided on the residential treatment",
		casework.FactTransitionPlan:         "transition plan completed",
		casework.FactCreditReport:           "credit report received",
		casework.FactExitDocuments:          "documents given to the youth",
		casework.FactExtendedCareStarted:    "extended care started",
		casework.FactDismissalNotified:      "notice of the dismissal date given",
		casework.FactEpisodeEnded:           "child left care",
		casework.FactAftercareStarted:       "aftercare started",
		casework.FactAftercareEnded:         "aftercare ended",
		casework.FactCaseOpened:             "case opened",
		casework.FactClosingRequested:       "closing requested",
		casework.FactClosingDecided:         "closing decided",
		casework.FactRecordClosed:           "record closed",
		casework.FactHealthRecordGiven:      "health and education record handed over",
		casework.FactProviderCleared:        "provider cleared",
		casework.FactProviderCheckOwed:      "check of an emergency placement owed",
		casework.FactVoluntaryEnded:         "voluntary placement agreement ended",
		casework.FactMissingDebriefed:       "child debriefed after being missing",
	}
	maps.Copy(all, itemPhrases())
	return all
}

// itemPhrases are those of the facts that name an item of the record.
func itemPhrases() map[casework.FactType]string {
	return map[casework.FactType]string{ //nolint:exhaustive // all others are above
		casework.FactOrderMade:            "order to act made",
		casework.FactOrderComplied:        "order complied with",
		casework.FactOrderVacated:         "order vacated",
		casework.FactHearingScheduled:     "hearing scheduled",
		casework.FactHearingSettled:       "hearing held or vacated",
		casework.FactCourtReportFiled:     "court report filed",
		casework.FactTPRDecided:           "parental rights decided",
		casework.FactPlanStepAgreed:       "step of the plan agreed",
		casework.FactPlanStepDone:         "step of the plan done",
		casework.FactPlanStepDropped:      "step of the plan dropped",
		casework.FactReferralMade:         "referral made",
		casework.FactReferralFollowedUp:   "referral followed up",
		casework.FactReferralEnded:        "referral ended",
		casework.FactAppealFiled:          "appeal filed",
		casework.FactAppealDecided:        "appeal decided",
		casework.FactGrievanceFiled:       "grievance filed",
		casework.FactGrievanceAnswered:    "grievance answered",
		casework.FactRightsNoticeOwed:     "notice of rights owed",
		casework.FactRightsNoticeGiven:    "notice of rights given",
		casework.FactCrossReportOwed:      "cross-report owed",
		casework.FactCrossReportMade:      "cross-report made",
		casework.FactCrossReportOverruled: "cross-report overruled",
		casework.FactWorkerAssigned:       "record offered to a worker",
		casework.FactWorkerAccepted:       "assignment accepted",
		casework.FactWorkerDeclined:       "assignment declined",
		casework.FactRecordUnassigned:     "record left without a worker",
		casework.FactRecordAssigned:       "record given to a worker",
		casework.FactContactPlanSet:       "plan of contact set",
		casework.FactContactPlanEnded:     "plan of contact ended",
		casework.FactFamilyContactMade:    "contact within the family made",
		casework.FactPerpetratorMet:       "an alleged perpetrator seen",
	}
}
