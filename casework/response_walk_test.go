package casework_test

import (
	"fmt"
	"slices"
	"time"

	"homeward/casework"
)

// responseBody writes the steps of a response as a careful person could.
func (w *walk) responseBody(r *casework.Report, now time.Time, next casework.NextStep, empty casework.Body) casework.Body {
	switch b := empty.(type) {
	case *casework.Initiation:
		b.At, b.How, b.Notes = w.lately(now), one(w, casework.InitiationWays()[1:]...), "text"
	case *casework.AllegationAdding:
		n := len(r.Allegations)
		b.LearnedAt, b.How = now, "text"
		b.Allegations = []casework.Allegation{{ID: fmt.Sprintf("a%d", n+1), Victim: elder, Type: one(w, casework.AllegationTypes()...)}}
		if n < 6 && w.rng.IntN(3) == 0 {
			id := fmt.Sprintf("P%d", 20+n)
			b.Children, b.Allegations[0].Victim = []casework.Subject{{ID: id}}, id
		}
	case *casework.PerpetratorNaming:
		b.Allegations, b.Perpetrator = []string{nameless(r)}, one(w, "P8", "P9")
	case *casework.PerpetratorContact:
		b.Perpetrator, b.At, b.Attempted = "P9", w.lately(now), w.rng.IntN(3) == 0
		b.ToldAllegations = !b.Attempted
	case *casework.Extension:
		b.Days, b.Cause, b.Note = 1+w.rng.IntN(30), one(w, casework.ExtensionCauses()...), "text"
	case *casework.CrossReport:
		b.To, b.At, b.Agency = one(w, casework.Authorities()...), now, "police-7"
		b.Means = one(w, casework.CrossReportMeans()...)
	case *casework.CrossReportOverruling:
		b.To, b.Reason, b.Note = owedTo(r), one(w, casework.OverrulingReasons()...), "text"
	case *casework.DuplicateClosing:
		b.Original, b.SameIncident, b.SameSubjects, b.SameChildren, b.SamePeriod = "1000", true, true, true, true
		b.NothingNew, b.Note = true, "text"
	case *casework.CaseLink:
		b.Case, b.Carrier, b.PersonsMatch = "2000", "w-caseworker-0", true
	case *casework.ContactException:
		b.Victim, b.Ground, b.Note = next.Subject, one(w, casework.ExceptionGrounds()...), "text"
	case *casework.UnableToLocate:
		b.Victims, b.On, b.Note = []string{next.Subject}, today(now, r.Location()), "text"
	case *casework.TrackSwitch:
		b.Danger, b.Priority = "text", one(w, append(casework.Priorities(), "")...)
	case *casework.FindingNotice:
		b.Allegation, b.On, b.Means = unnotified(r), today(now, r.Location()), one(w, casework.NoticeMeans()...)
		b.AppealUntil, b.AppealRights = b.On.AddDays(20), true
	case *casework.Protection:
		b.Victims, b.At = []string{next.Subject}, now
		b.Measure, b.Notes = one(w, casework.ProtectionMeasures()...), "text"
	}
	return empty
}

// owedTo is an authority to whom the report must be passed on, or any.
func owedTo(r *casework.Report) string {
	owed := casework.Prosecutor
	for _, f := range casework.Current(r.Facts) {
		settled := slices.ContainsFunc(casework.Current(r.Facts), func(o casework.Fact) bool {
			return o.Ref == f.Ref && o.Type != casework.FactCrossReportOwed
		})
		if f.Type == casework.FactCrossReportOwed && !settled {
			owed = f.Ref
		}
	}
	return owed
}

// unnotified is a finding of which its person was not told, or any.
func unnotified(r *casework.Report) string {
	for _, a := range r.Allegations {
		if a.Finding != "" && a.Finding != "unable-to-locate" && a.Perpetrator != "" && a.NoticedOn.IsZero() {
			return a.ID
		}
	}
	return r.Allegations[0].ID
}

// nameless is an open allegation that names nobody, or any.
func nameless(r *casework.Report) string {
	for _, a := range r.Allegations {
		if a.Perpetrator == "" && a.Finding == "" {
			return a.ID
		}
	}
	return r.Allegations[0].ID
}
