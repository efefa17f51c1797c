package main

import (
	"errors"
	"fmt"
	"time"

	"homeward/casework"
	"homeward/internal/devtoken"
)

// tokenCommand signs development tokens. A production API does not know the key.
type tokenCommand struct {
	DevKeyFile string        `name:"dev-key-file" env:"HOMEWARD_DEV_KEY_FILE" type:"path" required:"" help:"Key of development tokens. It is made where it is missing."`
	Role       casework.Role `help:"Role of the token: hotline, investigator, caseworker, supervisor, manager, attorney, auditor, administrator, ops or service."`
	Subject    string        `help:"Worker ID of the token. Without it, w-<role>."`
	TTL        time.Duration `default:"720h" help:"How long the token is valid."`
	Init       bool          `help:"Only make the key."`
}

// Run prints one token, alone on its line.
func (t tokenCommand) Run(c console) error {
	key, err := devtoken.LoadOrCreate(t.DevKeyFile)
	if err != nil || t.Init {
		return err
	}
	if !t.Role.Known() {
		return errors.New("--role must be hotline, investigator, caseworker, supervisor or manager")
	}
	subject := t.Subject
	if subject == "" {
		subject = "w-" + string(t.Role)
	}
	token, err := devtoken.Sign(key, devtoken.Claims{Subject: subject, Role: t.Role, Office: "north"}, t.TTL, time.Now())
	if err != nil {
		return err
	}
	_, err = fmt.Fprintln(c, token)
	return err
}
