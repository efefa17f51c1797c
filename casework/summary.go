package casework

import "time"

// summary fills the columns that every record has.
func (r *Record) summary(kind AggregateKind, stage Stage) Summary {
	s := Summary{
		Aggregate: AggregateID(kind, r.Number), Kind: kind, Number: r.Number, Stage: stage, Revision: r.Revision,
		Office: r.Office, Jurisdiction: r.Jurisdiction, Timezone: r.Timezone, Pack: r.Pack,
		Worker: r.Worker, Supervisor: r.Supervisor, Risk: r.Risk, Restricted: r.Restricted,
		Overdue: r.Overdue(), OpenedAt: r.OpenedAt, ClosedAt: r.ClosedAt, Now: r.Now,
	}
	s.NextDue = r.NextDue()
	return s
}

// Unassigned says whether the record is open and nobody carries it.
func (s Summary) Unassigned() bool { return s.Worker == "" && s.ClosedAt.IsZero() }

// NextDue is the earliest instant at which a duty that is not overdue yet
// becomes so, zero when there is none.
func (r *Record) NextDue() time.Time {
	var next time.Time
	for _, d := range r.Ledger {
		if (d.Status == DutyOpen || d.Status == DutyAtRisk) && (next.IsZero() || d.DueAt.Before(next)) {
			next = d.DueAt
		}
	}
	return next
}
