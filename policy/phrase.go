package policy

import "homeward/casework"

// phrase says in a few words what a type of fact is, as a reason shows it. It
// is empty for a type that does not exist.
func phrase(t casework.FactType) string {
	switch t {
	case casework.FactReportReceived:
		return "report received"
	case casework.FactReportScreened:
		return "report screened"
	case casework.FactReportInitiated:
		return "response to the report begun"
	case casework.FactVictimContacted:
		return "victim seen"
	case casework.FactPerpetratorContacted:
		return "alleged perpetrator seen"
	case casework.FactInvestigationCompleted:
		return "investigation completed"
	case casework.FactDeterminationMade:
		return "determination made"
	case casework.FactDeterminationExtended:
		return "determination extended"
	case casework.FactSafetyUnsafe:
		return "child found unsafe"
	case casework.FactSafetyResolved:
		return "safety threat resolved"
	case casework.FactChildRemoved:
		return "child removed"
	case casework.FactCustodyPetitionFiled:
		return "custody petition filed"
	case casework.FactCustodyHearingHeld:
		return "custody hearing held"
	case casework.FactCourtOrder:
		return "court order made"
	case casework.FactMaltreatmentFound:
		return "abuse or neglect found"
	case casework.FactEffortsNotRequired:
		return "reasonable efforts found not required"
	case casework.FactDisposition:
		return "disposition ordered"
	case casework.FactTemporaryCustody:
		return "temporary custody ordered"
	case casework.FactDismissalExtended:
		return "dismissal date extended"
	case casework.FactRelativesNotified:
		return "relatives notified"
	case casework.FactCasePlanSubmitted:
		return "case plan submitted"
	case casework.FactCasePlanReturned:
		return "case plan returned"
	case casework.FactCasePlanCompleted:
		return "case plan completed"
	case casework.FactServicePlanFiled:
		return "service plan filed"
	case casework.FactReviewHeld:
		return "review held"
	case casework.FactPermanencyHearingHeld:
		return "permanency hearing held"
	case casework.FactStatusHearingHeld:
		return "status hearing held"
	case casework.FactTPRPetitionFiled:
		return "petition to terminate parental rights filed"
	case casework.FactTPRException:
		return "exception to the petition documented"
	case casework.FactVisitMade:
		return "visit made"
	case casework.FactPlacementStarted:
		return "placement started"
	case casework.FactPlacementEnded:
		return "placement ended"
	case casework.FactTrialHomeVisitStarted:
		return "trial home visit started"
	case casework.FactTrialHomeVisitEnded:
		return "trial home visit ended"
	case casework.FactChildMissing:
		return "child missing"
	case casework.FactChildFound:
		return "child found"
	case casework.FactMissingReported:
		return "absence reported"
	case casework.FactTraffickingSuspected:
		return "trafficking suspected"
	case casework.FactVoluntaryAgreement:
		return "voluntary placement agreement signed"
	case casework.FactICWANoticeReceived:
		return "notice under the Indian Child Welfare Act received"
	case casework.FactICWAExtension:
		return "more time asked under the Indian Child Welfare Act"
	case casework.FactEpisodeEnded:
		return "child left care"
	case casework.FactAftercareStarted:
		return "aftercare started"
	case casework.FactAftercareEnded:
		return "aftercare ended"
	case casework.FactCaseOpened:
		return "case opened"
	case casework.FactClosingRequested:
		return "closing requested"
	case casework.FactClosingDecided:
		return "closing decided"
	case casework.FactRecordClosed:
		return "record closed"
	}
	return ""
}
