package audit

import (
	"cmp"
	"strconv"
	"strings"

	"homeward/casework"
	"homeward/internal/access"
)

// Says tells the line in a plain sentence, for people who have never seen a code, as
// in "w-17 (caseworker) read the timeline of case 1002".
func (e Entry) Says() string {
	did, asked := e.words()
	switch e.Outcome {
	case Denied:
		return e.who() + " was refused " + asked + e.because() + "."
	case Failed:
		return e.who() + " asked for " + asked + ", and it failed on our side."
	case Done:
	}
	return e.who() + " " + did + e.by() + "."
}

// who names the actor.
func (e Entry) who() string {
	if e.Program {
		return "The program " + e.Actor.ID + " (as " + string(e.Actor.Role) + ")"
	}
	return e.Actor.ID + " (" + string(e.Actor.Role) + ")"
}

// words tell the act: did goes on after "w-17", asked after "w-17 was refused".
func (e Entry) words() (did, asked string) {
	it, part := e.about(), e.detail()
	switch e.Action { //nolint:exhaustive // the others follow below; a test asks for words of each
	case access.ReadRecord:
		return read(e.piece())
	case access.ReadNames:
		if part == "" {
			return read("the names of the people in " + it)
		}
		return read(e.piece() + " with the names of the people in it")
	case access.ReadNarratives:
		return read("what people wrote in " + it + part)
	case access.ReadWorkflow:
		return read("the workflow of " + it + " as Temporal holds it" + part)
	case access.TakeStep:
		return "took a step in " + it + ": " + stepTitle(e.Part), "a step in " + it + " (" + stepTitle(e.Part) + ")"
	case access.KeepDraft:
		return "worked on their draft in " + it + part, "a draft in " + it + part
	case access.ExportRecord:
		return "exported " + it + part, "an export of " + it + part
	case access.ReadAudit:
		return read("the audit of " + it + e.lines())
	case access.BreakGlass:
		return "broke the glass of " + it + " in an emergency" + part, "breaking the glass of " + it + part
	case access.ReviewGlass:
		return "reviewed why the glass of " + it + " was broken" + part, "a review of the broken glass of " + it + part
	case access.ReadAccess:
		return read("who has access to " + it + part)
	case access.ManageAccess:
		return "changed who has access to " + it + part, "a change of who has access to " + it + part
	case access.DeclareConflict:
		return "said that they are related to somebody in " + it, "saying that they are related to somebody in " + it
	case access.SealRecord:
		return "changed the seal of " + it + part, "a change of the seal of " + it + part
	case access.HoldRecord:
		return "changed the legal hold of " + it + part, "a change of the legal hold of " + it + part
	case access.Expunge:
		return "expunged a finding of " + it + part, "expunging a finding of " + it + part
	case access.RequestPurge:
		return "asked for " + it + " to be destroyed" + part, "a request to destroy " + it + part
	case access.ApprovePurge:
		return "approved that " + it + " is destroyed" + part, "an approval to destroy " + it + part
	case access.ReadConsents:
		return read("the consents of " + it + part)
	case access.ManageConsents:
		return "changed the consents of " + it + part, "a change of the consents of " + it + part
	}
	if did, asked = e.compartment(it, part); did != "" {
		return did, asked
	}
	return e.beyond(part)
}

// compartment are the words for what is kept apart in a record.
func (e Entry) compartment(it, part string) (did, asked string) {
	reporter, treatment, juvenile := "who made the report in "+it+part, "treatment records of "+it+part, "sealed juvenile records of "+it+part
	adoption := "what links an adopted child of " + it + " to the family of birth" + part
	switch e.Action { //nolint:exhaustive // words has the others
	case access.ReadReporter:
		return read(reporter)
	case access.WriteReporter:
		return wrote(reporter)
	case access.ReadTreatment:
		return read(treatment)
	case access.WriteTreatment:
		return wrote(treatment)
	case access.ReadJuvenile:
		return read(juvenile)
	case access.WriteJuvenile:
		return wrote(juvenile)
	case access.ReadAdoption:
		return read(adoption)
	case access.WriteAdoption:
		return wrote(adoption)
	}
	return "", ""
}

// beyond are the words for what is about no single record.
func (e Entry) beyond(part string) (did, asked string) {
	switch e.Action { //nolint:exhaustive // words has the others
	case access.ListRecords:
		list := cmp.Or(e.Part, "records")
		return "listed " + list + " and was shown " + amount(e.shown(), "one", "") + " of them", "a list of " + list
	case access.ReadOwn:
		own := "their own " + cmp.Or(e.Part, "entry")
		did, asked = read(own)
		if n := e.shown(); n > 0 {
			did += ", which named " + amount(n, "one record", " records")
		}
		return did, asked
	case access.AcknowledgeNotices:
		return "acknowledged " + amount(e.Count, "one notice", " notices"), "acknowledging notices"
	case access.ReadStaff:
		return read("the directory of the staff" + strings.TrimSuffix(part, " (staff)"))
	case access.ManageStaff:
		return "changed the directory of the staff" + part, "a change of the directory of the staff" + part
	case access.ManageServices:
		return "changed the accounts of programs" + part, "a change of the accounts of programs" + part
	case access.SearchRegistry:
		return "searched the registry of findings" + part + e.lines(), "a search of the registry of findings" + part
	case access.SearchAudit:
		return "searched the audit" + part + e.lines(), "a search of the audit" + part
	case access.ReadDirectory:
		return "searched the directory of services" + part + e.lines(), "a search of the directory of services" + part
	case access.CountNeeds:
		return "counted needs without a service" + part + e.lines(), "a count of needs without a service" + part
	case access.SearchPersons:
		return "searched for persons" + part + " and was shown " + amount(e.shown(), "one", "") + " of them", "a search for persons" + part
	case access.IdentifyPerson:
		return "recorded identifiers of a person" + part, "recording identifiers of a person" + part
	case access.TellApart:
		return "told persons apart or undid it" + part, "a judgement that persons are two" + part
	case access.MergePersons:
		return "merged or unmerged persons" + part, "a merge of persons" + part
	case access.ImportDirectory:
		return "imported the directory of services" + part + e.lines(), "an import of the directory of services" + part
	}
	if e.Action == access.TransferRecords {
		return "transferred records" + part, "a transfer of records" + part
	}
	if e.Action == access.ArrangeCover {
		return "looked after who covers for an absence" + part, "looking after who covers for an absence" + part
	}
	if e.Action == access.ReadTransfers {
		return read("how far a transfer of records has come" + part)
	}
	return "did " + string(e.Action) + part, string(e.Action) + part
}

func read(what string) (did, asked string) { return "read " + what, what }

func wrote(what string) (did, asked string) { return "recorded " + what, "recording " + what }

// about names the record: "case 1002".
func (e Entry) about() string {
	if e.Record == "" {
		return "no record"
	}
	return strings.Replace(e.Record, "-", " ", 1)
}

// piece names the part of a record that was looked at.
func (e Entry) piece() string {
	switch e.Part {
	case "", "record":
		return e.about()
	case "duty":
		return "a duty of " + e.about()
	case "next":
		return "the next steps of " + e.about()
	}
	return "the " + e.Part + " of " + e.about()
}

// detail adds the part where the words have no place of their own for it.
func (e Entry) detail() string {
	if e.Part == "" {
		return ""
	}
	return " (" + e.Part + ")"
}

// shown is how many records were shown.
func (e Entry) shown() int { return max(e.Count, len(e.Records)) }

// lines tells how many lines of the audit were shown, where that was counted.
func (e Entry) lines() string {
	if e.Count == 0 {
		return ""
	}
	return " and was shown " + amount(e.Count, "one line", " lines")
}

func amount(n int, one, many string) string {
	switch n {
	case 0:
		return "none" + many
	case 1:
		return one
	}
	return strconv.Itoa(n) + many
}

// stepTitle is what people call a step that is known by its name or by its event.
func stepTitle(part string) string {
	for _, kind := range []casework.AggregateKind{casework.KindReport, casework.KindCase} {
		for _, s := range casework.Steps(kind) {
			if s.Name == part || string(s.Event) == part {
				return s.Title
			}
		}
	}
	return cmp.Or(part, "of unknown kind")
}

// by tells how an act was possible, where that is out of the ordinary.
func (e Entry) by() string {
	switch e.Reason {
	case "":
		return ""
	case string(access.TieGlass):
		return ", having broken the glass"
	}
	return "; the reason given is " + e.Reason
}

// because tells why an act was refused.
func (e Entry) because() string {
	switch why := access.Reason(e.Reason); why {
	case "":
		return ""
	case access.ByRole:
		return ": their role does not allow it"
	case access.ByRelation:
		return ": their work does not extend to it"
	case access.ByConflict:
		return ": they are related to somebody in the record"
	case access.ByRestriction:
		return ": the record is restricted to named people"
	case access.BySeal:
		return ": a court has sealed the record"
	case access.ByOwnAccess:
		return ": nobody decides about their own access"
	case access.ByNeed:
		return ": they may read the record without it"
	case access.ByAccount:
		return ": the account of the program does not name it"
	case access.Absent:
		return ": there is no such record"
	case access.NoConsent, access.NotEnough, access.NotYetSigned, access.Revoked, access.Expired, access.OtherRecipient,
		access.OtherPurpose, access.OtherContent, access.OtherPatient:
		return ": no consent or court order covers it (" + e.Reason + ")"
	default:
		return ": " + e.Reason
	}
}
