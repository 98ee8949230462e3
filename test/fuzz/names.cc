// Fuzzes the names of signals and of causes: any text, any number, both ways. What may be a name is told
// apart by a list that is made here, spelling by spelling, and by nothing of the parser's.
#include <climits>
#include <map>
#include <set>

#include "input.h"
#include "signal_number.h"

using namespace sigbridge;

namespace {

std::map<std::string, int, std::less<>> every_spelling() {
  std::map<std::string, int, std::less<>> all;
  for (const NamedSignal& signal : standard_signals()) all[signal.name] = signal.number;
  for (const SignalAlias& alias : signal_aliases()) all[alias.name] = alias.number;
  const int least = realtime_min(), most = realtime_max();
  if (most < least) return all;
  all["SIGRTMIN"] = least;
  all["SIGRTMAX"] = most;
  for (int offset = 1; offset <= most - least; ++offset) {
    char text[32];
    std::snprintf(text, sizeof text, "SIGRTMIN+%d", offset);
    all[text] = least + offset;
    std::snprintf(text, sizeof text, "SIGRTMAX-%d", offset);
    all[text] = most - offset;
  }
  return all;
}

void check_name(std::string_view text) {
  static const auto& spellings = *new std::map(every_spelling());
  const auto found = spellings.find(text);
  const int signo = signal_number(text);
  MUST(signo == (found == spellings.end() ? 0 : found->second));
  if (signo == 0) return;
  MUST(signo >= 1 && signo <= kMaxSignal);
  MUST(signal_number(signal_name(signo)) == signo);
}

void check_number(int signo) {
  const std::string name = signal_name(signo);
  if (name.empty()) {
    for (const NamedSignal& signal : standard_signals()) MUST(signal.number != signo);
    MUST(!is_realtime(signo));
  } else {
    MUST(signal_number(name) == signo);
    // Nobody who writes it into JSON or a table has to escape it.
    MUST(name.find_first_not_of("ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789+") == std::string::npos);
    MUST(name.size() <= sizeof "SIGRTMIN+61" - 1);
  }
  static_cast<void>(default_action(signo));
  static_cast<void>(signal_description(signo));
}

void check_code(int signo, int code) {
  const std::string name = code_name(signo, code);
  MUST(!name.empty());
  const bool is_number = name.find_first_not_of("-0123456789") == std::string::npos;
  if (is_number)
    MUST(name == std::to_string(code));
  else
    MUST(name.find_first_not_of("ABCDEFGHIJKLMNOPQRSTUVWXYZ_") == std::string::npos);
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  Input input(data, size);
  const int signo = input.number<int>(), code = input.number<int>();
  check_number(signo);
  check_number(signo % (kMaxSignal + 2));
  check_code(signo % (kMaxSignal + 2), code);
  check_code(SIGCHLD, code % 8);
  const std::string text = input.rest();
  check_name(text);
  // Chance alone does not write six letters.
  for (const char* prefix : {"SIG", "SIGRTMIN", "SIGRTMAX", "SIGRTMIN+", "SIGRTMAX-"})
    check_name(prefix + text);
  return 0;
}
