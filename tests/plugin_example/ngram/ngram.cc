// Answers with what belongs to the nearest training example, by the Jaccard index of character
// n-grams. A whole plug-in: nothing of Cupel but the header below.
#include <algorithm>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "models/plugin/plugin.h"

namespace {

using namespace cupel::plugin;

using Grams = std::set<std::string, std::less<>>;

class Ngram final : public Model {
 public:
  explicit Ngram(const Options& options)
      : n_(static_cast<std::size_t>(options.integer("n"))), floor_(options.real("floor")) {}

  void fit(const Training& training, const Work& work) override {
    if (training.train.empty()) throw UsageError("there is nothing to learn from");
    const bool from_text =
        training.capability == "generation" || training.capability == "molecule-retrieval";
    labels_ = training.labels.size();
    for (std::size_t i = 0; i < training.train.size(); ++i) {
      work.check();
      const Sample& sample = training.train[i];
      known_.push_back({.grams = grams(from_text ? sample.text : sample.smiles),
                        .other = std::string(from_text ? sample.smiles : sample.text),
                        .labels = {sample.labels.begin(), sample.labels.end()}});
      work.fact("examples", i, static_cast<double>(i + 1));
      work.progress(static_cast<double>(i + 1) / static_cast<double>(training.train.size()));
    }
  }

  std::vector<std::string> generate(std::span<const std::string_view> inputs,
                                    const Work& work) override {
    std::vector<std::string> outputs;
    for (const std::string_view input : inputs) {
      work.check();
      outputs.push_back(nearest(input).other);
    }
    return outputs;
  }

  void set_gallery(std::span<const std::string_view> candidates, const Work&) override {
    gallery_.clear();
    for (const std::string_view candidate : candidates) gallery_.push_back(grams(candidate));
  }

  void rank(std::span<const std::string_view> queries, float* scores, const Work& work) override {
    for (const std::string_view query : queries) {
      work.check();
      const Grams likely = grams(nearest(query).other);
      for (const Grams& candidate : gallery_)
        *scores++ = static_cast<float>(similarity(likely, candidate));
    }
  }

  void classify(std::span<const std::string_view> smiles, float* scores,
                const Work& work) override {
    for (const std::string_view input : smiles) {
      work.check();
      const Example& like = nearest(input);
      for (std::size_t i = 0; i < labels_; ++i) *scores++ = static_cast<float>(like.labels[i]);
    }
  }

 private:
  struct Example {
    Grams grams;
    std::string other;
    std::vector<std::int8_t> labels;
  };

  [[nodiscard]] Grams grams(std::string_view text) const {
    Grams all;
    for (std::size_t i = 0; i + n_ <= text.size(); ++i) all.emplace(text.substr(i, n_));
    return all;
  }

  [[nodiscard]] double similarity(const Grams& a, const Grams& b) const {
    const auto shared =
        std::count_if(a.begin(), a.end(), [&](const auto& gram) { return b.contains(gram); });
    const std::size_t all = a.size() + b.size() - static_cast<std::size_t>(shared);
    const double index = all == 0 ? 0.0 : static_cast<double>(shared) / static_cast<double>(all);
    return index < floor_ ? 0.0 : index;
  }

  /// The first of equals.
  [[nodiscard]] const Example& nearest(std::string_view input) const {
    const Grams asked = grams(input);
    return *std::max_element(known_.begin(), known_.end(), [&](const auto& a, const auto& b) {
      return similarity(asked, a.grams) < similarity(asked, b.grams);
    });
  }

  std::size_t n_;
  double floor_;
  std::size_t labels_ = 0;
  std::vector<Example> known_;
  std::vector<Grams> gallery_;
};

std::span<const Implementation> implementations() {
  static const Implementation all[] = {
      {"ngram", [](const Options& options) -> std::unique_ptr<Model> {
         return std::make_unique<Ngram>(options);
       }}};
  return all;
}

Facts describe() { return {{"ngram", "1"}}; }

}  // namespace

CUPEL_PLUGIN("ngram", implementations, describe)
