package main

import (
	"context"
	"encoding/json"
	"fmt"
	"net/http"
	"os"
	"slices"
	"strings"
	"time"

	"homeward/casework"
	"homeward/internal/app"
	"homeward/internal/casetime"
	"homeward/internal/config"
	"homeward/internal/devtoken"
	"homeward/internal/story"
)

// demoCommand plays the stories against the stack that `make run` has started.
type demoCommand struct {
	Process config.Process `embed:"" group:"Process"`

	Stack string   `default:".homeward/stack.json" type:"path" env:"HOMEWARD_STACK" help:"File in which the running stack says where it is."`
	Story []string `arg:"" optional:"" help:"Which stories to play, by name; all of them by default."`
}

// stack is what the running stack says of itself.
type stack struct {
	API        string `json:"api_url"`
	UI         string `json:"ui_url"`
	Temporal   string `json:"temporal_address"`
	Namespace  string `json:"temporal_namespace"`
	DevKeyFile string `json:"dev_key_file"`
}

// Run plays the stories one after the other and prints the timeline of each, in
// its case's own time. It can be run again: each time opens cases of its own.
func (d demoCommand) Run(ctx context.Context, c console) error {
	stories, err := chosen(d.Story)
	if err != nil {
		return err
	}
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
	signIn, ids, err := storyPeople(running.DevKeyFile)
	if err != nil {
		return err
	}
	player := story.Player{
		API: running.API, HTTP: &http.Client{Timeout: time.Minute}, SignIn: signIn, IDs: ids, Clock: clock,
		Tell: func(at time.Time, line string) {
			_, _ = fmt.Fprintf(c, "%s  %s\n", at.Format("02 Jan 2006 15:04"), line)
		},
	}
	for i, st := range stories {
		if _, err := fmt.Fprintf(c, "Story %d of %d, %s: %s\n\n", i+1, len(stories), st.Name, st.Title); err != nil {
			return err
		}
		if err := playStory(ctx, c, running, st, player); err != nil {
			return fmt.Errorf("story %s: %w", st.Name, err)
		}
	}
	return nil
}

// playStory plays one story and says where it can be looked at.
func playStory(ctx context.Context, c console, running stack, st story.Story, player story.Player) error {
	begun := time.Now()
	outcome, err := st.Play(ctx, player)
	if err != nil {
		return err
	}
	_, err = fmt.Fprintf(c, "\n%d days of a case in %.0f seconds, on the real server.\nThe whole timeline:   %s/v1/cases/%s/timeline\nIn the Temporal UI:   %s/namespaces/%s/workflows/case-%s\n\n",
		int(outcome.Ended.Sub(outcome.Began).Hours()/24), time.Since(begun).Seconds(),
		running.API, outcome.Case, running.UI, running.Namespace, outcome.Case)
	return err
}

// chosen finds the stories by name, or says which there are.
func chosen(names []string) ([]story.Story, error) {
	all := story.All()
	if len(names) == 0 {
		return all, nil
	}
	var known []string
	for _, st := range all {
		known = append(known, st.Name)
	}
	stories := make([]story.Story, 0, len(names))
	for _, name := range names {
		i := slices.Index(known, name)
		if i < 0 {
			return nil, misuse{fmt.Errorf("there is no story %q; choose from: %s", name, strings.Join(known, ", "))}
		}
		stories = append(stories, all[i])
	}
	return stories, nil
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

// storyPeople returns a way to sign people in, and who plays each role.
func storyPeople(keyFile string) (signIn func(string, casework.Role) (string, error), ids map[casework.Role]string, err error) {
	key, err := devtoken.Load(keyFile)
	if err != nil {
		return nil, nil, err
	}
	ids = make(map[casework.Role]string)
	for _, role := range []casework.Role{
		casework.RoleHotline, casework.RoleInvestigator, casework.RoleCaseworker, casework.RoleSupervisor,
	} {
		ids[role] = "w-" + string(role)
	}
	return func(id string, role casework.Role) (string, error) {
		return devtoken.Sign(key, devtoken.Claims{Subject: id, Role: role, Office: "north"}, time.Hour, time.Now())
	}, ids, nil
}
