#include "harness/plan/manifest.h"

#include <algorithm>
#include <map>
#include <optional>
#include <set>
#include <utility>
#include <variant>

#include <fmt/format.h>

#include "harness/core/error.h"
#include "harness/core/file.h"
#include "harness/core/json.h"
#include "harness/plan/manifest_reader.h"
#include "harness/plan/manifest_schema.h"
#include "models/option_value.h"

namespace cupel {
namespace {

using Kind = JsonValue::Kind;
using models::ModelEntry;
using models::ModelOption;
using models::Options;
using models::OptionValue;
using parsing::list_of;
using parsing::look_up;
using parsing::read_stages;
using parsing::Reader;
using parsing::text_of;

constexpr std::size_t kMaxManifest = std::size_t{16} << 20U;
constexpr std::size_t kMaxModels = 10'000;
constexpr std::int64_t kMaxResamples = 1'000'000;

/// It becomes the name of a file.
const std::string& plain_name(const Reader& reader, const JsonValue& value) {
  const std::string& name = text_of(reader, value, "'name'");
  const auto plain = [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '-' ||
           c == '_' || c == '.';
  };
  if (!std::ranges::all_of(name, plain) || name.front() == '.' || name.front() == '-')
    reader.fail(value, "'name' must be made of letters, digits, '-', '_' and '.'");
  return name;
}

std::vector<std::int64_t> seeds_of(const Reader& reader, const JsonValue& value) {
  std::vector<std::int64_t> seeds;
  for (const JsonValue& item : list_of(reader, value, "'seeds'")) {
    if (item.kind != Kind::kInteger || item.integer < 0)
      reader.fail(item, "a seed must be an integer from 0 on");
    if (std::ranges::contains(seeds, item.integer))
      reader.fail(item, fmt::format("seed {} stands twice", item.integer));
    seeds.push_back(item.integer);
  }
  return seeds;
}

std::shared_ptr<const ModelEntry> find_model(Reader& reader, const JsonValue& at) {
  const std::string& name = text_of(reader, at, "a model");
  if (const auto known = reader.entries.find(name); known != reader.entries.end())
    return known->second;
  auto entry = std::make_shared<const ModelEntry>(
      name.ends_with(".json") ? reader.read_preset(reader.folder / name)
                              : look_up(reader, reader.known, at, "a model"));
  reader.entries.emplace(name, entry);
  return entry;
}

const ModelOption& find_option(const Reader& reader, const ModelEntry& entry,
                               const JsonMember& member) {
  const auto at = std::ranges::find(entry.options, member.key, &ModelOption::name);
  if (at != entry.options.end()) return *at;
  reader.fail(member.value, fmt::format("model '{}' has no option '{}'", entry.id, member.key),
              models::suggest_option(entry.options, member.key));
}

/// Where the file lies that an option names; its digest is at hand from now on.
std::string file_named(Reader& reader, const ModelOption& option, const JsonValue& at) {
  const auto path = std::filesystem::absolute(reader.folder / at.text).lexically_normal().string();
  try {
    if (!reader.files.contains(path))
      reader.files[path] = digest_of_file(path, Code::kUsage).sha256;
  } catch (const Error& error) {
    reader.fail(at, fmt::format("'{}': {}", option.name, error.what()), option.summary);
  }
  return path;
}

OptionValue option_value(Reader& reader, const ModelOption& option, const JsonValue& value) {
  auto read = models::option_value(option, value);
  if (!read) reader.fail(value, read.error(), option.summary);
  if (option.file && !value.text.empty()) return file_named(reader, option, value);
  return *std::move(read);
}

Options defaults_of(const ModelEntry& entry) {
  Options options;
  for (const ModelOption& option : entry.options) options[option.name] = option.fallback;
  return options;
}

void set_options(Reader& reader, const ModelEntry& entry, const JsonValue& value,
                 Options& options) {
  if (value.kind != Kind::kObject) reader.fail(value, "'options' must be an object");
  for (const JsonMember& member : value.members) {
    const ModelOption& option = find_option(reader, entry, member);
    options[option.name] = option_value(reader, option, member.value);
  }
}

std::string shown(const OptionValue& value) {
  return std::visit([](const auto& plain) { return fmt::format("{}", plain); }, value);
}

/// One point of a grid.
struct GridPoint {
  std::string label;  ///< "c=0.1,bits=1024"
  Options options;
};

/// All combinations; the last key varies fastest.
std::vector<GridPoint> expand_grid(Reader& reader, const ModelEntry& entry, const JsonValue* grid,
                                   const Options& fixed) {
  std::vector<GridPoint> points = {{.label = "", .options = fixed}};
  if (grid == nullptr) return points;
  if (grid->kind != Kind::kObject || grid->members.empty())
    reader.fail(*grid, "'grid' must be an object of option names with arrays of values");
  for (const JsonMember& member : grid->members) {
    const ModelOption& option = find_option(reader, entry, member);
    const auto& values = list_of(reader, member.value, fmt::format("the grid of '{}'", member.key));
    if (points.size() * values.size() > kMaxModels) {
      reader.fail(member.value, fmt::format("the grid has more than {} points", kMaxModels),
                  "split it over several manifests");
    }
    std::vector<GridPoint> finer;
    for (const GridPoint& point : points) {
      for (const JsonValue& value : values) {
        GridPoint next = point;
        next.options[option.name] = option_value(reader, option, value);
        next.label += fmt::format("{}{}={}", point.label.empty() ? "" : ",", option.name,
                                  shown(next.options[option.name]));
        finer.push_back(std::move(next));
      }
    }
    points = std::move(finer);
  }
  return points;
}

void add_model(Reader& reader, const JsonValue& at, ManifestModel model,
               std::vector<ManifestModel>& models) {
  if (!reader.names.insert(model.name).second) {
    reader.fail(at, fmt::format("two models are called '{}'", model.name),
                "give one of them another \"name\"");
  }
  model.files = reader.files;
  models.push_back(std::move(model));
}

void read_model(Reader& reader, const JsonValue& value, std::vector<ManifestModel>& models) {
  if (value.kind == Kind::kText) {
    const auto entry = find_model(reader, value);
    add_model(reader, value, {.name = entry->id, .entry = entry, .options = defaults_of(*entry)},
              models);
    return;
  }
  JsonObject object(value, reader.origin);
  const auto entry = find_model(reader, object.member("model"));
  const JsonValue* name = object.find("name");
  const JsonValue* options = object.find("options");
  const JsonValue* grid = object.find("grid");
  const JsonValue* stages = object.find("stages");
  const JsonValue* finetune = object.find("finetune");
  object.finish();
  const std::string shown_name = name == nullptr ? entry->id : text_of(reader, *name, "'name'");
  Options fixed = defaults_of(*entry);
  if (options != nullptr) set_options(reader, *entry, *options, fixed);
  for (GridPoint& point : expand_grid(reader, *entry, grid, fixed)) {
    const std::string suffix = point.label.empty() ? "" : "[" + point.label + "]";
    ManifestModel model{
        .name = shown_name + suffix, .entry = entry, .options = std::move(point.options)};
    read_stages(reader, stages, finetune, model);
    add_model(reader, value, std::move(model), models);
  }
}

void check_scored(const Reader& reader, const Manifest& manifest, const JsonValue& at,
                  const tasks::Task& task) {
  const auto scores = [&](const metrics::Protocol& protocol) {
    return protocol.tasks.contains(task.scoring);
  };
  if (std::ranges::any_of(manifest.protocols, scores)) return;
  reader.fail(
      at,
      fmt::format("no protocol of this manifest scores '{}' (section '{}')", task.id, task.scoring),
      "add one to \"protocols\"; 'cupel' scores everything");
}

ManifestTask read_task(const Reader& reader, const JsonValue& value, const Manifest& manifest,
                       const std::vector<std::int64_t>& seeds) {
  const bool bare = value.kind == Kind::kText;
  std::optional<JsonObject> object;
  if (!bare) object.emplace(value, reader.origin);
  const JsonValue& name = bare ? value : object->member("task");
  const JsonValue* dataset = bare ? nullptr : object->find("dataset");
  const JsonValue* own_seeds = bare ? nullptr : object->find("seeds");
  if (object) object->finish();

  const tasks::Task& task = look_up(reader, tasks::task_registry(), name, "a task");
  check_scored(reader, manifest, name, task);
  const auto& all = tasks::dataset_registry();
  const tasks::DatasetDescriptor& set =
      dataset == nullptr ? all.get(task.dataset) : look_up(reader, all, *dataset, "'dataset'");
  if (const std::string misfit = tasks::misfit(task, set); !misfit.empty())
    reader.fail(dataset == nullptr ? name : *dataset, misfit, "see: cupel list datasets");
  return {.task = &task,
          .dataset = &set,
          .seeds = own_seeds == nullptr ? seeds : seeds_of(reader, *own_seeds)};
}

void read_tasks(const Reader& reader, const JsonValue& value, Manifest& manifest,
                const std::vector<std::int64_t>& seeds) {
  for (const JsonValue& item : list_of(reader, value, "'tasks'")) {
    ManifestTask next = read_task(reader, item, manifest, seeds);
    const bool twice = std::ranges::any_of(manifest.tasks, [&](const ManifestTask& other) {
      return other.task == next.task && other.dataset == next.dataset;
    });
    if (twice) {
      reader.fail(item,
                  fmt::format("task '{}' on '{}' stands twice", next.task->id, next.dataset->id));
    }
    manifest.tasks.push_back(std::move(next));
  }
}

void read_protocols(const Reader& reader, const JsonValue& value, Manifest& manifest) {
  for (const JsonValue& item : list_of(reader, value, "'protocols'")) {
    const std::string& name = text_of(reader, item, "a protocol");
    const bool file = name.ends_with(".json");
    try {
      manifest.protocols.push_back(
          metrics::find_protocol(file ? (reader.folder / name).string() : name));
    } catch (const Error& error) {
      if (file) throw;
      reader.fail(item, error.what(), error.hint());
    }
    const std::string& id = manifest.protocols.back().id;
    if (std::ranges::count(manifest.protocols, id, &metrics::Protocol::id) > 1)
      reader.fail(item, fmt::format("protocol '{}' stands twice", id));
  }
}

}  // namespace

Manifest parse_manifest(std::string_view bytes, const std::string& origin,
                        const PresetReader& read_preset, const Registry<ModelEntry>& known) {
  const JsonValue document = parse_json(bytes, origin);
  Reader reader{.origin = origin,
                .folder = std::filesystem::path(origin).parent_path(),
                .read_preset = read_preset,
                .known = known,
                .names = {},
                .entries = {}};
  Manifest manifest;
  manifest.text = bytes;
  JsonObject object(document, origin);
  const JsonValue& name = object.member("name");
  const JsonValue* summary = object.find("summary");
  const JsonValue& protocols = object.member("protocols");
  const JsonValue* resamples = object.find("resamples");
  const JsonValue* seeds = object.find("seeds");
  const JsonValue& models = object.member("models");
  const JsonValue& tasks = object.member("tasks");
  object.finish();

  manifest.name = plain_name(reader, name);
  if (summary != nullptr) manifest.summary = text_of(reader, *summary, "'summary'");
  read_protocols(reader, protocols, manifest);
  if (resamples != nullptr) {
    if (resamples->kind != Kind::kInteger || resamples->integer < 0 ||
        resamples->integer > kMaxResamples)
      reader.fail(*resamples,
                  fmt::format("'resamples' must be an integer from 0 to {}", kMaxResamples));
    manifest.resamples = static_cast<std::size_t>(resamples->integer);
  }
  for (const JsonValue& model : list_of(reader, models, "'models'"))
    read_model(reader, model, manifest.models);
  read_tasks(reader, tasks, manifest,
             seeds == nullptr ? std::vector<std::int64_t>{1} : seeds_of(reader, *seeds));
  return manifest;
}

Manifest read_manifest(const std::filesystem::path& path, const PresetReader& read_preset,
                       const Registry<ModelEntry>& known) {
  return parse_manifest(read_file(path, kMaxManifest), path.string(), read_preset, known);
}

std::string_view manifest_schema() { return embedded_schemas().front().second; }

}  // namespace cupel
