/// The line that a person at a terminal sees while a manifest runs.
#pragma once

#include <chrono>
#include <cstddef>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace cupel::cli {

/// 2.31, 0.00012, 12,400: three digits that say something, more only before the point.
[[nodiscard]] std::string short_number(double value);

/// What is being done, how far it is, and what the training tells of itself.
class RunLine {
 public:
  using Clock = std::chrono::steady_clock;

  /// `place`: "[2/7] captioning on pcdes: mine". What was told of the cell before is forgotten.
  void begin(std::string place);
  /// `what`: "predicting"; `share` of it is done, in [0, 1].
  void at(std::string_view what, double share, Clock::time_point now);
  /// The last value of each name counts; a checksum tells people nothing.
  void fact(std::string_view name, double value);

  /// "[2/7] …: pre-training 43 %, loss 2.31, 12,400 tokens/s, about 75 s left". `rest`: seconds
  /// that all cells together still take, as far as that is known; shown while nothing is trained.
  [[nodiscard]] std::string text(Clock::time_point now, double rest) const;

 private:
  [[nodiscard]] bool training() const;

  std::string place_;
  std::string what_;
  double share_ = 0.0;
  double first_share_ = 0.0;  // what was done before this process began
  Clock::time_point first_time_;
  std::vector<std::pair<std::string, double>> facts_;
};

}  // namespace cupel::cli
