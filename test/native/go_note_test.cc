// The note of Go's linker among others, and notes that end too early. Memory ends where the notes do: under a
// sanitizer a byte too far is found.
#include "go_note.h"

#include <gtest/gtest.h>

#include <initializer_list>
#include <string>
#include <vector>

namespace sigbridge {
namespace {

std::string note(uint32_t type, const std::string& owner, const std::string& data) {
  const auto owner_size = static_cast<uint32_t>(owner.size());
  const auto data_size = static_cast<uint32_t>(data.size());
  std::string bytes;
  for (const uint32_t word : {owner_size, data_size, type})
    bytes.append(reinterpret_cast<const char*>(&word), sizeof word);
  for (std::string part : {owner, data}) {
    part.resize((part.size() + 3) / 4 * 4);
    bytes += part;
  }
  return bytes;
}

const std::string kGo("Go\0\0", 4);
const std::string kGnu("GNU\0", 4);

bool holds(const std::string& bytes) {
  std::vector<std::byte> exact(bytes.size());
  if (!bytes.empty()) std::memcpy(exact.data(), bytes.data(), bytes.size());
  return holds_go_note(exact);
}

TEST(GoNoteTest, IsFoundWhereverItIs) {
  const std::string go = note(4, kGo, std::string(83, 'x'));
  EXPECT_TRUE(holds(go));
  EXPECT_TRUE(holds(note(3, kGnu, std::string(20, 'b')) + go));
  EXPECT_TRUE(holds(go + note(3, kGnu, "12345")));
}

TEST(GoNoteTest, OthersAreNotIt) {
  EXPECT_FALSE(holds(""));
  EXPECT_FALSE(holds(note(3, kGnu, std::string(20, 'b'))));
  EXPECT_FALSE(holds(note(4, kGnu, "")));
  EXPECT_FALSE(holds(note(3, kGo, "")));
}

TEST(GoNoteTest, TheLastNeedsNoPadding) {
  const std::string padded = note(4, kGo, std::string(83, 'x'));
  EXPECT_TRUE(holds(padded.substr(0, padded.size() - 1)));
}

TEST(GoNoteTest, NothingIsReadBeyondTheEnd) {
  const std::string go = note(4, kGo, "12345678");
  for (size_t size = 0; size < go.size(); ++size) EXPECT_FALSE(holds(go.substr(0, size))) << size;
  // Sizes that are lies.
  std::string liar = note(1, kGnu, "");
  liar.replace(4, 4, 4, '\xff');
  EXPECT_FALSE(holds(liar + go));
  liar.replace(0, 4, 4, '\xff');
  EXPECT_FALSE(holds(liar + go));
}

}  // namespace
}  // namespace sigbridge
