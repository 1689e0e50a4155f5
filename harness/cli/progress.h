/// Tells a person at a terminal how far slow work is; pipes and logs stay clean.
#pragma once

#include <chrono>
#include <cstddef>
#include <functional>
#include <string>

namespace cupel::cli {

class Progress {
 public:
  /// `verb` in the past tense: "scored 64 of 3300, 2 s left". Nothing is shown for fewer than 500.
  Progress(std::string verb, std::size_t total);
  ~Progress();
  Progress(const Progress&) = delete;
  Progress& operator=(const Progress&) = delete;

  /// Empty when nobody watches. It must not outlive this.
  [[nodiscard]] std::function<void(std::size_t)> callback();

 private:
  std::string verb_;
  std::size_t total_;
  bool shown_;
  bool drawn_ = false;
  std::chrono::steady_clock::time_point start_ = std::chrono::steady_clock::now();
};

}  // namespace cupel::cli
