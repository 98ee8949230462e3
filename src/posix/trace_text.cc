// See trace_text.h. Names of events are part of the API: binding.d.ts and docs/trace.md list them.
#include "trace_text.h"

#include <poll.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <cinttypes>
#include <cstdio>
#include <map>
#include <string_view>

#include "signal_number.h"
#include "signal_record.h"
#include "syscalls.h"
#include "thread_list.h"

namespace sigbridge {
namespace {

// What `detail` is.
enum class Detail { kNone, kCode, kPid, kCount, kSignals, kBackend };

struct KindInfo {
  const char* name;
  Detail detail = Detail::kNone;
};

// In TraceKind's order.
constexpr KindInfo kKinds[] = {
    {"handler-in", Detail::kCode},
    {"ring-push", Detail::kPid},
    {"ring-full"},
    {"kernel-drain", Detail::kCount},
    {"stray-masked"},
    {"mask-visit"},
    {"bell"},
    {"late"},
    {"sent-again"},
    {"chained"},
    {"handler-out"},
    {"bell-heard"},
    {"ring-read", Detail::kCount},
    {"queue-read", Detail::kCount},
    {"held", Detail::kCount},
    {"taken", Detail::kCount},
    {"dropped", Detail::kCount},
    {"dispatch", Detail::kCount},
    {"doorbell"},
    {"drain-begin", Detail::kCount},
    {"drain-end", Detail::kCount},
    {"trace-start", Detail::kBackend},
    {"backend-start", Detail::kBackend},
    {"backend-stop"},
    {"subscribe"},
    {"unsubscribe"},
    {"handler-installed"},
    {"handler-put-back"},
    {"handler-displaced"},
    {"pause"},
    {"resume"},
    {"congested"},
    {"relieved"},
    {"hold", Detail::kSignals},
    {"release", Detail::kSignals},
    {"mask-block", Detail::kSignals},
    {"mask-unblock", Detail::kSignals},
    {"mask-set", Detail::kSignals},
    {"mask-process", Detail::kSignals},
    {"dump"},
};
static_assert(std::size(kKinds) == static_cast<size_t>(TraceKind::kDump) + 1);

const KindInfo& info_of(const TraceEvent& event) {
  return kKinds[static_cast<size_t>(event.kind)];
}

const char* backend_name(int64_t backend) {
  return backend != 0 ? "signalfd" : "self-pipe";
}

template <typename... Values>
void append(std::string& out, const char* format, Values... values) {
  std::array<char, 256> line{};
  const int length = std::snprintf(line.data(), line.size(), format, values...);
  out.append(line.data(), std::min(static_cast<size_t>(std::max(length, 0)), line.size() - 1));
}

// A thread names itself as it likes: what is no plain character would break a line, or JSON.
std::string plain(std::string_view name) {
  std::string result;
  for (const char c : name) result += c >= ' ' && c <= '~' && c != '"' && c != '\\' ? c : '?';
  return result;
}

// As /proc has them now: a thread that has ended has none.
class ThreadNames {
 public:
  const std::string& of(int32_t tid) {
    const auto [found, added] = names_.try_emplace(tid);
    if (added) {
      ThreadInfo thread;
      thread.tid = tid;
      if (read_thread(thread)) found->second = plain(thread.name);
    }
    return found->second;
  }

 private:
  std::map<int32_t, std::string> names_;
};

// ns since the trace began. One that was late from before it began is of its first moment.
int64_t time_of(const TraceSnapshot& trace, const TraceEvent& event) {
  return std::max<int64_t>(event.timestamp - trace.started, 0);
}

// Not by %f: the locale may have a comma there.
constexpr int64_t kMicro = 1000;

template <typename Each>
void for_each_signal(int64_t bits, Each each) {
  const auto set = static_cast<uint64_t>(bits);
  for (int signo = 1; signo <= std::min(kMaxSignal, 64); ++signo) {
    if ((set >> (signo - 1) & 1) == 0) continue;
    const std::string name = signal_name(signo);
    if (!name.empty()) each(name);
  }
}

// A few by name, many by their number.
std::string signals_text(int64_t bits) {
  constexpr int kNamed = 6;
  int count = 0;
  std::string names;
  for_each_signal(bits, [&](const std::string& name) {
    if (count++ != 0) names += ' ';
    names += name;
  });
  if (count == 0) return "none";
  return count <= kNamed ? names : std::to_string(count) + " signals";
}

std::string detail_text(const TraceEvent& event) {
  switch (info_of(event).detail) {
    case Detail::kNone:
      return {};
    case Detail::kCode:
      return code_name(event.signo, static_cast<int>(event.detail));
    case Detail::kPid:
      return event.detail != 0 ? "from " + std::to_string(event.detail) : "";
    case Detail::kCount:
      return std::to_string(event.detail) + (event.detail == 1 ? " record" : " records");
    case Detail::kSignals:
      return signals_text(event.detail);
    case Detail::kBackend:
      return backend_name(event.detail);
  }
  return {};
}

void append_detail_json(std::string& out, const TraceEvent& event) {
  switch (info_of(event).detail) {
    case Detail::kNone:
      break;
    case Detail::kCode:
      append(out, R"(,"code":"%s")", code_name(event.signo, static_cast<int>(event.detail)).c_str());
      break;
    case Detail::kPid:
      append(out, R"(,"pid":%)" PRId64, event.detail);
      break;
    case Detail::kCount:
      append(out, R"(,"count":%)" PRId64, event.detail);
      break;
    case Detail::kSignals: {
      out += R"(,"signals":[)";
      const char* comma = "";
      for_each_signal(event.detail, [&](const std::string& name) {
        append(out, R"(%s"%s")", comma, name.c_str());
        comma = ",";
      });
      out += ']';
      break;
    }
    case Detail::kBackend:
      append(out, R"(,"backend":"%s")", backend_name(event.detail));
      break;
  }
}

constexpr int64_t kPatience = 1'000'000'000;
// As many bytes as a pipe that is ready takes without making the writer wait.
constexpr size_t kAtOnce = 512;

// False: nobody reads, or nobody can.
bool write_all(int fd, std::string_view text) {
  const int64_t deadline = monotonic_now() + kPatience;
  while (!text.empty()) {
    const int64_t left = deadline - monotonic_now();
    pollfd out{fd, POLLOUT, 0};
    const int ready = left > 0 ? ::poll(&out, 1, static_cast<int>(left / 1'000'000) + 1) : 0;
    if (ready < 0 && errno == EINTR) continue;
    if (ready <= 0 || (out.revents & POLLOUT) == 0) return false;
    const ssize_t written = sys::write(fd, text.data(), std::min(text.size(), kAtOnce));
    if (written < 0 && errno != EINTR && errno != EAGAIN) return false;
    if (written > 0) text.remove_prefix(static_cast<size_t>(written));
  }
  return true;
}

}  // namespace

std::string trace_text(const TraceSnapshot& trace) {
  std::string out;
  append(out, "sigbridge trace of process %d: %zu events, %" PRIu64 " overwritten, %s\n",
         static_cast<int>(::getpid()), trace.events.size(), trace.overwritten(),
         trace.capacity == 0 ? "never started"
         : trace.running     ? "running"
                             : "stopped");
  if (trace.events.empty()) return out;
  ThreadNames names;
  size_t width = sizeof "thread" - 1;
  for (const TraceEvent& event : trace.events) width = std::max(width, names.of(event.tid).size());
  const int name_width = static_cast<int>(width);
  append(out, "%14s %12s  %-*s %7s  %-17s  %-11s  %s\n", "time (us)", "+", name_width, "thread", "tid",
         "event", "signal", "detail");
  int64_t before = time_of(trace, trace.events.front());
  for (const TraceEvent& event : trace.events) {
    const int64_t time = time_of(trace, event);
    const int64_t since = time - before;
    const std::string signal = event.signo != 0 ? signal_name(event.signo) : "";
    append(out, "%12" PRId64 ".%d %10" PRId64 ".%d  %-*s %7d  %-17s  %-11s  %s", time / kMicro,
           static_cast<int>(time % kMicro / 100), since / kMicro, static_cast<int>(since % kMicro / 100),
           name_width, names.of(event.tid).c_str(), static_cast<int>(event.tid), info_of(event).name,
           signal.c_str(), detail_text(event).c_str());
    out.erase(out.find_last_not_of(' ') + 1);
    out += '\n';
    before = time;
  }
  return out;
}

std::string trace_json(const TraceSnapshot& trace) {
  std::string out;
  append(out, R"({"running":%s,"capacity":%)" PRIu32 R"(,"started":"%)" PRId64 R"(",)",
         trace.running ? "true" : "false", trace.capacity, trace.started);
  append(out,
         R"("recorded":%)" PRIu64 R"(,"overwritten":%)" PRIu64 R"(,"unfinished":%)" PRIu64 R"(,"events":[)",
         trace.recorded, trace.overwritten(), trace.unfinished);
  ThreadNames names;
  const char* comma = "";
  for (const TraceEvent& event : trace.events) {
    const int64_t time = time_of(trace, event);
    append(out, R"(%s{"time":%)" PRId64 R"(.%03d,"tid":%d,"thread":"%s","event":"%s")", comma, time / kMicro,
           static_cast<int>(time % kMicro), static_cast<int>(event.tid), names.of(event.tid).c_str(),
           info_of(event).name);
    if (event.signo != 0) append(out, R"(,"signal":"%s")", signal_name(event.signo).c_str());
    append_detail_json(out, event);
    out += '}';
    comma = ",";
  }
  out += "]}";
  return out;
}

bool write_trace(int fd) {
  const TraceSnapshot trace = read_trace();
  return trace.capacity != 0 && write_all(fd, trace_text(trace));
}

}  // namespace sigbridge
