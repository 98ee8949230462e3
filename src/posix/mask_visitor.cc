// See mask_visitor.h. The visit is a SIGURG with a mark in it, sent to one thread at a time: its default is
// to be ignored, nearly every thread has it open, Go's too, and a handler that stood there is called as ever.
#include "mask_visitor.h"

#include <sys/mman.h>

#include <cerrno>

#include "signal_handler.h"
#include "signal_record.h"
#include "thread_list.h"
#include "thread_mask.h"

#ifdef __linux__
#include <sys/syscall.h>
#include <unistd.h>

#include <algorithm>
#include <vector>
#endif

namespace sigbridge {
#ifdef __linux__
namespace {

constexpr int64_t kPatienceNs = 100'000'000;
constexpr int64_t kProgramsPatienceNs = 1'000'000'000;

pid_t this_thread() {
  return static_cast<pid_t>(::syscall(SYS_gettid));
}

bool ensure_table() {
  MaskTable& table = mask_table();
  if (table.threads.load() != nullptr) return true;
  void* memory = ::mmap(nullptr, sizeof(ThreadEntry) * MaskTable::kThreads, PROT_READ | PROT_WRITE,
                        MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
  if (memory == MAP_FAILED) return false;
  // Zero-filled memory is what ThreadEntry's own initialisers say.
  table.threads.store(static_cast<ThreadEntry*>(memory), std::memory_order_release);
  return true;
}

bool send_visit(pid_t tid) {
  siginfo_t info{};
  info.si_signo = SIGURG;
  info.si_code = MaskVisit::kCode;
  info.si_pid = ::getpid();
  info.si_uid = ::getuid();
  MaskVisit& visit = mask_table().visit;
  info.si_value.sival_ptr = &visit.tickets[visit.number.load() % MaskVisit::kTickets];
  return ::syscall(SYS_rt_tgsigqueueinfo, info.si_pid, tid, SIGURG, &info) == 0;
}

uint64_t blocked_by_program() {
  uint64_t signals = 0;
  for (int signo = 1; signo <= kMaxSignal; ++signo) {
    if (handler_state().process_mask.contains(signo)) signals |= MaskTable::bit(signo);
  }
  return signals;
}

// A thread that blocks such a signal already: by its own will, if it was there before anything of ours, or
// with the mask of a creator that we had visited. One that blocks SIGTERM as well was meant to be closed.
// Noted before it is visited, so that what it had of its own stays blocked in the end.
void note_what_was_blocked(const ThreadInfo& thread, uint64_t wanted, uint64_t ours_already) {
  if ((thread.blocked & wanted) == 0 || mask_table().entry_of(thread.tid, false) != nullptr) return;
  ThreadEntry* entry = mask_table().entry_of(thread.tid, true);
  const uint64_t program = blocked_by_program();
  const bool closed = (thread.blocked & ~program & MaskTable::bit(SIGTERM)) != 0;
  if (entry != nullptr && !closed) entry->added.fetch_or(thread.blocked & ours_already & ~program);
}

bool needs_visit(const ThreadInfo& thread, VisitTask task, uint64_t signals) {
  if (task == VisitTask::kBlock && thread.tid == handler_state().taker.load()) return false;
  // It would keep our visit pending for ever.
  if ((thread.blocked & MaskTable::bit(SIGURG)) != 0) return false;
  ThreadEntry* entry = mask_table().entry_of(thread.tid, false);
  switch (task) {
    case VisitTask::kBlock:
      return (thread.blocked & signals) != signals && (entry == nullptr || !entry->exempt.load());
    case VisitTask::kGiveBack:
      if (entry != nullptr) return (entry->added.load() & signals) != 0;
      // Born since, with its creator's mask, ours in it. One that blocks SIGTERM as well was meant to be
      // closed.
      return (thread.blocked & signals & ~blocked_by_program()) != 0 &&
             ((thread.blocked & ~blocked_by_program()) & MaskTable::bit(SIGTERM)) == 0;
    case VisitTask::kBlockForProgram:
      return (thread.blocked & signals) != signals;
    case VisitTask::kOpenForProgram:
      return (thread.blocked & signals) != 0;
  }
  return false;
}

// Threads that are gone: their numbers may come again for others we have nothing to do with.
void forget_the_dead(const std::vector<ThreadInfo>& living) {
  ThreadEntry* entries = mask_table().threads.load();
  for (size_t i = 0; i < MaskTable::kThreads; ++i) {
    const pid_t tid = entries[i].tid.load();
    const auto same = [tid](const ThreadInfo& thread) { return thread.tid == tid; };
    if (tid == 0 || std::any_of(living.begin(), living.end(), same)) continue;
    entries[i].added.store(0);
    entries[i].exempt.store(false);
    entries[i].tid.store(0);
  }
}

std::vector<pid_t> threads_to_visit(VisitTask task, uint64_t signals, uint64_t ours_already,
                                    const std::vector<ThreadInfo>& threads) {
  std::vector<pid_t> tids;
  if (threads.empty()) {
    // No descriptor left to list them with: those we know of, then.
    const ThreadEntry* entries = mask_table().threads.load();
    for (size_t i = 0; task == VisitTask::kGiveBack && i < MaskTable::kThreads; ++i) {
      if ((entries[i].added.load() & signals) != 0) tids.push_back(entries[i].tid.load());
    }
    return tids;
  }
  forget_the_dead(threads);
  for (const ThreadInfo& thread : threads) {
    if (task == VisitTask::kBlock) note_what_was_blocked(thread, signals | ours_already, ours_already);
    if (needs_visit(thread, task, signals)) tids.push_back(thread.tid);
  }
  return tids;
}

// Returns when all have answered, or at the end of our patience: false.
bool ask(VisitTask task, uint64_t signals, const std::vector<pid_t>& tids, Dispositions& dispositions) {
  if (tids.empty()) return true;
  MaskVisit& visit = mask_table().visit;
  // First: who is late for the last one has nothing to do with this one.
  const uint32_t number = visit.number.fetch_add(1) + 1;
  visit.task.store(task);
  visit.signals.store(signals);
  visit.answers.store(MaskVisit::none_of(number));
  visit.open.store(true);

  const bool borrowed = dispositions.borrow(SIGURG);
  uint32_t asked = 0;
  for (const pid_t tid : tids) {
    if (send_visit(tid)) ++asked;
  }
  const int64_t deadline = monotonic_now() + kPatienceNs;
  const auto have_answered = [&] { return visit.answers.load() - MaskVisit::none_of(number) >= asked; };
  while (!have_answered() && monotonic_now() < deadline) {
    const timespec pause{0, 20'000};
    ::nanosleep(&pause, nullptr);
  }
  visit.open.store(false);
  if (borrowed) dispositions.give_back_borrowed(SIGURG);
  return have_answered();
}

// What a thread blocked for us is the program's from now on.
void disown(const std::vector<ThreadInfo>& threads, uint64_t signals) {
  for (const ThreadInfo& thread : threads) {
    if (ThreadEntry* entry = mask_table().entry_of(thread.tid, false)) entry->added.fetch_and(~signals);
  }
}

PosixError ask_for_program(VisitTask task, uint64_t signals, Dispositions& dispositions) {
  if (!ensure_table()) return PosixError::last("mmap");
  // Again and again, for those that a thread not asked yet has brought into the world in the meantime.
  const int64_t deadline = monotonic_now() + kProgramsPatienceNs;
  while (monotonic_now() < deadline) {
    const std::vector<ThreadInfo> threads = threads_of_process();
    if (threads.empty()) return PosixError::last("opendir");
    forget_the_dead(threads);
    if (task == VisitTask::kBlockForProgram) disown(threads, signals);
    std::vector<pid_t> tids;
    for (const ThreadInfo& thread : threads) {
      if (thread.tid != this_thread() && needs_visit(thread, task, signals)) tids.push_back(thread.tid);
    }
    if (tids.empty() && std::none_of(threads.begin(), threads.end(), is_being_born))
      return PosixError::none();
    static_cast<void>(ask(task, signals, tids, dispositions));
    // Those stay blocked, as ours: nobody is to be asked for them twice.
    if (task == VisitTask::kOpenForProgram) signals &= ~single_taker_signals();
  }
  return {ETIMEDOUT, "rt_tgsigqueueinfo"};
}

}  // namespace

PosixError block_for_program(uint64_t signals, Dispositions& dispositions) {
  return ask_for_program(VisitTask::kBlockForProgram, signals, dispositions);
}

PosixError open_for_program(uint64_t signals, Dispositions& dispositions) {
  return ask_for_program(VisitTask::kOpenForProgram, signals, dispositions);
}

bool block_on_threads(uint64_t signals, uint64_t ours_already, Dispositions& dispositions) {
  if (signals == 0 || !ensure_table()) return true;
  const std::vector<ThreadInfo> threads = threads_of_process();
  const auto tids = threads_to_visit(VisitTask::kBlock, signals, ours_already, threads);
  return ask(VisitTask::kBlock, signals, tids, dispositions) &&
         std::none_of(threads.begin(), threads.end(), is_being_born);
}

void give_back_on_threads(uint64_t signals, Dispositions& dispositions) {
  if (signals == 0 || !ensure_table()) return;
  // Again, for those that a thread still masked has brought into the world in the meantime.
  for (int round = 0; round < 3; ++round) {
    const auto tids = threads_to_visit(VisitTask::kGiveBack, signals, 0, threads_of_process());
    if (tids.empty()) return;
    static_cast<void>(ask(VisitTask::kGiveBack, signals, tids, dispositions));
  }
}

bool give_back_on_js_threads(uint64_t signals, Dispositions& dispositions) {
  if (signals == 0 || !ensure_table()) return true;
  const pid_t taker = handler_state().taker.load();
  std::vector<pid_t> tids{taker};
  const ThreadEntry* entries = mask_table().threads.load();
  for (size_t i = 0; i < MaskTable::kThreads; ++i) {
    const pid_t tid = entries[i].tid.load();
    // Whether it has paused or not: it may be about to, in its handler, and hears us after that.
    if (entries[i].exempt.load() && tid != 0 && tid != taker) tids.push_back(tid);
  }
  return ask(VisitTask::kGiveBack, signals, tids, dispositions);
}

void exempt_this_thread() {
  if (!ensure_table()) return;
  mask_table().spare_js_threads.store(true);
  // The handler may look this thread up too: not while its entry is half made.
  const ScopedBlock block(SignalSet::blockable());
  if (ThreadEntry* entry = mask_table().entry_of(this_thread(), true)) entry->exempt.store(true);
}

void forget_this_thread() {
  if (mask_table().threads.load() == nullptr) return;
  const ScopedBlock block(SignalSet::blockable());
  if (ThreadEntry* entry = mask_table().entry_of(this_thread(), false)) {
    entry->exempt.store(false);
    if (entry->added.load() == 0) entry->tid.store(0);
  }
}
#else
PosixError block_for_program(uint64_t, Dispositions&) {
  return {ENOSYS, "a mask for the process"};
}
PosixError open_for_program(uint64_t, Dispositions&) {
  return {ENOSYS, "a mask for the process"};
}
bool block_on_threads(uint64_t, uint64_t, Dispositions&) {
  return true;
}
void give_back_on_threads(uint64_t, Dispositions&) {}
bool give_back_on_js_threads(uint64_t, Dispositions&) {
  return true;
}
void exempt_this_thread() {}
void forget_this_thread() {}
#endif

}  // namespace sigbridge
