package api

import (
	"slices"

	"homeward/casework"
	"homeward/internal/access"
	"homeward/postgres"
)

// acknowledging is the body of POST /v1/notices/acknowledgements.
type acknowledging struct {
	Notices []string `json:"notices"`
}

// acknowledged is how many notices one request can acknowledge, and longestKey
// how long the key of one can be.
const (
	acknowledged = 200
	longestKey   = 400
)

func (b acknowledging) check() error {
	if len(b.Notices) == 0 || len(b.Notices) > acknowledged {
		return casework.InvalidField("notices", "Name the notices that you have read by their keys, at most 200.")
	}
	for i, key := range b.Notices {
		if !printable(key, longestKey) || slices.Contains(b.Notices[:i], key) {
			return casework.InvalidField("notices", "Name each notice once, by its key as your inbox gives it.")
		}
	}
	return nil
}

// acknowledge answers POST /v1/notices/acknowledgements: the caller has read these
// notices of theirs. Sent again it changes nothing, whatever the key.
func (a *API) acknowledge(c *call) (reply, error) {
	do := access.Act{Action: access.AcknowledgeNotices}
	if err := a.permit(c, do); err != nil {
		return reply{}, err
	}
	if _, err := idempotencyKey(c); err != nil {
		return reply{}, err
	}
	var body acknowledging
	if err := a.read(c, &body); err != nil {
		return reply{}, err
	}
	if err := body.check(); err != nil {
		return reply{}, err
	}
	read, err := a.store.Acknowledge(c.Context(), c.who.ID, body.Notices, a.now(), c.entry(do, ""))
	return reply{body: listView[postgres.Acknowledgement]{Items: read}}, err
}
