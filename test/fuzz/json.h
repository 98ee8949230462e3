// Whether a text is one JSON value and nothing else, as RFC 8259 has it. Small and slow, and knows nothing of
// what it looks at.
#pragma once

#include <cctype>
#include <string_view>

class Json {
 public:
  static bool is_valid(std::string_view text) {
    Json json(text);
    return json.value(0) && json.at_ == text.size();
  }

 private:
  explicit Json(std::string_view text) : text_(text) {}

  bool next(char wanted) {
    if (at_ >= text_.size() || text_[at_] != wanted) return false;
    ++at_;
    return true;
  }
  bool word(std::string_view wanted) {
    if (text_.substr(at_, wanted.size()) != wanted) return false;
    at_ += wanted.size();
    return true;
  }
  bool digits() {
    const size_t from = at_;
    while (at_ < text_.size() && std::isdigit(static_cast<unsigned char>(text_[at_])) != 0) ++at_;
    return at_ > from;
  }
  bool number() {
    next('-');
    if (!next('0') && !digits()) return false;
    return !next('.') || digits();
  }
  // None of ours has an escape in it.
  bool string() {
    if (!next('"')) return false;
    while (at_ < text_.size() && text_[at_] >= ' ' && text_[at_] <= '~' && text_[at_] != '"' &&
           text_[at_] != '\\')
      ++at_;
    return next('"');
  }
  template <typename Item>
  bool list(char begin, char end, Item item) {
    if (!next(begin)) return false;
    if (next(end)) return true;
    do {
      if (!item()) return false;
    } while (next(','));
    return next(end);
  }
  bool value(int depth) {
    if (depth > 8) return false;
    if (word("true") || word("false") || word("null")) return true;
    const auto inner = [&] { return value(depth + 1); };
    const auto member = [&] { return string() && next(':') && value(depth + 1); };
    return string() || number() || list('[', ']', inner) || list('{', '}', member);
  }

  std::string_view text_;
  size_t at_ = 0;
};
