// See stderr_line.h. O_NONBLOCK belongs to everybody who has the pipe, and between poll() and write() another
// writer may fill it: so a thread of its own does the write, and may stay stuck in it.
#include "stderr_line.h"

#include <pthread.h>
#include <unistd.h>

#include <atomic>
#include <ctime>
#include <memory>

#include "syscalls.h"

namespace sigbridge {
namespace {

constexpr int kPatience = 100;  // ms

struct Line {
  std::string text;
  std::atomic<bool> done{false};
};

void* write_line(void* shared) {
  const std::unique_ptr<std::shared_ptr<Line>> line(static_cast<std::shared_ptr<Line>*>(shared));
  const std::string& text = (*line)->text;
  for (size_t written = 0; written < text.size();) {
    const ssize_t count = sys::write(STDERR_FILENO, text.data() + written, text.size() - written);
    // EAGAIN: somebody made it non-blocking, and it is full.
    if (count <= 0) break;
    written += static_cast<size_t>(count);
  }
  (*line)->done.store(true);
  return nullptr;
}

}  // namespace

void write_to_stderr(const std::string& line) {
  const auto shared = std::make_shared<Line>();
  shared->text = line;
  auto handed = std::make_unique<std::shared_ptr<Line>>(shared);
  pthread_attr_t attributes;
  if (::pthread_attr_init(&attributes) != 0) return;
  static_cast<void>(::pthread_attr_setdetachstate(&attributes, PTHREAD_CREATE_DETACHED));
  // As MaskedThread: less is refused where the program has much thread-local storage.
  static_cast<void>(::pthread_attr_setstacksize(&attributes, size_t{512} * 1024));
  pthread_t thread{};
  const bool started = sys::pthread_create(&thread, &attributes, &write_line, handed.get()) == 0;
  ::pthread_attr_destroy(&attributes);
  // No thread to be had: the end is worth more than the line.
  if (!started) return;
  static_cast<void>(handed.release());
  const timespec millisecond{0, 1'000'000};
  for (int waited = 0; waited < kPatience && !shared->done.load(); ++waited)
    ::nanosleep(&millisecond, nullptr);
}

}  // namespace sigbridge
