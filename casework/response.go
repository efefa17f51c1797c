package casework

// The steps that look at another record.
const (
	StepDuplicate = "report.close-as-duplicate"
	StepLinkCase  = "report.link-case"
)

// intakeSteps lists what can be done with a report beside taking and screening it.
func intakeSteps() []Step {
	takes := []Role{RoleHotline, RoleInvestigator, RoleSupervisor}
	supervises := []Role{RoleSupervisor}
	return []Step{
		reportStep("cross-report.make", "cross-report.made", "Record that the report was passed on", "cross-reports", takes, false,
			func() Body { return &CrossReport{} }),
		reportStep("cross-report.overrule", "cross-report.overruled", "Decide that the report need not be passed on",
			"cross-report-overrulings", supervises, false, func() Body { return &CrossReportOverruling{} }),
		reportStep(StepDuplicate, "report.closed-as-duplicate", "Close the report as a duplicate", "duplicate", takes, false,
			func() Body { return &DuplicateClosing{} }),
		{
			Name: "report.unlink", Event: "report.unlinked", Kind: KindReport, Title: "Take back that the report is a duplicate",
			Path: "unlinking", Roles: supervises, Reopens: true, New: func() Body { return &Unlinking{} },
		},
		reportStep(StepAddReportAdult, "report.adult-added", "Put an adult on the report", "adults", takes, false,
			func() Body { return &ReportAdult{} }),
		reportStep(StepLinkCase, "report.case-linked", "Link the report with an open case", "case-link", takes, false,
			func() Body { return &CaseLink{} }),
	}
}

// responseSteps lists what a response to a report consists of, beside meeting its
// victims.
func responseSteps() []Step {
	investigates := []Role{RoleInvestigator, RoleSupervisor}
	supervises := []Role{RoleSupervisor}
	return []Step{
		reportStep("report.initiate", "report.initiated", "Record how the response began", "initiations", investigates, false,
			func() Body { return &Initiation{} }),
		reportStep(StepAddAllegations, "allegation.added", "Add allegations that were learned of", "allegations", investigates, false,
			func() Body { return &AllegationAdding{} }),
		reportStep(StepNamePerpetrator, "perpetrator.named", "Name the alleged perpetrator", "perpetrators", investigates, false,
			func() Body { return &PerpetratorNaming{} }),
		reportStep("perpetrator.contact", "perpetrator.contacted", "Record a meeting with an alleged perpetrator",
			"perpetrator-contacts", investigates, false, func() Body { return &PerpetratorContact{} }),
		reportStep("determination.extend", "determination.extended", "Give the investigation more time", "extensions",
			supervises, false, func() Body { return &Extension{} }),
		reportStep("contact.except", "contact.excepted", "Except a victim from a meeting", "contact-exceptions", supervises, true,
			func() Body { return &ContactException{} }),
		reportStep("victim.unable-to-locate", "victim.not-located", "Conclude that a victim cannot be located",
			"unable-to-locate", supervises, true, func() Body { return &UnableToLocate{} }),
		reportStep("report.switch-track", "report.track-switched", "Switch to an investigation", "track", supervises, false,
			func() Body { return &TrackSwitch{} }),
		reportStep("finding.notify", "finding.notified", "Record the notice of a finding", "finding-notices", investigates, false,
			func() Body { return &FindingNotice{} }),
		reportStep("child.protect", "child.protected", "Record how an unsafe child was protected", "protections",
			investigates, true, func() Body { return &Protection{} }),
	}
}
