// Fuzzes what is read of the system: a thread's status in /proc, whose name and groups are anybody's, and the
// notes of ELF objects, which are whatever a library has in it.
#include <algorithm>
#include <cinttypes>
#include <vector>

#include "go_note.h"
#include "input.h"
#include "thread_list.h"

using namespace sigbridge;

namespace {

// As read_thread() reads a file: lines, and parts of long ones.
ThreadInfo read_status(const std::string& text) {
  ThreadInfo thread;
  char line[256];
  FILE* file = ::fmemopen(const_cast<char*>(text.data()), text.size(), "r");
  if (file == nullptr) return thread;
  while (std::fgets(line, sizeof line, file) != nullptr) read_status_line(line, thread);
  std::fclose(file);
  return thread;
}

// As the kernel writes it: fs/proc/array.c escapes line ends and backslashes of a name, and nothing else.
void check_status(Input& input) {
  const std::string name = input.text(15);
  std::string escaped;
  for (const char c : name) {
    if (c == '\0') break;
    if (c == '\n')
      escaped += "\\n";
    else if (c == '\\')
      escaped += "\\\\";
    else
      escaped += c;
  }
  const auto blocked = input.number<uint64_t>(), pending = input.number<uint64_t>(),
             shared = input.number<uint64_t>();
  char masks[128];
  std::snprintf(masks, sizeof masks,
                "SigPnd:\t%016" PRIx64 "\nShdPnd:\t%016" PRIx64 "\nSigBlk:\t%016" PRIx64 "\n", pending,
                shared, blocked);
  std::string text = "Name:\t" + escaped + "\nUmask:\t0022\nState:\tS (sleeping)\nGroups:\t";
  for (int count = input.between(0, 90); count > 0; --count)
    text += std::to_string(input.number<uint32_t>()) + " ";
  text += "\nSigQ:\t0/63432\n" + std::string(masks) + "SigIgn:\t0000000000001000\n";
  const ThreadInfo thread = read_status(text);
  MUST(thread.name == escaped);
  MUST(thread.blocked == blocked && thread.pending == pending && thread.pending_for_process == shared);
}

// Word by word from a copy that ends where the memory does: one byte too far is found by the sanitizer.
bool has_note(const std::vector<std::byte>& notes) {
  uint64_t at = 0;
  const auto word = [&](uint64_t index) {
    uint64_t value = 0;
    for (size_t byte = 0; byte < 4; ++byte)
      value |= std::to_integer<uint64_t>(notes[at + index * 4 + byte]) << byte * 8;
    return value;
  };
  while (at + 12 <= notes.size()) {
    const uint64_t owner = word(0), data = word(1), type = word(2);
    const uint64_t owner_end = at + 12 + (owner + 3) / 4 * 4;
    if (owner_end + data > notes.size()) return false;
    if (type == 4 && owner == 4 && word(3) == 0x00006f47) return true;
    at = owner_end + (data + 3) / 4 * 4;
  }
  return false;
}

void check_notes(Input& input) {
  std::string bytes;
  while (!input.empty()) {
    const uint32_t header[] = {input.coin() ? 4 : input.number<uint32_t>(), input.between<uint32_t>(0, 40),
                               input.between<uint32_t>(0, 6)};
    bytes.append(reinterpret_cast<const char*>(header), sizeof header);
    if (input.coin()) bytes += std::string_view("Go\0\0", 4);
    bytes += input.text(48);
  }
  std::vector<std::byte> notes(bytes.size());
  if (!bytes.empty()) std::memcpy(notes.data(), bytes.data(), bytes.size());
  MUST(holds_go_note(notes) == has_note(notes));
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  Input input(data, size);
  if (input.coin()) {
    check_status(input);
  } else if (input.coin()) {
    check_notes(input);
  } else {
    static_cast<void>(read_status(input.rest()));
  }
  return 0;
}
