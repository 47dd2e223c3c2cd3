-- Single-alert Alertmanager bodies, all distinct; 60 % P2, 25 % P3, 10 % P1, 5 % information (design, section 8.22).
-- Arguments: kind (webhook | alerts | echo), token, name of this run.
local kinds = {
   { 60, "HighLatency", "warning", "Latency above 2 s on %s", "p95 latency of %s is 2.4 s for 5 minutes." },
   { 85, "CacheMisses", "warning", "Cache misses on %s", "The hit ratio of %s is lower than last week." },
   { 95, "InstanceDown", "critical", "Instance %s is down", "%s has not answered for 5 minutes." },
   { 100, "NightlyReport", "info", "Report of %s is written", "%s has finished." },
}
local kind, token, run = "webhook", "", "r"
local n, thread = 0, 0
local threads = 0

function setup(made)
   made:set("thread", threads)
   threads = threads + 1
end

function init(arguments)
   kind, token, run = arguments[1] or kind, arguments[2] or token, arguments[3] or run
   wrk.method = "POST"
   wrk.headers["Content-Type"] = "application/json"
   wrk.headers["User-Agent"] = "Alertmanager/0.25.0"
   if token ~= "" then wrk.headers["Authorization"] = "Bearer " .. token end
end

local function alert()
   n = n + 1
   local found
   for _, each in ipairs(kinds) do
      if (n * 37) % 100 < each[1] then found = each break end
   end
   local instance = string.format("node-%d-%s-%d:9100", thread, run, n)
   local service = string.format("service-%d", n % 40)
   return string.format(
      '{"status":"firing","labels":{"alertname":"%s","env":"prod","instance":"%s","job":"node","service":"%s",'
      .. '"severity":"%s"},"annotations":{"description":"%s","summary":"%s"},"startsAt":"2026-11-23T10:42:00.000Z",'
      .. '"endsAt":"%s","generatorURL":"http://prometheus.example:9090/graph?g0.expr=up"',
      found[2], instance, service, found[3], string.format(found[5], instance), string.format(found[4], instance),
      kind == "alerts" and "2036-11-23T10:42:00.000Z" or "0001-01-01T00:00:00Z"), found[2], instance
end

function request()
   local body, name, instance = alert()
   if kind == "alerts" then
      return wrk.format(nil, nil, nil, "[" .. body .. "}]")
   end
   return wrk.format(nil, nil, nil, string.format(
      '{"version":"4","groupKey":"{}:{instance=\\"%s\\"}","truncatedAlerts":0,"status":"firing","receiver":"ecotrajet",'
      .. '"groupLabels":{"instance":"%s"},"commonLabels":{},"commonAnnotations":{},"externalURL":"http://alertmanager:9093",'
      .. '"alerts":[%s,"fingerprint":"%s%08x"}]}', instance, instance, body, run, thread * 100000000 + n))
end

function done(summary, latency)
   -- Answers with a bad status are among the requests; those that never came are not.
   local never = summary.errors.connect + summary.errors.read + summary.errors.timeout
   io.write(string.format("RESULT %d %d %d %d %f %f\n", summary.requests, summary.duration, summary.errors.status, never,
      latency:percentile(50) / 1000, latency:percentile(99) / 1000))
end
