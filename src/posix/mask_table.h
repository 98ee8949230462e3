// Which threads we made block which real-time signals, so that exactly those can be given back. Written in
// signal context by the thread concerned (signal_handler.cc), read and visited by mask_visitor.cc. Linux
// only: elsewhere threads cannot be told apart in signal context, and nothing is masked.
#pragma once

#include <sys/types.h>

#include <array>
#include <atomic>
#include <cstddef>
#include <cstdint>

#include "signal_number.h"

namespace sigbridge {

struct ThreadEntry {
  std::atomic<pid_t> tid{0};  // 0: free
  // A JavaScript thread whose children would inherit its mask (Bun, Deno): never masked.
  std::atomic<bool> exempt{false};
  std::atomic<uint64_t> added{0};  // bit signo - 1: blocked by us, open before
};

// The last two are the program's own wish: nothing of it is noted as ours.
enum class VisitTask { kBlock, kGiveBack, kBlockForProgram, kOpenForProgram };

// What a visited thread is asked to do, and who has answered.
struct MaskVisit {
  // A negative si_code that nobody else uses: the kernel lets a process forge those, and no others, between
  // its threads.
  static constexpr int kCode = -119;
  static constexpr uint32_t kTickets = 64;

  // A visit's signal points to one of them, the next one each time: one that comes when its asker has given
  // up, and another visit has begun, is told by it, and does nothing.
  std::array<char, kTickets> tickets{};
  std::atomic<uint32_t> number{0};
  std::atomic<bool> open{false};
  std::atomic<VisitTask> task{VisitTask::kBlock};
  std::atomic<uint64_t> signals{0};
  // The visit's number in the upper half: a late answer is not counted.
  std::atomic<uint64_t> answers{0};

  static uint64_t none_of(uint32_t visit) { return uint64_t{visit} << 32; }
};

struct MaskTable {
  static constexpr size_t kThreads = 512;

  std::atomic<ThreadEntry*> threads{nullptr};  // kThreads entries, mapped once, never unmapped
  MaskVisit visit;
  // The runtime's children inherit the mask of the JS thread that spawns them (Bun, Deno).
  std::atomic<bool> spare_js_threads{false};

  static uint64_t bit(int signo) { return uint64_t{1} << (static_cast<size_t>(signo - 1) % 64); }

  // Async-signal-safe. The entry of `tid`, claimed if there was none; null when the table is full or missing.
  ThreadEntry* entry_of(pid_t tid, bool claim) {
    ThreadEntry* table = threads.load(std::memory_order_acquire);
    if (table == nullptr) return nullptr;
    for (size_t i = 0; i < kThreads; ++i) {
      if (table[i].tid.load(std::memory_order_relaxed) == tid) return &table[i];
    }
    for (size_t i = 0; claim && i < kThreads; ++i) {
      pid_t found = 0;
      // Or claimed just now: the thread and a visitor may both be about to.
      if (table[i].tid.compare_exchange_strong(found, tid) || found == tid) return &table[i];
    }
    return nullptr;
  }
};

MaskTable& mask_table();

}  // namespace sigbridge
