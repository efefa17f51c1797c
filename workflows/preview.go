package workflows

import (
	"homeward/casework"
)

// Preview says what a command would make of the duties of a record with these
// events, by the same computation as the command itself and without taking it:
// nothing is recorded, and no workflow hears of it. What time alone has changed
// since the last event is not part of the answer. It refuses what the record
// would refuse. The command's Now is the time to look from, not before that of
// the last event.
func Preview(
	law Law, kind casework.AggregateKind, events []casework.Event, c casework.Command,
) ([]casework.DutyChange, error) {
	if kind == casework.KindReport {
		return preview(law, kind, casework.FoldReport(events), c)
	}
	return preview(law, kind, casework.FoldCase(events), c)
}

func preview[S any, P entity[S]](
	law Law, kind casework.AggregateKind, state P, c casework.Command,
) ([]casework.DutyChange, error) {
	event, err := state.Decide(c)
	if err != nil {
		return nil, err
	}
	l := &loop[S, P]{kind: kind, id: event.Aggregate, law: law, state: state}
	from := origin{commandID: c.ID, fingerprint: c.Fingerprint, actor: c.Actor, now: c.Now}
	if l.state, _, err = l.propose(origin{actor: casework.System(), now: c.Now}); err != nil {
		return nil, err
	}
	event.Seq = l.state.Base().Revision + 1
	_, t, err := l.propose(from, event)
	if err != nil {
		return nil, err
	}
	for _, e := range t.Events {
		if changed, ok := e.Body.(*casework.DutiesChanged); ok {
			return changed.Changes, nil
		}
	}
	return nil, nil
}
