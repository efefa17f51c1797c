package casework

import (
	"slices"
	"time"
)

// FactType names something that happened, in the vocabulary of the policy
// packs. The list is closed: a pack that names another is refused.
type FactType string

// The fact types that clocks can start from, be met by, or pause for.
const (
	FactReportReceived         FactType = "report.received"
	FactReportScreened         FactType = "report.screened"
	FactReportInitiated        FactType = "report.initiated"
	FactVictimContacted        FactType = "victim.contacted"
	FactPerpetratorContacted   FactType = "perpetrator.contacted"
	FactInvestigationCompleted FactType = "investigation.completed"
	FactDeterminationMade      FactType = "determination.made"
	FactDeterminationExtended  FactType = "determination.extended"
	FactSafetyUnsafe           FactType = "safety.unsafe"
	FactSafetyResolved         FactType = "safety.resolved"
	FactChildRemoved           FactType = "child.removed"
	FactCustodyPetitionFiled   FactType = "custody.petition-filed"
	FactCustodyHearingHeld     FactType = "custody.hearing-held"
	FactCourtOrder             FactType = "court.order"
	FactMaltreatmentFound      FactType = "court.maltreatment-found"
	FactEffortsNotRequired     FactType = "court.efforts-not-required"
	FactDisposition            FactType = "court.disposition"
	FactTemporaryCustody       FactType = "court.temporary-custody"
	FactDismissalExtended      FactType = "court.dismissal-extended"
	FactRelativesNotified      FactType = "relatives.notified"
	FactCasePlanSubmitted      FactType = "case-plan.submitted"
	FactCasePlanReturned       FactType = "case-plan.returned"
	FactCasePlanCompleted      FactType = "case-plan.completed"
	FactServicePlanFiled       FactType = "service-plan.filed"
	FactReviewHeld             FactType = "review.held"
	FactPermanencyHearingHeld  FactType = "permanency-hearing.held"
	FactStatusHearingHeld      FactType = "status-hearing.held"
	FactTPRPetitionFiled       FactType = "tpr.petition-filed"
	FactTPRException           FactType = "tpr.exception"
	FactVisitMade              FactType = "visit.made"
	FactPlacementStarted       FactType = "placement.started"
	FactPlacementEnded         FactType = "placement.ended"
	FactTrialHomeVisitStarted  FactType = "trial-home-visit.started"
	FactTrialHomeVisitEnded    FactType = "trial-home-visit.ended"
	FactChildMissing           FactType = "child.missing"
	FactChildFound             FactType = "child.found"
	FactMissingReported        FactType = "missing.reported"
	FactTraffickingSuspected   FactType = "trafficking.suspected"
	FactVoluntaryAgreement     FactType = "voluntary-agreement.signed"
	FactICWANoticeReceived     FactType = "icwa.notice-received"
	FactICWAExtension          FactType = "icwa.extension-requested"
	FactQRTPNeedAssessed       FactType = "qrtp.assessed"
	FactQRTPCourtDecided       FactType = "qrtp.court-decided"
	FactTransitionPlan         FactType = "transition-plan.completed"
	FactCreditReport           FactType = "credit-report.received"
	FactExitDocuments          FactType = "exit-documents.given"
	FactExtendedCareStarted    FactType = "extended-care.started"
	FactDismissalNotified      FactType = "court.dismissal-notified"
	FactEpisodeEnded           FactType = "episode.ended"
	FactAftercareStarted       FactType = "aftercare.started"
	FactAftercareEnded         FactType = "aftercare.ended"
	FactCaseOpened             FactType = "case.opened"
	FactClosingRequested       FactType = "closing.requested"
	FactClosingDecided         FactType = "closing.decided"
	FactRecordClosed           FactType = "record.closed"

	FactMissingDebriefed  FactType = "missing.debriefed"
	FactVoluntaryEnded    FactType = "voluntary-agreement.ended"
	FactProviderCheckOwed FactType = "provider-check.owed"
	FactProviderCleared   FactType = "provider-check.cleared"
	FactHealthRecordGiven FactType = "health-record.given"
)

// The fact types of items that have dates of their own: each names its item by Ref.
const (
	FactOrderMade            FactType = "order.made"
	FactOrderComplied        FactType = "order.complied"
	FactOrderVacated         FactType = "order.vacated"
	FactHearingScheduled     FactType = "hearing.scheduled"
	FactHearingSettled       FactType = "hearing.settled"
	FactCourtReportFiled     FactType = "court-report.filed"
	FactTPRDecided           FactType = "tpr.decided"
	FactPlanStepAgreed       FactType = "plan-step.agreed"
	FactPlanStepDone         FactType = "plan-step.done"
	FactPlanStepDropped      FactType = "plan-step.dropped"
	FactReferralMade         FactType = "referral.made"
	FactReferralFollowedUp   FactType = "referral.followed-up"
	FactReferralEnded        FactType = "referral.ended"
	FactAppealFiled          FactType = "appeal.filed"
	FactAppealDecided        FactType = "appeal.decided"
	FactGrievanceFiled       FactType = "grievance.filed"
	FactGrievanceAnswered    FactType = "grievance.answered"
	FactRightsNoticeOwed     FactType = "rights.notice-owed"
	FactRightsNoticeGiven    FactType = "rights.notice-given"
	FactCrossReportOwed      FactType = "cross-report.owed"
	FactCrossReportMade      FactType = "cross-report.made"
	FactCrossReportOverruled FactType = "cross-report.overruled"
	FactWorkerAssigned       FactType = "worker.assigned"
	FactWorkerAccepted       FactType = "worker.accepted"
	FactWorkerDeclined       FactType = "worker.declined"
	FactRecordUnassigned     FactType = "record.unassigned"
	FactRecordAssigned       FactType = "record.assigned"
	FactContactPlanSet       FactType = "contact-plan.set"
	FactContactPlanEnded     FactType = "contact-plan.ended"
	FactFamilyContactMade    FactType = "family-contact.made"

	// Of reports.
	FactPerpetratorMet     FactType = "perpetrator.met"
	FactTrackSwitched      FactType = "report.track-switched"
	FactContactExcepted    FactType = "contact.excepted"
	FactFindingNotified    FactType = "finding.notified"
	FactSafetyPlanAgreed   FactType = "safety-plan.agreed"
	FactSafetyPlanReviewed FactType = "safety-plan.reviewed"

	// Of what professionals may learn.
	FactSharingAgreed FactType = "sharing.agreed"
	FactSharingEnded  FactType = "sharing.ended"
)

// Fact is something that happened, with the time it happened and the time it
// was recorded. Facts are never edited: a correction is a new fact that names
// the one it replaces. The optional fields are read by the clocks that need
// them; the JSON names are those of `homeward explain --facts`.
type Fact struct {
	// ID is unique within the record and never reused: "12.1" is the first
	// fact of event 12.
	ID   string   `json:"id,omitempty"`
	Type FactType `json:"type"`
	// Subject is the child or victim; empty means every one of the record.
	Subject string `json:"subject,omitempty"`
	// On is the local day of a fact that has no hour. A fact has On or At.
	On Date `json:"on,omitzero"`
	// At is the instant of a fact that has one.
	At time.Time `json:"at,omitzero"`
	// Until is the last day of a span that has a planned end.
	Until Date `json:"until,omitzero"`
	// Ref is the item of the record that the fact is about, where there are several of a kind.
	Ref string `json:"ref,omitempty"`
	// Recorded is when the fact reached the system, by the record's clock.
	Recorded time.Time `json:"recorded,omitzero"`
	// Corrects is the ID of the fact that this one replaces.
	Corrects string `json:"corrects,omitempty"`
	// Withdrawn marks a correction that says that the corrected fact never happened.
	Withdrawn bool `json:"withdrawn,omitempty"`

	Priority          string `json:"priority,omitempty"`
	CourtOrdered      bool   `json:"court_ordered,omitempty"`
	ContraryToWelfare bool   `json:"contrary_to_welfare,omitempty"`
	EffortsToPrevent  bool   `json:"efforts_to_prevent,omitempty"`
	EffortsToFinalize bool   `json:"efforts_to_finalize,omitempty"`
	AllowsRemoval     bool   `json:"allows_removal,omitempty"`
	InResidence       bool   `json:"in_residence,omitempty"`
	Worker            string `json:"worker,omitempty"`
	Setting           string `json:"setting,omitempty"`
	Provider          string `json:"provider,omitempty"`
	Reason            string `json:"reason,omitempty"`
	By                string `json:"by,omitempty"`
	To                string `json:"to,omitempty"`
	Days              int    `json:"days,omitempty"`
}

// LocalDate returns the day of the fact in loc.
func (f Fact) LocalDate(loc *time.Location) Date {
	if !f.On.IsZero() {
		return f.On
	}
	return DateOf(f.At.In(loc))
}

// Current returns the facts that stand: a correction takes the place of the
// fact that it corrects, and what was withdrawn is left out. The replaced ones
// stay in the event log.
func Current(facts []Fact) []Fact {
	if !slices.ContainsFunc(facts, func(f Fact) bool { return f.Corrects != "" }) {
		return facts
	}
	slot := make(map[string]int, len(facts))
	standing := make([]Fact, 0, len(facts))
	for _, f := range facts {
		i, known := slot[f.Corrects]
		if f.Corrects == "" || !known {
			i = len(standing)
			standing = append(standing, f)
		}
		standing[i] = f
		slot[f.ID] = i
	}
	return slices.DeleteFunc(standing, func(f Fact) bool { return f.Withdrawn })
}

// InOrder returns facts in the order in which they happened, by local day and
// then by recording. The result may be the argument itself.
func InOrder(facts []Fact, loc *time.Location) []Fact {
	type dated struct {
		on   Date
		fact int
	}
	days := make([]dated, len(facts))
	for i, f := range facts {
		days[i] = dated{f.LocalDate(loc), i}
	}
	byDay := func(a, b dated) int { return a.on.Compare(b.on) }
	if slices.IsSortedFunc(days, byDay) {
		return facts
	}
	slices.SortStableFunc(days, byDay)
	ordered := make([]Fact, len(facts))
	for i, d := range days {
		ordered[i] = facts[d.fact]
	}
	return ordered
}
