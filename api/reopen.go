package api

import (
	"context"

	"go.temporal.io/sdk/client"

	"homeward/casework"
	"homeward/workflows"
)

// reopen answers POST {record}/{step} for a step that takes up a closed record
// again. The workflow of such a record has ended: it is started with the state that
// the log gives, under the same ID.
func (a *API) reopen(step casework.Step) handler {
	return a.on(step, func(c *call, s subject) (reply, error) {
		command, err := a.whole(c, step, s.Aggregate)
		if err != nil {
			return reply{}, err
		}
		if err := a.keeps(c.Context(), s.Aggregate); err != nil {
			return reply{}, err
		}
		texts := a.narrate(&command, s.Aggregate)
		if err := a.save(c.Context(), texts); err != nil {
			return reply{}, err
		}
		sent := sending{kind: step.Kind, number: s.Number, command: command, texts: texts}
		if sent.deliver, err = a.restart(c.Context(), s, command); err != nil {
			return reply{}, err
		}
		answer, err := a.send(c, sent)
		return reply{body: a.answerView(s.Kind, s.Number, answer), revision: answer.Revision}, err
	})
}

// keeps refuses to take up a record whose destruction was asked for.
func (a *API) keeps(ctx context.Context, aggregate string) error {
	purges, err := a.store.Purges(ctx, aggregate)
	if err != nil {
		return err
	}
	for _, p := range purges {
		if p.WithdrawnAt.IsZero() {
			return casework.BlockedBy("This record is not reopened now.", casework.Blocker{
				Code: "purge-asked", Detail: "Somebody has asked for the record to be destroyed. Have that withdrawn first.",
			})
		}
	}
	return nil
}

// restart delivers a command with the state that the log gives.
func (a *API) restart(
	ctx context.Context, s subject, c casework.Command,
) (func(context.Context) (client.WorkflowUpdateHandle, error), error) {
	events, err := a.store.Events(ctx, s.Aggregate, 1)
	if err != nil {
		return nil, err
	}
	return func(ctx context.Context) (client.WorkflowUpdateHandle, error) {
		if s.Kind == casework.KindReport {
			return a.temporal.UpdateWithStartWorkflow(ctx,
				workflows.ReopenOptions(a.temporal, s.Kind, s.Aggregate, a.taskQueue, casework.FoldReport(events), c))
		}
		return a.temporal.UpdateWithStartWorkflow(ctx,
			workflows.ReopenOptions(a.temporal, s.Kind, s.Aggregate, a.taskQueue, casework.FoldCase(events), c))
	}, nil
}
