// Fuzzes what is written where JavaScript cannot: the native health report and the trace, as text and as
// JSON, through buffers of a fixed size. Whatever the facts are, JSON is JSON, a line is a line, and nothing
// is cut off.
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <algorithm>

#include "health_report.h"
#include "input.h"
#include "json.h"
#include "trace_ring.h"
#include "trace_text.h"

using namespace sigbridge;

namespace {

// Real clocks: some centuries.
constexpr int64_t kLatest = int64_t{1} << 62;
constexpr int64_t kYear9999 = 253'402'300'799'999;

SignalSet any_set(Input& input) {
  SignalSet set;
  const auto bits = input.number<uint64_t>();
  for (int signo = 1; signo <= kMaxSignal; ++signo) {
    if ((bits >> (signo - 1) % 64 & 1) != 0) set.add(signo);
  }
  return set;
}

size_t lines_in(const std::string& text) {
  return static_cast<size_t>(std::count(text.begin(), text.end(), '\n'));
}

bool is_printable(const std::string& text) {
  return std::all_of(text.begin(), text.end(), [](char c) { return (c >= ' ' && c <= '~') || c == '\n'; });
}

void check_health(Input& input) {
  auto order = std::make_shared<HealthOrder>();
  order->process_began = input.between<int64_t>(0, kLatest);
  order->thread = input.number<pid_t>();
  HealthWatch::Due due;
  due.since = input.between<int64_t>(0, kLatest);
  due.record.signo = input.between(1, kMaxSignal);
  due.record.pid = input.number<int32_t>();
  due.record.uid = input.number<uint32_t>();
  due.record.count = input.number<int32_t>();
  HubHealth hub;
  for (uint64_t* count :
       {&hub.received, &hub.overflow, &hub.unclaimed, &hub.late, &hub.batches, &hub.displaced, &hub.taken})
    *count = input.number<uint64_t>();
  hub.environments = input.number<size_t>();
  hub.waiting = input.number<size_t>();
  hub.subscriptions = any_set(input);
  for (uint64_t* count : {&hub.recovery.retries, &hub.recovery.restarts, &hub.recovery.degradations})
    *count = input.number<uint64_t>();
  if (input.coin()) hub.recovery.last = {input.between(1, 133), "ppoll"};
  hub.recovery.last_at = input.between<int64_t>(0, kYear9999);
  SystemHealth system;
  system.wall_clock = input.between<int64_t>(0, kYear9999);
  system.rss = input.number<int64_t>();
  system.thread_state = input.number<char>();
  system.pending = any_set(input);
  const auto now = input.between<int64_t>(0, kLatest);

  order->format = HealthFormat::kJson;
  due.order = order;
  const std::string json = health_text(due, hub, system, now);
  MUST(json.size() < 4096 && lines_in(json) == 1 && json.back() == '\n');
  MUST(Json::is_valid(std::string_view(json).substr(0, json.size() - 1)));

  order->format = HealthFormat::kText;
  const std::string text = health_text(due, hub, system, now);
  MUST(text.size() < 4096 && is_printable(text) && text.back() == '\n');
  MUST(lines_in(text) == (system.rss >= 0 ? 9U : 8U) + (hub.recovery.last ? 1U : 0U));
}

void check_trace(Input& input) {
  TraceSnapshot trace;
  trace.running = input.coin();
  trace.capacity = input.number<uint32_t>();
  trace.started = input.between<int64_t>(0, kLatest);
  trace.recorded = input.number<uint64_t>();
  trace.unfinished = input.number<uint64_t>();
  // A thread may call itself anything.
  const std::string name = input.text(15);
  static_cast<void>(::prctl(PR_SET_NAME, name.c_str()));
  const auto self = static_cast<int32_t>(::syscall(SYS_gettid));
  while (!input.empty() && trace.events.size() < 64) {
    TraceEvent event{};
    event.timestamp = input.between<int64_t>(0, kLatest);
    event.detail = input.number<int64_t>();
    event.tid = input.coin() ? self : input.number<int32_t>();
    event.kind = static_cast<TraceKind>(input.between<uint8_t>(0, static_cast<uint8_t>(TraceKind::kDump)));
    event.signo = input.between<uint8_t>(0, kMaxSignal);
    trace.events.push_back(event);
  }
  MUST(Json::is_valid(trace_json(trace)));
  const std::string text = trace_text(trace);
  MUST(is_printable(text) && text.back() == '\n');
  MUST(lines_in(text) == (trace.events.empty() ? 1 : trace.events.size() + 2));
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  Input input(data, size);
  if (input.coin())
    check_health(input);
  else
    check_trace(input);
  return 0;
}
