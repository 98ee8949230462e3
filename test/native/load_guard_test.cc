// LoadGuard and what it asks: which native code is here, what a load brought, and that its threads are born
// masked.
#include "load_guard.h"

#include <dlfcn.h>

#include <algorithm>
#include <thread>

#include "handler_rig.h"
#include "inbox.h"
#include "process_state.h"
#include "runtime_code.h"

namespace sigbridge {
namespace {

using test::action_of;
using test::bits_of;
using test::replace;
using test::same;
using test::Standing;
using test::standing;

// In every glibc, and nothing links with it any more.
constexpr const char* kLibrary = "libutil.so.1";

class LoadGuardTest : public test::CleanTest {
 protected:
  static bool knows(const std::vector<LoadedLibrary>& libraries, const std::string& part) {
    return std::any_of(libraries.begin(), libraries.end(), [&part](const LoadedLibrary& one) {
      return one.path.find(part) != std::string::npos;
    });
  }
  static const HandlerChange* change_of(const LoadReport& report, int signo) {
    const auto same_signal = [signo](const HandlerChange& change) { return change.signo == signo; };
    const auto found = std::find_if(report.handlers.begin(), report.handlers.end(), same_signal);
    return found == report.handlers.end() ? nullptr : &*found;
  }

  Dispositions dispositions_;
};

TEST_F(LoadGuardTest, KnowsTheLibrariesThatAreHere) {
  const std::vector<LoadedLibrary> libraries = loaded_libraries();
  EXPECT_TRUE(knows(libraries, "libc."));
  EXPECT_FALSE(knows(libraries, "libnosuch"));
  for (const LoadedLibrary& library : libraries) EXPECT_FALSE(library.go) << library.path;
  EXPECT_FALSE(pin_library("/no/such/library.so"));
  EXPECT_FALSE(wait_for_go_runtime("/no/such/library.so"));
}

TEST_F(LoadGuardTest, BlocksEverythingAndPutsTheMaskBack) {
  const ScopedBlock own(SignalSet::of(SIGUSR2));
  const uint64_t before = bits_of(current_mask());
  LoadGuard guard(dispositions_);
  for (int signo : {SIGHUP, SIGTERM, SIGUSR1, SIGUSR2, SIGPROF, SIGURG, realtime_min()}) {
    EXPECT_TRUE(current_mask().contains(signo)) << signal_name(signo);
  }
  for (int signo : kSynchronousFaults) EXPECT_FALSE(current_mask().contains(signo)) << signal_name(signo);
  const LoadReport report = guard.end();
  EXPECT_EQ(bits_of(current_mask()), before);
  EXPECT_TRUE(report.libraries.empty());
  EXPECT_TRUE(report.threads.empty());
  EXPECT_TRUE(report.handlers.empty());
  EXPECT_FALSE(report.go);
}

TEST_F(LoadGuardTest, PutsTheMaskBackWithoutAnEnd) {
  const uint64_t before = bits_of(current_mask());
  { const LoadGuard guard(dispositions_); }
  EXPECT_EQ(bits_of(current_mask()), before);
}

TEST_F(LoadGuardTest, TellsWhatCameAndPinsIt) {
  if (knows(loaded_libraries(), kLibrary)) GTEST_SKIP() << kLibrary << " is here already";
  LoadGuard guard(dispositions_);
  void* handle = ::dlopen(kLibrary, RTLD_NOW);
  const LoadReport report = guard.end();
  if (handle == nullptr) GTEST_SKIP() << "this system has no " << kLibrary;
  EXPECT_TRUE(knows(report.libraries, kLibrary));
  EXPECT_FALSE(report.go);
  ::dlclose(handle);
  EXPECT_TRUE(knows(loaded_libraries(), kLibrary)) << "not unloaded any more";
}

TEST_F(LoadGuardTest, ThreadsOfTheLoadAreToldAndBornMasked) {
  std::atomic<bool> done{false};
  std::atomic<pid_t> tid{0};
  std::atomic<uint64_t> mask{0};
  LoadGuard guard(dispositions_);
  std::thread born([&] {
    mask.store(bits_of(current_mask()));
    tid.store(test::this_thread());
    while (!done.load()) ::sched_yield();
  });
  EXPECT_TRUE(test::eventually([&] { return tid.load() != 0; }));
  const LoadReport report = guard.end();
  done.store(true);
  born.join();
  ASSERT_EQ(report.threads.size(), 1U);
  EXPECT_EQ(report.threads[0].tid, tid.load());
  EXPECT_NE(mask.load() & bits_of(SignalSet::of(SIGTERM)), 0U);
}

TEST_F(LoadGuardTest, ChangedHandlersAreTold) {
  const struct sigaction before = action_of(&test::foreign::plain);
  const struct sigaction after = action_of(&test::foreign::plain, SA_ONSTACK);
  const Standing one(SIGUSR1, before);
  LoadGuard guard(dispositions_);
  replace(SIGUSR1, after);
  const LoadReport report = guard.end();
  ASSERT_EQ(report.handlers.size(), 1U);
  ASSERT_NE(change_of(report, SIGUSR1), nullptr);
  EXPECT_FALSE(change_of(report, SIGUSR1)->put_back);
  EXPECT_TRUE(same(standing(SIGUSR1), after));
}

TEST_F(LoadGuardTest, TheSuspendHandlerIsPutBackAndItsSignalStaysOpen) {
  const struct sigaction suspend = action_of(&test::foreign::with_info, SA_RESTART);
  const Standing one(SIGUSR1, suspend);
  dispositions_.set_suspend_signal(SIGUSR1);
  LoadGuard guard(dispositions_);
  EXPECT_FALSE(current_mask().contains(SIGUSR1));
  // As Go does.
  replace(SIGUSR1, action_of(&test::foreign::with_info, SA_RESTART | SA_ONSTACK));
  const LoadReport report = guard.end();
  ASSERT_NE(change_of(report, SIGUSR1), nullptr);
  EXPECT_TRUE(change_of(report, SIGUSR1)->put_back);
  EXPECT_TRUE(same(standing(SIGUSR1), suspend));
}

TEST_F(LoadGuardTest, GuardsNest) {
  const uint64_t before = bits_of(current_mask());
  LoadGuard outer(dispositions_);
  const uint64_t inside = bits_of(current_mask());
  {
    LoadGuard inner(dispositions_);
    static_cast<void>(inner.end());
    EXPECT_EQ(bits_of(current_mask()), inside);
  }
  static_cast<void>(outer.end());
  EXPECT_EQ(bits_of(current_mask()), before);
}

}  // namespace
}  // namespace sigbridge
