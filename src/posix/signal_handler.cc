// SIGNAL CONTEXT. All code that runs inside a signal handler is in this file, but for small helpers that say
// "async-signal-safe" where they are: RecordRing::push and half_full, make_record, SelfPipe::ring,
// MaskTable::entry_of, trace, resets_after_a_call. It may be on any thread, between any two instructions: no
// allocation, no lock, no call off POSIX's async-signal-safe list, errno as it was. Linked with -z now, so
// that no call here enters the lazy binder.
#include "signal_handler.h"

// Not <ucontext.h>: macOS has that for its deprecated functions only.
#include <sys/ucontext.h>
#include <unistd.h>

#ifdef __linux__
#include <sys/prctl.h>
#include <sys/syscall.h>
#endif

#include <cerrno>
#include <csignal>

#include "mask_table.h"
#include "self_pipe.h"
#include "signal_action.h"
#include "signal_record.h"
#include "trace_ring.h"

namespace sigbridge {
namespace {

constinit HandlerState g_state;
constinit RecordRing g_ring;
constinit MaskTable g_masks;

#ifdef __linux__
// In one handler run: about as long as JavaScript's own thread may be kept from it.
constexpr int kDrainedAtOnce = 256;
#endif

class ErrnoKeeper {
 public:
  ErrnoKeeper() : saved_(errno) {}
  ~ErrnoKeeper() { errno = saved_; }
  ErrnoKeeper(const ErrnoKeeper&) = delete;
  ErrnoKeeper& operator=(const ErrnoKeeper&) = delete;

 private:
  int saved_;
};

// `untold`: what stood before ours is not called now. The record itself says so: a hold may have ended by the
// time it is read.
void record(int signo, const siginfo_t* info, bool untold) {
  SignalRecord made = make_record(signo, info, monotonic_now());
  if (untold) made.count = -1;
  if (g_ring.push(made)) {
    trace(TraceKind::kPush, signo, made.pid);
    return;
  }
  trace(TraceKind::kRingFull, signo);
  if (untold) g_state.unchained.add(signo);
  // release: whoever fetches the count sees the mark.
  g_state.overflow[static_cast<size_t>(signo)].fetch_add(1, std::memory_order_release);
}

// A pipe that nobody reads any more answers with a SIGPIPE of its own, which nobody has sent. It is blocked
// here; one that was pending before goes with it.
void take_back_sigpipe() {
#ifdef __linux__
  sigset_t only;
  sigemptyset(&only);
  sigaddset(&only, SIGPIPE);
  const timespec at_once{};
  constexpr size_t kSetSize = 8;
  static_cast<void>(::syscall(SYS_rt_sigtimedwait, &only, nullptr, &at_once, kSetSize));
#endif
}

bool ring(int fd) {
  if (SelfPipe::ring(fd)) return true;
  const int error = errno;
  if (error == EPIPE) take_back_sigpipe();
  errno = error;
  return false;
}

// After record(), always: the reader silences the bell before it reads, so the reverse order would lose one.
void ring_bell() {
  if (g_state.bell_rung.exchange(true)) return;
  const int fd = g_state.bell_fd.load();
  trace(TraceKind::kBell);
  if (fd < 0 || ring(fd)) return;
  // Somebody has closed it. With no other bell the flag stays set and the record in the ring: the wait thread
  // looks again at its next tick.
  g_state.bell_error.store(errno);
  const int spare = g_state.spare_bell_fd.load();
  if (spare >= 0 && spare != fd) static_cast<void>(ring(spare));
}

// Hung where the kernel writes a null for each delivery, and nobody reads: marks a frame from which a chained
// handler is being called. A handler that jumps away (siglongjmp) leaves nothing behind, the next frame there
// is a new one. A list, because another copy of this code may stand in the chain, and hang its own.
struct Mark {
  static constexpr uint64_t kMagic = 0x7369676272696467;
  uint64_t magic;
  const void* owner;
  ucontext_t* previous;
};

bool called_from_here(const ucontext_t* frame) {
  for (const ucontext_t* link = frame->uc_link; link != nullptr;) {
    const auto* mark = reinterpret_cast<const Mark*>(link);
    if (mark->magic != Mark::kMagic) return false;
    if (mark->owner == &g_state) return true;
    link = mark->previous;
  }
  return false;
}

// SA_NODEFER: a handler that its own signal may interrupt. Ours has everything blocked, so that signals do
// not nest on a small alternate stack; for this one handler its own signal is opened, unless the thread had
// it blocked before, or is to block it from now on. What else is in its sa_mask is blocked in any case.
class OwnSignalOpen {
 public:
  OwnSignalOpen(int signo, int flags, const ucontext_t* frame) {
    if (frame == nullptr || (flags & SA_NODEFER) == 0 || sigismember(&frame->uc_sigmask, signo) == 1) return;
    sigemptyset(&own_);
    sigaddset(&own_, signo);
    opened_ = true;
    ::pthread_sigmask(SIG_UNBLOCK, &own_, nullptr);
  }
  ~OwnSignalOpen() {
    if (opened_) ::pthread_sigmask(SIG_BLOCK, &own_, nullptr);
  }
  OwnSignalOpen(const OwnSignalOpen&) = delete;
  OwnSignalOpen& operator=(const OwnSignalOpen&) = delete;

 private:
  sigset_t own_;
  bool opened_ = false;
};

enum class Called { kInHandler, kLater };

void call_once(ChainedHandler& chained, int signo, siginfo_t* info, void* context, Called when) {
  uintptr_t entry = chained.entry.load(std::memory_order_acquire);
  for (;;) {
    if (entry == 0) return;
    const int flags = chained.flags.load(std::memory_order_acquire);
    const uintptr_t again = chained.entry.load(std::memory_order_acquire);
    if (again != entry) {
      entry = again;
      continue;
    }
    if (resets_after_a_call(flags)) {
      // One call is all such a handler asked for; whoever gets the entry out makes it.
      if (!chained.entry.compare_exchange_strong(entry, 0)) continue;
      chained.spent.store(true);
    }
    trace(TraceKind::kChained, signo);
    const OwnSignalOpen open(signo, flags,
                             when == Called::kInHandler ? static_cast<const ucontext_t*>(context) : nullptr);
    if ((flags & SA_SIGINFO) != 0) {
      reinterpret_cast<void (*)(int, siginfo_t*, void*)>(entry)(signo, info, context);
    } else {
      reinterpret_cast<void (*)(int)>(entry)(signo);
    }
    return;
  }
}

void call_chained(int signo, siginfo_t* info, void* context, Called when) {
  auto* frame = static_cast<ucontext_t*>(context);
  Mark mark{Mark::kMagic, &g_state, frame->uc_link};
  frame->uc_link = reinterpret_cast<ucontext_t*>(&mark);
  call_once(g_state.chain[static_cast<size_t>(signo)], signo, info, context, when);
  frame->uc_link = mark.previous;
}

// The handler we are calling has called us, as what stood before it.
void call_passed_on(int signo, siginfo_t* info, void* context) {
  ChainedHandler* handlers = g_state.passed_on.load(std::memory_order_acquire);
  if (handlers != nullptr) call_once(handlers[signo], signo, info, context, Called::kInHandler);
}

#ifdef __linux__
// A Worker's thread, by the names that Bun and Deno give it (a user's own name cannot be told from others).
bool runs_javascript() {
  char name[16] = {};
  if (::prctl(PR_GET_NAME, name) != 0) return true;
  const char worker[] = "orker";
  if (name[0] != 'W' && name[0] != 'w') return false;
  for (size_t i = 0; i + 1 < sizeof worker; ++i) {
    if (name[i + 1] != worker[i]) return false;
  }
  return name[6] == '\0' || name[6] == '-';
}

bool may_be_masked(ThreadEntry& thread) {
  if (g_masks.spare_js_threads.load() && !thread.exempt.load() && runs_javascript())
    thread.exempt.store(true);
  return !thread.exempt.load();
}

// The bits of `signals` that were open in this thread's mask are blocked from the handler's return on.
void block_on_return(ThreadEntry& thread, ucontext_t* frame, uint64_t signals) {
  for (int signo = realtime_min(); signo <= realtime_max(); ++signo) {
    if ((signals & MaskTable::bit(signo)) == 0 || sigismember(&frame->uc_sigmask, signo) == 1) continue;
    sigaddset(&frame->uc_sigmask, signo);
    thread.added.fetch_or(MaskTable::bit(signo));
  }
}

void open_on_return(ucontext_t* frame, uint64_t signals) {
  for (int signo = realtime_min(); signo <= realtime_max(); ++signo) {
    if ((signals & MaskTable::bit(signo)) != 0) sigdelset(&frame->uc_sigmask, signo);
  }
}

// A visit is our own SIGURG with a ticket in it: see mask_visitor.cc. Its ticket; kTickets: it is none.
uint32_t ticket_of(int signo, const siginfo_t* info, pid_t self) {
  if (signo != SIGURG || info == nullptr || info->si_code != MaskVisit::kCode || info->si_pid != self)
    return MaskVisit::kTickets;
  const uintptr_t ticket = reinterpret_cast<uintptr_t>(info->si_value.sival_ptr) -
                           reinterpret_cast<uintptr_t>(g_masks.visit.tickets.data());
  return ticket < MaskVisit::kTickets ? static_cast<uint32_t>(ticket) : MaskVisit::kTickets;
}

// With RLIMIT_SIGPENDING used up the kernel delivers a standard signal without what was sent along. While a
// visit is under way it may be one; it may also be somebody's SIGURG, and is treated as that too.
bool may_be_visit(int signo, const siginfo_t* info) {
  return signo == SIGURG && g_masks.visit.open.load() &&
         (info == nullptr || (info->si_code == SI_USER && info->si_pid == 0));
}

void block_for_program(ThreadEntry* thread, ucontext_t* frame, uint64_t signals) {
  for (int signo = 1; signo <= kMaxSignal; ++signo) {
    if ((signals & MaskTable::bit(signo)) != 0) sigaddset(&frame->uc_sigmask, signo);
  }
  if (thread != nullptr) thread->added.fetch_and(~signals);
}

// But for what one other thread takes: that stays blocked here, and is ours from now on.
void open_for_program(ThreadEntry* thread, ucontext_t* frame, uint64_t signals, pid_t tid) {
  uint64_t ours = 0;
  if (thread != nullptr && !thread->exempt.load() && tid != g_state.taker.load()) {
    ours = signals & single_taker_signals();
    thread->added.fetch_or(ours);
  }
  for (int signo = 1; signo <= kMaxSignal; ++signo) {
    if ((signals & ~ours & MaskTable::bit(signo)) != 0) sigdelset(&frame->uc_sigmask, signo);
  }
}

void give_back(ThreadEntry* thread, ucontext_t* frame, uint64_t signals) {
  if (thread != nullptr) {
    open_on_return(frame, thread->added.fetch_and(~signals) & signals);
    return;
  }
  // Born since: it has our mask from its creator (ask_all() looked at the rest of it), and the program's.
  for (int signo = realtime_min(); signo <= realtime_max(); ++signo) {
    if (g_state.process_mask.contains(signo)) signals &= ~MaskTable::bit(signo);
  }
  open_on_return(frame, signals);
}

void answer_visit(ucontext_t* frame, uint32_t number) {
  trace(TraceKind::kVisit);
  const VisitTask task = g_masks.visit.task.load();
  const uint64_t signals = g_masks.visit.signals.load();
  // Looked at last: what was read may be the next visit's.
  if (g_masks.visit.number.load() != number) return;
  const auto tid = static_cast<pid_t>(::syscall(SYS_gettid));
  ThreadEntry* thread =
      g_masks.entry_of(tid, task == VisitTask::kBlock || task == VisitTask::kOpenForProgram);
  switch (task) {
    case VisitTask::kBlock:
      if (thread != nullptr && may_be_masked(*thread)) block_on_return(*thread, frame, signals);
      break;
    case VisitTask::kGiveBack:
      give_back(thread, frame, signals);
      break;
    case VisitTask::kBlockForProgram:
      block_for_program(thread, frame, signals);
      break;
    case VisitTask::kOpenForProgram:
      open_for_program(thread, frame, signals, tid);
      break;
  }
  uint64_t answers = g_masks.visit.answers.load();
  while (answers >> 32 == number && !g_masks.visit.answers.compare_exchange_weak(answers, answers + 1)) {
  }
}

// Two threads that take two records of one signal may swap them on the way to the ring. So every thread but
// the taker blocks such a signal from its first catch on.
// False for a thread whose children would inherit that: it goes on taking them.
bool mask_stray(int signo, ucontext_t* frame, pid_t tid) {
  ThreadEntry* thread = g_masks.entry_of(tid, true);
  if (thread == nullptr) return true;
  if (!may_be_masked(*thread)) return false;
  block_on_return(*thread, frame, MaskTable::bit(signo));
  trace(TraceKind::kStrayMasked, signo);
  return true;
}
// Although children inherit it there: the alternative is a thread that does nothing but take signals. One
// that held a lock of ours meanwhile would stop the others too.
void pause_if_behind(int signo, ucontext_t* frame, pid_t tid) {
  // Decided here too, not only by the wait thread: that one may stand at a lock that this thread holds.
  if (g_ring.half_full()) g_state.pause.store(true);
  if (!g_state.pause.load()) return;
  if (ThreadEntry* thread = g_masks.entry_of(tid, true))
    block_on_return(*thread, frame, MaskTable::bit(signo));
}
// The kernel has the rest of them in order, and each handler run costs more than all else: takes what is
// there. Raw, because sigtimedwait() may be a cancellation point; sa_mask has the signal blocked here.
void drain_kernel(int signo, bool held) {
  sigset_t only;
  sigemptyset(&only);
  sigaddset(&only, signo);
  const timespec at_once{};
  siginfo_t info;
  // The kernel's own size of a set.
  constexpr size_t kSetSize = 8;
  // This run calls what stood before for the one signal that it began with.
  const bool untold = held || has_chained(signo);
  int taken = 0;
  for (; taken < kDrainedAtOnce && !g_ring.half_full(); ++taken) {
    if (::syscall(SYS_rt_sigtimedwait, &only, &info, &at_once, kSetSize) != signo) break;
    record(signo, &info, untold);
  }
  trace(TraceKind::kKernelDrain, signo, taken);
}

// What the program blocks on JavaScript's own thread only a wait lets in: one, and the rest stays pending.
// What we block there in a pause, Bun's event loop opens while it waits.
bool blocked_by_program(int signo, const ucontext_t* frame, pid_t tid, pid_t self) {
  if (tid != self || sigismember(&frame->uc_sigmask, signo) != 1) return false;
  const ThreadEntry* thread = g_masks.entry_of(tid, false);
  return thread == nullptr || (thread->added.load() & MaskTable::bit(signo)) == 0;
}

// A real-time signal that one thread alone may take: keeps it so. True when that is the wait thread, which
// needs no bell to hear itself: the handler has just ended its ppoll.
bool taken_by_wait_thread(int signo, ucontext_t* frame, pid_t self, bool held) {
  const auto tid = static_cast<pid_t>(::syscall(SYS_gettid));
  if (tid != g_state.taker.load()) {
    if (!mask_stray(signo, frame, tid)) pause_if_behind(signo, frame, tid);
    return false;
  }
  if (!blocked_by_program(signo, frame, tid, self)) drain_kernel(signo, held);
  if (tid != self) return true;
  pause_if_behind(signo, frame, tid);
  return false;
}
#endif

}  // namespace

MaskTable& mask_table() {
  return g_masks;
}
uint64_t single_taker_signals() {
  uint64_t signals = 0;
  for (int signo = realtime_min(); signo <= realtime_max(); ++signo) {
    if (g_state.single_taker.contains(signo)) signals |= MaskTable::bit(signo);
  }
  return signals;
}

HandlerState& handler_state() {
  return g_state;
}
RecordRing& record_ring() {
  return g_ring;
}

void signal_handler(int signo, siginfo_t* info, void* context) {
  const ErrnoKeeper keep_errno;
  const pid_t self = ::getpid();
  // Before anything is touched: the child of a vfork shares this memory, and may die in the middle.
  if (g_state.owner.load() != self) return;

  if (called_from_here(static_cast<ucontext_t*>(context))) {
    call_passed_on(signo, info, context);
    return;
  }
  // Not filled in when somebody took SA_SIGINFO away (Dispositions repairs that): better nothing than
  // rubbish.
  const siginfo_t* told = info != nullptr && info->si_signo == signo ? info : nullptr;

#ifdef __linux__
  auto* frame = static_cast<ucontext_t*>(context);
  const uint32_t visit = g_masks.visit.number.load();
  const uint32_t ticket = ticket_of(signo, told, self);
  if (ticket != MaskVisit::kTickets) {
    if (ticket == visit % MaskVisit::kTickets) answer_visit(frame, visit);
    return;
  }
  if (may_be_visit(signo, told)) answer_visit(frame, visit);
#endif
  trace(TraceKind::kHandlerIn, signo, told != nullptr ? told->si_code : 0);
  g_state.in_flight.fetch_add(1);
  const bool held = g_state.held.contains(signo);
  // By whoever ends the hold, or by the next handler. What is late is not recorded, and nobody else would
  // call what stood before: a hold may end between the two looks.
  bool told_later = false;
  if (g_state.watched.contains(signo)) {
    record(signo, told, held);
    told_later = held;
#ifdef __linux__
    if (!g_state.single_taker.contains(signo) || !taken_by_wait_thread(signo, frame, self, held)) ring_bell();
#else
    ring_bell();
#endif
  } else if (g_state.resend.contains(signo)) {
    told_later = ::kill(self, signo) == 0;
    trace(TraceKind::kSentAgain, signo);
  } else {
    trace(TraceKind::kLate, signo);
    g_state.late.fetch_add(1, std::memory_order_relaxed);
  }
  g_state.in_flight.fetch_sub(1);
  // Outside the count: a foreign handler may take its time, or jump away and never return.
  if (!told_later) call_chained(signo, info, context, Called::kInHandler);
  trace(TraceKind::kHandlerOut, signo);
}

// Not in signal context: the handlers it calls believe that they are.
void call_chained_later(int signo, siginfo_t* info) {
  ucontext_t frame{};
  call_chained(signo, info, &frame, Called::kLater);
}

}  // namespace sigbridge
