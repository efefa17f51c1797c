package main

import (
	"fmt"
	"strings"
	"time"

	"go.temporal.io/server/common/dynamicconfig"
)

// This file is every setting of the embedded stack that is not the default of
// PostgreSQL 15 or of the Temporal server 1.32. A measurement taken on the
// stack must name them: "homeward-dev settings" prints them as a table.

const (
	// clusterName tells this stack from every other Temporal cluster: what
	// only makes sense here, such as fast-forwarding time, asks for it first.
	clusterName = "homeward-dev"

	// namespace is where the product runs.
	namespace = "homeward"

	// smallLimitsNamespace has limits so low that a test meets them within
	// seconds: every case there continues as new again and again.
	smallLimitsNamespace = "homeward-small-limits"

	// retention is how long a closed workflow stays readable.
	retention = 30 * 24 * time.Hour

	// historyShards is fixed when the database is made. Four keep two cores
	// busy; each shard costs its own queue readers.
	historyShards = 4

	// temporalConnections bounds each of the server's connection pools.
	temporalConnections = 20
)

// setting is one value that differs from the default, and the reason.
type setting struct {
	name  string
	value string
	why   string
}

// postgresSettings are the settings of the cluster. durable = false is for
// servers that live as long as one command.
func postgresSettings(durable bool) []setting {
	settings := []setting{
		{"listen_addresses", loopback, "one machine, and nothing from outside"},
		{"max_connections", "300", "Temporal's pools, the product and tests that run in parallel, each with a database of its own"},
		{"shared_buffers", "128MB", "enough for the data of one machine, and little to give up"},
		{"max_wal_size", "2GB", "fewer checkpoints while a benchmark writes"},
		{"wal_level", "minimal", "nothing is replicated"},
		{"max_wal_senders", "0", "goes with wal_level"},
		{"jit", "off", "compiling a query costs more than any query here takes"},
		{"timezone", "UTC", "the same dates on every machine"},
		{"log_timezone", "UTC", "the same dates on every machine"},
	}
	if durable {
		return settings
	}
	return append(settings,
		setting{"fsync", "off", "the data is thrown away; it survives a killed process, not a loss of power"},
		setting{"synchronous_commit", "off", "goes with fsync"},
		setting{"full_page_writes", "off", "goes with fsync"},
	)
}

// temporalSetting is one dynamic configuration value of the Temporal server.
// It holds in the namespaces named, or everywhere.
type temporalSetting struct {
	name       string // as Temporal's documentation spells it
	key        dynamicconfig.Key
	value      any
	namespaces []string
	why        string
}

// temporalSettings are the server's settings. smallLimits are the namespaces
// whose limits are lowered.
func temporalSettings(smallLimits ...string) []temporalSetting {
	everywhere := []temporalSetting{
		{
			name: "matching.numTaskqueueReadPartitions", key: dynamicconfig.MatchingNumTaskqueueReadPartitions.Key(),
			value: 1,
			why:   "with the default of 4 partitions an update to an idle workflow can wait seconds in one that nobody polls",
		},
		{
			name: "matching.numTaskqueueWritePartitions", key: dynamicconfig.MatchingNumTaskqueueWritePartitions.Key(),
			value: 1,
			why:   "must equal the number that is read",
		},
		{
			name: "history.transferProcessorMaxPollRPS", key: dynamicconfig.TransferProcessorMaxPollRPS.Key(),
			value: 1000,
			why:   "the default of 20 a second and shard is meant for hundreds of shards; with four, each activity would wait up to 50 ms",
		},
		{
			name: "history.timerProcessorMaxPollRPS", key: dynamicconfig.TimerProcessorMaxPollRPS.Key(),
			value: 1000,
			why:   "as above, for timers: a thousand duties may fall due in one minute",
		},
		{
			name: "history.visibilityProcessorMaxPollRPS", key: dynamicconfig.VisibilityProcessorMaxPollRPS.Key(),
			value: 1000,
			why:   "as above, for search attributes and closings",
		},
		{
			name: "history.timerProcessorMaxTimeShift", key: dynamicconfig.TimerProcessorMaxTimeShift.Key(),
			value: 50 * time.Millisecond,
			why:   "a new timer fires no earlier than this after it is set; the default of 1 s allows for clocks that differ between hosts, and there is one host",
		},
		{
			name:  "history.discardSpeculativeWorkflowTaskMaximumEventsCount",
			key:   dynamicconfig.DiscardSpeculativeWorkflowTaskMaximumEventsCount.Key(),
			value: 100,
			why:   "a refused step leaves no events; the default of 10 keeps the task of a refusal that follows a large step",
		},
		{
			name: "frontend.namespaceRPS.visibility", key: dynamicconfig.FrontendMaxNamespaceVisibilityRPSPerInstance.Key(),
			value: 1000,
			why:   "the default of 10 list calls a second is used up by the UI and one test",
		},
		{
			name: "limit.maxIDLength", key: dynamicconfig.MaxIDLengthLimit.Key(),
			value: 255,
			why:   "PostgreSQL's columns hold 255; a longer ID is refused with a clear error rather than a database error",
		},
		{
			name: "frontend.WorkflowTimeSkippingEnabled", key: dynamicconfig.WorkflowTimeSkippingEnabled.Key(),
			value: true,
			why:   "lets a case be fast-forwarded; off by default",
		},
		{
			name: "system.forceSearchAttributesCacheRefreshOnRead", key: dynamicconfig.ForceSearchAttributesCacheRefreshOnRead.Key(),
			value: true,
			why:   "search attributes work as soon as they are registered, not 10 s later",
		},
		{
			name: "frontend.enableCancelWorkerPollsOnShutdown", key: dynamicconfig.EnableCancelWorkerPollsOnShutdown.Key(),
			value: true,
			why:   "a worker that stops is given no further task; by default such a task waits ten seconds until another worker gets it",
		},
		{
			name: "worker.historyScannerEnabled", key: dynamicconfig.HistoryScannerEnabled.Key(),
			value: false,
			why:   "a clean-up for clusters that run for years",
		},
		{
			name: "worker.taskQueueScannerEnabled", key: dynamicconfig.TaskQueueScannerEnabled.Key(),
			value: false,
			why:   "a clean-up for clusters that run for years",
		},
	}
	return append(everywhere, lowered(smallLimits)...)
}

// lowered are the limits of namespaces in which tests meet them.
func lowered(namespaces []string) []temporalSetting {
	return []temporalSetting{
		{
			name: "limit.historyCount.suggestContinueAsNew", key: dynamicconfig.HistoryCountSuggestContinueAsNew.Key(),
			value: 60, namespaces: namespaces,
			why: "the default of 4,096 events is years of one case; here it is minutes of a test",
		},
		{
			name: "history.maxTotalUpdates", key: dynamicconfig.WorkflowExecutionMaxTotalUpdates.Key(),
			value: 40, namespaces: namespaces,
			why: "the default of 2,000 updates a run is years of one case",
		},
	}
}

// dynamicConfig is the settings in the form the server reads.
func dynamicConfig(settings []temporalSetting) dynamicconfig.StaticClient {
	client := make(dynamicconfig.StaticClient, len(settings))
	for _, s := range settings {
		if len(s.namespaces) == 0 {
			client[s.key] = s.value
			continue
		}
		var values []dynamicconfig.ConstrainedValue
		for _, name := range s.namespaces {
			values = append(values, dynamicconfig.ConstrainedValue{
				Constraints: dynamicconfig.Constraints{Namespace: name}, Value: s.value,
			})
		}
		client[s.key] = values
	}
	return client
}

// settingsCommand prints the settings.
type settingsCommand struct{}

// Run writes one Markdown table for Temporal and one for PostgreSQL.
func (settingsCommand) Run(c console) error {
	var b strings.Builder
	fmt.Fprintf(&b, "Temporal: %d history shards, %d connections a pool, closed workflows kept %d days.\n\n",
		historyShards, temporalConnections, int(retention.Hours())/24)
	b.WriteString("| Temporal setting | Value | Why |\n|---|---|---|\n")
	for _, s := range temporalSettings(smallLimitsNamespace) {
		name := "`" + s.name + "`"
		if len(s.namespaces) > 0 {
			name += " in " + strings.Join(s.namespaces, ", ")
		}
		fmt.Fprintf(&b, "| %s | %v | %s |\n", name, s.value, s.why)
	}
	b.WriteString("\n| PostgreSQL setting | Value | Why |\n|---|---|---|\n")
	for i, s := range postgresSettings(false) {
		if i >= len(postgresSettings(true)) {
			s.why += " (`exec` without `--durable` only)"
		}
		fmt.Fprintf(&b, "| `%s` | %s | %s |\n", s.name, s.value, s.why)
	}
	_, err := fmt.Fprint(c.out, b.String())
	return err
}
