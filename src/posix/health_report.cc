// See health_report.h.
#include "health_report.h"

#include <fcntl.h>
#include <limits.h>
#include <poll.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cstdio>
#include <cstdlib>
#include <ctime>

#include "signal_number.h"
#include "syscalls.h"

namespace sigbridge {
namespace {

constexpr int64_t kMillisecond = 1'000'000;
// The thresholds of lib/health-levels.js for the time a delivery has been waiting.
constexpr int64_t kWarning = 100;
constexpr int64_t kCritical = 1000;

struct Level {
  const char* name;
  int64_t limit;  // ms; 0: none is exceeded
};

Level level_of(int64_t stuck) {
  if (stuck >= kCritical) return {"critical", kCritical};
  if (stuck >= kWarning) return {"warning", kWarning};
  return {"ok", 0};
}

template <typename... Values>
void append(std::string& text, const char* format, Values... values) {
  std::array<char, 512> piece;
  const int length = std::snprintf(piece.data(), piece.size(), format, values...);
  if (length > 0) text.append(piece.data(), std::min(static_cast<size_t>(length), piece.size() - 1));
}

std::string joined(const std::vector<const char*>& words, const std::string& quote, const char* separator) {
  std::string list;
  for (const char* word : words) {
    if (!list.empty()) list += separator;
    list.append(quote).append(word).append(quote);
  }
  return list;
}

std::string names(const SignalSet& signals, const char* quote, const char* separator) {
  std::string list;
  for (int signo = 1; signo <= kMaxSignal; ++signo) {
    if (!signals.contains(signo)) continue;
    const std::string name = signal_name(signo);
    if (name.empty()) continue;
    if (!list.empty()) list += separator;
    list += quote + name + quote;
  }
  return list;
}

std::string iso_time(int64_t ms) {
  const auto seconds = static_cast<time_t>(ms / 1000);
  tm parts{};
  ::gmtime_r(&seconds, &parts);
  std::array<char, 32> date;
  const size_t length = std::strftime(date.data(), date.size(), "%Y-%m-%dT%H:%M:%S", &parts);
  std::string text(date.data(), length);
  append(text, ".%03dZ", static_cast<int>(ms % 1000));
  return text;
}

const char* state_name(char state) {
  switch (state) {
    case 'R':
      return "running";
    case 'S':
      return "sleeping";
    case 'D':
      return "waiting for a device";
    case 'T':
    case 't':
      return "stopped";
    default:
      return "unknown";
  }
}

#ifdef __linux__
// All of a small file of /proc; empty where there is none.
std::string read_small(const char* path) {
  const UniqueFd file(::open(path, O_RDONLY | O_CLOEXEC));
  std::array<char, 4096> bytes;
  const ssize_t count = file ? ::read(file.get(), bytes.data(), bytes.size()) : -1;
  return count > 0 ? std::string(bytes.data(), static_cast<size_t>(count)) : std::string();
}
#endif

double seconds_of(int64_t ns) {
  return static_cast<double>(ns) / 1e9;
}

using Count = unsigned long long;

struct Facts {
  const HealthWatch::Due& due;
  const HubHealth& hub;
  const SystemHealth& system;
  int64_t stuck;  // ms
  double uptime;  // s
  Level level;
};

std::string json(const Facts& facts) {
  const auto& [due, hub, system, stuck, uptime, level] = facts;
  std::string text;
  append(text, R"({"kind":"native","time":"%s","pid":%d,"uptime":%.3f,"level":"%s","reasons":[)",
         iso_time(system.wall_clock).c_str(), static_cast<int>(::getpid()), uptime, level.name);
  if (level.limit != 0) {
    append(text, R"({"metric":"latency","level":"%s","value":%lld,"limit":%lld})", level.name,
           static_cast<long long>(stuck), static_cast<long long>(level.limit));
  }
  append(text, R"(],"trigger":{"signal":"%s","pid":%d,"uid":%u,"count":%d})",
         signal_name(due.record.signo).c_str(), due.record.pid, due.record.uid, due.record.count);
  append(text, R"(,"stuck":{"ms":%lld,"thread":%d,"state":"%s"})", static_cast<long long>(stuck),
         static_cast<int>(due.order->thread), state_name(system.thread_state));
  if (system.rss >= 0) append(text, R"(,"memory":{"rss":%lld})", static_cast<long long>(system.rss));
  text += R"(,"subscriptions":[)" + names(hub.subscriptions, "\"", ",");
  text += R"(],"pending":[)" + names(system.pending, "\"", ",");
  append(text,
         R"(],"stats":{"received":%llu,"waiting":%llu,"environments":%llu,"overflow":%llu,"unclaimed":%llu,)",
         Count{hub.received}, Count{hub.waiting}, Count{hub.environments}, Count{hub.overflow},
         Count{hub.unclaimed});
  append(text, R"("late":%llu,"batches":%llu,"displaced":%llu,"taken":%llu,"bare":%llu})", Count{hub.late},
         Count{hub.batches}, Count{hub.displaced}, Count{hub.taken}, Count{hub.bare});
  if (system.queue.limit >= 0)
    append(text, R"(,"queue":{"used":%lld,"limit":%lld})", static_cast<long long>(system.queue.used),
           static_cast<long long>(system.queue.limit));
  const RecoveryReport& recovery = hub.recovery;
  append(text,
         R"(,"recovery":{"level":"%s","missing":[%s],"retries":%llu,"restarts":%llu,"degradations":%llu)",
         recovery.level, joined(recovery.missing, "\"", ",").c_str(), Count{recovery.retries},
         Count{recovery.restarts}, Count{recovery.degradations});
  if (recovery.last)
    append(text, R"(,"lastFailure":{"syscall":"%s","errno":%d,"time":"%s"})", recovery.last.syscall,
           recovery.last.number, iso_time(recovery.last_at).c_str());
  return text + "}}\n";
}

std::string plain(const Facts& facts) {
  const auto& [due, hub, system, stuck, uptime, level] = facts;
  std::string text;
  append(text, "health of %d at %s: %s\n", static_cast<int>(::getpid()), iso_time(system.wall_clock).c_str(),
         level.name);
  append(text, "  JavaScript has not heard of %s for %lld ms; its thread %d is %s\n",
         signal_name(due.record.signo).c_str(), static_cast<long long>(stuck),
         static_cast<int>(due.order->thread), state_name(system.thread_state));
  append(text, "  asked by: pid %d, uid %u, %d time(s)\n", due.record.pid, due.record.uid, due.record.count);
  append(text, "  uptime: %.1f s\n", uptime);
  if (system.rss >= 0) append(text, "  memory: rss %.1f MiB\n", static_cast<double>(system.rss) / (1 << 20));
  const std::string pending = names(system.pending, "", " ");
  text += "  subscriptions: " + names(hub.subscriptions, "", " ") + "\n";
  text += "  pending: " + (pending.empty() ? "none" : pending) + "\n";
  append(text, "  signals: %llu received, %llu waiting, %llu overflowed, %llu unclaimed, %llu late\n",
         Count{hub.received}, Count{hub.waiting}, Count{hub.overflow}, Count{hub.unclaimed}, Count{hub.late});
  const RecoveryReport& recovery = hub.recovery;
  const std::string missing = joined(recovery.missing, "", " ");
  append(text, "  recovery: %s, missing: %s, %llu retried, %llu made anew, %llu degraded\n", recovery.level,
         missing.empty() ? "none" : missing.c_str(), Count{recovery.retries}, Count{recovery.restarts},
         Count{recovery.degradations});
  if (recovery.last)
    append(text, "  last failure: %s, errno %d, at %s\n", recovery.last.syscall, recovery.last.number,
           iso_time(recovery.last_at).c_str());
  return text;
}

}  // namespace

SignalQueueUse look_at_signal_queue() {
  SignalQueueUse use;
#ifdef __linux__
  const std::string status = read_small("/proc/self/status");
  const size_t line = status.find("\nSigQ:\t");
  if (line == std::string::npos) return use;
  char* slash = nullptr;
  use.used = std::strtoll(status.c_str() + line + 7, &slash, 10);
  if (*slash == '/') use.limit = std::strtoll(slash + 1, nullptr, 10);
#endif
  return use;
}

SystemHealth look_at_system(pid_t thread) {
  SystemHealth system;
  timespec now{};
  ::clock_gettime(CLOCK_REALTIME, &now);
  system.wall_clock = static_cast<int64_t>(now.tv_sec) * 1000 + now.tv_nsec / kMillisecond;
  sigset_t pending;
  if (::sigpending(&pending) == 0) system.pending = SignalSet(pending);
#ifdef __linux__
  // Its second number, in pages.
  const std::string statm = read_small("/proc/self/statm");
  const size_t resident = statm.find(' ');
  if (resident != std::string::npos)
    system.rss = std::strtoll(statm.c_str() + resident, nullptr, 10) * ::sysconf(_SC_PAGESIZE);
  std::array<char, 64> path;
  static_cast<void>(
      std::snprintf(path.data(), path.size(), "/proc/self/task/%d/stat", static_cast<int>(thread)));
  const std::string stat = read_small(path.data());
  // Behind the thread's name, which may hold anything, a parenthesis too.
  const size_t name_ends = stat.rfind(") ");
  if (name_ends != std::string::npos && name_ends + 2 < stat.size())
    system.thread_state = stat[name_ends + 2];
#else
  static_cast<void>(thread);
#endif
  system.queue = look_at_signal_queue();
  return system;
}

std::string health_text(const HealthWatch::Due& due, const HubHealth& hub, const SystemHealth& system,
                        int64_t now) {
  const int64_t stuck = (now - due.since) / kMillisecond;
  const Facts facts{due, hub, system, stuck, seconds_of(now - due.order->process_began), level_of(stuck)};
  return due.order->format == HealthFormat::kJson ? json(facts) : plain(facts);
}

PosixError write_health(const HealthOrder& order, const std::string& text) {
  UniqueFd opened;
  int fd = order.fd.get();
  if (!order.path.empty()) {
    // Non-blocking: a FIFO without a reader would be waited for.
    opened.reset(
        ::open(order.path.c_str(), O_WRONLY | O_APPEND | O_CREAT | O_CLOEXEC | O_NOCTTY | O_NONBLOCK, 0666));
    if (!opened) return PosixError::last("open");
    fd = opened.get();
  }
  // The descriptor may be a blocking one that others share, and this thread must not wait: a pipe that is
  // ready takes PIPE_BUF bytes at once (on Linux that is all of it).
  size_t done = 0;
  while (done < text.size()) {
    pollfd ready{fd, POLLOUT, 0};
    if (::poll(&ready, 1, 0) <= 0) return {EAGAIN, "write"};
    // Not tried: SIGPIPE would stay pending on this thread.
    if ((ready.revents & (POLLERR | POLLNVAL)) != 0) return {EPIPE, "write"};
    if ((ready.revents & POLLOUT) == 0) return {EAGAIN, "write"};
    const ssize_t count = sys::write(fd, text.data() + done, std::min<size_t>(text.size() - done, PIPE_BUF));
    if (count < 0 && errno != EINTR) return PosixError::last("write");
    if (count > 0) done += static_cast<size_t>(count);
  }
  return PosixError::none();
}

}  // namespace sigbridge
