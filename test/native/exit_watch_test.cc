// Processes held by descriptors, and the thread that watches them: what they tell, and that nothing stays
// behind.
#include "exit_watch.h"

#include <sys/epoll.h>
#include <sys/eventfd.h>
#include <sys/wait.h>
#include <unistd.h>

#include <atomic>
#include <chrono>
#include <thread>
#include <vector>

#include "faults.h"
#include "process_handle.h"
#include "process_state.h"
#include "recovery.h"
#include "send.h"
#include "stranger.h"

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

TEST_F(ExitWatchTest, DescriptorsThatSomebodyClosesAreMadeAnew) {
  const std::vector<std::string> before = describe_process();
  {
    Reports reports;
    Child first, second;
    const UniqueFd one = opened(first.pid()), two = opened(second.pid());
    ASSERT_FALSE(watch_.add(one.get(), &Reports::tell, &reports, 1));
    const uint64_t restarts = Recovery::instance().report().restarts;
    ASSERT_EQ(test::close_foreign("anon_inode:[eventpoll]"), 1);
    ASSERT_EQ(test::close_foreign("anon_inode:[eventfd]"), 1);
    // One that comes meanwhile is watched with the others.
    ASSERT_FALSE(watch_.add(two.get(), &Reports::tell, &reports, 2));
    EXPECT_TRUE(eventually([=] { return Recovery::instance().report().restarts > restarts; }));
    EXPECT_FALSE(send_to_process(one.get(), SIGTERM));
    EXPECT_TRUE(eventually([&] { return reports.count == 1; }));
    EXPECT_FALSE(send_to_process(two.get(), SIGTERM));
    EXPECT_TRUE(eventually([&] { return reports.count == 2; }));
    watch_.remove_all(&reports);
    EXPECT_FALSE(watch_.running());
  }
  EXPECT_TRUE(eventually([&] { return describe_process() == before; }));
}

TEST_F(ExitWatchTest, AnothersEpollIsNeitherAskedNorClosed) {
  Reports reports;
  const UniqueFd self = opened(::getpid());
  ASSERT_FALSE(watch_.add(self.get(), &Reports::tell, &reports, 1));
  const std::vector<int> ours = test::descriptors("anon_inode:[eventpoll]");
  ASSERT_EQ(ours.size(), 1U);
  const uint64_t restarts = Recovery::instance().report().restarts;
  // A stranger's, with an event that is there for one who asks.
  const UniqueFd theirs(::epoll_create1(EPOLL_CLOEXEC)), event(::eventfd(1, EFD_CLOEXEC));
  epoll_event once{};
  once.events = EPOLLIN | EPOLLONESHOT;
  once.data.u64 = 4711;
  ASSERT_EQ(::epoll_ctl(theirs.get(), EPOLL_CTL_ADD, event.get(), &once), 0);
  test::put_at(theirs.get(), ours[0]);
  EXPECT_TRUE(eventually([=] { return Recovery::instance().report().restarts > restarts; }));
  watch_.remove_all(&reports);
  epoll_event got{};
  EXPECT_EQ(::epoll_wait(ours[0], &got, 1, 0), 1);
  EXPECT_EQ(got.data.u64, 4711U);
  test::close_number(ours[0]);
  // The bell that nobody could tell from a stranger's.
  for (int left : test::descriptors("anon_inode:[eventfd]")) {
    if (left != event.get()) test::close_number(left);
  }
}

TEST_F(ExitWatchTest, AWaitThatIsRefusedIsNotRepeatedAtOnce) {
  Reports reports;
  Child child;
  const UniqueFd pidfd = opened(child.pid());
  Faults faults;
  faults.fail("epoll_wait", ENOMEM, 0, 1'000'000'000);
  ASSERT_FALSE(watch_.add(pidfd.get(), &Reports::tell, &reports, 1));
  EXPECT_FALSE(send_to_process(pidfd.get(), SIGKILL));
  EXPECT_TRUE(eventually([&] { return faults.failed("epoll_wait") > 3; }));
  // Long enough for a thread that spins to be seen.
  std::this_thread::sleep_for(std::chrono::milliseconds(50));
  EXPECT_LT(faults.failed("epoll_wait"), 100);
  EXPECT_EQ(reports.count, 0);
  EXPECT_GT(Recovery::instance().report().retries, 0U);
  EXPECT_STREQ(Recovery::instance().report().last.syscall, "epoll_wait");
  faults.count("epoll_wait");
  EXPECT_TRUE(eventually([&] { return reports.count == 1; }));
  watch_.remove_all(&reports);
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
