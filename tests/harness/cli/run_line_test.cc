#include "harness/cli/run_line.h"

#include <chrono>

#include <catch2/catch_test_macros.hpp>

namespace {

using cupel::cli::RunLine;
using cupel::cli::short_number;
using std::chrono::seconds;

TEST_CASE("numbers on the progress line are short") {
  CHECK(short_number(2.3149) == "2.31");
  CHECK(short_number(0.000123) == "0.000123");
  CHECK(short_number(0.0) == "0");
  CHECK(short_number(999.4) == "999");
  CHECK(short_number(999.6) == "1,000");
  CHECK(short_number(12400.2) == "12,400");
  CHECK(short_number(-1234567.0) == "-1,234,567");
  CHECK(short_number(1e20) == "1.00e+20");
}

TEST_CASE("the progress line of a training has its last facts and the rest of its time") {
  const RunLine::Clock::time_point start;
  RunLine line;
  line.begin("[1/2] captioning on c: m");
  line.at("predicting", 0.5, start);
  CHECK(line.text(start, 0) == "[1/2] captioning on c: m: predicting 50 %");
  CHECK(line.text(start, 30) == "[1/2] captioning on c: m: predicting 50 %, about 30 s left");
  // Resumed at a half: what another process did says nothing of this one's speed.
  line.at("pre-training", 0.5, start);
  line.fact("state-checksum", 4e15);
  line.fact("loss", 3.0);
  line.fact("tokens/s", 12400);
  line.fact("loss", 2.3149);
  line.fact("rate", 0.001);
  line.fact("too many", 1);
  CHECK(line.text(start, 30) ==
        "[1/2] captioning on c: m: pre-training 50 %, loss 2.31, 12,400 tokens/s, rate 0.001");
  line.at("pre-training", 0.6, start + seconds(10));
  CHECK(line.text(start + seconds(10), 30)
            .ends_with("60 %, loss 2.31, 12,400 tokens/s, rate 0.001, about 40 s left"));
  line.at("training captioning", 0.0, start + seconds(20));
  CHECK(line.text(start + seconds(20), 30) == "[1/2] captioning on c: m: training captioning 0 %");
}

}  // namespace
