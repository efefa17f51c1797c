package api

import (
	"net/http"
	"slices"
	"time"

	"homeward/casework"
	"homeward/internal/access"
	"homeward/postgres"
)

// ruleRoutes are those of who may see a record, at the address one.
func (a *API) ruleRoutes(get, post func(path string, h handler), kind casework.AggregateKind, one string) {
	get(one+"/access", a.of(kind, access.ReadAccess, "access", a.readAccess))
	post(one+"/break-glass", a.breakGlass(kind))
	get(one+"/glass", a.of(kind, access.ReadAccess, "glass", a.listGlass))
	post(one+"/glass/{glass}/review", a.reviewGlass(kind))
	post(one+"/grants", a.grant(kind))
	post(one+"/grants/{rule}/end", a.endRule(kind, postgres.RuleGrant))
	post(one+"/conflicts", a.conflict(kind))
	post(one+"/conflicts/{rule}/end", a.endRule(kind, postgres.RuleConflict))
	post(one+"/seals", a.seal(kind))
	post(one+"/seals/{rule}/end", a.endRule(kind, postgres.RuleSeal))
}

// grantRequest is the body of POST {record}/grants: it names a person.
type grantRequest struct {
	Worker string `json:"worker"`
	// Purpose is one of grantPurposes.
	Purpose   string    `json:"purpose"`
	ExpiresAt time.Time `json:"expires_at,omitzero"`
}

// conflictRequest is the body of POST {record}/conflicts.
type conflictRequest struct {
	Worker string `json:"worker"`
}

// sealRequest is the body of POST {record}/seals.
type sealRequest struct {
	// Order is the reference of the court's order, never the name of a person.
	Order string `json:"order"`
}

// grantPurposes are the codes for why a person is named for a record.
func grantPurposes() []string {
	return []string{"attorney", "cover", "co-worker", "quality-review", "court", "expert"}
}

// accessView is the answer of GET {record}/access.
type accessView struct {
	Restricted bool   `json:"restricted"`
	Sealed     bool   `json:"sealed"`
	Worker     string `json:"worker"`
	Supervisor string `json:"supervisor"`
	// Manager leads the supervisor.
	Manager string                `json:"manager,omitempty"`
	Rules   []postgres.AccessRule `json:"rules"`
}

// readAccess answers GET {record}/access: who may see the record, and by whose
// word.
func (a *API) readAccess(c *call, s subject) (reply, error) {
	rules, err := a.store.Rules(c.Context(), s.Aggregate)
	return reply{body: accessView{
		Restricted: s.object.Restricted, Sealed: s.object.Sealed, Worker: s.object.Worker,
		Supervisor: s.object.Supervisor, Manager: s.object.Manager, Rules: unpaged(rules).Items,
	}}, err
}

// grant answers POST {record}/grants.
func (a *API) grant(kind casework.AggregateKind) handler {
	return setRule(a, kind, access.ManageAccess, func(_ *call, body grantRequest) (postgres.AccessRule, access.Act, error) {
		r := postgres.AccessRule{
			Kind: postgres.RuleGrant, Worker: body.Worker, Ground: body.Purpose, ExpiresAt: body.ExpiresAt.UTC().Truncate(time.Microsecond),
		}
		err := workerID(body.Worker)
		switch {
		case err != nil:
		case !slices.Contains(grantPurposes(), body.Purpose):
			err = unknownCode("purpose", grantPurposes())
		case !body.ExpiresAt.IsZero() && !body.ExpiresAt.After(a.now()):
			err = casework.InvalidField("expires_at", "This time has passed already.")
		}
		return r, access.Act{Action: access.ManageAccess, For: body.Worker}, err
	})
}

// conflict answers POST {record}/conflicts. Whoever sees the record may say so of
// themselves; it takes effect at once.
func (a *API) conflict(kind casework.AggregateKind) handler {
	return setRule(a, kind, access.DeclareConflict, func(c *call, body conflictRequest) (postgres.AccessRule, access.Act, error) {
		do := access.Act{Action: access.ManageAccess}
		if body.Worker == c.who.ID {
			do = access.Act{Action: access.DeclareConflict}
		}
		return postgres.AccessRule{Kind: postgres.RuleConflict, Worker: body.Worker}, do, workerID(body.Worker)
	})
}

// seal answers POST {record}/seals.
func (a *API) seal(kind casework.AggregateKind) handler {
	return setRule(a, kind, access.SealRecord, func(_ *call, body sealRequest) (postgres.AccessRule, access.Act, error) {
		var err error
		if !printable(body.Order, maxPlain) {
			err = casework.InvalidField("order", "Give the reference of the order, in visible ASCII characters without spaces.")
		}
		return postgres.AccessRule{Kind: postgres.RuleSeal, Ground: body.Order}, access.Act{Action: access.SealRecord}, err
	})
}

func workerID(id string) error {
	if printable(id, maxPlain) {
		return nil
	}
	return casework.InvalidField("worker", "A worker's ID is made of visible ASCII characters.")
}

// setRule lets the caller to the record for the first act, reads a rule, asks
// again where the body says that more is wanted, and sets it. The same key sets
// it once.
func setRule[B any](
	a *API, kind casework.AggregateKind, first access.Action, ruleOf func(*call, B) (postgres.AccessRule, access.Act, error),
) handler {
	return a.within(kind, access.Act{Action: first}, func(c *call, s subject) (reply, error) {
		key, err := idempotencyKey(c)
		if err != nil {
			return reply{}, err
		}
		var body B
		if err := a.read(c, &body); err != nil {
			return reply{}, err
		}
		r, do, err := ruleOf(c, body)
		if err != nil {
			return reply{}, err
		}
		if verdict := access.Decide(s.caller, do, s.object); !verdict.Allowed {
			return reply{}, a.denied(c, s.Aggregate, do, verdict.Why, withheld(do, verdict.Why))
		}
		return a.rule(c, s, do, r, key)
	})
}

// rule sets a rule, once for each key.
func (a *API) rule(c *call, s subject, do access.Act, r postgres.AccessRule, key string) (reply, error) {
	r.ID = string(r.Kind) + "-" + commandID(c.who, c.exchange.route, s.Aggregate, key)[:24]
	r.Aggregate, r.SetBy, r.SetAt = s.Aggregate, c.who.ID, a.now().UTC()
	line := c.entry(do, s.Aggregate)
	line.Part, line.Command = string(r.Kind), r.ID
	set, err := a.store.SetRule(c.Context(), r, line)
	if err == nil && (set.Worker != r.Worker || set.Ground != r.Ground || !set.ExpiresAt.Equal(r.ExpiresAt)) {
		err = reused()
	}
	return reply{status: http.StatusCreated, body: set, location: recordPath(s.Kind, s.Number) + "/access"}, err
}

// endRule answers POST {record}/grants/{rule}/end and its siblings. Sent again it
// does nothing more.
func (a *API) endRule(kind casework.AggregateKind, of postgres.RuleKind) handler {
	do := access.Act{Action: access.ManageAccess}
	if of == postgres.RuleSeal {
		do.Action = access.SealRecord
	}
	return a.within(kind, do, func(c *call, s subject) (reply, error) {
		id := c.param("rule")
		if err := a.endable(c, s, do, id); err != nil {
			return reply{}, err
		}
		line := c.entry(do, s.Aggregate)
		line.Part, line.Command = "end-"+string(of), id
		ended, err := a.store.EndRule(c.Context(), postgres.AccessRule{
			ID: id, Aggregate: s.Aggregate, Kind: of, EndedBy: c.who.ID, EndedAt: a.now().UTC(),
		}, line)
		return reply{body: ended}, err
	})
}

// endable refuses to let somebody end what is about themselves: a conflict above
// all.
func (a *API) endable(c *call, s subject, do access.Act, id string) error {
	rules, err := a.store.Rules(c.Context(), s.Aggregate)
	if err != nil {
		return err
	}
	for _, r := range rules {
		if r.ID == id && r.Worker == c.who.ID {
			return a.denied(c, s.Aggregate, do, access.ByOwnAccess, withheld(do, access.ByOwnAccess))
		}
	}
	return nil
}
