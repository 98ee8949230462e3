// Processes held by descriptors, and the thread that watches them: what they tell, and that nothing stays
// behind.
#include "exit_watch.h"

#include <sys/wait.h>
#include <unistd.h>

#include <atomic>
#include <vector>

#include "faults.h"
#include "process_handle.h"
#include "process_state.h"
#include "send.h"

#ifdef __linux__
namespace sigbridge {
namespace {

using test::describe_process;
using test::eventually;
using test::Faults;

// A child that does what it is told by signals, or nothing.
class Child {
 public:
  Child() : pid_(::fork()) {
    if (pid_ == 0) {
      for (;;) ::pause();
    }
    EXPECT_GT(pid_, 0);
  }
  ~Child() {
    if (pid_ <= 0) return;
    ::kill(pid_, SIGKILL);
    reap();
  }
  Child(const Child&) = delete;
  Child& operator=(const Child&) = delete;

  pid_t pid() const { return pid_; }
  void reap() {
    if (!reaped_) ::waitpid(pid_, nullptr, 0);
    reaped_ = true;
  }

 private:
  pid_t pid_;
  bool reaped_ = false;
};

struct Reports {
  std::atomic<int> count{0};
  std::atomic<int> last_id{0};
  std::atomic<int> signo{0};

  static void tell(void* self, int id, const ProcessEnd& end) {
    auto* reports = static_cast<Reports*>(self);
    reports->last_id.store(id);
    reports->signo.store(end.known ? end.signo : -1);
    reports->count.fetch_add(1);
  }
};

UniqueFd opened(pid_t pid) {
  Result<UniqueFd> result = open_process(pid);
  EXPECT_TRUE(result.ok()) << result.error().number;
  return std::move(result.value());
}

class ExitWatchTest : public test::CleanTest {
 protected:
  void SetUp() override {
    if (open_process(::getpid()).error().number == ENOSYS) GTEST_SKIP() << "no pidfds";
  }
  ExitWatch& watch_ = ExitWatch::instance();
};

TEST_F(ExitWatchTest, SignalsReachTheProcessUntilItIsReaped) {
  Child child;
  const UniqueFd pidfd = opened(child.pid());
  EXPECT_FALSE(send_to_process(pidfd.get(), 0));
  EXPECT_FALSE(queue_to_process(pidfd.get(), 0, 1));
  EXPECT_EQ(send_to_process(pidfd.get(), 65).number, EINVAL);
  EXPECT_FALSE(send_to_process(pidfd.get(), SIGTERM));
  siginfo_t info{};
  ASSERT_EQ(::waitid(P_PID, static_cast<id_t>(child.pid()), &info, WEXITED | WNOWAIT), 0);
  const ProcessEnd end = process_end(pidfd.get());
  EXPECT_TRUE(end.known);
  EXPECT_EQ(end.signo, SIGTERM);
  child.reap();
  const PosixError gone = send_to_process(pidfd.get(), 0);
  EXPECT_EQ(gone.number, ESRCH);
  EXPECT_STREQ(gone.syscall, "pidfd_send_signal");
  EXPECT_EQ(queue_to_process(pidfd.get(), SIGTERM, 1).number, ESRCH);
  // From Linux 6.15 on the kernel remembers; what it does not know it does not tell.
  const ProcessEnd after = process_end(pidfd.get());
  EXPECT_TRUE(!after.known || after.signo == SIGTERM);
}

TEST_F(ExitWatchTest, EachEndIsReportedOnceAndTheLastEndsTheThread) {
  const std::vector<std::string> before = describe_process();
  {
    Reports reports;
    Child first, second;
    const UniqueFd one = opened(first.pid()), two = opened(second.pid());
    ASSERT_FALSE(watch_.add(one.get(), &Reports::tell, &reports, 1));
    ASSERT_FALSE(watch_.add(two.get(), &Reports::tell, &reports, 2));
    EXPECT_FALSE(send_to_process(one.get(), SIGTERM));
    EXPECT_TRUE(eventually([&] { return reports.count == 1; }));
    EXPECT_EQ(reports.last_id, 1);
    EXPECT_EQ(reports.signo, SIGTERM);
    watch_.remove(&reports, 1);
    EXPECT_TRUE(watch_.running());
    watch_.remove(&reports, 2);
    EXPECT_FALSE(watch_.running());
    watch_.remove(&reports, 2);
    // Nobody is told after remove(); one that has ended already is reported at once.
    EXPECT_FALSE(send_to_process(two.get(), SIGKILL));
    EXPECT_EQ(reports.count, 1);
    ASSERT_FALSE(watch_.add(one.get(), &Reports::tell, &reports, 3));
    EXPECT_TRUE(eventually([&] { return reports.count == 2; }));
    watch_.remove_all(&reports);
    EXPECT_FALSE(watch_.running());
  }
  EXPECT_TRUE(eventually([&] { return describe_process() == before; }));
}

TEST_F(ExitWatchTest, AForkedChildKeepsNoneOfItsDescriptors) {
  const Child process;
  const UniqueFd pidfd = opened(process.pid());
  const auto descriptors = [] {
    std::vector<std::string> lines = describe_process();
    std::erase_if(lines, [](const std::string& line) { return !line.starts_with("descriptor"); });
    return lines;
  };
  const std::vector<std::string> before = descriptors();
  Reports reports;
  ASSERT_FALSE(watch_.add(pidfd.get(), &Reports::tell, &reports, 1));
  EXPECT_EQ(descriptors().size(), before.size() + 2);
  EXPECT_EQ(test::run_in_child([&] { EXPECT_EQ(descriptors(), before); }), 0);
  watch_.remove_all(&reports);
  // Not closed there when the numbers are somebody else's by now.
  const UniqueFd other(::dup(pidfd.get()));
  const std::vector<std::string> with_other = descriptors();
  EXPECT_EQ(test::run_in_child([&] { EXPECT_EQ(descriptors(), with_other); }), 0);
}

TEST_F(ExitWatchTest, EndsAndRemovalsAtTheSameTime) {
  Reports reports;
  for (int round = 0; round < 50; ++round) {
    Child child;
    const UniqueFd pidfd = opened(child.pid());
    ASSERT_FALSE(watch_.add(pidfd.get(), &Reports::tell, &reports, round));
    const int told = reports.count;
    EXPECT_FALSE(send_to_process(pidfd.get(), SIGKILL));
    if (round % 2 == 0) {
      EXPECT_TRUE(eventually([&] { return reports.count == told + 1; }));
    }
    watch_.remove(&reports, round);
    EXPECT_FALSE(watch_.running());
  }
}

TEST_F(ExitWatchTest, AFailureLeavesNothing) {
  Reports reports;
  const UniqueFd self = opened(::getpid());
  const std::vector<std::string> with_fd = describe_process();
  for (const char* call : {"epoll_create1", "eventfd", "epoll_ctl", "pthread_create"}) {
    Faults faults;
    faults.fail(call, EMFILE);
    const PosixError failure = watch_.add(self.get(), &Reports::tell, &reports, 1);
    EXPECT_EQ(failure.number, EMFILE);
    EXPECT_STREQ(failure.syscall, call);
    EXPECT_FALSE(watch_.running());
    EXPECT_EQ(describe_process(), with_fd) << call;
  }
  Faults faults;
  // The second: that of the process itself.
  faults.fail("epoll_ctl", ENOSPC, 1);
  EXPECT_EQ(watch_.add(self.get(), &Reports::tell, &reports, 1).number, ENOSPC);
  EXPECT_FALSE(watch_.running());
  EXPECT_FALSE(watch_.add(self.get(), &Reports::tell, &reports, 1));
  watch_.remove_all(&reports);
  EXPECT_TRUE(eventually([&] { return describe_process() == with_fd; }));
  faults.fail("pidfd_open", EMFILE);
  EXPECT_EQ(open_process(::getpid()).error().number, EMFILE);
}

TEST_F(ExitWatchTest, ToAThread) {
  EXPECT_FALSE(send_to_thread(::getpid(), ::getpid(), 0));
  EXPECT_FALSE(queue_to_thread(::getpid(), ::getpid(), 0, 1));
  const PosixError nobody = send_to_thread(::getpid(), 1 << 30, SIGUSR1);
  EXPECT_EQ(nobody.number, ESRCH);
  EXPECT_STREQ(nobody.syscall, "tgkill");
  EXPECT_STREQ(queue_to_thread(::getpid(), 1 << 30, SIGUSR1, 1).syscall, "rt_tgsigqueueinfo");
}

}  // namespace
}  // namespace sigbridge
#endif
