// Requests for a health report that JavaScript may be too busy to hear of. Each is noted as it is handed out;
// when JavaScript has not said in time that it heard, the report is the wait thread's to write. Any thread
// but in signal context; its own lock is a leaf.
#pragma once

#include <sys/types.h>

#include <atomic>
#include <cstdint>
#include <limits>
#include <memory>
#include <mutex>
#include <string>
#include <vector>

#include "signal_record.h"
#include "signal_set.h"
#include "unique_fd.h"

namespace sigbridge {

enum class HealthFormat { kJson, kText };

// Where one reporter wants to be told of what. Never changed, so that the wait thread needs no lock to write.
struct HealthOrder {
  SignalSet signals;
  int64_t patience = 0;  // ns
  HealthFormat format = HealthFormat::kJson;
  UniqueFd fd;                // our own copy: the caller may close its own at any time
  std::string path;           // opened for each report, so that the file may be moved away; empty: `fd`
  int64_t process_began = 0;  // monotonic
  pid_t thread = 0;           // whose JavaScript has to hear; 0 where threads have no number
};

class HealthWatch {
 public:
  static constexpr int64_t kNever = std::numeric_limits<int64_t>::max();

  struct Missed {
    uint32_t written = 0;
    uint32_t failed = 0;
  };
  // A request that was not heard in time.
  struct Due {
    int id = 0;
    std::shared_ptr<const HealthOrder> order;
    SignalRecord record{};  // the first of them; `count` is of all
    int64_t since = 0;
  };

  // -- JS threads
  int open(HealthOrder order);
  void close(int id);
  // JavaScript has heard. What was done in its place since it last did.
  Missed heard(int id);

  // -- who hands out
  bool any() const { return open_.load(std::memory_order_relaxed) != 0; }
  void came(const SignalRecord& record, int64_t now);

  // -- wait thread
  int64_t next_due() const;
  std::vector<Due> take_due(int64_t now);
  void done(int id, bool written);

 private:
  struct Entry {
    Due request;  // `since` 0: none
    Missed missed;
  };

  Entry* find(int id);

  mutable std::mutex lock_;
  std::atomic<size_t> open_{0};
  std::vector<Entry> entries_;
  int next_id_ = 1;
};

}  // namespace sigbridge
