package main

import (
	"context"
	"encoding/json"
	"fmt"
	"net/http"
	"os"
	"time"

	"homeward/casework"
	"homeward/internal/app"
	"homeward/internal/casetime"
	"homeward/internal/config"
	"homeward/internal/devtoken"
	"homeward/internal/story"
)

// demoCommand plays the story against the stack that `make run` has started.
type demoCommand struct {
	Process config.Process `embed:"" group:"Process"`

	Stack string `default:".homeward/stack.json" type:"path" env:"HOMEWARD_STACK" help:"File in which the running stack says where it is."`
}

// stack is what the running stack says of itself.
type stack struct {
	API        string `json:"api_url"`
	UI         string `json:"ui_url"`
	Temporal   string `json:"temporal_address"`
	Namespace  string `json:"temporal_namespace"`
	DevKeyFile string `json:"dev_key_file"`
}

// Run plays the story and prints its timeline, in the case's own time.
func (d demoCommand) Run(ctx context.Context, c console) error {
	running, err := findStack(d.Stack)
	if err != nil {
		return err
	}
	temporal, err := app.Temporal(ctx, config.Temporal{Address: running.Temporal, Namespace: running.Namespace}, app.WithoutPayloads(),
		d.Process.Logger(os.Stderr), app.NewRegistry())
	if err != nil {
		return err
	}
	defer temporal.Close()
	clock, err := casetime.New(ctx, temporal.WorkflowService(), running.Namespace)
	if err != nil {
		return err
	}
	tokens, ids, err := storyTokens(running.DevKeyFile)
	if err != nil {
		return err
	}
	begun := time.Now()
	outcome, err := story.Play(ctx, story.Player{
		API: running.API, HTTP: &http.Client{Timeout: time.Minute}, Tokens: tokens, IDs: ids, Clock: clock,
		Tell: func(at time.Time, line string) {
			_, _ = fmt.Fprintf(c, "%s  %s\n", at.Format("02 Jan 2006 15:04"), line)
		},
	})
	if err != nil {
		return err
	}
	_, err = fmt.Fprintf(c, "\n%d days of a case in %.0f seconds, on the real server.\nThe whole timeline:   %s/v1/cases/%s/timeline\nIn the Temporal UI:   %s/namespaces/%s/workflows/case-%s\n",
		int(outcome.Ended.Sub(outcome.Began).Hours()/24), time.Since(begun).Seconds(),
		running.API, outcome.Case, running.UI, running.Namespace, outcome.Case)
	return err
}

// findStack reads where the running stack is.
func findStack(file string) (stack, error) {
	content, err := os.ReadFile(file)
	if os.IsNotExist(err) {
		return stack{}, fmt.Errorf("no running stack found (%s): start it with `make run` in another terminal", file)
	}
	var running stack
	if err == nil {
		err = json.Unmarshal(content, &running)
	}
	return running, err
}

// storyTokens signs in one person of each role.
func storyTokens(keyFile string) (tokens, ids map[casework.Role]string, err error) {
	key, err := devtoken.Load(keyFile)
	if err != nil {
		return nil, nil, err
	}
	tokens, ids = make(map[casework.Role]string), make(map[casework.Role]string)
	for _, role := range []casework.Role{
		casework.RoleHotline, casework.RoleInvestigator, casework.RoleCaseworker, casework.RoleSupervisor,
	} {
		ids[role] = "w-" + string(role)
		tokens[role], err = devtoken.Sign(key, devtoken.Claims{Subject: ids[role], Role: role, Office: "north"}, time.Hour, time.Now())
		if err != nil {
			return nil, nil, err
		}
	}
	return tokens, ids, nil
}
