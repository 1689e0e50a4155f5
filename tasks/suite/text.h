/// A text under construction, and which atoms its phrases speak of.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace cupel::tasks::suite {

/// Bytes [begin, end) of a text stand for these atoms of the SMILES beside it.
struct Phrase {
  std::size_t begin = 0;
  std::size_t end = 0;
  /// A word for single atoms ("chloro", a position, a configuration); otherwise a phrase for groups
  /// of atoms ("carboxy", "4-chlorophenyl", "pyridine").
  bool single_atoms = false;
  std::vector<int> atoms;  ///< rising
  bool operator==(const Phrase&) const = default;
};

class Text {
 public:
  Text& operator<<(std::string_view more) {
    bytes_ += more;
    return *this;
  }

  /// What `body` appends is a phrase for these atoms.
  template <typename Body>
  void phrase(bool single_atoms, std::vector<int> atoms, const Body& body) {
    const std::size_t slot = phrases_.size();
    phrases_.push_back(
        {.begin = bytes_.size(), .single_atoms = single_atoms, .atoms = std::move(atoms)});
    body();
    phrases_[slot].end = bytes_.size();
  }
  void word(bool single_atoms, std::vector<int> atoms, std::string_view text) {
    phrase(single_atoms, std::move(atoms), [&] { *this << text; });
  }

  [[nodiscard]] const std::string& bytes() const { return bytes_; }
  [[nodiscard]] const std::vector<Phrase>& phrases() const { return phrases_; }

 private:
  std::string bytes_;
  std::vector<Phrase> phrases_;
};

}  // namespace cupel::tasks::suite
