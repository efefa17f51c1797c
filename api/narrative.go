package api

import (
	"time"

	"homeward/casework"
)

// narrativeView is what a person wrote.
type narrativeView struct {
	ID        string    `json:"id"`
	Author    string    `json:"author"`
	WrittenAt time.Time `json:"written_at"`
	Text      string    `json:"text"`
}

// readNarrative answers GET {record}/narratives/{text}. A text of another
// record is not found here.
func (a *API) readNarrative(c *call, s subject) (reply, error) {
	texts, err := a.store.Texts(c.Context(), []string{c.param("text")})
	if err != nil {
		return reply{}, err
	}
	if len(texts) != 1 || texts[0].Aggregate != s.Aggregate {
		return reply{}, casework.NewError(casework.NotFound, "There is no such narrative on this record.")
	}
	t := texts[0]
	return reply{body: narrativeView{ID: t.ID, Author: t.Author, WrittenAt: t.CreatedAt, Text: t.Body}}, nil
}
