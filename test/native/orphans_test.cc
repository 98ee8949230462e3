// Ended children: which are found, by whom they are waited for, and that adopting is put back.
#include "orphans.h"

#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <csignal>
#include <thread>

#include "process_state.h"

#ifdef __linux__
namespace sigbridge {
namespace {

using test::eventually;

class OrphansTest : public test::CleanTest {};

pid_t child(int code) {
  const pid_t pid = ::fork();
  if (pid == 0) ::_exit(code);
  return pid;
}

bool is_found(pid_t pid) {
  Result<std::vector<Zombie>> found = find_zombies();
  EXPECT_TRUE(found.ok());
  return std::any_of(found.value().begin(), found.value().end(),
                     [pid](const Zombie& zombie) { return zombie.pid == pid && zombie.began != 0; });
}

TEST_F(OrphansTest, AnEndedChildIsFoundAndReapedOnce) {
  if (test::under_valgrind()) GTEST_SKIP() << "valgrind has children of its own ways";
  EXPECT_TRUE(find_zombies().value().empty());
  const pid_t living = ::fork();
  if (living == 0) {
    for (;;) ::pause();
  }
  const pid_t ended = child(7);
  EXPECT_TRUE(eventually([&] { return is_found(ended); }));
  EXPECT_FALSE(is_found(living));
  EXPECT_FALSE(reap(living).has_value()) << "it has not ended";
  const std::optional<ProcessEnd> end = reap(ended);
  ASSERT_TRUE(end.has_value());
  EXPECT_EQ(end->code, 7);
  EXPECT_EQ(end->signo, 0);
  EXPECT_FALSE(is_found(ended));
  EXPECT_FALSE(reap(ended).has_value());
  ::kill(living, SIGTERM);
  EXPECT_TRUE(eventually([&] { return is_found(living); }));
  EXPECT_EQ(reap(living)->signo, SIGTERM);
}

TEST_F(OrphansTest, AnotherThreadsChildIsItsOwn) {
  if (test::under_valgrind()) GTEST_SKIP() << "valgrind has children of its own ways";
  std::thread([] {
    const pid_t pid = child(3);
    siginfo_t ended{};
    EXPECT_EQ(::waitid(P_PID, static_cast<id_t>(pid), &ended, WEXITED | WNOWAIT), 0);
    EXPECT_FALSE(is_found(pid));
    int status = 0;
    EXPECT_EQ(::waitpid(pid, &status, 0), pid);
    EXPECT_EQ(WEXITSTATUS(status), 3);
  }).join();
}

TEST_F(OrphansTest, TheAdopterGetsTheOrphan) {
  const int status = test::run_in_child([] {
    Result<bool> before = become_subreaper(true);
    ASSERT_TRUE(before.ok());
    EXPECT_FALSE(before.value());
    const pid_t parent = ::fork();
    if (parent == 0) {
      static_cast<void>(child(9));
      ::_exit(1);
    }
    int ended = 0;
    EXPECT_EQ(::waitpid(parent, &ended, 0), parent);
    EXPECT_TRUE(eventually([] { return !find_zombies().value().empty(); }));
    const Zombie orphan = find_zombies().value().front();
    EXPECT_EQ(reap(orphan.pid)->code, 9);
    EXPECT_TRUE(become_subreaper(false).value());
    EXPECT_FALSE(become_subreaper(false).value());
  });
  EXPECT_EQ(status, 0);
}

}  // namespace
}  // namespace sigbridge
#endif
