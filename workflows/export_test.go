package workflows

import "homeward/casework"

// Propose computes what a command changes, without recording it: the pure part
// of a step, for tests that need many of them and for those that write to the
// log behind a record's back.
func Propose[S any, P entity[S]](
	kind casework.AggregateKind, law Law, id string, state P, c casework.Command,
) (P, casework.Transition, error) {
	event, err := state.Decide(c)
	if err != nil {
		return nil, casework.Transition{}, err
	}
	l := &loop[S, P]{kind: kind, id: id, law: law, state: state}
	return l.propose(origin{commandID: c.ID, fingerprint: c.Fingerprint, actor: c.Actor, now: c.Now}, event)
}

// Pass computes what time alone changes by an instant.
func Pass[S any, P entity[S]](
	kind casework.AggregateKind, law Law, id string, state P, from casework.Command,
) (P, casework.Transition, error) {
	l := &loop[S, P]{kind: kind, id: id, law: law, state: state}
	return l.propose(origin{commandID: from.ID, actor: casework.System(), now: from.Now})
}
