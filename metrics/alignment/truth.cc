#include "metrics/alignment/truth.h"

#include <algorithm>
#include <limits>
#include <map>
#include <utility>

#include <fmt/format.h>
#include <fmt/ranges.h>

#include "harness/chem/atom_places.h"
#include "harness/core/error.h"
#include "harness/core/json.h"

namespace cupel::metrics {
namespace {

const std::string kOrigin = "truth";
constexpr std::int32_t kNone = -1;
constexpr std::size_t kLongest = std::size_t{1} << 24U;  // bytes of an input

std::size_t whole(const JsonObject& object, const JsonValue& value) {
  if (value.kind != JsonValue::Kind::kInteger || value.integer < 0)
    object.fail(value, "not a whole number from 0");
  return static_cast<std::size_t>(value.integer);
}

std::size_t below(const JsonObject& object, const JsonValue& value, std::size_t bound) {
  const std::size_t number = whole(object, value);
  if (number >= bound) object.fail(value, fmt::format("{} is not below {}", number, bound));
  return number;
}

/// What the sides know while phrases are gone through.
struct Claims {
  explicit Claims(std::size_t size)
      : sets(size, kNone), extents(size, std::numeric_limits<std::size_t>::max()) {}

  /// The smallest phrase gets the element.
  void claim(std::size_t element, std::int32_t set, std::size_t extent) {
    if (extent >= extents[element]) return;
    extents[element] = extent;
    sets[element] = set;
  }

  std::vector<std::int32_t> sets;
  std::vector<std::size_t> extents;
};

Truth::Side side_of(const Claims& claims, const std::vector<std::size_t>& places,
                    std::size_t size) {
  Truth::Side side{.size = size, .places = {}, .sets = {}};
  for (std::size_t i = 0; i < places.size(); ++i) {
    if (claims.sets[i] == kNone) continue;
    side.places.push_back(places[i]);
    side.sets.push_back(claims.sets[i]);
  }
  return side;
}

Truth parse(std::string_view text) {
  const JsonValue root = parse_json(text, kOrigin);
  JsonObject object(root, kOrigin);
  const std::size_t smiles_size = below(object, object.member("smiles"), kLongest);
  const std::size_t text_size = below(object, object.member("text"), kLongest);
  std::vector<std::size_t> atoms;
  for (const JsonValue& item : object.member("atoms").items)
    atoms.push_back(below(object, item, smiles_size));
  Claims of_atoms(atoms.size());
  Claims of_bytes(text_size);
  std::map<std::vector<std::size_t>, std::int32_t> sets;
  for (const JsonValue& item : object.member("phrases").items) {
    JsonObject phrase(item, kOrigin);
    const std::size_t begin = whole(phrase, phrase.member("begin"));
    const std::size_t end = below(phrase, phrase.member("end"), text_size + 1);
    const bool fragment = phrase.text("level") == "fragment";
    std::vector<std::size_t> own;
    for (const JsonValue& atom : phrase.member("atoms").items)
      own.push_back(below(phrase, atom, atoms.size()));
    phrase.finish();
    if (!fragment) continue;
    const std::int32_t set =
        sets.emplace(own, static_cast<std::int32_t>(sets.size())).first->second;
    for (std::size_t at = begin; at < end; ++at) of_bytes.claim(at, set, end - begin);
    for (const std::size_t atom : own) of_atoms.claim(atom, set, own.size());
  }
  object.finish();
  std::vector<std::size_t> bytes(text_size);
  for (std::size_t i = 0; i < text_size; ++i) bytes[i] = i;
  return {.molecule = side_of(of_atoms, atoms, smiles_size),
          .text = side_of(of_bytes, bytes, text_size)};
}

bool has_two(const std::vector<std::int32_t>& sets) {
  return std::ranges::adjacent_find(sets, std::ranges::not_equal_to{}) != sets.end();
}

}  // namespace

std::string write_truth(const Sample& sample) {
  std::string out =
      fmt::format(R"({{"smiles":{},"text":{},"atoms":[{}],"phrases":[)", sample.smiles.size(),
                  sample.text.size(), fmt::join(chem::atom_places(sample.smiles), ","));
  for (const Phrase& phrase : sample.phrases) {
    if (&phrase != &sample.phrases.front()) out += ',';
    out += fmt::format(R"({{"begin":{},"end":{},"level":"{}","atoms":[{}]}})", phrase.begin,
                       phrase.end, phrase.fragment ? "fragment" : "atom",
                       fmt::join(phrase.atoms, ","));
  }
  return out + "]}";
}

bool Truth::counts() const { return has_two(molecule.sets) && has_two(text.sets); }

std::expected<Truth, std::string> read_truth(std::string_view text) {
  try {
    return parse(text);
  } catch (const Error& error) {
    return std::unexpected(error.what());
  }
}

}  // namespace cupel::metrics
