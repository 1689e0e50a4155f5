// Beside transformers, on what tests/oracle/t5_parity.py made: hundreds of MB, so CUPEL_PARITY
// names the folder.
#include <cstring>
#include <filesystem>
#include <fstream>
#include <numeric>

#include <ATen/TensorOperators.h>
#include <ATen/ops/cat.h>
#include <ATen/ops/empty.h>
#include <c10/core/InferenceMode.h>
#include <fmt/format.h>
#include <fmt/ranges.h>
#include <catch2/catch_test_macros.hpp>
#include <catch2/generators/catch_generators.hpp>

#include "models/torch/atomas_network.h"
#include "models/torch/batches.h"
#include "models/torch/foreign_weights.h"
#include "models/torch/t5_stepper.h"
#include "models/weights/tensor_file.h"
#include "tests/models/torch/golden_t5.h"
#include "tests/models/torch/parity.h"

namespace cupel::nn {
namespace {

using Rows = std::vector<std::vector<std::int64_t>>;

constexpr std::size_t kRows = 10;
constexpr double kClear = 1e-5;  // a smaller margin of the reference excuses another token

struct Checkpoint {
  Checkpoint(const std::string& name, const std::string& file)
      : folder(test::parity(name, "t5_parity.py")),
        document(parse_json(read_file(folder / "expected.json"), "expected.json")),
        expected(document, "expected.json"),
        network(options(), 0),
        max_length(expected.integer("max_length")),
        inputs(ids_of(test::rows(expected.member("inputs")))) {
    load_foreign_weights(network, folder / file, "");
  }

  [[nodiscard]] NetworkOptions options() {
    NetworkOptions made;
    made.t5 = t5_size(expected.text("size"), kT5Vocabulary).value();
    made.global_weight = 0.0;
    made.hierarchical_weight = 0.0;
    made.momentum_copy = false;
    return made;
  }
  static std::vector<Ids> ids_of(const Rows& rows) {
    std::vector<Ids> all;
    for (const auto& row : rows) all.emplace_back(row.begin(), row.end());
    return all;
  }

  std::filesystem::path folder;
  JsonValue document;
  JsonObject expected;
  AtomasNetwork network;
  std::int64_t max_length;
  std::vector<Ids> inputs;
};

/// Calls body(numbers of the inputs, their encoder states) for all groups.
template <typename Body>
void in_groups(const Checkpoint& checkpoint, const Body& body) {
  for (const auto& group : groups_by_length(checkpoint.inputs, kRows, 1 << 20)) {
    const at::Tensor ids = pad_rows(checkpoint.inputs, group);
    body(group, checkpoint.network.encode(Modality::kText, ids, Weights::kOnline));
  }
}

Rows outputs(const Checkpoint& checkpoint, std::int64_t beams) {
  Rows all(checkpoint.inputs.size());
  in_groups(checkpoint, [&](const auto& group, const Tokens& tokens) {
    T5Stepper stepper(checkpoint.network.decoder(Weights::kOnline), tokens.states, tokens.valid,
                      beams, checkpoint.max_length);
    const Found found = search(stepper, static_cast<std::int64_t>(group.size()),
                               {.beams = beams, .max_length = checkpoint.max_length});
    for (std::size_t i = 0; i < group.size(); ++i) all[group[i]] = found.tokens[i];
  });
  return all;
}

std::size_t first_difference(const std::vector<std::int64_t>& a,
                             const std::vector<std::int64_t>& b) {
  std::size_t at = 0;
  while (at < std::min(a.size(), b.size()) && a[at] == b[at]) ++at;
  return at;
}

double worst_logit(const Checkpoint& checkpoint) {
  const auto file = models::TensorFile::open(checkpoint.folder / "logits.safetensors");
  const auto* stored = file.find("logits");
  REQUIRE(stored != nullptr);
  const auto rows = static_cast<std::int64_t>(checkpoint.inputs.size());
  at::Tensor expected = at::empty({rows, kT5Vocabulary}, at::kFloat);
  REQUIRE(stored->bytes.size() == expected.nbytes());
  std::memcpy(expected.mutable_data_ptr(), stored->bytes.data(), expected.nbytes());
  const auto forced =
      static_cast<std::size_t>(JsonObject(checkpoint.document, "").integer("forced"));
  double worst = 0.0;
  in_groups(checkpoint, [&](const auto& group, const Tokens& tokens) {
    std::vector<Ids> seen;
    for (const std::size_t input : group) {
      const Ids& ids = checkpoint.inputs[input];
      seen.push_back({kPad});
      seen.back().insert(seen.back().end(), ids.begin(),
                         ids.begin() + static_cast<std::ptrdiff_t>(std::min(forced, ids.size())));
    }
    std::vector<std::size_t> all(seen.size());
    std::iota(all.begin(), all.end(), 0);
    const T5Decoder& decoder = checkpoint.network.decoder(Weights::kOnline);
    const at::Tensor states = decoder(pad_rows(seen, all), tokens.states, tokens.valid, false);
    for (std::size_t i = 0; i < group.size(); ++i) {
      const auto last = static_cast<std::int64_t>(seen[i].size()) - 1;
      const at::Tensor ours = decoder.head(states[static_cast<std::int64_t>(i)][last]);
      worst = std::max(
          worst, test::relative_difference(ours, expected[static_cast<std::int64_t>(group[i])]));
    }
  });
  return worst;
}

TEST_CASE("Parity with checkpoints of transformers on 500 real inputs", "[torch]") {
  const c10::InferenceMode guard;
  const std::string name = GENERATE("tiny", "small", "tiny-trained");
  const std::string file = GENERATE("model.safetensors", "pytorch_model.bin");
  Checkpoint checkpoint(name, file);
  REQUIRE(checkpoint.inputs.size() == 500);

  const double worst = worst_logit(checkpoint);
  CHECK(worst < 1e-4);

  const Rows greedy = outputs(checkpoint, 1);
  const Rows expected = test::rows(checkpoint.expected.member("greedy"));
  const auto& margins = checkpoint.expected.member("margins").items;
  std::size_t ended = 0;
  std::size_t excused = 0;
  for (std::size_t i = 0; i < greedy.size(); ++i) {
    CAPTURE(name, file, i);
    ended += expected[i].back() == kEnd ? 1 : 0;
    if (greedy[i] == expected[i]) continue;
    const double margin = margins[i].items.at(first_difference(greedy[i], expected[i])).real;
    CHECK(margin < kClear);
    ++excused;
  }

  const Rows beams = outputs(checkpoint, 5);
  const Rows expected_beams = test::rows(checkpoint.expected.member("beams"));
  std::vector<std::string> differences;
  for (std::size_t i = 0; i < beams.size(); ++i) {
    if (beams[i] == expected_beams[i]) continue;
    differences.push_back(fmt::format(R"({{"input":{},"ours":[{}],"theirs":[{}]}})", i,
                                      fmt::join(beams[i], ","), fmt::join(expected_beams[i], ",")));
  }
  std::ofstream(checkpoint.folder / (file + ".differences.json"))
      << fmt::format("[{}]\n", fmt::join(differences, ",\n"));
  CHECK(differences.empty());  // see t5_parity.py --judge
  WARN(
      fmt::format("{} {}: logits within {:.2g}, greedy {} of 500 equal and {} excused ({} ended), "
                  "beams {} of 500 equal",
                  name, file, worst, greedy.size() - excused, excused, ended,
                  beams.size() - differences.size()));
}

}  // namespace
}  // namespace cupel::nn
