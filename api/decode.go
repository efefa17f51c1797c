package api

import (
	"bytes"
	"encoding"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"mime"
	"net/http"
	"reflect"
	"strings"
	"unicode"
	"unicode/utf8"

	"homeward/casework"
)

const (
	// maxPlain is the longest plain string, in characters: a code, a name, an ID.
	// Narratives are limited by the size of the body alone.
	maxPlain = 200
	// maxItems is the longest list: of children, of allegations, of goals.
	maxItems = 100
)

// body reads a request's body, up to the limit.
func (a *API) body(c *call) ([]byte, error) { return readBody(c, a.maxBody) }

// readBody reads a body of JSON of so many bytes at most.
func readBody(c *call, limit int64) ([]byte, error) {
	media, _, err := mime.ParseMediaType(c.Header.Get("Content-Type"))
	if err != nil || media != "application/json" {
		return nil, casework.NewError(notJSON, "Send the body as Content-Type: application/json.")
	}
	if c.Header.Get("Content-Encoding") != "" {
		return nil, casework.NewError(notJSON, "Send the body as it is, without Content-Encoding.")
	}
	data, err := io.ReadAll(http.MaxBytesReader(c.exchange, c.Body, limit))
	if _, over := errors.AsType[*http.MaxBytesError](err); over {
		return nil, casework.NewError(casework.TooLarge, fmt.Sprintf("The body is over the limit of %d bytes.", limit))
	}
	if err != nil {
		return nil, badRequest("", "The body did not arrive complete.")
	}
	return data, nil
}

// decode reads one JSON value into what v points at, more strictly than
// encoding/json: names must match exactly and stand once, unknown fields, nulls
// and control characters are refused, and every refusal names the field by its
// path.
func decode(data []byte, v any) error {
	if len(bytes.TrimSpace(data)) == 0 {
		return badRequest("", "The body is empty. Send a JSON object, {} where there is nothing to say.")
	}
	if !utf8.Valid(data) {
		return badRequest("", "The body is not UTF-8 text.")
	}
	var whole json.RawMessage
	if err := json.Unmarshal(data, &whole); err != nil {
		if syntax, ok := errors.AsType[*json.SyntaxError](err); ok {
			return badRequest("", fmt.Sprintf("The body is not one JSON object: %s at byte %d.", syntax, syntax.Offset))
		}
		return badRequest("", "The body is not one JSON object.")
	}
	s := shape{json.NewDecoder(bytes.NewReader(data))}
	s.UseNumber()
	if err := s.value("", reflect.TypeOf(v).Elem()); err != nil {
		return err
	}
	if err := json.Unmarshal(data, v); err != nil {
		return badRequest("", "The body does not have the expected form.")
	}
	return nil
}

// shape walks JSON that is known to be well-formed beside the type that it is
// to be decoded into.
type shape struct{ *json.Decoder }

// value checks the next value. The recursion is as deep as the type, not as
// the JSON.
func (s shape) value(path string, t reflect.Type) error {
	if t.Kind() == reflect.Pointer {
		t = t.Elem()
	}
	token, err := s.Token()
	if err != nil {
		return badRequest(path, "The body breaks off here.")
	}
	if token == nil {
		return badRequest(path, "Leave this field out instead of sending null.")
	}
	if unmarshaler, ok := reflect.TypeAssert[encoding.TextUnmarshaler](reflect.New(t)); ok {
		return text(path, unmarshaler, token)
	}
	switch t.Kind() { //nolint:exhaustive // bodies are made of these
	case reflect.Struct:
		return s.object(path, t, token)
	case reflect.Slice:
		return s.array(path, t, token)
	case reflect.String:
		return plain(path, t, token)
	case reflect.Bool:
		if _, ok := token.(bool); !ok {
			return badRequest(path, "true or false is expected here, without quotes.")
		}
	case reflect.Int:
		if number, ok := token.(json.Number); !ok || !whole(number) {
			return badRequest(path, "A whole number is expected here, without quotes.")
		}
	default:
		return fmt.Errorf("body type %s is not supported", t)
	}
	return nil
}

func (s shape) object(path string, t reflect.Type, token json.Token) error {
	if token != json.Delim('{') {
		return badRequest(path, "A JSON object is expected here.")
	}
	fields := fieldsOf(t)
	seen := map[string]bool{}
	for s.More() {
		token, err := s.Token()
		name, ok := token.(string)
		if err != nil || !ok {
			return badRequest(path, "The body breaks off here.")
		}
		at := join(path, name)
		field, known := fields[name]
		switch {
		case !known:
			return badRequest(at, "There is no such field.")
		case seen[name]:
			return badRequest(at, "This field is given twice.")
		}
		seen[name] = true
		if err := s.value(at, field); err != nil {
			return err
		}
	}
	return s.end(path)
}

func (s shape) array(path string, t reflect.Type, token json.Token) error {
	if token != json.Delim('[') {
		return badRequest(path, "A list is expected here.")
	}
	for i := 0; s.More(); i++ {
		if i == maxItems {
			return badRequest(path, fmt.Sprintf("This list is longer than %d.", maxItems))
		}
		if err := s.value(fmt.Sprintf("%s[%d]", path, i), t.Elem()); err != nil {
			return err
		}
	}
	return s.end(path)
}

// end takes the closing bracket.
func (s shape) end(path string) error {
	if _, err := s.Token(); err != nil {
		return badRequest(path, "The body breaks off here.")
	}
	return nil
}

// fieldsOf returns the types of the fields that encoding/json fills, by name.
func fieldsOf(t reflect.Type) map[string]reflect.Type {
	fields := map[string]reflect.Type{}
	for _, f := range reflect.VisibleFields(t) {
		name, _, _ := strings.Cut(f.Tag.Get("json"), ",")
		if f.IsExported() && !f.Anonymous && name != "" && name != "-" {
			fields[name] = f.Type
		}
	}
	return fields
}

// text checks a value that reads itself: a date or a time.
func text(path string, into encoding.TextUnmarshaler, token json.Token) error {
	value, ok := token.(string)
	if ok && into.UnmarshalText([]byte(value)) == nil {
		return nil
	}
	if _, day := into.(*casework.Date); day {
		return badRequest(path, "A date like 2026-01-31 is expected here.")
	}
	return badRequest(path, "A time with its zone, like 2026-01-31T14:05:00-08:00, is expected here.")
}

// plain checks a string. A narrative may be long and have lines; everything
// else is a code, an ID or a name, which also appear where length is limited.
func plain(path string, t reflect.Type, token json.Token) error {
	value, ok := token.(string)
	if !ok {
		return badRequest(path, "A text in quotes is expected here.")
	}
	narrative := t == reflect.TypeFor[casework.Text]()
	unfit := func(r rune) bool {
		layout := r == '\n' || r == '\r' || r == '\t'
		return unicode.IsControl(r) && (!narrative || !layout)
	}
	switch {
	case strings.ContainsFunc(value, unfit):
		return badRequest(path, "This text contains a control character.")
	case !narrative && utf8.RuneCountInString(value) > maxPlain:
		return badRequest(path, fmt.Sprintf("This text is longer than %d characters.", maxPlain))
	}
	return nil
}

func whole(n json.Number) bool {
	_, err := n.Int64()
	return err == nil
}

// join makes the path of a field. A name that could not be one of ours is not
// repeated to the caller.
func join(path, name string) string {
	ours := func(r rune) bool {
		return r == '_' || r >= 'a' && r <= 'z' || r >= 'A' && r <= 'Z' || r >= '0' && r <= '9'
	}
	if len(name) > 40 || strings.ContainsFunc(name, func(r rune) bool { return !ours(r) }) {
		name = "?"
	}
	if path == "" {
		return name
	}
	return path + "." + name
}

// read reads the body of a request strictly.
func (a *API) read(c *call, body any) error {
	data, err := a.body(c)
	if err != nil {
		return err
	}
	return decode(data, body)
}

// unknownCode refuses a code and says which there are.
func unknownCode[C ~string](field string, known []C) error {
	return casework.InvalidField(field, "Unknown code. Use one of: "+strings.Join(texts(known), ", ")+".")
}

// texts are codes as what they are written with.
func texts[C ~string](codes []C) []string {
	all := make([]string, len(codes))
	for i, code := range codes {
		all[i] = string(code)
	}
	return all
}
